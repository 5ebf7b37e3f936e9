"""The lowest price of a basket and its cheapest add-ons by trying every choice, for as many choices as can be tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from kg_service.dataset.customer import Coupon
from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.money import Money
from kg_service.rules.basket import BasketLine, PricedBasket, Purchase
from kg_service.rules.catalogue import Catalogue
from kg_service.rules.pricing import price_basket
from kg_service.rules.returns import quote_return
from kg_service.times import format_instant

__all__ = ["AddOn", "BestPrice", "Certificate", "as_order", "cheapest_add_ons", "lowest_price"]

#: Choices that are tried one by one; with more of them nothing is proved.
_MOST = 10
#: Units of one add-on that are tried.
_UNITS = 30


@dataclass(frozen=True)
class Certificate:
    """How it is known that no choice pays less.

    Attributes
    ----------
    method : EXHAUSTIVE (every choice was priced) or NONE (there were too many; nothing is proved)
    bound : no choice pays less than this, 分
    choices, priced : how many there are, and how many were priced
    """

    method: str
    bound: Money
    choices: int
    priced: int


@dataclass(frozen=True)
class BestPrice:
    """The choice that pays least; of equals that with fewest coupons. ``claimable`` coupons not held would pay less still."""

    basket: PricedBasket
    coupons: tuple[str, ...]
    add_ons: tuple[str, ...]
    certificate: Certificate
    claimable: tuple[str, ...] = ()


def lowest_price(
    lines: Sequence[BasketLine],
    promotions: Sequence[Promotion],
    coupons: Sequence[Coupon] = (),
    *,
    purchase: Purchase,
    catalogue: Catalogue,
    freight: str = "0.00",
) -> BestPrice:
    """Price every choice of coupons and add-on offers, and keep the one that pays least.

    Automatic promotions are not declined (promotions.md section 4.1).
    """
    opting = sorted(one.promotion_id for one in promotions if one.kind == "ADDON_PRICE")

    def priced(used: Sequence[Coupon], opted: Sequence[str]) -> PricedBasket:
        return price_basket(lines, promotions, used, purchase=purchase, catalogue=catalogue, freight=freight, choices=opted)

    options: list[Coupon | str] = [*sorted(coupons, key=lambda one: one.coupon_id), *opting]
    tried = options[:_MOST]
    best: tuple[int, int, PricedBasket, list[str], list[str]] | None = None
    count = 0
    for size in range(len(tried) + 1):
        for chosen in combinations(tried, size):
            used = [one for one in chosen if isinstance(one, Coupon)]
            opted = [one for one in chosen if isinstance(one, str)]
            result = priced(used, opted)
            count += 1
            if best is None or int(result.payable) < best[0]:
                best = (int(result.payable), size, result, [one.coupon_id for one in used], opted)
    assert best is not None
    payable, _, result, used_ids, opted_ids = best
    proved = len(options) <= _MOST
    certificate = Certificate("EXHAUSTIVE" if proved else "NONE", Money(payable if proved else 0), 2 ** len(options), count)
    held = {one.promotion_id for one in coupons}
    used_coupons = [one for one in coupons if one.coupon_id in used_ids]
    claimable = [
        one.promotion_id
        for one in promotions
        if one.kind in ("COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET")
        and one.promotion_id not in held
        and int(priced([*used_coupons, _claimed(one)], opted_ids).payable) < payable
    ]
    return BestPrice(result, tuple(used_ids), tuple(opted_ids), certificate, tuple(claimable))


def _claimed(promotion: Promotion) -> Coupon:
    """The coupon as it would be held if it were claimed."""
    return Coupon(coupon_id=f"?{promotion.promotion_id}", promotion_id=promotion.promotion_id, user_id="?", status="UNUSED")


@dataclass(frozen=True)
class AddOn:
    """So many units of a SKU that reach a promotion, and what they cost in all.

    ``net_cost`` is the payable with them less the payable without; the last two fields are what returning them later, without a
    reason, comes to (``None`` where it cannot be decided).
    """

    sku_id: str
    quantity: int
    price: Money
    net_cost: Money
    payable: Money
    refund_if_returned: Money | None
    buyer_owes_if_returned: Money | None


def cheapest_add_ons(
    lines: Sequence[BasketLine],
    promotions: Sequence[Promotion],
    target: Promotion,
    candidates: Iterable[BasketLine],
    coupons: Sequence[Coupon] = (),
    *,
    most: int,
    purchase: Purchase,
    catalogue: Catalogue,
) -> list[AddOn]:
    """For each candidate the fewest units that reach ``target`` (a promotion with the tiers wanted); least net cost first.

    Whether it is reached is judged on ``target``; what is paid, on the promotions as they are.
    """

    def price(basket: Sequence[BasketLine], offers: Sequence[Promotion]) -> PricedBasket:
        return price_basket(basket, offers, coupons, purchase=purchase, catalogue=catalogue, choices=[target.promotion_id])

    before = price(lines, promotions).payable if lines else Money(0)
    judging = [one for one in promotions if one.promotion_id != target.promotion_id] + [target]
    found = []
    for candidate in candidates:
        for basket, units in _with_units(lines, candidate):
            verdict = next(one for one in price(basket, judging).eligibility if one.promotion_id == target.promotion_id)
            if verdict.status == "BLOCKED":
                break
            if verdict.status == "MATCHED":
                found.append(_add_on(price(basket, promotions), before, candidate, units, promotions, purchase, catalogue))
                break
    return sorted(found, key=lambda one: (one.net_cost, one.quantity, one.sku_id))[:most]


def _with_units(lines: Sequence[BasketLine], candidate: BasketLine) -> Iterator[tuple[list[BasketLine], int]]:
    for units in range(1, _UNITS + 1):
        yield [*lines, candidate.model_copy(update={"quantity": units})], units


def _add_on(
    priced: PricedBasket,
    before: Money,
    candidate: BasketLine,
    units: int,
    promotions: Sequence[Promotion],
    purchase: Purchase,
    catalogue: Catalogue,
) -> AddOn:
    quote = quote_return(
        as_order(priced, at=purchase.at or 0),
        promotions,
        (),
        {candidate.line_id: units},
        at=purchase.at,
        catalogue=catalogue,
    )
    return AddOn(
        sku_id=candidate.sku_id,
        quantity=units,
        price=Money(candidate.list_price),
        net_cost=priced.payable - before,
        payable=priced.payable,
        refund_if_returned=quote.refund_amount,
        buyer_owes_if_returned=quote.buyer_owes,
    )


def as_order(priced: PricedBasket, *, at: int, order_id: str = "BASKET", user_id: str = "-") -> Order:
    """The order that a priced basket would become: paid in one sum, nothing returned yet."""
    applications = [
        {
            "application_id": f"A{number:02d}",
            "promotion_id": one.promotion_id,
            "version": one.version,
            "coupon_id": one.coupon_id,
            "grant": str(one.grant),
            "tier_index": one.tier_index,
            "instances": one.instances,
            "participants": [
                {"line_id": part.line_id, "role": part.role, "share": str(part.share)} for part in one.participants
            ],
        }
        for number, one in enumerate(priced.applications, 1)
    ]
    charged = priced.freight - priced.freight_waived
    return Order.model_validate(
        {
            "order_id": order_id,
            "user_id": user_id,
            "status": "PAID",
            "placed_at": format_instant(at),
            "paid_at": format_instant(at),
            "lines": [
                {
                    "line_id": line.line_id,
                    "sku_id": line.sku_id,
                    "quantity": line.quantity,
                    "list_price": str(Money(int(line.list) // line.quantity)),
                }
                for line in priced.lines
            ],
            "applications": [{key: value for key, value in one.items() if value is not None} for one in applications],
            "payments": [{"payment_id": "P1", "kind": "CASH", "amount": str(priced.payable)}],
            "freight": {
                "charged": str(charged),
                "waived": str(priced.freight_waived),
                **({"waived_by": priced.freight_waived_by} if priced.freight_waived_by else {}),
            },
            "returns": [],
        }
    )
