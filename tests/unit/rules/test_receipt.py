"""When goods were received: the order's own receipt, else their own parcels'."""

from __future__ import annotations

from typing import Any

from kg_service.dataset.order import Order
from kg_service.rules.catalogue import Goods
from kg_service.rules.quality import quality_remedies
from kg_service.rules.receipt import receipt_of
from kg_service.rules.warranty import warranty
from kg_service.rules.windows import return_window

#: 2026-09-20 15:00, Asia/Shanghai.
NOW = 1_789_887_600_000
GOODS = Goods("K", product_id="P", return_class="NORMAL", warranty_months=12)


def parcel(shipment_id: str, lines: list[str] | None, *events: tuple[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {"shipment_id": shipment_id, "events": [{"at": at, "status": status} for at, status in events]}
    return row if lines is None else row | {"line_ids": lines}


def order(*shipments: dict[str, Any], **more: Any) -> Order:
    lines = [{"line_id": key, "sku_id": "K", "quantity": 1, "list_price": "9.00"} for key in ("A", "B")]
    row = {"order_id": "O", "user_id": "U", "status": "SHIPPED", "placed_at": "2026-09-12", "lines": lines}
    return Order.model_validate(row | {"shipments": list(shipments)} | more)


CAME = ("2026-09-16T15:00:00+08:00", "DELIVERED")
STUCK = ("2026-09-17T08:00:00+08:00", "EXCEPTION")


def test_a_line_came_with_its_own_parcel() -> None:
    partly = order(parcel("1", ["A"], CAME), parcel("2", ["B"], STUCK))
    assert [receipt_of(partly, key).came for key in ("A", "B")] == [True, False]
    line = partly.lines[0]
    window = return_window(partly, line, GOODS, [], "NO_REASON", NOW)
    assert (window.eligible, str(window.ends), window.reasons) == (True, "2026-09-23", ("IN_WINDOW",))
    assert return_window(partly, partly.lines[1], GOODS, [], "NO_REASON", NOW).reasons == ("NOT_RECEIVED_REFUSE_PARCEL",)
    assert str(quality_remedies(partly, line, GOODS, [], NOW).window_ends) == "2026-09-23"
    assert str(warranty(partly, "A", [], "2026-09-20", catalogue={"K": GOODS}).until) == "2027-09-16"


def test_a_line_in_several_parcels_came_with_the_last() -> None:
    later = ("2026-09-18T09:00:00+08:00", "DELIVERED")
    assert not receipt_of(order(parcel("1", ["A"], CAME), parcel("2", ["A"], STUCK)), "A").came
    both = receipt_of(order(parcel("1", ["A"], CAME), parcel("2", ["A"], later)), "A")
    assert both.came
    assert both.at == order(received_at=later[0]).received_at


def test_a_parcel_whose_contents_are_not_recorded_tells_nothing_alone() -> None:
    assert not receipt_of(order(parcel("1", None, CAME), parcel("2", None, STUCK)), "A").came
    assert receipt_of(order(parcel("1", None, CAME)), "A").came


def test_the_order_s_own_receipt_holds_for_all_its_lines() -> None:
    whole = order(parcel("1", ["A"], CAME), parcel("2", ["B"], STUCK), status="RECEIVED", received_at="2026-09-19")
    assert receipt_of(whole, "A") == receipt_of(whole, "B")
    lost = receipt_of(order(parcel("1", ["A"], CAME), status="RECEIVED"), "A")
    assert (lost.came, lost.at) == (True, None)
