"""The laws of promotions.md section 9 for partial returns, on generated orders."""

from __future__ import annotations

import copy
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kg_service.money import parse_yuan
from kg_service.rules import ReturnQuote, quote_return
from tests.properties.strategies import Bought, orders, returned_units

Data = dict[str, Any]
AT = "2026-11-08T09:00:00"
REASONS = ("NO_REASON", "QUALITY", "SIZE")


def quote(bought: Bought, returned: dict[str, int], reason: Any = "NO_REASON", order: Data | None = None) -> ReturnQuote:
    return quote_return(
        order or bought.order, bought.promotions, returned=returned, reason=reason, at=AT, catalogue=bought.catalogue
    )


@given(orders())
def test_shares_sum_to_the_grant_and_stay_within_their_lines(bought: Bought) -> None:
    for application in bought.priced.applications:
        assert sum(int(share.share) for share in application.participants) == application.grant
    for line in bought.priced.lines:
        assert 0 <= line.payable <= line.list
        assert all(discount.share >= 0 for discount in line.discounts)


@given(orders())
def test_returning_all_gives_back_what_was_paid(bought: Bought) -> None:
    everything = {line["line_id"]: line["quantity"] for line in bought.order["lines"]}
    result = quote(bought, everything)
    assert result.refund_amount == sum(int(line.payable) for line in bought.priced.lines)
    assert result.buyer_owes == 0
    assert sum(int(part.amount) for part in result.by_instrument) == result.refund_amount


@given(orders(), st.data())
def test_single_returns_come_to_the_joint_refund(bought: Bought, data: st.DataObject) -> None:
    wanted = returned_units(data, bought)
    reason = {line_id: data.draw(st.sampled_from(REASONS)) for line_id in wanted}
    joint = quote(bought, wanted, reason)
    assert joint.refund_amount is not None
    assert joint.buyer_owes is not None
    units = [line_id for line_id, count in wanted.items() for _ in range(count)]
    random.Random(data.draw(st.integers(0, 99))).shuffle(units)
    order = copy.deepcopy(bought.order)
    net = 0
    for number, line_id in enumerate(units):
        single = quote(bought, {line_id: 1}, reason, order)
        assert single.refund_amount is not None
        assert single.buyer_owes is not None
        net += single.refund_amount - single.buyer_owes
        recorded = data.draw(st.booleans())
        order["returns"].append(
            {
                "return_id": f"R{number:03d}",
                "reason": reason[line_id],
                "lines": [{"line_id": line_id, "quantity": 1}],
                "status": "REFUNDED" if recorded else "APPROVED",
                "requested_at": f"2026-11-06T10:{number:02d}:00",
                **({"refund_amount": str(single.refund_amount), "buyer_paid": str(single.buyer_owes)} if recorded else {}),
            }
        )
    assert net == joint.refund_amount - joint.buyer_owes


@given(orders(), st.data())
def test_the_refund_fits_the_amounts_of_the_promotions(bought: Bought, data: st.DataObject) -> None:
    wanted = returned_units(data, bought)
    result = quote(bought, wanted, data.draw(st.sampled_from(REASONS)))
    paid = sum(int(line.payable) for line in bought.priced.lines)
    assert result.refund_amount is not None
    assert result.buyer_owes is not None
    assert result.refund_amount - result.buyer_owes == paid - sum(int(line.payable) for line in result.kept)
    assert result.refund_amount == 0 or result.buyer_owes == 0
    assert sum(int(part.amount) for part in result.by_instrument) == result.refund_amount
    prices = {line["line_id"]: line for line in bought.order["lines"]}
    for kept in result.kept:
        worth = int(parse_yuan(prices[kept.line_id]["list_price"])) * kept.quantity
        after = sum(
            int(part.discount_after) for item in result.promotions for part in item.lines if part.line_id == kept.line_id
        )
        assert kept.payable == worth - after
        assert 0 <= kept.payable <= worth
    for promotion in result.promotions:
        before, after = promotion.discount_before, promotion.discount_after
        expected = "KEPT" if after >= before and after > 0 else "REDUCED" if after > 0 else "LOST"
        assert promotion.outcome == expected


@given(orders(), st.data())
def test_the_order_rows_come_in_does_not_matter(bought: Bought, data: st.DataObject) -> None:
    wanted = returned_units(data, bought)
    shuffled = copy.deepcopy(bought.order)
    rng = random.Random(data.draw(st.integers(0, 99)))
    rng.shuffle(shuffled["lines"])
    rng.shuffle(shuffled["applications"])
    for application in shuffled["applications"]:
        rng.shuffle(application["participants"])
    promotions = list(bought.promotions)
    rng.shuffle(promotions)
    one = quote(bought, wanted)
    other = quote_return(shuffled, promotions, returned=wanted, at=AT, catalogue=bought.catalogue)
    assert one.refund_amount == other.refund_amount
    assert one.buyer_owes == other.buyer_owes
    assert {item.line_id: item.payable for item in one.kept} == {item.line_id: item.payable for item in other.kept}
    assert {item.promotion_id: item.outcome for item in one.promotions} == {
        item.promotion_id: item.outcome for item in other.promotions
    }


@given(orders(), st.data())
def test_an_irrelevant_line_or_promotion_changes_nothing(bought: Bought, data: st.DataObject) -> None:
    wanted = returned_units(data, bought)
    bigger = copy.deepcopy(bought.order)
    bigger["lines"].append({"line_id": "zz", "sku_id": "other", "quantity": 2, "list_price": "7.77"})
    bigger["payments"].append({"payment_id": "9", "kind": "BALANCE", "amount": "15.54"})
    unused = {
        "promotion_id": "ZZ",
        "name": "无关",
        "kind": "AMOUNT_THRESHOLD_OFF",
        "tiers": [{"value": "1.00", "effect": {"off": "1.00"}}],
    }
    one = quote(bought, wanted)
    other = quote_return(bigger, [*bought.promotions, unused], returned=wanted, at=AT, catalogue=bought.catalogue)
    assert (one.refund_amount, one.buyer_owes) == (other.refund_amount, other.buyer_owes)
    assert [item.model_dump() for item in one.promotions] == [item.model_dump() for item in other.promotions]


@given(orders(), st.data())
def test_a_lost_fact_gives_unknown_or_the_same_answer(bought: Bought, data: st.DataObject) -> None:
    wanted = returned_units(data, bought)
    whole = quote(bought, wanted)
    fact = data.draw(st.sampled_from(["applications", "returns", "payments", "freight", "received_at", "promotion"]))
    order, promotions = copy.deepcopy(bought.order), list(bought.promotions)
    if fact == "promotion":
        if promotions:
            promotions.pop(data.draw(st.integers(0, len(promotions) - 1)))
    else:
        del order[fact]
    result = quote_return(order, promotions, returned=wanted, at=AT, catalogue=bought.catalogue)
    if result.refund_amount is not None:
        assert (result.refund_amount, result.buyer_owes) == (whole.refund_amount, whole.buyer_owes)
    else:
        assert result.missing
