"""The table of promotions.md section 1 and the corners of section 6, on quote_return alone."""

from __future__ import annotations

from typing import Any

import pytest

from kg_service.errors import RuleError
from kg_service.rules import Goods, ReturnQuote, quote_return

Data = dict[str, Any]


def line(line_id: str, price: str, quantity: int = 1, **more: Any) -> Data:
    return {"line_id": line_id, "sku_id": f"S{line_id}", "quantity": quantity, "list_price": price, **more}


def application(promotion_id: str, grant: str, participants: list[tuple[str, str, str]], **more: Any) -> Data:
    return {
        "application_id": f"A{promotion_id}",
        "promotion_id": promotion_id,
        "grant": grant,
        "participants": [{"line_id": i, "role": role, "share": share} for i, role, share in participants],
        **more,
    }


def order(lines: list[Data], applications: list[Data] | None, paid: str, **more: Any) -> Data:
    return {
        "order_id": "O1",
        "user_id": "U1",
        "status": "RECEIVED",
        "placed_at": "2026-11-01T10:00:00",
        "paid_at": "2026-11-01T10:01:00",
        "received_at": "2026-11-05T12:00:00",
        "lines": lines,
        "applications": applications,
        "payments": [{"payment_id": "1", "kind": "CASH", "amount": paid}],
        "freight": {"charged": "0.00", "waived": "0.00"},
        "returns": [],
        **more,
    }


def threshold(value: str, off: str, **more: Any) -> Data:
    return {
        "promotion_id": "P",
        "name": f"满{value}减{off}",
        "kind": "AMOUNT_THRESHOLD_OFF",
        "tiers": [{"value": value, "effect": {"off": off}}],
        **more,
    }


PHONE_AND_EARPHONES = [line("1", "3000.00"), line("2", "500.00")]
AT = "2026-11-08T09:00:00"


def amounts(quote: ReturnQuote) -> tuple[str, str]:
    return str(quote.refund_amount), str(quote.buyer_owes)


def outcomes(quote: ReturnQuote) -> dict[str, str]:
    return {promotion.promotion_id: promotion.outcome for promotion in quote.promotions}


def shape_a(**after_sale: str) -> tuple[Data, Data]:
    applied = application("P", "300.00", [("1", "BOTH", "257.14"), ("2", "BOTH", "42.86")], tier_index=0)
    return order(PHONE_AND_EARPHONES, [applied], "3200.00"), threshold("3000.00", "300.00", after_sale=after_sale)


def test_a_threshold_lost() -> None:
    bought, promotion = shape_a()
    quote = quote_return(bought, [promotion], returned={"1": 1}, at=AT)
    # 3200.00 − 500.00 = 2700.00
    assert amounts(quote) == ("2700.00", "0.00")
    assert outcomes(quote) == {"P": "LOST"}
    assert quote.promotions[0].model_dump(mode="json")["lines"] == [
        {"line_id": "2", "outcome": "LOST", "discount_before": "42.86", "discount_after": "0.00"}
    ]
    assert quote.eligible is True
    assert quote.by_instrument[0].model_dump(mode="json") == {"kind": "CASH", "amount": "2700.00"}


def test_a_recorded_share_kept() -> None:
    bought, promotion = shape_a(on_partial_return="RECORDED_SHARE")
    quote = quote_return(bought, [promotion], returned={"1": 1}, at=AT)
    # 3200.00 − (500.00 − 42.86) = 2742.86
    assert amounts(quote) == ("2742.86", "0.00")
    assert outcomes(quote) == {"P": "KEPT"}


def test_a_recorded_share_stated_by_the_merchants_term() -> None:
    bought, promotion = shape_a()
    promotion["after_sale"] = {"term_id": "T1"}
    term = {
        "term_id": "T1",
        "topic": "REFUND",
        "text": "部分退货按下单分摊退款",
        "basis": "MERCHANT_TERM",
        "values": {"on_partial_return": "RECORDED_SHARE"},
    }
    quote = quote_return(bought, [promotion], [term], returned={"1": 1}, at=AT)
    assert amounts(quote) == ("2742.86", "0.00")
    assert any(step.basis.id == "T1" for step in quote.trace)


def test_b_cross_item_lost() -> None:
    promotion = {
        "promotion_id": "P",
        "name": "搭配购",
        "kind": "CROSS_ITEM_OFF",
        "components": [
            {"scope": {"include": [{"type": "sku", "id": "S1"}]}, "role": "QUALIFIER"},
            {"scope": {"include": [{"type": "sku", "id": "S2"}]}, "role": "TARGET"},
        ],
        "effect": {"off": "200.00"},
    }
    applied = application("P", "200.00", [("1", "QUALIFIER", "0.00"), ("2", "TARGET", "200.00")])
    bought = order(PHONE_AND_EARPHONES, [applied], "3300.00")
    quote = quote_return(bought, [promotion], returned={"1": 1}, at=AT)
    # 3300.00 − 500.00
    assert amounts(quote) == ("2800.00", "0.00")
    assert outcomes(quote) == {"P": "LOST"}
    # the other way round nothing is left to lose
    quote = quote_return(bought, [promotion], returned={"2": 1}, at=AT)
    assert amounts(quote) == ("300.00", "0.00")
    assert outcomes(quote) == {}


def test_c_own_flash_price_kept() -> None:
    promotion = {"promotion_id": "P", "name": "秒杀", "kind": "SPECIAL_PRICE", "effect": {"price": "399.00"}}
    bought = order(PHONE_AND_EARPHONES, [application("P", "101.00", [("2", "TARGET", "101.00")])], "3399.00")
    quote = quote_return(bought, [promotion], returned={"1": 1}, at=AT)
    assert amounts(quote) == ("3000.00", "0.00")
    assert outcomes(quote) == {"P": "KEPT"}


def shape_d(**gift: Any) -> tuple[Data, Data]:
    promotion = {
        "promotion_id": "P",
        "name": "买手机送耳机",
        "kind": "GIFT",
        "components": [{"scope": {"include": [{"type": "sku", "id": "S1"}]}, "role": "QUALIFIER"}],
        "effect": {"gift_sku_id": "S2"},
    }
    applied = application("P", "0.00", [("1", "QUALIFIER", "0.00"), ("2", "GIFT", "0.00")])
    return order([line("1", "3000.00"), line("2", "0.00", role="GIFT", **gift)], [applied], "3000.00"), promotion


def test_d_gift_goes_back_or_is_paid() -> None:
    bought, promotion = shape_d(declared_value="299.00")
    quote = quote_return(bought, [promotion], returned={"1": 1}, at=AT)
    assert amounts(quote) == ("3000.00", "0.00")
    assert str(quote.refund_if_gift_kept) == "2701.00"
    assert outcomes(quote) == {"P": "LOST"}
    assert quote.gifts[0].action == "RETURN"
    kept = quote_return(bought, [promotion], returned={"1": 1}, at=AT, gift_kept=True)
    assert kept.gifts[0].action == "PAY"
    assert amounts(kept) == ("3000.00", "0.00")


def test_d_gift_without_declared_value_is_unknown_with_a_range() -> None:
    bought, promotion = shape_d()
    goods = {"S1": Goods("S1", return_class="NORMAL"), "S2": Goods("S2", return_class="NORMAL", price=39900)}
    quote = quote_return(bought, [promotion], returned={"1": 1}, at=AT, catalogue=goods)
    assert quote.gifts[0].action == "UNKNOWN"
    assert quote.missing == ["OrderLine O1/2.declared_value"]
    assert quote.refund_if_gift_kept is None
    assert str(quote.refund_if_gift_kept_min) == "2601.00"


def test_d_quality_return_keeps_the_gift() -> None:
    bought, promotion = shape_d(declared_value="299.00")
    quote = quote_return(bought, [promotion], returned={"1": 1}, reason="QUALITY", at=AT)
    assert quote.gifts[0].action == "KEEP"
    assert quote.freight.return_payer == "SELLER"
    assert quote.refund_if_gift_kept is None


def shape_e(**after_sale: Any) -> tuple[Data, Data]:
    applied = application("P", "50.00", [("1", "BOTH", "47.50"), ("2", "BOTH", "2.50")], tier_index=0)
    bought = order([line("1", "95.00"), line("2", "5.00")], [applied], "50.00")
    return bought, threshold("100.00", "50.00", after_sale=after_sale)


def test_e_negative_refund_is_owed() -> None:
    bought, promotion = shape_e()
    quote = quote_return(bought, [promotion], returned={"2": 1}, at=AT)
    # 50.00 − 95.00 = −45.00
    assert amounts(quote) == ("0.00", "45.00")
    assert outcomes(quote) == {"P": "LOST"}


def test_e_floor_zero() -> None:
    bought, promotion = shape_e(negative_settlement="FLOOR_ZERO")
    assert amounts(quote_return(bought, [promotion], returned={"2": 1}, at=AT)) == ("0.00", "0.00")


def test_e_refuse_alone_only_after_the_statutory_week() -> None:
    bought, promotion = shape_e(negative_settlement="REFUSE_ALONE")
    term = {"term_id": "T", "topic": "RETURN", "text": "30天", "basis": "MERCHANT_TERM", "values": {"window_days": 30}}
    inside = quote_return(bought, [promotion], [term], returned={"2": 1}, at="2026-11-12T23:00:00")
    assert (inside.eligible, amounts(inside)) == (True, ("0.00", "45.00"))
    later = quote_return(bought, [promotion], [term], returned={"2": 1}, at="2026-11-13T00:00:00")
    assert (later.eligible, amounts(later)) == (False, ("0.00", "45.00"))
    assert later.reasons[0] == "REFUSED_BY_TERM"
    assert [(item.line_id, item.quantity) for item in later.smallest_return] == [("1", 1), ("2", 1)]


def test_f_nothing_recorded_is_unknown() -> None:
    bought, promotion = shape_a()
    del bought["applications"]
    quote = quote_return(bought, [promotion], returned={"1": 1}, at=AT)
    assert quote.refund_amount is None
    assert quote.missing == ["Order O1.applications"]


def test_quality_return_keeps_the_recorded_share() -> None:
    bought, promotion = shape_a()
    quote = quote_return(bought, [promotion], returned={"1": 1}, reason="QUALITY", at=AT)
    assert amounts(quote) == ("2742.86", "0.00")
    assert outcomes(quote) == {"P": "KEPT"}


def test_one_by_one_is_together() -> None:
    bought, promotion = shape_a()
    first = {"return_id": "R1", "lines": [{"line_id": "1", "quantity": 1}], "status": "APPROVED"}
    bought["returns"] = [{**first, "requested_at": "2026-11-06T00:00:00"}]
    second = quote_return(bought, [promotion], returned={"2": 1}, at=AT)
    # 3200.00 − 2700.00 = 500.00
    assert amounts(second) == ("500.00", "0.00")


def test_owed_money_counts_as_paid() -> None:
    bought, promotion = shape_e()
    first = {"return_id": "R1", "lines": [{"line_id": "2", "quantity": 1}], "status": "REFUNDED", "refund_amount": "0.00"}
    bought["returns"] = [{**first, "buyer_paid": "45.00", "requested_at": "2026-11-06T00:00:00"}]
    second = quote_return(bought, [promotion], returned={"1": 1}, at=AT)
    assert amounts(second) == ("95.00", "0.00")


def test_all_or_nothing_after_the_week() -> None:
    bought, promotion = shape_a(on_partial_return="ALL_OR_NOTHING")
    term = {"term_id": "T", "topic": "RETURN", "text": "30天", "basis": "MERCHANT_TERM", "values": {"window_days": 30}}
    quote = quote_return(bought, [promotion], [term], returned={"1": 1}, at="2026-11-20")
    assert quote.eligible is False
    assert amounts(quote) == ("2700.00", "0.00")
    assert [item.line_id for item in quote.smallest_return] == ["1", "2"]
    assert quote_return(bought, [promotion], [term], returned={"1": 1}, at=AT).eligible is True


@pytest.mark.parametrize(
    ("return_class", "more", "eligible", "reason"),
    [
        ("PERISHABLE", {}, False, "CLASS_PERISHABLE"),
        ("CUSTOM_MADE", {}, False, "CLASS_CUSTOM_MADE"),
        ("OPENED_DIGITAL", {"condition": "OPENED"}, False, "CLASS_OPENED_DIGITAL"),
        ("OPENED_DIGITAL", {"condition": "INTACT"}, True, "IN_WINDOW"),
        ("CONFIRM_REQUIRED", {"no_return_confirmed": True}, False, "CONFIRMED_AT_PURCHASE"),
        ("CONFIRM_REQUIRED", {"no_return_confirmed": False}, True, "IN_WINDOW"),
        ("NORMAL", {"condition": "ACTIVATED"}, None, "MAY_NOT_BE_INTACT"),
        ("NORMAL", {"condition": "DAMAGED"}, False, "DAMAGED"),
        ("NORMAL", {"condition": "OPENED"}, True, "IN_WINDOW"),
    ],
)
def test_classes_and_conditions(return_class: str, more: Data, eligible: bool | None, reason: str) -> None:
    bought = order([line("1", "10.00", **more)], [], "10.00")
    goods = {"S1": Goods("S1", return_class=return_class)}
    quote = quote_return(bought, [], returned={"1": 1}, at=AT, catalogue=goods)
    assert (quote.eligible, reason in quote.reasons) == (eligible, True)
    assert amounts(quote) == ("10.00", "0.00")


def test_unrecorded_confirmation_is_unknown() -> None:
    bought = order([line("1", "10.00")], [], "10.00")
    goods = {"S1": Goods("S1", return_class="CONFIRM_REQUIRED")}
    quote = quote_return(bought, [], returned={"1": 1}, at=AT, catalogue=goods)
    assert quote.eligible is None
    assert quote.missing == ["OrderLine O1/1.no_return_confirmed"]


def test_waived_freight_range() -> None:
    free = {
        "promotion_id": "F",
        "name": "满3000包邮",
        "kind": "FREE_SHIPPING",
        "condition": {"value": "3000.00"},
    }
    bought = order(PHONE_AND_EARPHONES, [], "3500.00")
    bought["freight"] = {"charged": "0.00", "waived": "12.00", "waived_by": "F", "outbound_cost": "8.00"}
    quote = quote_return(bought, [free], returned={"1": 1}, at=AT)
    assert (str(quote.freight.deductible_min), str(quote.freight.deductible_max)) == ("0.00", "8.00")
    kept = quote_return(bought, [free], returned={"2": 1}, at=AT)
    assert str(kept.freight.deductible_max) == "0.00"


def test_more_than_is_left_is_refused() -> None:
    bought, promotion = shape_a()
    with pytest.raises(RuleError, match="2 units of line 1"):
        quote_return(bought, [promotion], returned={"1": 2}, at=AT)
    with pytest.raises(RuleError, match="no line 9"):
        quote_return(bought, [promotion], returned={"9": 1}, at=AT)
