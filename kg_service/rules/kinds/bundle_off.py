"""BUNDLE_OFF 套装减: each complete set of components costs so much less."""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import (
    Evaluation,
    Lot,
    capped,
    instances_of,
    not_met,
    running_of,
    tally,
    to_grant,
    worth_of,
)

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """套装减 on a lot: k × off."""
    instances, taken = instances_of(promotion, lot)
    if not instances:
        return not_met(0, 1, of_components=True)
    units = [unit for part in taken for unit in part]
    off = min(Fraction(instances * int(promotion.levels[0].effect.off or 0)), worth_of(units))
    grant = capped(promotion, to_grant(off), running_of(lot.targets))
    return Evaluation(0, instances, grant, tally(units), actual=instances, required=instances, of_components=True)
