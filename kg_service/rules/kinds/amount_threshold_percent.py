"""AMOUNT_THRESHOLD_PERCENT 满折: the percentage off the whole base, rounded once, then capped."""

from __future__ import annotations

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import (
    Evaluation,
    Lot,
    all_inside,
    capped,
    level_of,
    measured,
    not_met,
    pay_percent_of,
    running_of,
)

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """满折 on a lot; also what COUPON_PERCENT grants."""
    actual = measured(promotion, lot.qualifying)
    tier_index, _, required = level_of(promotion, actual)
    if tier_index is None:
        return not_met(actual, required)
    base = sum(position.base(promotion.condition.basis) for position in lot.targets)
    off = base - pay_percent_of(base, promotion.levels[tier_index].effect.pay_percent)
    grant = capped(promotion, off, running_of(lot.targets))
    return Evaluation(tier_index, 1, grant, all_inside(lot.targets), actual=actual, required=required)
