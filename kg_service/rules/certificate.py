"""Checking a certificate of the best price, apart from the search that made it.

Nothing of the search is used: choices are counted out plainly, prices come from
:func:`~kg_service.rules.pricing.price_basket`, and what was not priced is ruled out by sums of ceilings in whole numbers,
without a solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.rules.audience import audience_gaps
from kg_service.rules.basket import BasketLine, PricedBasket, Purchase
from kg_service.rules.best_price import BestPrice
from kg_service.rules.catalogue import Catalogue
from kg_service.rules.pricing import price_basket
from kg_service.rules.scope import covers

__all__ = ["verify"]

_COUPONS = ("COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET")
_NOTHING = ("GIFT", "GIVE_POINTS", "GIVE_COUPON")


def verify(
    best: BestPrice,
    lines: Sequence[BasketLine],
    promotions: Iterable[Promotion],
    coupons: Sequence[Coupon] = (),
    *,
    purchase: Purchase,
    catalogue: Catalogue | None = None,
    freight: str = "0.00",
) -> list[str]:
    """What is wrong with a certificate; nothing when it holds.

    The time is that of pricing every choice (EXHAUSTIVE), or every choice that was priced (MILP).

    Parameters
    ----------
    best : BestPrice
        As :func:`~kg_service.rules.best_price.best_price` gave it for the other parameters.
    """
    offers = {one.promotion_id: one for one in promotions}
    usable = [one for one in coupons if audience_gaps(offers[one.promotion_id], purchase, one) == ([], [])]
    by_id = {one.coupon_id: one for one in usable}
    common: dict[str, Any] = {"purchase": purchase, "catalogue": catalogue, "freight": freight}

    def price(used: Iterable[str], opted: Iterable[str]) -> PricedBasket:
        return price_basket(lines, offers.values(), [by_id[key] for key in used], choices=opted, **common)

    problems = []
    payable = int(best.basket.payable)
    claimed = int(best.certificate.bound)
    if set(best.coupons) - by_id.keys():
        return [f"coupons that cannot be used: {sorted(set(best.coupons) - by_id.keys())}"]
    if int(price(best.coupons, best.add_ons).payable) != payable:
        problems.append("the basket does not cost what it says with these coupons and add-ons")
    if claimed > payable:
        problems.append("the bound is above the price")
    add_ons = [key for key, one in offers.items() if one.kind == "ADDON_PRICE"]
    if best.certificate.method == "EXHAUSTIVE":
        for opted in _subsets(add_ons):
            for used in _subsets(list(by_id)):
                if int(price(used, opted).payable) < claimed:
                    problems.append(f"cheaper: coupons {used}, add-ons {opted}")
        return problems
    tried = {(frozenset(used), frozenset(opted)) for used, opted in best.certificate.tried}
    for used, opted in best.certificate.tried:
        if int(price(used, opted).payable) < claimed:
            problems.append(f"cheaper: coupons {used}, add-ons {opted}")
    for opted in _subsets([key for key in add_ons if audience_gaps(offers[key], purchase)[0] == []]):
        before = _before(lines, offers, usable, opted, common)
        ceilings = _ceilings(before, lines, offers, catalogue)
        for untried in _unexplained(usable, offers, ceilings, before, claimed, tried, frozenset(opted)):
            problems.append(f"not ruled out: coupons {sorted(untried)}, add-ons {list(opted)}")
            break
    return problems


def _subsets(items: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(items) + 1):
        yield from combinations(items, size)


def _named(one: Promotion, other: Promotion) -> bool:
    named = {str(name) for name in one.stacking.conflicts_with}
    return bool(named & {other.promotion_id, other.kind, str(other.layer_number)})


def _before(
    lines: Sequence[BasketLine],
    offers: dict[str, Promotion],
    usable: Sequence[Coupon],
    opted: Iterable[str],
    common: dict[str, Any],
) -> tuple[PricedBasket, int]:
    """The basket priced with the layers no coupon can disturb, and the first layer that a coupon is in."""
    first = min((offers[one.promotion_id].layer_number for one in usable), default=0)
    lower = [one for one in offers.values() if one.layer_number < first]
    later = [one for one in offers.values() if one.layer_number >= first and one.stacking.exclusive]
    if any(_named(one, other) for one in later for other in lower):
        first, lower = 0, []
    return price_basket(lines, lower, choices=opted, **common), first


def _ceilings(
    before: tuple[PricedBasket, int], lines: Sequence[BasketLine], offers: dict[str, Promotion], catalogue: Catalogue | None
) -> dict[str, int]:
    """The most that each promotion from the first layer on can take off what is left, 分."""
    priced, first = before
    goods = {line.line_id: line.goods(catalogue) for line in lines if line.role != "GIFT"}
    left = {line.line_id: line for line in priced.lines}
    item = {one.promotion_id for one in priced.applications if one.layer == 10}
    found = {}
    for key, one in offers.items():
        if one.layer_number < first or one.kind in _NOTHING:
            continue
        if one.kind in ("FREE_SHIPPING", "FREIGHT_OFF"):
            found[key] = int(priced.freight)
            continue
        inside = [line_id for line_id, where in goods.items() if covers(one.scope, where)]
        whole = sum(int(left[line_id].payable) for line_id in inside)
        most = whole
        simple = not one.components and one.condition.qualifier_scope is None and not one.scope.exclude_discounted
        if simple and one.measure == "AMOUNT" and one.kind in ("AMOUNT_THRESHOLD_OFF", *_COUPONS, "AMOUNT_THRESHOLD_PERCENT"):
            counted = whole
            if one.condition.basis == "LIST":
                counted = sum(int(left[line_id].list) for line_id in inside)
            elif one.condition.basis == "AFTER_ITEM":
                counted = sum(
                    int(left[line_id].list)
                    - sum(int(part.share) for part in left[line_id].discounts if part.promotion_id in item)
                    for line_id in inside
                )
            most = max((_most(one, level, counted, whole) for level in range(len(one.levels))), default=0)
        if one.cap.amount is not None:
            most = min(most, int(one.cap.amount))
        found[key] = min(most, whole)
    return found


def _most(one: Promotion, level: int, counted: int, whole: int) -> int:
    tier = one.levels[level]
    if counted < tier.value:
        return 0
    if tier.effect.pay_percent is not None:
        return whole - int(Fraction(whole) * Fraction(str(tier.effect.pay_percent)) / 100)
    if tier.effect.off is None:
        return whole
    steps = counted // tier.value if one.steps_mode != "HIGHEST" and tier.value > 0 else 1
    return int(tier.effect.off) * (steps if one.max_steps is None else min(steps, max(one.max_steps, 1)))


def _unexplained(
    usable: Sequence[Coupon],
    offers: dict[str, Promotion],
    ceilings: dict[str, int],
    before: tuple[PricedBasket, int],
    claimed: int,
    tried: set[tuple[frozenset[str], frozenset[str]]],
    opted: frozenset[str],
) -> Iterator[frozenset[str]]:
    """The sets of coupons that were not priced and whose ceilings reach below the bound."""
    automatic = sum(_kept(offers, {key: value for key, value in ceilings.items() if offers[key].kind not in _COUPONS}))
    room = int(before[0].payable) - automatic - claimed
    # a pick pays at least room + claimed - its ceilings: it is ruled out while its ceilings are within the room
    ordered = sorted(usable, key=lambda one: -ceilings[one.promotion_id])
    rest = [0] * (len(ordered) + 1)
    for i in range(len(ordered) - 1, -1, -1):
        rest[i] = rest[i + 1] + ceilings[ordered[i].promotion_id]

    def search(i: int, chosen: tuple[Coupon, ...], saved: int) -> Iterator[frozenset[str]]:
        if saved + rest[i] <= room:
            return
        if i == len(ordered):
            ids = frozenset(one.coupon_id for one in chosen)
            if (ids, opted) not in tried and not _same_price(chosen, usable, offers):
                yield ids
            return
        yield from search(i + 1, (*chosen, ordered[i]), saved + ceilings[ordered[i].promotion_id])
        yield from search(i + 1, chosen, saved)

    yield from search(0, (), 0)


def _kept(offers: dict[str, Promotion], values: dict[str, int]) -> Iterator[int]:
    """The values that can stand together: of a group that keeps one, the largest."""
    groups: dict[tuple[int, str], int] = {}
    for key, value in values.items():
        stacking = offers[key].stacking
        if stacking.group is None or stacking.within_group == "ALL":
            yield value
        else:
            place = offers[key].layer_number, stacking.group
            groups[place] = max(groups.get(place, 0), value)
    yield from groups.values()


def _same_price(chosen: Sequence[Coupon], usable: Sequence[Coupon], offers: dict[str, Promotion]) -> bool:
    """Whether a smaller or an equal set costs the same: two of a group that keeps one, or not the first of equal coupons."""
    places = []
    for coupon in chosen:
        stacking = offers[coupon.promotion_id].stacking
        if stacking.group is not None and stacking.within_group != "ALL":
            places.append((offers[coupon.promotion_id].layer_number, stacking.group))
    if len(set(places)) != len(places):
        return True
    grouped = {coupon.promotion_id for coupon in chosen} & {
        coupon.promotion_id for coupon in usable if offers[coupon.promotion_id].stacking.group is None
    }
    for key in grouped:
        alike = sorted(coupon.coupon_id for coupon in usable if coupon.promotion_id == key)
        mine = sorted(coupon.coupon_id for coupon in chosen if coupon.promotion_id == key)
        if mine != alike[: len(mine)]:
            return True
    return False
