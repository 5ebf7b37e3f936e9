"""BUNDLE_OFF 套装减: each complete set of components costs so much less."""

from __future__ import annotations

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import Evaluation, Lot, capped, instances_of, not_met, running_of, tally

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """套装减 on a lot: k × off."""
    instances, taken = instances_of(promotion, lot)
    if not instances:
        return not_met(0, 1)
    off = promotion.levels[0].effect.off or 0
    grant = capped(promotion, instances * int(off), running_of(lot.targets))
    inside = tally([unit for part in taken for unit in part])
    return Evaluation(0, instances, grant, inside, actual=instances, required=instances)
