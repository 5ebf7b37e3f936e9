"""CROSS_ITEM_OFF 买A则B减: each pair of qualifier and target takes money off the target."""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import (
    Evaluation,
    Lot,
    capped,
    instances_of,
    not_met,
    pay_percent_of,
    running_of,
    tally,
    to_grant,
    worth_of,
)

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """买A则B减 on a lot: k pairs × off, or the percentage of the k targets."""
    pairs, taken = instances_of(promotion, lot)
    if not pairs:
        return not_met(0, 1, of_components=True)
    effect = promotion.levels[0].effect
    targets = [
        unit
        for component, part in zip(promotion.components, taken, strict=True)
        if component.role != "QUALIFIER"
        for unit in part
    ]
    worth = worth_of(targets)
    if effect.pay_percent is not None:
        off = worth - pay_percent_of(worth, effect.pay_percent)
    else:
        off = min(Fraction(pairs * int(effect.off or 0)), worth)
    grant = capped(promotion, to_grant(off), running_of(lot.targets))
    inside = tally([unit for part in taken for unit in part])
    return Evaluation(0, pairs, grant, inside, actual=pairs, required=pairs, of_components=True)
