"""Pricing a basket (promotions.md sections 4 and 5): the public function, its result with verdicts and trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg_service.dataset.customer import Coupon, User
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import coerce
from kg_service.errors import RuleError
from kg_service.money import Money, parse_yuan
from kg_service.rules.basket import (
    AppliedPromotion,
    BasketLine,
    Discount,
    Eligibility,
    GivenGift,
    PricedBasket,
    PricedLine,
    Purchase,
    Share,
)
from kg_service.rules.catalogue import Catalogue
from kg_service.rules.lots import role_on_record
from kg_service.rules.pricer import Applied, Outcome, Pricer
from kg_service.times import parse_instant
from kg_service.trace import Basis, Step

__all__ = ["open_pricer", "price_basket", "priced_basket"]


def price_basket(
    lines: Iterable[BasketLine | Mapping[str, Any]],
    promotions: Iterable[Promotion | Mapping[str, Any]],
    coupons: Iterable[Coupon | Mapping[str, Any]] = (),
    customer: User | Mapping[str, Any] | None = None,
    channel: str | None = None,
    at: Any = None,
    *,
    purchase: Purchase | None = None,
    catalogue: Catalogue | None = None,
    freight: Any = "0.00",
    choices: Iterable[str] | None = None,
) -> PricedBasket:
    """Apply promotions to a basket.

    A pure function: no store, no clock. Automatic promotions apply by layer, stacking and priority; the coupons passed in are
    the ones the customer uses; add-on prices apply where a line of role ADDON, or ``choices``, opts for them.

    Parameters
    ----------
    lines : iterable of BasketLine or mapping
    promotions : iterable of Promotion or mapping
    coupons : iterable of Coupon or mapping
        Coupons to use; each names its promotion.
    customer : User or mapping, optional
    channel : str, optional
    at : str, datetime or int, optional
        The instant of purchase; without it a promotion with a period is UNKNOWN.
    purchase : Purchase, optional
        Everything else the audience conditions look at; ``customer``, ``channel`` and ``at`` win over its own.
    catalogue : mapping of sku_id to Goods, optional
    freight : str
        Freight before waivers, decimal yuan.
    choices : iterable of str, optional
        promotion_ids of add-ons that are opted for.

    Returns
    -------
    PricedBasket

    Raises
    ------
    RuleError
        When two lines have one id, or a coupon's promotion is not given.

    Examples
    --------
    >>> priced = price_basket(
    ...     [{"line_id": "1", "sku_id": "a", "quantity": 1, "list_price": "3000.00"},
    ...      {"line_id": "2", "sku_id": "b", "quantity": 1, "list_price": "500.00"}],
    ...     [{"promotion_id": "P", "name": "满3000减300", "kind": "AMOUNT_THRESHOLD_OFF",
    ...       "tiers": [{"value": "3000.00", "effect": {"off": "300.00"}}]}])
    >>> str(priced.payable), [str(share.share) for share in priced.applications[0].participants]
    ('3200.00', ['257.14', '42.86'])
    """
    pricer, order = open_pricer(
        lines, promotions, customer, channel, at, purchase=purchase, catalogue=catalogue, freight=freight
    )
    held = [coerce(Coupon, coupon) for coupon in coupons]
    return priced_basket(pricer.run(held, choices or ()), pricer, order)


def open_pricer(
    lines: Iterable[BasketLine | Mapping[str, Any]],
    promotions: Iterable[Promotion | Mapping[str, Any]],
    customer: User | Mapping[str, Any] | None = None,
    channel: str | None = None,
    at: Any = None,
    *,
    purchase: Purchase | None = None,
    catalogue: Catalogue | None = None,
    freight: Any = "0.00",
) -> tuple[Pricer, list[str]]:
    """A pricer for many choices, and the lines' ids in the order given; parameters as for :func:`price_basket`."""
    the_lines = [coerce(BasketLine, _basket_keys(line)) for line in lines]
    ids = [line.line_id for line in the_lines]
    if len(set(ids)) != len(ids):
        raise RuleError("two lines of the basket have one line_id", do="give each line an id of its own")
    update: dict[str, Any] = {}
    if customer is not None:
        update["customer"] = coerce(User, customer)
    if channel is not None:
        update["channel"] = channel
    if at is not None:
        update["at"] = parse_instant(at)
    buying = (purchase or Purchase()).model_copy(update=update)
    offers = [coerce(Promotion, item) for item in promotions]
    return Pricer(the_lines, offers, buying, catalogue, int(parse_yuan(freight))), ids


def _basket_keys(line: BasketLine | Mapping[str, Any]) -> BasketLine | Mapping[str, Any]:
    """An order line is a basket line too: what only an order knows is left out."""
    if isinstance(line, BasketLine):
        return line
    data = line if isinstance(line, Mapping) else line.model_dump(exclude_unset=True)
    return {key: value for key, value in data.items() if key in BasketLine.model_fields}


def priced_basket(outcome: Outcome, pricer: Pricer, order: Sequence[str]) -> PricedBasket:
    """A run as a priced basket, its lines in the order given."""
    by_id = {line.line_id: line for line in pricer.lines}
    lines = [_priced_line(by_id[line_id], outcome) for line_id in order]
    gifts, points, coupons = _given(outcome)
    verdicts = [
        Eligibility(
            promotion_id=key[0],
            status=verdict.status,
            reasons=list(verdict.reasons),
            by=verdict.by,
            rule=verdict.rule,
            missing=list(verdict.missing),
        )
        for key, verdict in sorted(outcome.verdicts.items())
    ]
    return PricedBasket(
        lines=lines,
        applications=[_application(item) for item in outcome.applied],
        total=Money(pricer.worth),
        discount=Money(pricer.worth - outcome.goods),
        freight=Money(pricer.freight),
        freight_waived=Money(outcome.waived),
        freight_waived_by=outcome.waived_by,
        payable=Money(outcome.payable),
        gifts=gifts,
        points=points,
        coupons_given=coupons,
        eligibility=verdicts,
        missing=sorted({fact for verdict in verdicts for fact in verdict.missing}),
        trace=[_step(item) for item in outcome.applied],
    )


def _priced_line(line: BasketLine, outcome: Outcome) -> PricedLine:
    worth = int(line.list_price) * line.quantity
    discounts = tuple(
        Discount(promotion_id=key, share=Money(share)) for _, key, share in outcome.basket.shares.get(line.line_id, [])
    )
    return PricedLine(
        line_id=line.line_id,
        sku_id=line.sku_id,
        quantity=line.quantity,
        list=Money(worth),
        discounts=discounts,
        payable=Money(worth - sum(int(discount.share) for discount in discounts)),
    )


def _application(item: Applied) -> AppliedPromotion:
    promotion, coupon = item.offer.promotion, item.offer.coupon
    return AppliedPromotion(
        promotion_id=promotion.promotion_id,
        version=promotion.version,
        kind=promotion.kind,
        layer=promotion.layer_number,
        coupon_id=coupon.coupon_id if coupon else None,
        grant=Money(item.grant),
        tier_index=item.evaluation.tier_index,
        instances=item.evaluation.instances,
        participants=[
            Share(line_id=line_id, role=role_on_record(promotion, role), share=Money(item.shares.get(line_id, 0)))
            for line_id, role in item.roles.items()
        ],
        undistributed=Money(item.evaluation.grant - item.grant),
    )


def _step(item: Applied) -> Step:
    promotion, evaluation = item.offer.promotion, item.evaluation
    sum_of_shares = " + ".join(str(Money(share)) for share in item.shares.values())
    return Step(
        rule=promotion.kind,
        inputs={
            "promotion_id": promotion.promotion_id,
            "tier_index": evaluation.tier_index,
            "instances": evaluation.instances,
        },
        formula=f"{sum_of_shares} = {Money(item.grant)}" if item.shares else "",
        result=str(Money(item.grant)),
        basis=Basis(kind="PROMOTION", id=promotion.promotion_id, text=promotion.name),
    )


def _given(outcome: Outcome) -> tuple[list[GivenGift], int, list[str]]:
    gifts: list[GivenGift] = []
    points = 0
    coupons: list[str] = []
    for offer, evaluation in outcome.given:
        effect = offer.promotion.levels[evaluation.tier_index or 0].effect
        if effect.gift_sku_id is not None:
            gifts.append(
                GivenGift(
                    promotion_id=offer.promotion.promotion_id,
                    sku_id=effect.gift_sku_id,
                    quantity=evaluation.instances,
                    declared_value=effect.declared_value,
                )
            )
        points += (effect.points or 0) * evaluation.instances
        if effect.coupon_promotion_id is not None:
            coupons.append(effect.coupon_promotion_id)
    return gifts, points, coupons
