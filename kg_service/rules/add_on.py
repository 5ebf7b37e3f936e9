"""The cheapest add-on that brings a basket to a promotion, and what returning it later comes to (promotions.md section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import Fen
from kg_service.money import Money
from kg_service.rules.basket import BasketLine, Purchase
from kg_service.rules.bought import as_order
from kg_service.rules.catalogue import Catalogue
from kg_service.rules.pricing import open_pricer, priced_basket
from kg_service.rules.returns import quote_return

__all__ = ["AddOn", "cheapest_add_ons"]

#: Units of one candidate that are tried, and how many more than the fewest that reach the promotion.
MOST_UNITS, MORE_UNITS = 30, 2


class AddOn(BaseModel):
    """So many units of a SKU that reach a promotion.

    Attributes
    ----------
    price : per unit
    net_cost : the payable with them less the payable without; below zero where they pay for themselves
    payable : with them
    refund_if_returned, buyer_owes_if_returned : what returning just them later, without a reason, comes to: the promotion is
        judged again without them. ``None`` where it cannot be decided
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku_id: str
    quantity: int
    price: Fen
    net_cost: Fen
    payable: Fen
    refund_if_returned: Fen | None = None
    buyer_owes_if_returned: Fen | None = None


def cheapest_add_ons(
    lines: Sequence[BasketLine],
    promotions: Sequence[Promotion],
    target: Promotion,
    candidates: Iterable[BasketLine],
    coupons: Sequence[Coupon] = (),
    *,
    most: int = 3,
    purchase: Purchase,
    catalogue: Catalogue | None = None,
    freight: str = "0.00",
) -> list[AddOn]:
    """The candidates that bring a basket to a promotion, least net cost first, then lower price, then sku_id.

    Of each candidate the number of units with the least net cost counts, from the fewest that reach the promotion to two more.

    Parameters
    ----------
    target : Promotion
        What is to be reached: one of ``promotions``, perhaps with only the tiers that are still ahead.
    candidates : iterable of BasketLine
        A line each, with an id of its own; its quantity does not count.
    coupons : sequence of Coupon
        Coupons in use.
    """
    offers = {one.promotion_id: one for one in promotions}
    judging = [*(one for key, one in offers.items() if key != target.promotion_id), target]
    common: dict[str, Any] = {"purchase": purchase, "catalogue": catalogue, "freight": freight}
    opted = (target.promotion_id,)

    def payable(basket: Sequence[BasketLine]) -> int:
        return open_pricer(basket, offers.values(), **common)[0].run(coupons, opted).payable

    before = payable(lines) if lines else 0
    found: list[tuple[tuple[int, int, str], int, BasketLine]] = []
    for candidate in candidates:
        ways: list[tuple[int, int]] = []
        for units in range(1, MOST_UNITS + 1):
            if ways and units > ways[0][1] + MORE_UNITS:
                break
            basket = [*lines, candidate.model_copy(update={"quantity": units})]
            outcome = open_pricer(basket, judging, **common)[0].run(coupons, opted)
            status = next(one.status for key, one in outcome.verdicts.items() if key[0] == target.promotion_id)
            if status == "BLOCKED":
                break
            if status == "MATCHED":
                ways.append((payable(basket) - before, units))
        if ways:
            # more units only where they cost less
            cost, units = min(ways)
            found.append(((cost, int(candidate.list_price), candidate.sku_id), units, candidate))
    found.sort(key=lambda item: item[0])
    return [
        _add_on(lines, list(offers.values()), candidate, units, cost, coupons, opted, common)
        for (cost, _, _), units, candidate in found[:most]
    ]


def _add_on(
    lines: Sequence[BasketLine],
    promotions: Sequence[Promotion],
    candidate: BasketLine,
    units: int,
    cost: int,
    coupons: Sequence[Coupon],
    opted: Iterable[str],
    common: dict[str, Any],
) -> AddOn:
    pricer, order = open_pricer([*lines, candidate.model_copy(update={"quantity": units})], promotions, **common)
    priced = priced_basket(pricer.run(coupons, opted), pricer, order)
    at = common["purchase"].at or 0
    quote = quote_return(
        as_order(priced, at=at),
        promotions,
        (),
        {candidate.line_id: units},
        at=at,
        catalogue=common["catalogue"],
        coupons=coupons,
    )
    return AddOn(
        sku_id=candidate.sku_id,
        quantity=units,
        price=Money(candidate.list_price),
        net_cost=Money(cost),
        payable=priced.payable,
        refund_if_returned=quote.refund_amount,
        buyer_owes_if_returned=quote.buyer_owes,
    )
