"""What happened to each promotion on the kept units, line by line and rolled up (promotions.md section 6, last paragraph)."""

from __future__ import annotations

from kg_service.money import Money
from kg_service.rules.benefits import still_earned
from kg_service.rules.quote import LineOutcome, Outcome, PromotionOutcome
from kg_service.rules.settlement import Judgement, Settlement

__all__ = ["outcome", "outcomes_of"]


def outcome(before: int, after: int) -> Outcome:
    """KEPT, REDUCED, LOST or NOT_APPLICABLE from the shares before and after, 分.

    Examples
    --------
    >>> outcome(100, 100), outcome(100, 40), outcome(100, 0), outcome(0, 0)
    ('KEPT', 'REDUCED', 'LOST', 'NOT_APPLICABLE')
    """
    if after >= before and after > 0:
        return "KEPT"
    if after > 0:
        return "REDUCED"
    return "LOST" if before > 0 else "NOT_APPLICABLE"


def outcomes_of(settlement: Settlement) -> list[PromotionOutcome]:
    """The outcome of every promotion that still touches kept units; those that do not are left out."""
    by_promotion: dict[str, list[Judgement]] = {}
    for judgement in settlement.judgements:
        by_promotion.setdefault(judgement.application.promotion_id, []).append(judgement)
    found = [_of_promotion(promotion_id, judgements, settlement) for promotion_id, judgements in by_promotion.items()]
    return [item for item in found if item.outcome != "NOT_APPLICABLE"]


def _of_promotion(promotion_id: str, judgements: list[Judgement], settlement: Settlement) -> PromotionOutcome:
    first = judgements[0]
    name = first.promotion.name if first.promotion else None
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    for judgement in judgements:
        for line_id, share in judgement.before.items():
            before[line_id] = before.get(line_id, 0) + share
            after[line_id] = after.get(line_id, 0) + judgement.after[line_id]
    unknown = any(judgement.state == "UNKNOWN" for judgement in judgements)
    lines = [
        LineOutcome(
            line_id=line_id,
            outcome="UNKNOWN" if unknown else outcome(before[line_id], after[line_id]),
            discount_before=Money(before[line_id]),
            discount_after=Money(after[line_id]),
        )
        for line_id in sorted(before)
        if settlement.kept[line_id] and (before[line_id] or after[line_id])
    ]
    whole: Outcome
    if unknown:
        whole = "UNKNOWN"
    elif first.promotion is not None and first.promotion.kind == "GIFT":
        lost = first.state in ("DEGRADED", "BROKEN") and not _recorded(first) and not still_earned(first)
        whole = "LOST" if lost else "KEPT"
    else:
        whole = outcome(sum(before.values()), sum(after.values()))
    return PromotionOutcome(
        promotion_id=promotion_id,
        name=name,
        outcome=whole,
        discount_before=Money(sum(before.values())),
        discount_after=Money(sum(after.values())),
        lines=lines,
    )


def _recorded(judgement: Judgement) -> bool:
    return judgement.ruling is not None and judgement.ruling.value == "RECORDED_SHARE"
