"""BUY_X_GET_Y 买X赠Y: in each full group of n units (bought and free together) the cheapest are free."""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import Evaluation, Lot, capped, in_full_groups, not_met, running_of, tally, to_grant

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """买X赠Y on a lot."""
    tier_index, size, groups, units = in_full_groups(promotion, lot.targets)
    if tier_index is None:
        return not_met(units, size)
    free = promotion.levels[tier_index].effect.free_quantity or 0
    off = sum((unit.price for group in groups for unit in group[size - free :]), Fraction(0))
    grant = capped(promotion, to_grant(off), running_of(lot.targets))
    inside = tally([unit for group in groups for unit in group])
    return Evaluation(tier_index, len(groups), grant, inside, actual=units, required=size * len(groups))
