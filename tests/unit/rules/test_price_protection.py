"""Price protection by hand: windows, units kept, layer 10 then and now, excluded kinds, facts that are missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kg_service.rules.basket import Purchase
from kg_service.rules.catalogue import Goods
from kg_service.rules.price_protection import price_protection

TERM = {
    "term_id": "T",
    "topic": "PRICE_PROTECTION",
    "text": "15 天价保",
    "basis": "PLATFORM_TERM",
    "values": {"window_days": 15, "from": "RECEIVED", "excludes": []},
}
FLASH = {"promotion_id": "F", "name": "限时价", "kind": "SPECIAL_PRICE", "effect": {"price": "80.00"}}
MEMBER = {
    "promotion_id": "M",
    "name": "会员95折",
    "kind": "MEMBER_PRICE",
    "effect": {"pay_percent": 95},
    "condition": {"member_levels": ["GOLD"]},
}
COUPON = {"promotion_id": "C", "name": "券", "kind": "COUPON_FIXED", "effect": {"off": "30.00"}}


def order(**more: Any) -> dict[str, Any]:
    base = {
        "order_id": "O",
        "user_id": "U",
        "status": "RECEIVED",
        "placed_at": "2026-10-31T22:00:00",
        "paid_at": "2026-10-31T23:59:59",
        "received_at": "2026-11-05T23:59:59",
        "lines": [
            {"line_id": "1", "sku_id": "A", "quantity": 3, "list_price": "100.00"},
            {"line_id": "2", "sku_id": "B", "quantity": 1, "list_price": "50.00"},
        ],
        "applications": [],
        "returns": [],
    }
    return {**base, **more}


def term(**values: Any) -> dict[str, Any]:
    return {**TERM, "values": {**TERM["values"], **values}}  # type: ignore[dict-item]


def share(promotion_id: str, amount: str) -> list[dict[str, Any]]:
    """One application with a share on line 1."""
    part = {"line_id": "1", "role": "TARGET", "share": amount}
    return [{"application_id": "A1", "promotion_id": promotion_id, "grant": amount, "participants": [part]}]


def back(quantity: int, status: str = "REFUNDED", service: str = "RETURN") -> list[dict[str, Any]]:
    return [
        {"return_id": "R", "service": service, "reason": "NO_REASON", "status": status, "requested_at": "2026-11-07",
         "lines": [{"line_id": "1", "quantity": quantity}]}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "eligible", "reason"),
    [
        ("2026-11-06T00:00:00", True, None),
        ("2026-11-20T23:59:59.999", True, None),  # 11-05 + 15
        ("2026-11-21T00:00:00", False, "WINDOW_OVER"),
        ("2026-11-20T16:00:00+00:00", False, "WINDOW_OVER"),  # midnight in Shanghai
    ],
)
def test_the_last_day_counts_whole(at: str, eligible: bool, reason: str | None) -> None:
    found = price_protection(order(), "1", [], [TERM], at, price="90.00")
    assert (found.eligible, found.reason, found.window_ends) == (eligible, reason, date(2026, 11, 20))


def test_from_payment_over_a_month_end() -> None:
    found = price_protection(
        order(), "1", [], [term(**{"from": "PAID", "window_days": 1})], "2026-11-01T23:00:00", price="90.00"
    )
    assert (found.eligible, found.window_ends) == (True, date(2026, 11, 1))


def test_only_units_kept_count() -> None:
    def refund(returns: list[dict[str, Any]]) -> str:
        return str(price_protection(order(returns=returns), "1", [], [TERM], "2026-11-10", price="90.00").refund_amount)

    assert refund([]) == "30.00"
    assert refund(back(1)) == "20.00"
    assert refund(back(2, "REQUESTED")) == "10.00"
    assert refund(back(2, "REJECTED")) == "30.00"
    assert refund(back(2, service="EXCHANGE")) == "30.00"
    gone = price_protection(order(returns=back(3)), "1", [], [TERM], "2026-11-10", price="90.00")
    assert (gone.eligible, gone.reason, str(gone.refund_amount)) == (False, "ALL_RETURNED", "0.00")


def test_each_line_by_itself() -> None:
    found = price_protection(order(), "2", [], [TERM], "2026-11-10", price="45.50")
    assert (str(found.difference_per_unit), str(found.refund_amount)) == ("4.50", "4.50")


def test_layer_ten_then_and_now() -> None:
    # then 300.00 − 15.00 over three = 95.00; now 90.00 − 5% = 85.50 for GOLD: 9.50 × 3
    gold = Purchase.model_validate({"customer": {"user_id": "U", "member_level": "GOLD"}})
    bought = order(applications=share("M", "15.00"))
    found = price_protection(bought, "1", [MEMBER], [TERM], "2026-11-10", price="90.00", offers=[MEMBER], purchase=gold)
    assert (str(found.price_then), str(found.price_now), str(found.refund_amount)) == ("95.00", "85.50", "28.50")
    # a level that is not known is not "no member": the price now is not known
    nobody = price_protection(bought, "1", [MEMBER], [TERM], "2026-11-10", price="90.00", offers=[MEMBER])
    assert (nobody.eligible, nobody.refund_amount, nobody.missing) == (None, None, ["User.member_level"])


def test_later_layers_do_not_count() -> None:
    bought = order(applications=share("C", "30.00"))
    found = price_protection(bought, "1", [COUPON], [TERM], "2026-11-10", price="95.00", offers=[COUPON])
    assert (str(found.price_then), str(found.refund_amount)) == ("100.00", "15.00")


def test_a_unit_price_of_no_whole_fen() -> None:
    # 300.00 − 0.10 over three units: 99.9666…; less 90.00 is 9.9666…, half up 9.97
    found = price_protection(order(applications=share("F", "0.10")), "1", [FLASH], [TERM], "2026-11-10", price="90.00")
    assert (str(found.difference_per_unit), str(found.refund_amount)) == ("9.97", "29.91")


def test_cheaper_only_by_an_excluded_kind() -> None:
    terms = [term(excludes=["SPECIAL_PRICE"])]
    found = price_protection(order(), "1", [], terms, "2026-11-10", price="100.00", offers=[FLASH])
    assert (found.eligible, found.reason, str(found.refund_amount)) == (False, "EXCLUDED", "0.00")
    # without the exclusion the flash price counts
    assert (
        str(price_protection(order(), "1", [], [TERM], "2026-11-10", price="100.00", offers=[FLASH]).refund_amount) == "60.00"
    )
    # excluded on both sides: bought at the flash price, the list prices are compared
    bought = order(applications=share("F", "60.00"))
    same = price_protection(bought, "1", [FLASH], terms, "2026-11-10", price="99.00")
    assert (str(same.price_then), str(same.refund_amount)) == ("100.00", "3.00")


def test_dearer_or_the_same_is_no_drop() -> None:
    for price in ("100.00", "120.00"):
        found = price_protection(order(), "1", [], [TERM], "2026-11-10", price=price)
        assert (found.eligible, found.reason, str(found.difference_per_unit)) == (False, "NO_DROP", "0.00")


def test_a_window_that_has_not_begun() -> None:
    found = price_protection(order(status="SHIPPED", received_at=None), "1", [], [TERM], "2027-11-10", price="90.00")
    assert (found.eligible, found.window_ends, str(found.refund_amount)) == (True, None, "30.00")


def test_nothing_bought() -> None:
    placed = order(status="PLACED", received_at=None, paid_at=None)
    assert price_protection(placed, "1", [], [TERM], "2026-11-10", price="90.00").reason == "NOT_PAID"
    assert price_protection(order(status="CANCELLED"), "1", [], [TERM], "2026-11-10", price="9.00").reason == "ORDER_CANCELLED"


@pytest.mark.parametrize(
    ("lost", "terms", "price", "fact"),
    [
        ({"returns": None}, [TERM], "90.00", "Order O.returns"),
        ({"applications": None}, [TERM], "90.00", "Order O.applications"),
        ({"applications": share("X", "9.00")}, [TERM], "90.00", "Promotion X@1"),
        ({"received_at": None}, [TERM], "90.00", "Order O.received_at"),
        ({"paid_at": None}, [term(**{"from": "PAID"})], "90.00", "Order O.paid_at"),
        ({}, [], "90.00", "Term PRICE_PROTECTION for Product A"),
        ({}, [term(window_days=None)], "90.00", "Term T.window_days"),
        ({}, [TERM], None, "Sku A.price"),
    ],
)
def test_a_missing_fact_is_named(lost: dict[str, Any], terms: list[Any], price: str | None, fact: str) -> None:
    bought = {key: value for key, value in order(**lost).items() if value is not None}
    found = price_protection(bought, "1", [], terms, "2026-11-10", price=price)
    assert (found.eligible, found.refund_amount, found.missing) == (None, None, [fact])


def test_what_decides_anyway_needs_no_more_facts() -> None:
    bought = {key: value for key, value in order().items() if key not in ("returns", "applications")}
    assert price_protection(bought, "1", [], [TERM], "2026-12-10").reason == "WINDOW_OVER"
    unreturned = {key: value for key, value in order().items() if key != "returns"}
    assert price_protection(unreturned, "1", [], [TERM], "2026-11-10", price="100.00").reason == "NO_DROP"


def test_of_several_terms_the_best_for_the_buyer() -> None:
    longer = {**term(window_days=30, excludes=["SPECIAL_PRICE"]), "term_id": "T2"}
    found = price_protection(order(), "1", [], [TERM, longer], "2026-11-30", price="100.00", offers=[FLASH])
    # the window of T2, the exclusions of T: 100.00 − 80.00
    assert (found.window_ends, str(found.refund_amount)) == (date(2026, 12, 5), "60.00")


def test_a_scope_that_cannot_be_decided() -> None:
    scoped = {**TERM, "scope": {"include": [{"type": "brand", "id": "B1"}]}}
    found = price_protection(order(), "1", [], [scoped], "2026-11-10", price="9.00", catalogue={"A": Goods("A")})
    assert found.missing == ["Sku A.brand_id"]


def test_every_amount_stands_in_the_trace() -> None:
    found = price_protection(order(returns=back(1)), "1", [], [TERM], "2026-11-10", price="90.00")
    told = " ".join(str(step.model_dump()) for step in found.trace)
    assert all(amount in told for amount in ("100.00", "90.00", "10.00", "20.00", "2026-11-20"))
