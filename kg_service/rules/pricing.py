"""Pricing a basket: layers, stacking, exclusivity, conflicts, then grants and shares (promotions.md sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from kg_service.dataset.customer import Coupon, User
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import coerce
from kg_service.errors import RuleError
from kg_service.money import Money, parse_yuan
from kg_service.rules.audience import audience_gaps
from kg_service.rules.basket import (
    AppliedPromotion,
    BasketLine,
    Discount,
    Eligibility,
    Gap,
    GivenGift,
    PricedBasket,
    PricedLine,
    Purchase,
    Share,
)
from kg_service.rules.catalogue import Catalogue
from kg_service.rules.kinds import EVALUATORS, Evaluation, Lot
from kg_service.rules.lots import GIVEN, RunningBasket, role_on_record, roles_of, shares_of
from kg_service.rules.stacking import Candidate, Offer, conflicts, stand_together
from kg_service.times import parse_instant
from kg_service.trace import Basis, Step

__all__ = ["price_basket"]

_COUPONS = frozenset({"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"})
_FREIGHT = frozenset({"FREE_SHIPPING", "FREIGHT_OFF"})
_UNITS = {"AMOUNT": "元", "QUANTITY": "件", "DISTINCT_SKU": "种", "CONTAINS": "件"}


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
    held = [coerce(Coupon, coupon) for coupon in coupons]
    offers = [coerce(Promotion, item) for item in promotions]
    pricer = _Pricer(the_lines, offers, held, buying, catalogue, frozenset(choices or ()), int(parse_yuan(freight)))
    return pricer.price()


def _basket_keys(line: BasketLine | Mapping[str, Any]) -> BasketLine | Mapping[str, Any]:
    """An order line is a basket line too: what only an order knows is left out."""
    if isinstance(line, BasketLine):
        return line
    data = line if isinstance(line, Mapping) else line.model_dump(exclude_unset=True)
    return {key: value for key, value in data.items() if key in BasketLine.model_fields}


class _Blocked(Exception):
    """Raised inside pricing when an exclusive promotion removes one that was already applied: price again without it."""

    def __init__(self, promotion_ids: Mapping[str, str]) -> None:
        self.promotion_ids = dict(promotion_ids)
        super().__init__()


class _Pricer:
    def __init__(
        self,
        lines: Sequence[BasketLine],
        promotions: Sequence[Promotion],
        coupons: Sequence[Coupon],
        purchase: Purchase,
        catalogue: Catalogue | None,
        choices: frozenset[str],
        freight: int,
    ) -> None:
        self.lines = sorted(lines, key=lambda line: line.line_id)
        self.order = [line.line_id for line in lines]
        self.goods = {line.line_id: line.goods(catalogue) for line in lines}
        self.purchase = purchase
        self.choices = choices
        self.freight = freight
        by_id = {
            promotion.promotion_id: promotion for promotion in sorted(promotions, key=lambda p: (p.promotion_id, p.version))
        }
        offers = [Offer(promotion) for promotion in by_id.values() if promotion.kind not in _COUPONS]
        for coupon in coupons:
            if coupon.promotion_id not in by_id:
                raise RuleError(
                    f"coupon {coupon.coupon_id} belongs to promotion {coupon.promotion_id}, which is not given",
                    do="pass the coupon's promotion too",
                )
            offers.append(Offer(by_id[coupon.promotion_id], coupon))
        self.offers = offers
        used = {coupon.promotion_id for coupon in coupons}
        self.unheld = [p for p in by_id.values() if p.kind in _COUPONS and p.promotion_id not in used]

    def price(self) -> PricedBasket:
        removed: dict[str, str] = {}
        while True:
            try:
                return self._attempt(removed)
            except _Blocked as blocked:
                removed.update(blocked.promotion_ids)

    # the state of one attempt

    def _attempt(self, removed: Mapping[str, str]) -> PricedBasket:
        self.basket = RunningBasket(self.lines, self.goods)
        self.applied: list[AppliedPromotion] = []
        self.applied_offers: list[Offer] = []
        self.verdicts: dict[tuple[str, str], Eligibility] = {}
        self.trace: list[Step] = []
        self.blocked: dict[str, str] = dict(removed)
        self.given: list[tuple[Offer, Evaluation]] = []
        self.waived = 0
        self.waived_by: str | None = None
        for promotion in self.unheld:
            self.verdicts[promotion.promotion_id, ""] = Eligibility(
                promotion_id=promotion.promotion_id, status="NOT_MATCHED", reasons=[Gap(code="NO_COUPON_HELD")]
            )
        for layer in sorted({offer.promotion.layer_number for offer in self.offers}):
            self._layer([offer for offer in self.offers if offer.promotion.layer_number == layer])
        return self._result()

    def _layer(self, offers: Sequence[Offer]) -> None:
        eligible = []
        for offer in sorted(offers, key=lambda item: item.key):
            evaluation = self._consider(offer)
            if evaluation is not None:
                eligible.append(Candidate(offer, evaluation))
        standing = stand_together(eligible)
        for block in standing.blocks:
            self._verdict(block.offer, "BLOCKED", by=block.by, rule=block.rule)
        if standing.exclusive is not None:
            self._remove_named(standing.exclusive)
        for candidate in standing.candidates:
            if self._conflict(candidate.offer):
                continue
            evaluation = self._consider(candidate.offer)
            if evaluation is not None:
                self._apply(candidate.offer, evaluation)

    def _remove_named(self, promotion: Promotion) -> None:
        """An exclusive promotion removes whatever it names in conflicts_with, also what was applied before it."""
        named = {
            offer.promotion.promotion_id: promotion.promotion_id
            for offer in self.offers
            if offer.promotion is not promotion and conflicts(promotion, offer.promotion)
        }
        undone = {offer.promotion.promotion_id for offer in self.applied_offers} & named.keys()
        if undone:
            raise _Blocked({promotion_id: named[promotion_id] for promotion_id in undone})
        self.blocked.update(named)

    def _consider(self, offer: Offer) -> Evaluation | None:
        """Whether a promotion is eligible now; notes the verdict either way."""
        promotion = offer.promotion
        if promotion.promotion_id in self.blocked:
            self._verdict(offer, "BLOCKED", by=self.blocked[promotion.promotion_id], rule="exclusive")
            return None
        gaps, missing = audience_gaps(promotion, self.purchase, offer.coupon)
        lot, facts = self.basket.lot(promotion)
        if gaps:
            self._verdict(offer, "NOT_MATCHED", reasons=gaps)
            return None
        if promotion.kind == "ADDON_PRICE" and not self._opted(promotion, lot):
            self._verdict(offer, "NOT_MATCHED", reasons=[Gap(code="NOT_CHOSEN")])
            return None
        if promotion.kind == "POINTS_DEDUCT":
            self._verdict(offer, "NOT_MATCHED", reasons=[Gap(code="NOT_CHOSEN")])
            return None
        if missing or facts:
            self._verdict(offer, "UNKNOWN", missing=[*missing, *facts])
            return None
        evaluation = EVALUATORS[promotion.kind](promotion, lot)
        if not evaluation.holds:
            code = "NOT_IN_SCOPE" if not lot.targets and not lot.qualifying else "BELOW_THRESHOLD"
            self._verdict(offer, "NOT_MATCHED", reasons=[self._gap(promotion, evaluation, code)])
            return None
        if evaluation.grant <= 0 and promotion.kind not in GIVEN | _FREIGHT:
            self._verdict(offer, "NOT_MATCHED", reasons=[Gap(code="NO_DISCOUNT")])
            return None
        self._verdict(offer, "MATCHED")
        return evaluation

    def _opted(self, promotion: Promotion, lot: Lot) -> bool:
        add_ons = {line.line_id for line in self.lines if line.role == "ADDON"}
        return promotion.promotion_id in self.choices or any(position.line_id in add_ons for position in lot.targets)

    def _gap(self, promotion: Promotion, evaluation: Evaluation, code: str) -> Gap:
        components = evaluation.of_components
        money = promotion.measure == "AMOUNT" and not components
        lacking = max(0, evaluation.required - evaluation.actual)
        actual, required, gap = (
            (str(Money(value)) if money else value) for value in (evaluation.actual, evaluation.required, lacking)
        )
        measure = "COMPONENTS" if components else promotion.measure
        return Gap(code=code, measure=measure, actual=actual, required=required, gap=gap, unit=_UNITS.get(measure, "套"))

    def _verdict(self, offer: Offer, status: Literal["MATCHED", "NOT_MATCHED", "BLOCKED", "UNKNOWN"], **more: Any) -> None:
        key = offer.promotion.promotion_id, offer.coupon.coupon_id if offer.coupon else ""
        self.verdicts[key] = Eligibility(promotion_id=key[0], status=status, **more)

    def _conflict(self, offer: Offer) -> bool:
        """A promotion that conflicts with one already applied stands back."""
        for other in self.applied_offers:
            if conflicts(other.promotion, offer.promotion) or conflicts(offer.promotion, other.promotion):
                self._verdict(offer, "BLOCKED", by=other.promotion.promotion_id, rule="conflicts_with")
                return True
        return False

    def _apply(self, offer: Offer, evaluation: Evaluation) -> None:
        promotion = offer.promotion
        self.applied_offers.append(offer)
        if promotion.kind in GIVEN:
            self.given.append((offer, evaluation))
        if promotion.kind in _FREIGHT:
            off = evaluation_off(promotion, evaluation, self.freight)
            self.waived, self.waived_by = min(self.freight, self.waived + off), promotion.promotion_id
            return
        lot, _ = self.basket.lot(promotion)
        roles = roles_of(promotion, lot, evaluation)
        shares = shares_of(promotion, lot, evaluation, roles)
        grant = sum(shares.values())
        self.basket.take_off(promotion, shares)
        self.applied.append(
            AppliedPromotion(
                promotion_id=promotion.promotion_id,
                version=promotion.version,
                kind=promotion.kind,
                layer=promotion.layer_number,
                coupon_id=offer.coupon.coupon_id if offer.coupon else None,
                grant=Money(grant),
                tier_index=evaluation.tier_index,
                instances=evaluation.instances,
                participants=[
                    Share(line_id=line_id, role=role_on_record(promotion, role), share=Money(shares.get(line_id, 0)))
                    for line_id, role in roles.items()
                ],
                undistributed=Money(evaluation.grant - grant),
            )
        )
        self.trace.append(_applied_step(promotion, evaluation, grant, shares))

    # the result

    def _result(self) -> PricedBasket:
        by_id = {line.line_id: line for line in self.lines}
        priced = []
        for line_id in self.order:
            line = by_id[line_id]
            worth = int(line.list_price) * line.quantity
            discounts = tuple(
                Discount(promotion_id=key, share=Money(share)) for _, key, share in self.basket.shares.get(line_id, [])
            )
            payable = worth - sum(int(discount.share) for discount in discounts)
            priced.append(
                PricedLine(
                    line_id=line_id,
                    sku_id=line.sku_id,
                    quantity=line.quantity,
                    list=Money(worth),
                    discounts=discounts,
                    payable=Money(payable),
                )
            )
        total = sum((line.list for line in priced), Money(0))
        goods = sum((line.payable for line in priced), Money(0))
        gifts, points, coupons = self._given()
        verdicts = [self.verdicts[key] for key in sorted(self.verdicts)]
        return PricedBasket(
            lines=priced,
            applications=self.applied,
            total=total,
            discount=total - goods,
            freight=Money(self.freight),
            freight_waived=Money(self.waived),
            freight_waived_by=self.waived_by,
            payable=goods + self.freight - self.waived,
            gifts=gifts,
            points=points,
            coupons_given=coupons,
            eligibility=verdicts,
            missing=sorted({fact for verdict in verdicts for fact in verdict.missing}),
            trace=self.trace,
        )

    def _given(self) -> tuple[list[GivenGift], int, list[str]]:
        gifts: list[GivenGift] = []
        points = 0
        coupons: list[str] = []
        for offer, evaluation in self.given:
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


def evaluation_off(promotion: Promotion, evaluation: Evaluation, freight: int) -> int:
    """What a freight promotion waives, 分: all of it, or ``off``."""
    off = promotion.levels[evaluation.tier_index or 0].effect.off
    waived = freight if promotion.kind == "FREE_SHIPPING" or off is None else min(freight, int(off))
    return waived if promotion.cap.amount is None else min(waived, int(promotion.cap.amount))


def _applied_step(promotion: Promotion, evaluation: Evaluation, grant: int, shares: Mapping[str, int]) -> Step:
    return Step(
        rule=promotion.kind,
        inputs={
            "promotion_id": promotion.promotion_id,
            "tier_index": evaluation.tier_index,
            "instances": evaluation.instances,
        },
        formula=" + ".join(str(Money(share)) for share in shares.values()) + f" = {Money(grant)}" if shares else "",
        result=str(Money(grant)),
        basis=Basis(kind="PROMOTION", id=promotion.promotion_id, text=promotion.name),
    )
