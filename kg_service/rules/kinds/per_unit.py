"""SUBSIDY and DEPOSIT_EXPAND: so much off each unit, up to ``cap`` per unit and ``cap.units`` units."""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import (
    Evaluation,
    Lot,
    dearest,
    level_of,
    measured,
    not_met,
    pay_percent_of,
    running_of,
    tally,
    to_grant,
)

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """A per-unit offer on a lot; ``cap.amount`` is per unit."""
    actual = measured(promotion, lot.qualifying)
    tier_index, _, required = level_of(promotion, actual)
    if tier_index is None or not lot.targets:
        return not_met(actual, required)
    effect = promotion.levels[tier_index].effect
    units = dearest(lot.targets)
    if promotion.cap.units is not None:
        units = units[: promotion.cap.units]
    off = Fraction(0)
    for unit in units:
        each = Fraction(effect.off) if effect.off is not None else unit.price - pay_percent_of(unit.price, effect.pay_percent)
        if promotion.cap.amount is not None:
            each = min(each, Fraction(promotion.cap.amount))
        off += min(each, unit.price)
    grant = min(to_grant(off), running_of(lot.targets))
    return Evaluation(tier_index, 1, grant, tally(units), actual=actual, required=required)
