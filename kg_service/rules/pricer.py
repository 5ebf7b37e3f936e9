"""The arithmetic of pricing a basket: layers, stacking, exclusivity, conflicts, grants and shares (promotions.md section 4).

A :class:`Pricer` is built once for a basket, its promotions and a purchase, and run for any choice of coupons and add-ons: what
does not depend on the choice (which goods a scope covers, who may use what) is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.errors import RuleError
from kg_service.money import Money
from kg_service.rules.audience import audience_gaps
from kg_service.rules.basket import BasketLine, Gap, Purchase
from kg_service.rules.catalogue import Catalogue
from kg_service.rules.kinds import EVALUATORS, Evaluation, Lot
from kg_service.rules.lots import GIVEN, Coverage, Role, RunningBasket, roles_of, shares_of
from kg_service.rules.stacking import Candidate, Offer, conflicts, stand_together

__all__ = ["COUPONS", "FREIGHT", "Applied", "Outcome", "Pricer", "Verdict"]

#: Kinds that need a coupon held.
COUPONS = frozenset({"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"})
#: Kinds that waive freight and take nothing off goods.
FREIGHT = frozenset({"FREE_SHIPPING", "FREIGHT_OFF"})
_UNITS = {"AMOUNT": "元", "QUANTITY": "件", "DISTINCT_SKU": "种", "CONTAINS": "件"}


@dataclass(frozen=True)
class Verdict:
    """Whether a promotion applies, and what keeps it from it; the fields of ``Eligibility``."""

    status: Literal["MATCHED", "NOT_MATCHED", "BLOCKED", "UNKNOWN"]
    reasons: Sequence[Gap] = ()
    by: str | None = None
    rule: str | None = None
    missing: Sequence[str] = ()


@dataclass(frozen=True)
class Applied:
    """A promotion as applied: roles and shares (分) by line_id."""

    offer: Offer
    evaluation: Evaluation
    roles: Mapping[str, Role]
    shares: Mapping[str, int]

    @property
    def grant(self) -> int:
        """What it takes off in all, 分."""
        return sum(self.shares.values())


@dataclass
class Outcome:
    """One run: what was applied and why the rest was not.

    Attributes
    ----------
    goods, payable : what the goods cost, and with freight less what is waived, 分
    verdicts : by (promotion_id, coupon_id or "")
    given : promotions that give something (gifts, points, coupons) and what they were evaluated to
    reached : the layers below this one were applied
    """

    basket: RunningBasket
    blocked: dict[str, str]
    applied: list[Applied] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    verdicts: dict[tuple[str, str], Verdict] = field(default_factory=dict)
    given: list[tuple[Offer, Evaluation]] = field(default_factory=list)
    waived: int = 0
    waived_by: str | None = None
    reached: int = 100
    goods: int = 0
    payable: int = 0


class _Blocked(Exception):
    """An exclusive promotion removes some that were already applied: price again without them."""

    def __init__(self, promotion_ids: Mapping[str, str]) -> None:
        self.promotion_ids = dict(promotion_ids)
        super().__init__()


class Pricer:
    """Prices a basket under any choice.

    Parameters
    ----------
    lines : sequence of BasketLine
    promotions : sequence of Promotion
        Of each the latest version given counts.
    freight : int
        Before waivers, 分.
    """

    def __init__(
        self,
        lines: Sequence[BasketLine],
        promotions: Iterable[Promotion],
        purchase: Purchase,
        catalogue: Catalogue | None = None,
        freight: int = 0,
    ) -> None:
        self.lines = sorted(lines, key=lambda line: line.line_id)
        self.goods = {line.line_id: line.goods(catalogue) for line in lines}
        self.purchase = purchase
        self.freight = freight
        self.promotions = {one.promotion_id: one for one in sorted(promotions, key=lambda p: (p.promotion_id, p.version))}
        self.worth = sum(int(line.list_price) * line.quantity for line in lines)
        self._coverage = Coverage(self.lines, self.goods)
        self._automatic = [Offer(one) for one in self.promotions.values() if one.kind not in COUPONS]
        self._add_ons = frozenset(line.line_id for line in lines if line.role == "ADDON")
        self._audience: dict[tuple[str, str], tuple[list[Gap], list[str]]] = {}

    def run(self, coupons: Sequence[Coupon] = (), choices: Iterable[str] = (), *, below: int = 100) -> Outcome:
        """Price under a choice.

        Parameters
        ----------
        coupons : sequence of Coupon
            Those used.
        choices : iterable of str
            promotion_ids of the add-ons opted for.
        below : int
            Only the layers below this one.

        Raises
        ------
        RuleError
            When a coupon's promotion is not among the promotions.
        """
        offers = [*self._automatic]
        for coupon in coupons:
            if coupon.promotion_id not in self.promotions:
                raise RuleError(
                    f"coupon {coupon.coupon_id} belongs to promotion {coupon.promotion_id}, which is not given",
                    do="pass the coupon's promotion too",
                )
            offers.append(Offer(self.promotions[coupon.promotion_id], coupon))
        used = {coupon.promotion_id for coupon in coupons}
        unheld = [one.promotion_id for one in self.promotions.values() if one.kind in COUPONS and one.promotion_id not in used]
        chosen = frozenset(choices)
        removed: dict[str, str] = {}
        while True:
            outcome = Outcome(RunningBasket(self.lines, self._coverage), dict(removed), reached=below)
            for promotion_id in unheld:
                outcome.verdicts[promotion_id, ""] = Verdict("NOT_MATCHED", [Gap(code="NO_COUPON_HELD")])
            try:
                _Run(self, offers, chosen, outcome).layers()
            except _Blocked as blocked:
                removed.update(blocked.promotion_ids)
                continue
            taken = sum(item.grant for item in outcome.applied)
            outcome.goods = self.worth - taken
            outcome.payable = outcome.goods + self.freight - outcome.waived
            return outcome

    def audience(self, offer: Offer) -> tuple[list[Gap], list[str]]:
        """:func:`~kg_service.rules.audience.audience_gaps` of an offer."""
        key = offer.promotion.promotion_id, offer.coupon.coupon_id if offer.coupon else ""
        if key not in self._audience:
            self._audience[key] = audience_gaps(offer.promotion, self.purchase, offer.coupon)
        return self._audience[key]

    def opted(self, promotion: Promotion, lot: Lot, choices: frozenset[str]) -> bool:
        """Whether an add-on is chosen: by its promotion_id, or because a line in the basket is the add-on."""
        return promotion.promotion_id in choices or any(position.line_id in self._add_ons for position in lot.targets)


class _Run:
    """One attempt at pricing; its state is the outcome."""

    def __init__(self, pricer: Pricer, offers: Sequence[Offer], choices: frozenset[str], outcome: Outcome) -> None:
        self.pricer = pricer
        self.offers = offers
        self.choices = choices
        self.outcome = outcome

    def layers(self) -> None:
        """Apply every layer in its turn."""
        by_layer: dict[int, list[Offer]] = {}
        for offer in self.offers:
            by_layer.setdefault(offer.promotion.layer_number, []).append(offer)
        for layer in sorted(by_layer):
            if layer < self.outcome.reached:
                self._layer(by_layer[layer])

    def _layer(self, offers: Sequence[Offer]) -> None:
        eligible = []
        for offer in sorted(offers, key=lambda item: item.key):
            evaluation = self._consider(offer)
            if evaluation is not None:
                eligible.append(Candidate(offer, evaluation))
        standing = stand_together(eligible)
        for block in standing.blocks:
            self._verdict(block.offer, Verdict("BLOCKED", by=block.by, rule=block.rule))
        if standing.exclusive is not None:
            self._remove_named(standing.exclusive)
        seen_at = self.outcome.basket.taken
        for candidate in standing.candidates:
            if self._conflict(candidate.offer):
                continue
            changed = self.outcome.basket.taken != seen_at
            evaluation = self._consider(candidate.offer) if changed else candidate.evaluation
            if evaluation is not None:
                self._apply(candidate.offer, evaluation)

    def _remove_named(self, promotion: Promotion) -> None:
        """An exclusive promotion removes whatever it names in conflicts_with, also what was applied before it."""
        named = {
            offer.promotion.promotion_id: promotion.promotion_id
            for offer in self.offers
            if offer.promotion is not promotion and conflicts(promotion, offer.promotion)
        }
        undone = {offer.promotion.promotion_id for offer in self.outcome.offers} & named.keys()
        if undone:
            raise _Blocked({promotion_id: named[promotion_id] for promotion_id in undone})
        self.outcome.blocked.update(named)

    def _consider(self, offer: Offer) -> Evaluation | None:
        """Whether a promotion is eligible now; notes the verdict either way."""
        promotion, blocked = offer.promotion, self.outcome.blocked
        if promotion.promotion_id in blocked:
            self._verdict(offer, Verdict("BLOCKED", by=blocked[promotion.promotion_id], rule="exclusive"))
            return None
        gaps, missing = self.pricer.audience(offer)
        if gaps:
            self._verdict(offer, Verdict("NOT_MATCHED", gaps))
            return None
        lot, facts = self.outcome.basket.lot(promotion)
        not_chosen = promotion.kind == "ADDON_PRICE" and not self.pricer.opted(promotion, lot, self.choices)
        if not_chosen or promotion.kind == "POINTS_DEDUCT":
            self._verdict(offer, Verdict("NOT_MATCHED", [Gap(code="NOT_CHOSEN")]))
            return None
        if missing or facts:
            self._verdict(offer, Verdict("UNKNOWN", missing=[*missing, *facts]))
            return None
        evaluation = EVALUATORS[promotion.kind](promotion, lot)
        if not evaluation.holds:
            code = "NOT_IN_SCOPE" if not lot.targets and not lot.qualifying else "BELOW_THRESHOLD"
            self._verdict(offer, Verdict("NOT_MATCHED", [_gap(promotion, evaluation, code)]))
            return None
        if evaluation.grant <= 0 and promotion.kind not in GIVEN | FREIGHT:
            self._verdict(offer, Verdict("NOT_MATCHED", [Gap(code="NO_DISCOUNT")]))
            return None
        self._verdict(offer, Verdict("MATCHED"))
        return evaluation

    def _verdict(self, offer: Offer, verdict: Verdict) -> None:
        self.outcome.verdicts[offer.promotion.promotion_id, offer.coupon.coupon_id if offer.coupon else ""] = verdict

    def _conflict(self, offer: Offer) -> bool:
        """A promotion that conflicts with one already applied stands back."""
        for other in self.outcome.offers:
            if conflicts(other.promotion, offer.promotion) or conflicts(offer.promotion, other.promotion):
                self._verdict(offer, Verdict("BLOCKED", by=other.promotion.promotion_id, rule="conflicts_with"))
                return True
        return False

    def _apply(self, offer: Offer, evaluation: Evaluation) -> None:
        promotion, outcome = offer.promotion, self.outcome
        outcome.offers.append(offer)
        if promotion.kind in GIVEN:
            outcome.given.append((offer, evaluation))
        if promotion.kind in FREIGHT:
            off = waived_by(promotion, evaluation, self.pricer.freight)
            outcome.waived, outcome.waived_by = min(self.pricer.freight, outcome.waived + off), promotion.promotion_id
            return
        lot, _ = outcome.basket.lot(promotion)
        roles = roles_of(promotion, lot, evaluation)
        shares = shares_of(promotion, lot, evaluation, roles)
        outcome.basket.take_off(promotion, shares)
        outcome.applied.append(Applied(offer, evaluation, roles, shares))


def waived_by(promotion: Promotion, evaluation: Evaluation, freight: int) -> int:
    """What a freight promotion waives, 分: all of it, or ``off``."""
    off = promotion.levels[evaluation.tier_index or 0].effect.off
    waived = freight if promotion.kind == "FREE_SHIPPING" or off is None else min(freight, int(off))
    return waived if promotion.cap.amount is None else min(waived, int(promotion.cap.amount))


def _gap(promotion: Promotion, evaluation: Evaluation, code: str) -> Gap:
    components = evaluation.of_components
    money = promotion.measure == "AMOUNT" and not components
    lacking = max(0, evaluation.required - evaluation.actual)
    amounts: list[Any] = [str(Money(value)) if money else value for value in (evaluation.actual, evaluation.required, lacking)]
    measure = "COMPONENTS" if components else promotion.measure
    actual, required, gap = amounts
    return Gap(code=code, measure=measure, actual=actual, required=required, gap=gap, unit=_UNITS.get(measure, "套"))
