"""What the kept units of an order cost after a partial return (promotions.md section 6).

:func:`settle` is a pure function of the original order, of which units are gone, and of why. It judges every recorded
application on its recorded participants among the units that stay, with the promotion version and the prices of the purchase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from kg_service.dataset.order import Application
from kg_service.dataset.promotion import Promotion
from kg_service.money import Money
from kg_service.rules.after_sale import AfterSaleRules, Ruling
from kg_service.rules.case import Case
from kg_service.rules.kinds import Evaluation
from kg_service.rules.law import engine_default
from kg_service.rules.ledger import Ledger
from kg_service.rules.participation import evaluate_recorded, share_out

__all__ = ["FAULT", "Gone", "Judgement", "Settlement", "settle"]

#: Reasons that lie with the seller.
FAULT = frozenset({"QUALITY", "SELLER_FAULT"})
#: line_id → reason → units that are gone.
Gone: TypeAlias = Mapping[str, Mapping[str, int]]
State = Literal["UNTOUCHED", "QUALIFIED", "DEGRADED", "BROKEN", "UNKNOWN"]


@dataclass(frozen=True)
class Judgement:
    """What became of one application.

    Attributes
    ----------
    state : UNTOUCHED (none of its units is gone), QUALIFIED, DEGRADED or BROKEN; UNKNOWN when a fact is missing
    ruling : the rule that settled it, where its conditions hold no longer in full
    before, after : the kept units' shares by line, 分: as recorded, and now
    granted : the new grant over kept and counted units, where it was computed afresh
    counted : units that came back through the seller's fault and still count, by line
    """

    application: Application
    promotion: Promotion | None
    state: State
    before: dict[str, int]
    after: dict[str, int]
    ruling: Ruling | None = None
    original: Evaluation | None = None
    now: Evaluation | None = None
    granted: int | None = None
    counted: dict[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    mismatch: str | None = None


@dataclass(frozen=True)
class Settlement:
    """What the kept units cost.

    Attributes
    ----------
    kept : units kept by line
    payable : 分 by line for the kept units; lines without kept units are left out
    counted_units, counted_payable : units kept or returned through the seller's fault, and what they cost in 分, by line
        (the condition of a freight waiver looks at them)
    """

    kept: dict[str, int]
    payable: dict[str, int]
    counted_units: dict[str, int]
    counted_payable: dict[str, int]
    judgements: list[Judgement]

    @property
    def total(self) -> Money:
        """payable(K), 分."""
        return Money(sum(self.payable.values()))

    @property
    def missing(self) -> list[str]:
        return sorted({fact for judgement in self.judgements for fact in judgement.missing})


def settle(case: Case, gone: Gone) -> Settlement:
    """Judge every application on the units that stay and compute what they cost.

    Parameters
    ----------
    case : Case
    gone : Gone
        All units that have come back or are to come back, earlier returns included, by line and reason.

    Returns
    -------
    Settlement
    """
    lines = case.lines
    out = {line_id: sum(gone.get(line_id, {}).values()) for line_id in lines}
    kept = {line_id: line.quantity - out[line_id] for line_id, line in lines.items()}
    counted = {line_id: units + _faulty(gone, line_id) for line_id, units in kept.items()}
    ledger = Ledger(case)
    judgements: list[Judgement] = []
    for application in case.applications:
        judgement, fresh = _judge(case, application, gone, kept, counted, ledger)
        ledger.enter(application, fresh)
        after = {m: ledger.share(m, kept[m], application.application_id) for m in judgement.before}
        judgements.append(replace(judgement, after=after))
    payable = {line_id: ledger.payable(line_id, units) for line_id, units in kept.items() if units}
    counted_payable = {line_id: ledger.payable(line_id, units) for line_id, units in counted.items() if units}
    return Settlement(kept, payable, counted, counted_payable, judgements)


def _faulty(gone: Gone, line_id: str) -> int:
    return sum(units for reason, units in gone.get(line_id, {}).items() if reason in FAULT)


def _judge(
    case: Case,
    application: Application,
    gone: Gone,
    kept: Mapping[str, int],
    counted: Mapping[str, int],
    ledger: Ledger,
) -> tuple[Judgement, dict[str, tuple[int, int]] | None]:
    """One application: the judgement, and its fresh shares with the units they are for; ``None`` where the record stands."""
    lines = case.lines
    key = application.application_id
    members = [participant.line_id for participant in application.participants]
    promotion = case.promotion_of(application)
    rules = case.rules_of(application)
    before = {m: ledger.recorded(m, kept[m])[key] for m in members}
    base_stands = all(ledger.unchanged(m, counted[m]) for m in members)
    if base_stands and all(kept[m] == lines[m].quantity for m in members):
        return Judgement(application, promotion, "UNTOUCHED", before, {}), None
    if promotion is None or rules is None:
        fact = f"Promotion {application.promotion_id}@{application.version}"
        return Judgement(application, None, "UNKNOWN", before, {}, missing=(fact,)), None
    if promotion.layer_number == 10:
        return Judgement(application, promotion, "QUALIFIED", before, {}), None

    ruling, counting = _ruling(rules, gone, members)
    unsure = _unsure(promotion, rules, gone, members)
    if unsure is not None:
        counting = frozenset()  # what holds without the units that may count holds with them
    as_kept = {m: sum(units for reason, units in gone.get(m, {}).items() if reason in counting) for m in members}
    standing = {m: kept[m] + as_kept[m] for m in members}
    judged = Judgement(application, promotion, "QUALIFIED", before, {}, ruling, counted=as_kept)
    if base_stands and all(standing[m] == lines[m].quantity for m in members):
        return judged, None
    if not any(standing.values()):
        return replace(judged, state="BROKEN"), None
    positions = {m: ledger.position(m, standing[m]) for m in members if standing[m]}
    original = _as_bought(case, promotion, application, members, ledger)
    current = evaluate_recorded(case, promotion, application, positions)
    if isinstance(original, str) or isinstance(current, str):
        if ruling.value == "RECORDED_SHARE" and unsure is None:
            return judged, None
        fact = original if isinstance(original, str) else str(current)
        return replace(judged, state="UNKNOWN", missing=(fact,)), None
    level = _recorded_level(application, original)
    state: State = "QUALIFIED" if current.level >= level else "DEGRADED" if current.holds else "BROKEN"
    mismatch = None
    if original.grant != application.grant:
        mismatch = f"recorded {application.grant}, recomputed {Money(original.grant)}"
    judged = replace(judged, state=state, original=original, now=current, mismatch=mismatch)
    if state != "QUALIFIED" and unsure is not None and application.grant:
        return replace(judged, state="UNKNOWN", missing=(unsure,)), None
    if state == "QUALIFIED" or ruling.value == "RECORDED_SHARE":
        return judged, None
    granted = current.grant if ruling.value in ("REEVALUATE", "ALL_OR_NOTHING") and current.holds else 0
    new = share_out(promotion, application, granted, current, positions)
    return replace(judged, granted=granted), {m: (new.get(m, 0), standing[m]) for m in members}


def _as_bought(
    case: Case, promotion: Promotion, application: Application, members: Sequence[str], ledger: Ledger
) -> Evaluation | str:
    """What the promotion granted at the purchase: the same in every settlement of the order."""
    key = application.application_id
    if key not in case.as_bought:
        bought = {m: ledger.as_bought(m) for m in members}
        case.as_bought[key] = evaluate_recorded(case, promotion, application, bought)
    return case.as_bought[key]


def _unsure(promotion: Promotion, rules: AfterSaleRules, gone: Gone, members: Sequence[str]) -> str | None:
    """The promotion's own term, where it is not given and would say what holds for the units that are gone."""
    if rules.missing_term is None:
        return None
    stated = promotion.after_sale
    for reason in {reason for m in members for reason, units in gone.get(m, {}).items() if units}:
        value = getattr(stated.reason_override, reason, None) if reason in FAULT else stated.on_partial_return
        if value is None:
            return f"Term {rules.missing_term}"
    return None


def _ruling(rules: AfterSaleRules, gone: Gone, members: Sequence[str]) -> tuple[Ruling, frozenset[str]]:
    """The rule for the units gone from an application, and the reasons whose units still count as kept.

    ``on_partial_return`` as soon as one unit is gone without the seller's fault; else the reason's override, else the recorded
    share. A reason whose override is another rule than RECORDED_SHARE counts as gone.
    """
    reasons = {reason for m in members for reason, units in gone.get(m, {}).items() if units}
    counting = frozenset(
        reason
        for reason in FAULT
        if reason not in rules.reason_override or rules.reason_override[reason].value == "RECORDED_SHARE"
    )
    if reasons - FAULT:
        return rules.on_partial_return, counting
    overriding = [rules.reason_override[reason] for reason in sorted(reasons - counting) if reason in rules.reason_override]
    if overriding:
        strictness = ("REEVALUATE", "FORFEIT_FROM_RETURNED", "ALL_OR_NOTHING")
        return max(overriding, key=lambda item: strictness.index(item.value)), counting
    stated = [rules.reason_override[reason] for reason in sorted(reasons) if reason in rules.reason_override]
    return (stated[0] if stated else _fault_default()), counting


def _fault_default() -> Ruling:
    return Ruling("RECORDED_SHARE", engine_default("因质量问题或商家责任退货,保留的商品继续享受优惠"))


def _recorded_level(application: Application, original: Evaluation) -> tuple[int, int]:
    tier = application.tier_index if application.tier_index is not None else original.level[0]
    instances = application.instances if application.instances is not None else original.level[1]
    return (max(tier, 0), max(instances, 1))
