"""The most a promotion can take off from here on: what makes it possible to rule choices out without pricing them."""

from __future__ import annotations

from fractions import Fraction

from kg_service.dataset.promotion import Promotion, Tier
from kg_service.rules.kinds.common import measured, running_of
from kg_service.rules.lots import GIVEN, RunningBasket
from kg_service.rules.pricer import FREIGHT

__all__ = ["ceiling"]

_OFF = frozenset({"AMOUNT_THRESHOLD_OFF", "COUPON_FIXED", "RED_PACKET"})
_PERCENT = frozenset({"AMOUNT_THRESHOLD_PERCENT", "COUPON_PERCENT"})


def ceiling(promotion: Promotion, basket: RunningBasket, freight: int) -> int:
    """At least as much as the promotion grants on this basket or on any in which more was taken off before, 分.

    What is counted and what is priced only shrinks as more is taken off, so no higher tier and no larger base can follow. The
    kinds without a bound of their own can at most make their goods free.
    """
    if promotion.kind in GIVEN:
        return 0
    if promotion.kind in FREIGHT:
        return freight
    lot, _ = basket.lot(promotion)
    most = running_of(lot.targets)
    if promotion.kind in _OFF | _PERCENT:
        reached = measured(promotion, lot.qualifying)
        tiers = [tier for tier in promotion.levels if reached >= tier.value]
        of_tier = _off if promotion.kind in _OFF else _percent
        most = min(most, max((of_tier(promotion, tier, reached, most) for tier in tiers), default=0))
    return most if promotion.cap.amount is None else min(most, int(promotion.cap.amount))


def _off(promotion: Promotion, tier: Tier, reached: int, most: int) -> int:
    if tier.effect.off is None:
        return most
    steps = 1
    if promotion.steps_mode != "HIGHEST" and tier.value > 0:
        steps = reached // tier.value
        steps = steps if promotion.max_steps is None else min(steps, promotion.max_steps)
    return int(tier.effect.off) * steps


def _percent(promotion: Promotion, tier: Tier, reached: int, most: int) -> int:
    if tier.effect.pay_percent is None:
        return most
    return most - (most * Fraction(str(tier.effect.pay_percent)) / 100).__floor__()
