"""PAYMENT_OFF: off what is left to pay; POINTS_DEDUCT: as recorded."""

from __future__ import annotations

from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds import amount_threshold_off, amount_threshold_percent
from kg_service.rules.kinds.common import Evaluation, Lot

__all__ = ["evaluate"]


def evaluate(promotion: Promotion, lot: Lot) -> Evaluation:
    """A discount of the payment, by amount or percentage."""
    if promotion.levels[0].effect.pay_percent is not None:
        return amount_threshold_percent.evaluate(promotion, lot)
    return amount_threshold_off.evaluate(promotion, lot)
