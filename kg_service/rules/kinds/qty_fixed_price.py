"""QTY_FIXED_PRICE 99元任选3件: dearest units first; a group whose running price is below the price stays as it is."""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import (
    Evaluation,
    Lot,
    capped,
    in_full_groups,
    not_met,
    running_of,
    tally,
    to_grant,
    worth_of,
)

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """N件M元 on a lot: HIGHEST one group of the largest n reached, PER_STEP as many groups as there are."""
    tier_index, size, groups, units = in_full_groups(promotion, lot.targets)
    if tier_index is None:
        return not_met(units, size)
    price = promotion.levels[tier_index].effect.price or 0
    off = Fraction(0)
    for group in groups:
        off += max(Fraction(0), worth_of(group) - price)
    grant = capped(promotion, to_grant(off), running_of(lot.targets))
    inside = tally([unit for group in groups for unit in group])
    return Evaluation(tier_index, len(groups), grant, inside, actual=units, required=size * len(groups))
