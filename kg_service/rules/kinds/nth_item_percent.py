"""NTH_ITEM_PERCENT 第二件半价: in each full group of n the cheapest unit pays the percentage, rounded per discounted unit."""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import (
    Evaluation,
    Lot,
    capped,
    in_full_groups,
    not_met,
    pay_percent_of,
    running_of,
    tally,
    to_grant,
)

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """第 n 件折扣 on a lot."""
    tier_index, size, groups, units = in_full_groups(promotion, lot.targets)
    if tier_index is None:
        return not_met(units, size)
    percent = promotion.levels[tier_index].effect.pay_percent
    off = sum((group[-1].price - pay_percent_of(group[-1].price, percent) for group in groups), Fraction(0))
    grant = capped(promotion, to_grant(off), running_of(lot.targets))
    inside = tally([unit for group in groups for unit in group])
    return Evaluation(tier_index, len(groups), grant, inside, actual=units, required=size * len(groups))
