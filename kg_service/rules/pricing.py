"""Pricing a basket: layers, stacking, exclusivity, conflicts, then grants and shares (promotions.md sections 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from kg_service.dataset.customer import Coupon, User
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import coerce
from kg_service.errors import RuleError
from kg_service.money import Money, parse_yuan
from kg_service.rules.allocation import Claim, allocate
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
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.kinds import EVALUATORS, Evaluation, Lot, Position
from kg_service.rules.scope import covers, unknown_fact
from kg_service.times import parse_instant
from kg_service.trace import Basis, Step

__all__ = ["price_basket"]

_COUPONS = frozenset({"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"})
_FREIGHT = frozenset({"FREE_SHIPPING", "FREIGHT_OFF"})
_GIVEN = frozenset({"GIFT", "GIVE_POINTS", "GIVE_COUPON"})
_UNITS = {"AMOUNT": "元", "QUANTITY": "件", "DISTINCT_SKU": "种", "CONTAINS": "件"}
Role = Literal["QUALIFIER", "TARGET", "BOTH", "GIFT"]


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


@dataclass(frozen=True)
class _Offer:
    """A promotion as it may be applied: by itself, or by a coupon."""

    promotion: Promotion
    coupon: Coupon | None = None

    @property
    def key(self) -> tuple[int, str, str]:
        return (
            -self.promotion.stacking.priority,
            self.promotion.promotion_id,
            self.coupon.coupon_id if self.coupon else "",
        )


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
        self.goods: dict[str, Goods] = {line.line_id: line.goods(catalogue) for line in lines}
        self.purchase = purchase
        self.choices = choices
        self.freight = freight
        by_id = {
            promotion.promotion_id: promotion for promotion in sorted(promotions, key=lambda p: (p.promotion_id, p.version))
        }
        offers = [_Offer(promotion) for promotion in by_id.values() if promotion.kind not in _COUPONS]
        for coupon in coupons:
            if coupon.promotion_id not in by_id:
                raise RuleError(
                    f"coupon {coupon.coupon_id} belongs to promotion {coupon.promotion_id}, which is not given",
                    do="pass the coupon's promotion too",
                )
            offers.append(_Offer(by_id[coupon.promotion_id], coupon))
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
        self.shares: dict[str, list[tuple[int, str, int]]] = {line.line_id: [] for line in self.lines}
        self.applied: list[AppliedPromotion] = []
        self.applied_offers: list[_Offer] = []
        self.verdicts: dict[tuple[str, str], Eligibility] = {}
        self.trace: list[Step] = []
        self.blocked: dict[str, str] = dict(removed)
        self.given: list[tuple[_Offer, Evaluation]] = []
        self.waived = 0
        self.waived_by: str | None = None
        for promotion in self.unheld:
            self.verdicts[promotion.promotion_id, ""] = Eligibility(
                promotion_id=promotion.promotion_id, status="NOT_MATCHED", reasons=[Gap(code="NO_COUPON_HELD")]
            )
        for layer in sorted({offer.promotion.layer_number for offer in self.offers}):
            self._layer([offer for offer in self.offers if offer.promotion.layer_number == layer])
        return self._result()

    def _layer(self, offers: Sequence[_Offer]) -> None:
        eligible: list[tuple[_Offer, Evaluation]] = []
        for offer in sorted(offers, key=lambda item: item.key):
            evaluation = self._consider(offer)
            if evaluation is not None:
                eligible.append((offer, evaluation))
        eligible = self._resolve_groups(eligible)
        eligible = self._resolve_exclusive(eligible)
        for offer, _ in sorted(eligible, key=lambda item: item[0].key):
            if self._conflict(offer):
                continue
            evaluation = self._consider(offer)
            if evaluation is not None:
                self._apply(offer, evaluation)

    def _consider(self, offer: _Offer) -> Evaluation | None:
        """Whether a promotion is eligible now; notes the verdict either way."""
        promotion = offer.promotion
        if promotion.promotion_id in self.blocked:
            self._verdict(offer, "BLOCKED", by=self.blocked[promotion.promotion_id], rule="exclusive")
            return None
        gaps, missing = audience_gaps(promotion, self.purchase, offer.coupon)
        lot, facts = self._lot(promotion)
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
        if evaluation.grant <= 0 and promotion.kind not in _GIVEN | _FREIGHT:
            self._verdict(offer, "NOT_MATCHED", reasons=[Gap(code="NO_DISCOUNT")])
            return None
        self._verdict(offer, "MATCHED")
        return evaluation

    def _opted(self, promotion: Promotion, lot: Lot) -> bool:
        add_ons = {line.line_id for line in self.lines if line.role == "ADDON"}
        return promotion.promotion_id in self.choices or any(position.line_id in add_ons for position in lot.targets)

    def _gap(self, promotion: Promotion, evaluation: Evaluation, code: str) -> Gap:
        components = bool(promotion.components)
        money = promotion.measure == "AMOUNT" and not components
        lacking = max(0, evaluation.required - evaluation.actual)
        actual, required, gap = (
            (str(Money(value)) if money else value) for value in (evaluation.actual, evaluation.required, lacking)
        )
        measure = "COMPONENTS" if components else promotion.measure
        return Gap(code=code, measure=measure, actual=actual, required=required, gap=gap, unit=_UNITS.get(measure, "套"))

    def _verdict(self, offer: _Offer, status: Literal["MATCHED", "NOT_MATCHED", "BLOCKED", "UNKNOWN"], **more: Any) -> None:
        key = offer.promotion.promotion_id, offer.coupon.coupon_id if offer.coupon else ""
        self.verdicts[key] = Eligibility(promotion_id=key[0], status=status, **more)

    def _resolve_groups(self, eligible: list[tuple[_Offer, Evaluation]]) -> list[tuple[_Offer, Evaluation]]:
        """Inside a stacking group: all, the first by priority, or the one with the largest grant (default)."""
        groups: dict[str, list[tuple[_Offer, Evaluation]]] = {}
        kept: list[tuple[_Offer, Evaluation]] = []
        for item in eligible:
            group = item[0].promotion.stacking.group
            if group is None:
                kept.append(item)
            else:
                groups.setdefault(group, []).append(item)
        for name, members in sorted(groups.items()):
            rules = {item[0].promotion.stacking.within_group or "BEST_ONE" for item in members}
            if rules == {"ALL"}:
                kept.extend(members)
                continue
            if "FIRST_BY_PRIORITY" in rules:
                winner = min(members, key=lambda item: item[0].key)
            else:
                winner = min(members, key=lambda item: (-item[1].grant, item[0].key))
            kept.append(winner)
            for offer, _ in members:
                if offer is not winner[0]:
                    self._verdict(offer, "BLOCKED", by=winner[0].promotion.promotion_id, rule=f"stacking group {name}")
        return kept

    def _resolve_exclusive(self, eligible: list[tuple[_Offer, Evaluation]]) -> list[tuple[_Offer, Evaluation]]:
        """An eligible exclusive promotion removes the others of its layer and of whatever it names in conflicts_with."""
        exclusive = [item for item in eligible if item[0].promotion.stacking.exclusive]
        if not exclusive:
            return eligible
        winner = min(exclusive, key=lambda item: item[0].key)
        promotion = winner[0].promotion
        for offer, _ in eligible:
            if offer is not winner[0]:
                self._verdict(offer, "BLOCKED", by=promotion.promotion_id, rule="exclusive")
        named = {
            offer.promotion.promotion_id: promotion.promotion_id
            for offer in self.offers
            if offer.promotion is not promotion and _names(promotion, offer.promotion)
        }
        undone = {item.promotion_id for item in self.applied} | {offer.promotion.promotion_id for offer, _ in self.given}
        if undone & named.keys():
            raise _Blocked({key: value for key, value in named.items() if key in undone})
        self.blocked.update(named)
        return [winner]

    def _conflict(self, offer: _Offer) -> bool:
        """A promotion that conflicts with one already applied stands back."""
        for other in self.applied_offers:
            if _names(other.promotion, offer.promotion) or _names(offer.promotion, other.promotion):
                self._verdict(offer, "BLOCKED", by=other.promotion.promotion_id, rule="conflicts_with")
                return True
        return False

    # goods

    def _position(self, line: BasketLine) -> Position:
        worth = int(line.list_price) * line.quantity
        shares = self.shares[line.line_id]
        item_level = sum(share for layer, _, share in shares if layer == 10)
        return Position(
            line.line_id, line.sku_id, line.quantity, worth, worth - item_level, worth - sum(share for _, _, share in shares)
        )

    def _lot(self, promotion: Promotion) -> tuple[Lot, list[str]]:
        """What the promotion is evaluated on, and the facts about goods that are not known."""
        facts: list[str] = []

        def inside(scope: Any) -> tuple[Position, ...]:
            found = []
            for line in self.lines:
                if line.role == "GIFT":
                    continue
                goods = self.goods[line.line_id]
                discounted = any(layer == 10 and share for layer, _, share in self.shares[line.line_id])
                covered = covers(scope, goods, discounted=discounted)
                if covered is None:
                    facts.append(unknown_fact(scope, goods) or f"Sku {goods.sku_id}")
                elif covered:
                    found.append(self._position(line))
            return tuple(found)

        scoped = inside(promotion.scope)
        if not promotion.components:
            qualifier_scope = promotion.condition.qualifier_scope
            qualifying = scoped if qualifier_scope is None else inside(qualifier_scope)
            return Lot(qualifying, scoped), facts
        within = {position.line_id for position in scoped}
        parts = tuple(
            tuple(position for position in inside(component.scope) if position.line_id in within)
            for component in promotion.components
        )
        roles = [component.role for component in promotion.components]
        targets = _union(part for part, role in zip(parts, roles, strict=True) if role != "QUALIFIER")
        add_on = {position.line_id for position in targets} if promotion.kind == "ADDON_PRICE" else set()
        base = scoped if promotion.condition.qualifier_scope is None else inside(promotion.condition.qualifier_scope)
        qualifying = tuple(position for position in base if position.line_id not in add_on)
        return Lot(qualifying, targets, parts), facts

    def _apply(self, offer: _Offer, evaluation: Evaluation) -> None:
        promotion = offer.promotion
        self.applied_offers.append(offer)
        if promotion.kind in _GIVEN:
            self.given.append((offer, evaluation))
        if promotion.kind in _FREIGHT:
            off = evaluation_off(promotion, evaluation, self.freight)
            self.waived, self.waived_by = min(self.freight, self.waived + off), promotion.promotion_id
            return
        lot, _ = self._lot(promotion)
        roles = self._roles(promotion, lot, evaluation)
        shares = self._share_out(promotion, lot, evaluation, roles)
        grant = sum(shares.values())
        for line_id, share in shares.items():
            if share:
                self.shares[line_id].append((promotion.layer_number, promotion.promotion_id, share))
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
                    Share(line_id=line_id, role=role, share=Money(shares.get(line_id, 0))) for line_id, role in roles.items()
                ],
                undistributed=Money(evaluation.grant - grant),
            )
        )
        self.trace.append(_applied_step(promotion, evaluation, grant, shares))

    def _roles(self, promotion: Promotion, lot: Lot, evaluation: Evaluation) -> dict[str, Role]:
        """Which lines take part, and how; units outside every group, set or pair do not."""
        qualifying = {position.line_id for position in lot.qualifying}
        targets = {position.line_id for position in lot.targets}
        if promotion.kind in _GIVEN:
            return dict.fromkeys(sorted(qualifying), "QUALIFIER")
        if promotion.kind in ("BUNDLE_PRICE", "BUNDLE_OFF"):
            return {line_id: "BOTH" for line_id in sorted(targets) if evaluation.inside.get(line_id)}
        if promotion.kind == "CROSS_ITEM_OFF":
            qualifying = {
                position.line_id
                for component, part in zip(promotion.components, lot.parts, strict=True)
                if component.role != "TARGET"
                for position in part
            }
        taking = {line_id for line_id in targets if evaluation.inside.get(line_id)}
        roles: dict[str, Role] = {}
        for line_id in sorted(qualifying | taking):
            if line_id in taking:
                roles[line_id] = "BOTH" if line_id in qualifying else "TARGET"
            elif line_id not in targets:
                roles[line_id] = "QUALIFIER"
        return roles

    def _share_out(self, promotion: Promotion, lot: Lot, evaluation: Evaluation, roles: Mapping[str, Role]) -> dict[str, int]:
        if evaluation.fixed is not None:
            return dict(evaluation.fixed)
        everyone = promotion.allocation.to == "ALL_PARTICIPANTS"
        positions = {position.line_id: position for position in (*lot.qualifying, *lot.targets)}
        claims = []
        for line_id, role in roles.items():
            if role == "QUALIFIER" and not everyone:
                continue
            position = positions[line_id]
            inside = evaluation.inside.get(line_id, position.units if everyone else 0)
            base = {"LIST": position.list_total, "QUANTITY": position.units}.get(promotion.allocation.weight, position.running)
            floor = int(promotion.floor_price) * position.units if promotion.floor_price is not None else 0
            claims.append(Claim(line_id, Fraction(base * inside, position.units), max(0, position.running - floor)))
        return allocate(evaluation.grant, claims, promotion.allocation.rule) if claims else {}

    # the result

    def _result(self) -> PricedBasket:
        by_id = {line.line_id: line for line in self.lines}
        priced = []
        for line_id in self.order:
            line = by_id[line_id]
            worth = int(line.list_price) * line.quantity
            discounts = tuple(Discount(promotion_id=key, share=Money(share)) for _, key, share in self.shares[line_id])
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


def _names(promotion: Promotion, other: Promotion) -> bool:
    """Whether a promotion's conflicts_with names another: by kind, id or layer."""
    named = promotion.stacking.conflicts_with
    layer = other.layer_number
    return other.kind in named or other.promotion_id in named or layer in named or str(layer) in named


def _union(parts: Iterable[Sequence[Position]]) -> tuple[Position, ...]:
    found = {position.line_id: position for part in parts for position in part}
    return tuple(found[line_id] for line_id in sorted(found))


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
