"""The kinds of layer 10: a line's own price, whatever else is in the basket."""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Effect, Promotion
from kg_service.rules.kinds.common import Evaluation, Lot, Position, level_of, measured, not_met, pay_percent_of, to_grant

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """ITEM_FIXED_OFF, ITEM_PERCENT, SPECIAL_PRICE and MEMBER_PRICE: line by line, each rounded once."""
    actual = measured(promotion, lot.qualifying)
    tier_index, _, required = level_of(promotion, actual)
    if tier_index is None:
        return not_met(actual, required)
    effect = promotion.levels[tier_index].effect
    fixed = {position.line_id: _line_off(promotion, effect, position) for position in lot.targets}
    inside = {position.line_id: _units(promotion, position) for position in lot.targets}
    return Evaluation(tier_index, 1, sum(fixed.values()), inside, fixed, actual=actual, required=required)


def _units(promotion: Promotion, position: Position) -> int:
    return position.units if promotion.cap.units is None else min(position.units, promotion.cap.units)


def _line_off(promotion: Promotion, effect: Effect, position: Position) -> int:
    units = _units(promotion, position)
    base = Fraction(position.base(promotion.condition.basis) * units, position.units)
    if effect.off is not None:
        off = int(effect.off) * units
    elif effect.price is not None:
        off = to_grant(base - int(effect.price) * units)
    else:
        off = to_grant(base - pay_percent_of(base, effect.pay_percent))
    if promotion.cap.amount is not None:
        off = min(off, int(promotion.cap.amount))
    room = position.running - (int(promotion.floor_price) * position.units if promotion.floor_price is not None else 0)
    return max(0, min(off, room))
