"""Where an order stands, and where its parcels are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import kg_service.decisions.logistics
import kg_service.decisions.orders  # noqa: F401
from kg_service.decisions.decision import Decision
from kg_service.times import parse_instant

Ask = Callable[..., Decision]
Rows = dict[str, Any]
PLACED, SHIPPED = parse_instant("2026-11-10T09:00:00"), parse_instant("2026-11-11T09:30:00")
ORDER = {"O7001": [("order", "O7001")]}


def rows(status: str = "SHIPPED", **more: Any) -> Rows:
    order = {"order_id": "O7001", "status": status, "placed_at": PLACED, "shipped_at": SHIPPED, **more}
    line = {
        "order_id": "O7001",
        "order_status": status,
        "placed_at": PLACED,
        "received_at": None,
        "line_id": "L1",
        "quantity": 1,
        "role": "GOODS",
        "list_price": 300000,
        "sku_id": "S11",
        "spec": "{}",
        "product_id": "P1",
        "product_name": "云雀手机",
        "aliases": [],
        "brand_id": None,
        "brand_name": None,
        "brand_aliases": [],
        "shop_id": "H1",
        "category_id": None,
    }
    return {
        "order/own_lines": [line],
        "order/own_categories": [],
        "order/own_returns": [],
        "order/own_promotions": [],
        "order/own_ids": lambda given: [
            {"kind": "order", "id": key, "order_id": key} for key in given["ids"] if key == "O7001"
        ],
        "order/case_order": [{"item": order, "shop": None, "freight": None}],
        "order/case_returns": [],
    }


def parcel(number: str, events: list[tuple[str, str, str]] | None, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "shipment_id": number,
        "shipment_key": f"O7001/{number}",
        "carrier": "青鸟速运",
        "tracking_no": f"QN{number}",
    }
    if events is not None:
        found["events"] = json.dumps([{"at": parse_instant(at), "status": status, "text": text} for at, status, text in events])
    return {**found, **more}


def shipped(status: str, parcels: list[dict[str, Any]], recorded: list[str] | None) -> Rows:
    base = {"status": status, "shipped_at": SHIPPED, "received_at": None, "shipment_ids": recorded}
    found = rows(status)
    found["logistics/shipments"] = [{**base, "shipment": one} for one in parcels] or [{**base, "shipment": None}]
    return found


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "following"),
        [
            ("PLACED", "PAY"),
            ("PAID", "SHIP"),
            ("SHIPPED", "RECEIVE"),
            ("RECEIVED", "CLOSE"),
            ("CLOSED", None),
            ("CANCELLED", None),
        ],
    )
    def test_status_and_what_comes_next(self, ask: Ask, status: str, following: str | None) -> None:
        decision = ask("order_status", "订单O7001什么状态", ORDER, rows(status), user_id="U1")
        assert (decision.facts["status"], decision.facts["next"]) == (status, following)

    def test_since(self, ask: Ask) -> None:
        decision = ask("order_status", "订单O7001什么状态", ORDER, rows(), user_id="U1")
        assert decision.facts["since"] == "2026-11-11T09:30:00+08:00"

    @pytest.mark.parametrize(
        ("text", "status", "verdict"),
        [
            ("订单O7001发货了吗", "SHIPPED", "YES"),
            ("订单O7001发货了吗", "PAID", "NO"),
            ("订单O7001付款成功了吗", "SHIPPED", "YES"),
            ("订单O7001取消了吗", "PAID", "NO"),
            ("订单O7001取消了吗", "CANCELLED", "YES"),
        ],
    )
    def test_yes_or_no(self, ask: Ask, text: str, status: str, verdict: str) -> None:
        assert ask("order_status", text, ORDER, rows(status), user_id="U1", question_form="YES_NO").verdict == verdict

    def test_when_it_is_not_recorded(self, ask: Ask) -> None:
        found = rows("SHIPPED", shipped_at=None)
        decision = ask("order_status", "订单O7001什么时候发货的", ORDER, found, user_id="U1", question_form="WHEN")
        assert (decision.status, decision.missing) == ("UNKNOWN", ["Order O7001.shipped_at"])

    def test_a_return_under_way_is_told(self, ask: Ask) -> None:
        item = {"return_id": "R1", "return_key": "O7001/R1", "service": "RETURN", "status": "IN_TRANSIT"}
        found = {**rows("RECEIVED"), "order/case_returns": [{"item": item, "line_id": "L1", "quantity": 1}]}
        decision = ask("order_status", "订单O7001什么状态", ORDER, found, user_id="U1")
        assert decision.facts["returns"] == [{"return_id": "R1", "service": "RETURN", "status": "IN_TRANSIT"}]
        assert "R1" in decision.words["text"]

    @pytest.mark.parametrize("intent", ["order_status", "logistics_track"])
    def test_not_theirs(self, ask: Ask, intent: str) -> None:
        decision = ask(intent, "订单O9999到哪了", {"O9999": [("order", "O9999")]}, rows(), user_id="U1")
        assert decision.status == "NOT_FOUND"

    @pytest.mark.parametrize("intent", ["order_status", "logistics_track"])
    def test_without_a_user(self, ask: Ask, intent: str) -> None:
        assert ask(intent, "我的订单到哪了", {}, {}).status == "FORBIDDEN"


class TestParcels:
    def test_latest_event_whatever_the_order_of_the_rows(self, ask: Ask) -> None:
        events = [("2026-11-12T08:00:00", "IN_TRANSIT", "到达杭州"), ("2026-11-11T10:00:00", "PICKED_UP", "已揽收")]
        decision = ask(
            "logistics_track", "订单O7001到哪了", ORDER, shipped("SHIPPED", [parcel("1", events)], ["1"]), user_id="U1"
        )
        assert decision.facts["shipments"] == [
            {
                "carrier": "青鸟速运",
                "tracking_no": "QN1",
                "status": "IN_TRANSIT",
                "at": "2026-11-12T08:00:00+08:00",
                "text": "到达杭州",
            }
        ]

    @pytest.mark.parametrize("status", ["PLACED", "PAID", "CANCELLED"])
    def test_no_parcel_yet(self, ask: Ask, status: str) -> None:
        found = shipped(status, [], [])
        decision = ask("logistics_track", "订单O7001到哪了", ORDER, found, user_id="U1", question_form="YES_NO")
        assert (decision.status, decision.variant, decision.facts["shipments"]) == ("ANSWERED", "NO_PARCEL", [])

    def test_parcels_not_recorded(self, ask: Ask) -> None:
        decision = ask("logistics_track", "订单O7001到哪了", ORDER, shipped("SHIPPED", [], None), user_id="U1")
        assert (decision.status, decision.missing) == ("UNKNOWN", ["Order O7001.shipments"])

    def test_events_not_recorded(self, ask: Ask) -> None:
        found = shipped("SHIPPED", [parcel("1", None)], ["1"])
        decision = ask("logistics_track", "订单O7001到哪了", ORDER, found, user_id="U1")
        assert (decision.status, decision.missing) == ("UNKNOWN", ["Shipment O7001/1.events"])

    def test_a_parcel_the_graph_has_lost(self, ask: Ask) -> None:
        decision = ask("logistics_track", "订单O7001到哪了", ORDER, shipped("SHIPPED", [], ["1"]), user_id="U1")
        assert (decision.status, decision.missing) == ("UNKNOWN", ["Shipment O7001/1"])

    @pytest.mark.parametrize(
        ("text", "verdict"), [("订单O7001签收了吗", "PARTLY"), ("订单O7001发货了吗", "YES"), ("订单O7001在派送吗", "NO")]
    )
    def test_yes_or_no_over_two_parcels(self, ask: Ask, text: str, verdict: str) -> None:
        parcels = [
            parcel("1", [("2026-11-12T08:00:00", "DELIVERED", "已签收")]),
            parcel("2", [("2026-11-12T07:00:00", "IN_TRANSIT", "在途")]),
        ]
        found = shipped("SHIPPED", parcels, ["1", "2"])
        assert ask("logistics_track", text, ORDER, found, user_id="U1", question_form="YES_NO").verdict == verdict

    def test_by_its_number(self, ask: Ask) -> None:
        event = [("2026-11-12T08:00:00", "IN_TRANSIT", "在途")]
        found = shipped("SHIPPED", [parcel("1", event), parcel("2", event)], ["1", "2"])
        found["order/own_ids"] = lambda given: [{"kind": "tracking", "id": "QN2", "order_id": "O7001"}]
        decision = ask("logistics_track", "快递QN2到哪了", {"QN2": [("tracking", "QN2")]}, found, user_id="U1")
        assert [one["tracking_no"] for one in decision.facts["shipments"]] == ["QN2"]
