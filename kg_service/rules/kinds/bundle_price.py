"""BUNDLE_PRICE 套装价: each complete set of components costs the price."""

from __future__ import annotations

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds.common import Evaluation, Lot, capped, instances_of, not_met, running_of, tally, to_grant, worth_of

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """套装价 on a lot: k sets, dearest units first."""
    instances, taken = instances_of(promotion, lot)
    if not instances:
        return not_met(0, 1, of_components=True)
    units = [unit for part in taken for unit in part]
    price = promotion.levels[0].effect.price or 0
    off = worth_of(units) - instances * price
    grant = capped(promotion, to_grant(off), running_of(lot.targets))
    return Evaluation(0, instances, grant, tally(units), actual=instances, required=instances, of_components=True)
