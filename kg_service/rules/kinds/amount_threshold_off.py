"""AMOUNT_THRESHOLD_OFF 满减: HIGHEST gives the tier's off, PER_STEP ⌊base / value⌋ × off."""

from __future__ import annotations

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import Evaluation, Lot, all_inside, capped, level_of, measured, not_met, running_of

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """满减 on a lot; also what COUPON_FIXED and RED_PACKET grant."""
    actual = measured(promotion, lot.qualifying)
    tier_index, steps, required = level_of(promotion, actual)
    if tier_index is None:
        return not_met(actual, required)
    off = promotion.levels[tier_index].effect.off or 0
    grant = capped(promotion, int(off) * steps, running_of(lot.targets))
    return Evaluation(tier_index, steps, grant, all_inside(lot.targets), actual=actual, required=required)
