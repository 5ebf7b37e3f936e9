"""GIFT, GIVE_POINTS, GIVE_COUPON: nothing off the goods; the level says whether, and how often, it is given."""

from __future__ import annotations

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import Evaluation, Lot, level_of
from kg_service.rules.kinds.condition import reached

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """A gift on a lot."""
    met = reached(promotion, lot)
    if isinstance(met, Evaluation):
        return met
    tier_index, actual, required = met
    _, steps, _ = level_of(promotion, actual)
    return Evaluation(tier_index, max(1, steps), 0, actual=actual, required=required)
