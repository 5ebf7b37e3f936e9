"""Why a promotion is not in an order's record (promotions.md 4.7).

Each is judged on the amounts the recorded promotions before it left: what it lacked, what stood in its way, or that nothing
did. The last is a finding, not a correction: an order is never repriced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.customer import Coupon
from kg_service.dataset.order import OrderLine
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import Fen, coerce
from kg_service.money import Money
from kg_service.rules.audience import audience_gaps
from kg_service.rules.basket import BasketLine, Gap, Purchase
from kg_service.rules.case import Case
from kg_service.rules.kinds import EVALUATORS, Evaluation, Lot
from kg_service.rules.lots import GIVEN, Coverage, RunningBasket
from kg_service.rules.stacking import Candidate, Offer, conflicts, stand_together
from kg_service.trace import Basis, Step

__all__ = ["NotApplied", "not_applied"]

_COUPONS = frozenset({"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"})
_FREIGHT = frozenset({"FREE_SHIPPING", "FREIGHT_OFF"})
#: Kinds that a shop's system may record as a payment instead of an application (promotions.md section 3).
_AS_PAYMENT = {"SUBSIDY": "SUBSIDY", "POINTS_DEDUCT": "POINTS"}
_UNITS = {"AMOUNT": "YUAN", "QUANTITY": "PIECES", "DISTINCT_SKU": "KINDS", "CONTAINS": "PIECES", "COMPONENTS": "SETS"}
#: Findings first.
_RANK = {"MATCHED": 0, "BLOCKED": 1, "UNKNOWN": 2, "NOT_MATCHED": 3}

Status = Literal["MATCHED", "NOT_MATCHED", "BLOCKED", "UNKNOWN"]


class NotApplied(BaseModel):
    """A promotion that is not in the record, and why.

    Attributes
    ----------
    status : MATCHED is a finding: its conditions were met and nothing stood in its way
    reason : the code of the condition that failed (BELOW_THRESHOLD, MEMBER_LEVEL …), BLOCKED, UNKNOWN, or NOT_RECORDED
    gap : how much was lacking: decimal yuan for amounts, a count otherwise
    by : the promotion that stood in its way; ``rule`` how
    missing : the facts it depends on and that are not known
    would_grant : what it would have taken off, of a finding
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    promotion_id: str
    status: Status
    reason: str
    measure: str | None = None
    actual: str | int | None = None
    required: str | int | tuple[str, ...] | None = None
    gap: str | int | None = None
    unit: str | None = None
    by: str | None = None
    rule: str | None = None
    missing: tuple[str, ...] = ()
    would_grant: Fen | None = None

    @property
    def step(self) -> Step:
        """The reason as a step of a trace."""
        told = self.model_dump(exclude_none=True, exclude={"promotion_id", "status", "reason", "missing"})
        return Step(
            rule="not_applied",
            inputs={"promotion_id": self.promotion_id, **told, **({"missing": list(self.missing)} if self.missing else {})},
            formula="" if self.gap is None else f"{self.required} − {self.actual} = {self.gap}",
            result=self.reason,
            basis=Basis(kind="PROMOTION", id=self.promotion_id),
        )


def not_applied(case: Case, candidates: Sequence[Promotion], purchase: Purchase, coupons: Sequence[Coupon]) -> list[NotApplied]:
    """Why each candidate is not in the record of an order; those it has are left out. Findings come first.

    Parameters
    ----------
    case : Case
        With the promotions the record names.
    candidates : sequence of Promotion
        The versions in force at the purchase.
    purchase : Purchase
        Who bought; the time, channel, region, order type and payment method are the order's own.
    coupons : sequence of Coupon
        All coupons of the customer.
    """
    return _Judge(case, purchase, list(coupons)).not_applied(candidates)


@dataclass
class _Judge:
    """Judges what is not in an order's record on the amounts the record left at its turn."""

    case: Case
    purchase: Purchase
    coupons: list[Coupon]

    def __post_init__(self) -> None:
        order = self.case.order
        self.recorded = {one.promotion_id for one in order.applications or []}
        self.lines = [coerce(BasketLine, _basket_keys(line)) for line in order.lines]
        self.goods = {line.line_id: line.goods(self.case.catalogue) for line in self.lines}
        if order.freight is not None and order.freight.waived_by is not None:
            self.recorded.add(order.freight.waived_by)

    def not_applied(self, candidates: Sequence[Promotion]) -> list[NotApplied]:
        latest = {one.promotion_id: one for one in sorted(candidates, key=lambda p: (p.promotion_id, p.version))}
        others = [one for key, one in latest.items() if key not in self.recorded]
        found: list[NotApplied] = []
        for layer in sorted({one.layer_number for one in others}):
            found += self._layer(layer, [one for one in others if one.layer_number == layer])
        return sorted(found, key=lambda one: (_RANK[one.status], one.promotion_id))

    def _layer(self, layer: int, promotions: Sequence[Promotion]) -> list[NotApplied]:
        found: list[NotApplied] = []
        eligible: list[Candidate] = []
        for promotion in promotions:
            verdict = self._consider(promotion)
            if isinstance(verdict, NotApplied):
                found.append(verdict)
            else:
                eligible.append(Candidate(Offer(promotion), verdict))
        if not eligible:
            return found
        standing = stand_together([*self._recorded_in(layer), *eligible])
        blocked = {block.offer.promotion.promotion_id: block for block in standing.blocks}
        for candidate in eligible:
            promotion, key = candidate.offer.promotion, candidate.offer.promotion.promotion_id
            block = blocked.get(key)
            if block is not None:
                found.append(NotApplied(promotion_id=key, status="BLOCKED", reason="BLOCKED", by=block.by, rule=block.rule))
                continue
            other = self._in_conflict(promotion)
            if other is not None:
                found.append(NotApplied(promotion_id=key, status="BLOCKED", reason="BLOCKED", by=other, rule="conflicts_with"))
                continue
            found.append(self._finding(promotion, candidate.evaluation))
        return found

    def _finding(self, promotion: Promotion, evaluation: Evaluation) -> NotApplied:
        """Nothing stood in its way but, perhaps, a limit on all customers' uses, which an order's record does not tell."""
        key = promotion.promotion_id
        if promotion.limit.total is not None or promotion.limit.budget is not None:
            return NotApplied(promotion_id=key, status="UNKNOWN", reason="UNKNOWN", missing=(f"Promotion {key}.uses",))
        grant = Money(evaluation.grant) if promotion.kind not in GIVEN | _FREIGHT else None
        return NotApplied(promotion_id=key, status="MATCHED", reason="NOT_RECORDED", would_grant=grant)

    def _recorded_in(self, layer: int) -> list[Candidate]:
        """What the record has of a layer, with its recorded grants: it stood, whatever it is compared with."""
        found = []
        for application in self.case.applications:
            promotion = self.case.promotion_of(application)
            if promotion is None or promotion.layer_number != layer:
                continue
            evaluation = self._evaluated(promotion)
            if not isinstance(evaluation, NotApplied):
                found.append(Candidate(Offer(promotion), replace(evaluation, grant=int(application.grant))))
        return found

    def _in_conflict(self, promotion: Promotion) -> str | None:
        """A recorded promotion that names this one in ``conflicts_with``, or is named by it."""
        for application in self.case.applications:
            other = self.case.promotion_of(application)
            if other is not None and (conflicts(other, promotion) or conflicts(promotion, other)):
                return other.promotion_id
        return None

    def _consider(self, promotion: Promotion) -> Evaluation | NotApplied:
        """Whether a promotion was eligible at its turn."""
        key = promotion.promotion_id
        evaluation = self._evaluated(promotion)
        if isinstance(evaluation, NotApplied) and evaluation.reason == "NOT_IN_SCOPE":
            return evaluation
        gaps, missing = audience_gaps(promotion, self._buying(promotion))
        if promotion.kind in _COUPONS:
            gaps = [*gaps, *self._coupon_gaps(promotion)]
        elif self._paid_with(_AS_PAYMENT.get(promotion.kind)):
            gaps = [*gaps, Gap(code="RECORDED_AS_PAYMENT")]
        elif promotion.kind == "POINTS_DEDUCT":
            gaps = [*gaps, Gap(code="NOT_CHOSEN")]
        elif promotion.kind in _FREIGHT:
            missing = [*missing, *self._freight_facts()]
            if not missing and not self._freight_charged():
                gaps = [*gaps, Gap(code="NO_FREIGHT")]
        if gaps:
            return _unmet(key, gaps[0])
        if isinstance(evaluation, NotApplied):
            return evaluation
        if promotion.kind == "ADDON_PRICE" and not self._opted(promotion):
            return _unmet(key, Gap(code="NOT_CHOSEN"))
        if missing:
            facts = tuple(self._named(fact) for fact in dict.fromkeys(missing))
            return NotApplied(promotion_id=key, status="UNKNOWN", reason="UNKNOWN", missing=facts)
        return evaluation

    def _evaluated(self, promotion: Promotion) -> Evaluation | NotApplied:
        """The promotion on the amounts that the recorded promotions before it left."""
        key = promotion.promotion_id
        basket = RunningBasket(self.lines, Coverage(self.lines, self.goods))
        place = (promotion.layer_number, -promotion.stacking.priority, key)
        for application in self.case.applications:
            other = self.case.promotion_of(application)
            if other is None or (other.layer_number, -other.stacking.priority, other.promotion_id) >= place:
                continue
            basket.take_off(other, {one.line_id: int(one.share) for one in application.participants})
        lot, facts = basket.lot(promotion)
        if facts:
            return NotApplied(promotion_id=key, status="UNKNOWN", reason="UNKNOWN", missing=tuple(facts))
        if not _touched(promotion, lot):
            return _unmet(key, Gap(code="NOT_IN_SCOPE"))
        evaluation = EVALUATORS[promotion.kind](promotion, lot)
        if not evaluation.holds:
            return _unmet(key, _gap(promotion, evaluation))
        if evaluation.grant <= 0 and promotion.kind not in GIVEN | _FREIGHT:
            return _unmet(key, Gap(code="NO_DISCOUNT"))
        return evaluation

    def _buying(self, promotion: Promotion) -> Purchase:
        """The purchase as the order tells it: when by the promotion's basis, and paid with a method it asks for if one was."""
        order = self.case.order
        methods = [payment.method for payment in order.payments or [] if payment.method]
        wanted = [method for method in methods if method in (promotion.condition.payment_methods or ())]
        return self.purchase.model_copy(
            update={
                "at": order.paid_at if promotion.valid.basis == "PAID_AT" else order.placed_at,
                "channel": order.channel,
                "order_type": order.order_type,
                "region": order.region or self.purchase.region,
                "payment_method": next(iter([*wanted, *methods]), None),
            }
        )

    def _named(self, fact: str) -> str:
        """A missing fact by its record: ``channel`` is the order's."""
        if "." in fact or " " in fact:
            user = self.purchase.customer.user_id if self.purchase.customer else self.case.order.user_id
            return fact.replace("User.", f"User {user}.", 1)
        names = {"payment_method": "payments", "now": "paid_at"}
        return f"Order {self.case.order.order_id}.{names.get(fact, fact)}"

    def _coupon_gaps(self, promotion: Promotion) -> list[Gap]:
        """Why no coupon of a promotion was used: none held then, its time not come or over, or it was not chosen."""
        placed = self.case.order.placed_at
        held = [
            one
            for one in self.coupons
            if one.promotion_id == promotion.promotion_id and (one.claimed_at is None or one.claimed_at <= placed)
        ]
        if not held:
            return [Gap(code="NO_COUPON_HELD")]
        if any(one.valid_to is None or placed <= one.valid_to for one in held):
            begun = [one for one in held if one.valid_from is None or one.valid_from <= placed]
            free = [one for one in begun if one.used_order_id is None and one.status != "VOID"]
            return [Gap(code="NOT_CHOSEN" if free else "COUPON_USED" if begun else "COUPON_NOT_STARTED")]
        return [Gap(code="COUPON_ENDED")]

    def _paid_with(self, kind: str | None) -> bool:
        return kind is not None and any(payment.kind == kind for payment in self.case.order.payments or [])

    def _freight_facts(self) -> list[str]:
        return ["freight"] if self.case.order.freight is None else []

    def _freight_charged(self) -> bool:
        freight = self.case.order.freight
        return freight is not None and int(freight.charged) > 0

    def _opted(self, promotion: Promotion) -> bool:
        lot, _ = RunningBasket(self.lines, Coverage(self.lines, self.goods)).lot(promotion)
        chosen = {line.line_id for line in self.case.order.lines if line.role == "ADDON"}
        return any(position.line_id in chosen for position in lot.targets)


def _touched(promotion: Promotion, lot: Lot) -> bool:
    """Whether any of the goods is what the promotion is about; with parts of its own, what it counts besides says nothing."""
    if promotion.components and promotion.condition.qualifier_scope is None:
        return any(lot.parts)
    return bool(lot.targets or lot.qualifying)


def _basket_keys(line: OrderLine) -> dict[str, Any]:
    return {key: value for key, value in line.model_dump().items() if key in BasketLine.model_fields}


def _unmet(promotion_id: str, gap: Gap) -> NotApplied:
    required = tuple(gap.required) if isinstance(gap.required, list) else gap.required
    return NotApplied(
        promotion_id=promotion_id,
        status="NOT_MATCHED",
        reason=gap.code,
        measure=gap.measure,
        actual=gap.actual,
        required=required,
        gap=gap.gap,
        unit=gap.unit,
    )


def _gap(promotion: Promotion, evaluation: Evaluation) -> Gap:
    components = evaluation.of_components
    money = promotion.measure == "AMOUNT" and not components
    lacking = max(0, evaluation.required - evaluation.actual)
    actual, required, gap = (str(Money(v)) if money else v for v in (evaluation.actual, evaluation.required, lacking))
    measure = "COMPONENTS" if components else promotion.measure
    return Gap(
        code="BELOW_THRESHOLD", measure=measure, actual=actual, required=required, gap=gap, unit=_UNITS.get(measure, "SETS")
    )
