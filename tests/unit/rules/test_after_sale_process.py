"""Refund due, remedies for faulty goods, points and sizes: the rules behind the after-sales questions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from kg_service.dataset.catalogue import SizeChartRow
from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.rules import Goods, quote_return
from kg_service.rules.freight import return_payer
from kg_service.rules.points import order_points
from kg_service.rules.quality import exchange_window, quality_remedies
from kg_service.rules.refund_due import refund_due
from kg_service.rules.returns import build_case
from kg_service.rules.size import fit_size
from kg_service.times import parse_instant

Data = dict[str, Any]
GOODS = Goods(
    "S1", product_id="P1", category_ids=("C1",), brand_id="B1", shop_id="H1", return_class="NORMAL", warranty_months=12
)


def order(**more: Any) -> Order:
    data: Data = {
        "order_id": "O1",
        "user_id": "U1",
        "status": "RECEIVED",
        "placed_at": "2026-11-01T10:00:00",
        "received_at": "2026-11-05T12:00:00",
        "lines": [{"line_id": "L1", "sku_id": "S1", "quantity": 2, "list_price": "100.00"}],
        "applications": [],
        "payments": [{"payment_id": "1", "kind": "CASH", "amount": "200.00"}],
        "freight": {"charged": "0.00", "waived": "0.00"},
        "returns": [],
        **more,
    }
    return Order.model_validate(data)


def term(topic: str, values: Data, **more: Any) -> Term:
    given: Data = {"term_id": f"T-{topic}", "topic": topic, "values": values, "text": "约定", "basis": "MERCHANT_TERM", **more}
    return Term.model_validate(given)


def going_back(**more: Any) -> Order:
    one: Data = {
        "return_id": "R1",
        "lines": [{"line_id": "L1", "quantity": 1}],
        "status": "RECEIVED_BY_SELLER",
        "requested_at": "2026-11-06T10:00:00",
        "received_by_seller_at": "2026-11-08T16:00:00",
        **more,
    }
    return order(returns=[one])


def due(bought: Order, terms: list[Term], at: str) -> Any:
    assert bought.returns
    return refund_due(bought, bought.returns[0], terms, [GOODS], parse_instant(at))


# --- refund due: 7 days after the seller has the goods, 第十三条


def test_the_refund_is_due_seven_days_after_the_seller_has_the_goods() -> None:
    found = due(going_back(), [], "2026-11-15T23:59:00")
    # 8 + 7 = 15 November, the last day counts
    assert (str(found.due_by), found.overdue, found.days_late) == ("2026-11-15", False, 0)
    assert found.trace[0].basis.id.endswith("第十三条")


@pytest.mark.parametrize(("day", "late", "punishable"), [("16", 1, False), ("23", 8, False), ("24", 9, True)])
def test_a_late_refund_is_said_to_be_late_and_over_fifteen_days_is_punishable(day: str, late: int, punishable: bool) -> None:
    # 8 + 15 = 23 November is still not over fifteen days
    found = due(going_back(), [], f"2026-11-{day}T09:00:00")
    assert (found.overdue, found.days_late, found.punishable) == (True, late, punishable)


def test_a_term_may_promise_it_sooner_and_never_later() -> None:
    assert str(due(going_back(), [term("REFUND", {"days_after_receipt": 2})], "2026-11-09").due_by) == "2026-11-10"
    longer = due(going_back(), [term("REFUND", {"days_after_receipt": 20})], "2026-11-09")
    assert (str(longer.due_by), longer.warnings) == ("2026-11-15", ["BELOW_STATUTORY_FLOOR:T-REFUND"])


def test_a_term_that_was_not_in_force_at_the_purchase_or_is_about_other_goods_does_not_count() -> None:
    past = term("REFUND", {"days_after_receipt": 2}, effective_to="2026-10-31")
    other = term("REFUND", {"days_after_receipt": 2}, scope={"include": [{"type": "shop", "id": "H2"}]})
    assert str(due(going_back(), [past, other], "2026-11-09").due_by) == "2026-11-15"


def test_a_scope_that_cannot_be_decided_leaves_the_day_unknown() -> None:
    sooner = term("REFUND", {"days_after_receipt": 2}, scope={"include": [{"type": "brand", "id": "B1"}]})
    bought = going_back()
    assert bought.returns
    found = refund_due(bought, bought.returns[0], [sooner], [Goods("S1")], parse_instant("2026-11-09"))
    assert (found.due_by, found.missing) == (None, ["scope of term T-REFUND"])


def test_nothing_is_due_before_the_seller_has_the_goods_and_after_the_refund() -> None:
    assert due(going_back(status="IN_TRANSIT", received_by_seller_at=None), [], "2026-12-30").due_by is None
    assert due(going_back(status="REFUNDED", refunded_at="2026-11-09"), [], "2026-12-30").overdue is None
    assert due(going_back(service="EXCHANGE"), [], "2026-12-30").due_by is None


def test_a_receipt_without_its_time_is_named() -> None:
    found = due(going_back(received_by_seller_at=None), [], "2026-11-09")
    assert found.missing == ["Return O1/R1.received_by_seller_at"]


# --- faulty goods, 第二十四条


def remedies(at: str, terms: list[Term] | None = None, goods: Goods = GOODS, **more: Any) -> Any:
    bought = order(**more)
    return quality_remedies(bought, bought.lines[0], goods, terms or [], parse_instant(at))


def test_within_the_window_everything_is_open() -> None:
    found = remedies("2026-11-12T10:00:00")
    assert (found.options, str(found.window_ends), found.freight_payer) == (
        ["RETURN", "EXCHANGE", "REPAIR"],
        "2026-11-12",
        "SELLER",
    )


def test_after_it_the_warranty_still_repairs() -> None:
    found = remedies("2026-11-13T10:00:00")
    assert (found.options, str(found.window_ends)) == (["REPAIR"], "2027-11-05")


def test_a_longer_quality_window_and_an_exchange_term_count() -> None:
    terms = [term("RETURN", {"quality_window_days": 15}), term("EXCHANGE", {"window_days": 20})]
    assert remedies("2026-11-20T10:00:00", terms).options == ["RETURN", "EXCHANGE", "REPAIR"]
    late = remedies("2026-11-21T10:00:00", terms)
    # 5 + 20 = 25 November
    assert (late.options, str(late.window_ends)) == (["EXCHANGE", "REPAIR"], "2026-11-25")


def test_goods_of_an_excluded_class_may_come_back_for_their_quality() -> None:
    custom = Goods("S1", product_id="P1", category_ids=(), shop_id="H1", return_class="CUSTOM_MADE")
    assert remedies("2026-11-12T10:00:00", goods=custom).options == ["RETURN", "EXCHANGE", "REPAIR"]


def test_an_unknown_warranty_is_named_once_nothing_else_is_open() -> None:
    unknown = Goods("S1", product_id="P1", category_ids=(), shop_id="H1", return_class="NORMAL")
    found = remedies("2026-12-30T10:00:00", goods=unknown)
    assert found.options == []
    assert "Product P1.warranty_months" in found.missing


def test_a_missing_day_of_receipt_is_named_and_a_cancelled_order_leaves_nothing() -> None:
    assert "Order O1.received_at" in remedies("2026-11-12", received_at=None).missing
    assert remedies("2026-11-12", status="CANCELLED").options == []


def test_on_the_way_everything_is_open_without_a_last_day() -> None:
    found = remedies("2026-11-12", status="SHIPPED", received_at=None)
    assert (found.options, found.window_ends) == (["RETURN", "EXCHANGE", "REPAIR"], None)


def test_the_exchange_window_needs_a_term_unless_the_goods_are_faulty() -> None:
    bought = order()
    at = parse_instant("2026-11-12")
    assert exchange_window(bought, bought.lines[0], GOODS, [], "SIZE", at).missing == ["Term EXCHANGE for Product P1"]
    assert exchange_window(bought, bought.lines[0], GOODS, [], "QUALITY", at).eligible is True


# --- who pays the way back


def test_the_payer_follows_the_reason_and_a_better_term() -> None:
    promise = term("FREIGHT", {"return_payer": {"NO_REASON": "SELLER"}}, scope={"include": [{"type": "shop", "id": "H1"}]})
    assert return_payer(GOODS, "NO_REASON", [], 0)[0] == "BUYER"
    assert return_payer(GOODS, "NO_REASON", [promise], 0)[1].id == "T-FREIGHT"
    assert return_payer(None, "NO_REASON", [promise], 0)[0] == "BUYER"
    worse = term("FREIGHT", {"return_payer": {"QUALITY": "BUYER"}})
    assert return_payer(GOODS, "QUALITY", [worse], 0)[0] == "SELLER"


# --- points

GIVES: Data = {
    "promotion_id": "G",
    "name": "满100送50积分",
    "kind": "GIVE_POINTS",
    "condition": {"measure": "AMOUNT", "value": "100.00"},
    "effect": {"points": 50},
}
DEDUCTS: Data = {"promotion_id": "D", "name": "积分抵现", "kind": "POINTS_DEDUCT"}


def applied(promotion_id: str, grant: str, role: str = "BOTH", **more: Any) -> Data:
    part = {"line_id": "L1", "role": role, "share": grant}
    return {"application_id": f"A{promotion_id}", "promotion_id": promotion_id, "grant": grant, "participants": [part], **more}


PAID_IN_POINTS = [
    {"payment_id": "1", "kind": "CASH", "amount": "160.00"},
    {"payment_id": "2", "kind": "POINTS", "amount": "40.00"},
]


def points_of(promotions: list[Data], units: int, terms: list[Term] | None = None, **more: Any) -> Data:
    quote = quote_return(order(**more), promotions, terms or [], {"L1": units}, at="2026-11-08", catalogue={"S1": GOODS})
    assert quote.refund_amount is not None
    return quote.points


def test_points_paid_come_back_pro_rata() -> None:
    # half of the goods: 40.00 × 100/200 = 20.00
    assert points_of([], 1, payments=PAID_IN_POINTS) == {"used_returned": "20.00"}


def test_points_paid_stay_on_a_part_where_a_term_says_so_and_come_back_on_all() -> None:
    never = [term("REFUND", {"points_used": "NO_RETURN_ON_PARTIAL"})]
    assert points_of([], 1, never, payments=PAID_IN_POINTS) == {"used_returned": "0.00"}
    assert points_of([], 2, never, payments=PAID_IN_POINTS) == {"used_returned": "40.00"}


def test_one_by_one_the_points_come_back_with_the_last() -> None:
    never = [term("REFUND", {"points_used": "NO_RETURN_ON_PARTIAL"})]
    first = {
        "return_id": "R1",
        "lines": [{"line_id": "L1", "quantity": 1}],
        "status": "REFUNDED",
        "requested_at": "2026-11-06",
        "refund_amount": "100.00",
    }
    assert points_of([], 1, never, payments=PAID_IN_POINTS, returns=[first]) == {"used_returned": "40.00"}


def test_points_recorded_as_an_application_come_back_with_their_share() -> None:
    more: Data = {
        "applications": [applied("D", "40.00")],
        "payments": [{"payment_id": "1", "kind": "CASH", "amount": "160.00"}],
    }
    assert points_of([DEDUCTS], 1, **more) == {"used_returned": "20.00"}
    never = [term("REFUND", {"points_used": "NO_RETURN_ON_PARTIAL"})]
    assert points_of([DEDUCTS], 1, never, **more) == {"used_returned": "0.00"}


@pytest.mark.parametrize(("rule", "taken"), [("RE_EARN_ON_KEPT", 0), ("TAKE_BACK_PRO_RATA", 25)])
def test_points_given_are_earned_anew_or_taken_back_pro_rata(rule: str, taken: int) -> None:
    # 100.00 are kept: the 50 points are earned again; pro rata half of them go
    gives = {**GIVES, "after_sale": {"points_given": rule}}
    assert points_of([gives], 1, applications=[applied("G", "0.00", "QUALIFIER")]) == {"taken_back": taken}
    assert points_of([gives], 2, applications=[applied("G", "0.00", "QUALIFIER")]) == {"taken_back": 50}


def test_the_points_of_an_order() -> None:
    bought = order(applications=[applied("G", "0.00", "QUALIFIER")], payments=PAID_IN_POINTS)
    found = order_points(build_case(bought, [Promotion.model_validate(GIVES)], [], {"S1": GOODS}))
    assert (str(found.used), found.given, found.promotions) == ("40.00", 50, ["G"])
    lacking = Order.model_validate(order().model_dump(exclude={"payments"}, exclude_unset=True))
    unknown = order_points(build_case(lacking, [], [], {"S1": GOODS}))
    assert (unknown.used, unknown.missing) == (None, ["Order O1.payments"])


# --- sizes


def chart(size: str, measure: str, low: int, high: int, target: str = "product:P1") -> SizeChartRow:
    kind, _, key = target.partition(":")
    row = {"chart_id": f"C-{kind}", "size": size, "measure": measure, "target_type": kind, "target_id": key}
    return SizeChartRow.model_validate({**row, "min": low, "max": high})


SHIRT = [chart("M", "height_cm", 165, 172), chart("L", "height_cm", 171, 178), chart("M", "weight_kg", 55, 65)]
SHIRT += [chart("L", "weight_kg", 64, 75)]


def test_measures_that_disagree_take_the_larger_size_and_say_so() -> None:
    found = fit_size(SHIRT, {"height_cm": Decimal(168), "weight_kg": Decimal(70)})
    assert (found.size, found.agree) == ("L", False)
    assert fit_size(SHIRT, {"height_cm": Decimal(168), "weight_kg": Decimal(60)}).agree


def test_the_products_chart_beats_its_categorys_and_none_fits_is_none() -> None:
    rows = [chart("S", "height_cm", 150, 190, "category:C1"), *SHIRT]
    assert fit_size(rows, {"height_cm": Decimal(168)}).size == "M"
    assert fit_size(SHIRT, {"foot_mm": Decimal(250)}).size is None
