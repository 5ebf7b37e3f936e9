"""The laws of promotions.md section 9 over generated baskets: shares, order, irrelevance, best price, add-ons, return-all."""

from __future__ import annotations

from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kg_service.dataset.promotion import Promotion
from kg_service.money import Money
from kg_service.rules import (
    BasketLine,
    PricedBasket,
    as_order,
    best_price,
    cheapest_add_ons,
    price_basket,
    quote_return,
    verify,
)
from tests.properties.baskets import Shopping, shopping


def price(one: Shopping, *, coupons: list[str] | None = None, choices: tuple[str, ...] = ()) -> PricedBasket:
    used = [coupon for coupon in one.coupons if coupons is None or coupon.coupon_id in coupons]
    return price_basket(one.lines, one.promotions, used, choices=choices, **one.pricing)


def every_choice(one: Shopping) -> list[tuple[int, int]]:
    """(payable, how many coupons and add-ons) of every subset of coupons, with the add-on and without."""
    ids = [coupon.coupon_id for coupon in one.coupons]
    found = []
    for choices in ((), ("ADD",)):
        for size in range(len(ids) + 1):
            for chosen in combinations(ids, size):
                found.append((int(price(one, coupons=list(chosen), choices=choices).payable), size + len(choices)))
    return found


@given(shopping())
def test_shares_sum_to_the_grant_and_never_exceed_the_base(one: Shopping) -> None:
    priced = price(one, choices=("ADD",))
    left = {line.line_id: int(line.list) for line in priced.lines}
    for application in priced.applications:
        assert sum(int(part.share) for part in application.participants) == int(application.grant)
        assert application.grant >= 0
        assert application.undistributed >= 0
        for part in application.participants:
            assert 0 <= part.share <= left[part.line_id]
            left[part.line_id] -= int(part.share)
    for line in priced.lines:
        assert line.payable == left[line.line_id] >= 0
    assert priced.payable == sum(left.values()) == priced.total - priced.discount


@given(shopping(), st.randoms(use_true_random=False))
def test_the_order_of_lines_promotions_and_coupons_changes_nothing(one: Shopping, draw: Random) -> None:
    before = price(one, choices=("ADD",))
    lines, promotions, coupons = list(one.lines), list(one.promotions), list(one.coupons)
    for items in (lines, promotions, coupons):
        draw.shuffle(items)
    after = price(Shopping(lines, promotions, coupons, one.catalogue), choices=("ADD",))
    assert after.applications == before.applications
    assert after.payable == before.payable
    assert {line.line_id: line for line in after.lines} == {line.line_id: line for line in before.lines}


@given(shopping())
def test_what_has_nothing_to_do_with_a_basket_changes_nothing(one: Shopping) -> None:
    before = price(one)
    elsewhere = {"include": [{"type": "sku", "id": "ELSEWHERE"}]}
    promotion = {"promotion_id": "X", "name": "X", "kind": "ITEM_FIXED_OFF", "scope": elsewhere, "effect": {"off": "1.00"}}
    after = price_basket(one.lines, [*one.promotions, Promotion.model_validate(promotion)], one.coupons, **one.pricing)
    assert after.applications == before.applications
    gift = BasketLine.model_validate({"line_id": "gift", "sku_id": "G", "quantity": 1, "list_price": "0.00", "role": "GIFT"})
    with_gift = price_basket([*one.lines, gift], one.promotions, one.coupons, **one.pricing)
    assert with_gift.applications == before.applications


@given(shopping(max_lines=8))
def test_the_best_price_is_that_of_trying_everything(one: Shopping) -> None:
    best = best_price(one.lines, one.promotions, one.coupons, **one.pricing)
    lowest, fewest = min(every_choice(one))
    assert int(best.basket.payable) == lowest
    assert len(best.coupons) <= fewest
    assert best.proved
    assert verify(best, one.lines, one.promotions, one.coupons, **one.pricing) == []
    ids = list(best.coupons)
    assert int(price(one, coupons=ids, choices=best.add_ons).payable) == lowest


@given(shopping(max_coupons=5))
def test_led_by_the_programme_it_is_the_same_price_and_its_certificate_holds(one: Shopping) -> None:
    best = best_price(one.lines, one.promotions, one.coupons, most_priced=1, **one.pricing)
    lowest, _ = min(every_choice(one))
    assert int(best.basket.payable) == lowest
    assert best.proved
    assert verify(best, one.lines, one.promotions, one.coupons, **one.pricing) == []


@given(shopping(), st.integers(1, 5000))
def test_a_certificate_that_claims_too_much_is_refused(one: Shopping, more: int) -> None:
    best = best_price(one.lines, one.promotions, one.coupons, **one.pricing)
    high = Money(int(best.certificate.bound) + more)
    false = best.model_copy(update={"certificate": best.certificate.model_copy(update={"bound": high})})
    assert verify(false, one.lines, one.promotions, one.coupons, **one.pricing)


@given(shopping(max_coupons=0), st.integers(1, 9000), st.data())
def test_the_cheapest_add_on_is_that_of_trying_every_candidate(one: Shopping, unit: int, data: st.DataObject) -> None:
    value = int(sum(line.list_price * line.quantity for line in one.lines)) + data.draw(st.integers(1, 20000))
    target = Promotion.model_validate(
        {
            "promotion_id": "T",
            "name": "满减",
            "kind": "AMOUNT_THRESHOLD_OFF",
            "condition": {"basis": "LIST"},
            "tiers": [{"value": str(Money(value)), "effect": {"off": "30.00"}}],
        }
    )
    prices = [unit, data.draw(st.integers(1, 9000)), data.draw(st.integers(1, 30000))]
    candidates = [
        BasketLine.model_validate({"line_id": f"a{i}", "sku_id": f"A{i}", "quantity": 1, "list_price": str(Money(fen))})
        for i, fen in enumerate(prices)
    ]
    promotions = [*one.promotions, target]
    catalogue = one.catalogue | {line.sku_id: line.goods(None) for line in candidates}
    pricing = {"purchase": one.pricing["purchase"], "catalogue": catalogue}
    found = cheapest_add_ons(one.lines, promotions, target, candidates, **pricing)
    before = price_basket(one.lines, promotions, choices=("T",), **pricing).payable
    for item in found:
        line = next(line for line in candidates if line.sku_id == item.sku_id)
        with_it = [*one.lines, line.model_copy(update={"quantity": item.quantity})]
        priced = price_basket(with_it, promotions, choices=("T",), **pricing)
        assert priced.application("T") is not None or _not_matched_for_another_reason(priced)
        assert item.payable == priced.payable
        assert item.net_cost == priced.payable - before
        fewer = [*one.lines, line.model_copy(update={"quantity": max(1, item.quantity - 1)})]
        if item.quantity > 1 and price_basket(fewer, promotions, choices=("T",), **pricing).application("T"):
            assert price_basket(fewer, promotions, choices=("T",), **pricing).payable > priced.payable
    assert [item.net_cost for item in found] == sorted(item.net_cost for item in found)


def _not_matched_for_another_reason(priced: PricedBasket) -> bool:
    return any(one.promotion_id == "T" and one.status == "MATCHED" for one in priced.eligibility)


@given(shopping())
def test_an_order_of_a_basket_gives_back_exactly_what_was_paid(one: Shopping) -> None:
    priced = price(one, choices=("ADD",))
    order = as_order(priced, at=0)
    quote = quote_return(order, one.promotions, catalogue=one.catalogue, coupons=one.coupons)
    assert quote.refund_amount == priced.payable
    assert quote.buyer_owes == 0
    for application, item in zip(order.applications or [], priced.applications, strict=True):
        assert [part.share for part in application.participants] == [part.share for part in item.participants]
