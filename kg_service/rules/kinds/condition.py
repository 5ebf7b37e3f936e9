"""The condition of kinds that give something once it is met: by its threshold, or by QUALIFIER components."""

from __future__ import annotations

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import Evaluation, Lot, level_of, measured, not_met

__all__ = ["reached"]


def reached(promotion: Promotion, lot: Lot) -> tuple[int, int, int] | Evaluation:
    """The tier reached, what was measured, and the threshold; the evaluation when the condition does not hold."""
    for component, part in zip(promotion.components, lot.parts, strict=False):
        units = sum(position.units for position in part)
        if component.role != "TARGET" and units < component.quantity:
            return not_met(units, component.quantity, of_components=True)
    actual = measured(promotion, lot.qualifying)
    tier_index, _, required = level_of(promotion, actual)
    if tier_index is None:
        return not_met(actual, required)
    if tier_index == 0 and required == 0 and not lot.qualifying:
        # without a threshold at least one qualifying unit must be there
        return not_met(0, 1, of_components=True)
    return tier_index, actual, required
