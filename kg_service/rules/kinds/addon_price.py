"""ADDON_PRICE 换购: with the condition met, up to ``cap.units`` (1) target units cost the add-on price.

Its level is its condition, not its units (promotions.md section 3).
"""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import Evaluation, Lot, capped, dearest, running_of, tally, to_grant
from kg_service.rules.kinds.condition import reached

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """换购 on a lot."""
    met = reached(promotion, lot)
    if isinstance(met, Evaluation):
        return met
    tier_index, actual, required = met
    price = promotion.levels[tier_index].effect.price or 0
    units = dearest(lot.targets)[: promotion.cap.units or 1]
    off = sum((max(Fraction(0), unit.price - price) for unit in units), Fraction(0))
    grant = capped(promotion, to_grant(off), running_of(lot.targets))
    return Evaluation(tier_index, 1, grant, tally(units), actual=actual, required=required)
