"""Promotion kinds, one evaluation per kind: what a promotion grants on a lot (promotions.md section 3)."""

from __future__ import annotations

from kg_service.rules.kinds import (
    addon_price,
    amount_threshold_off,
    amount_threshold_percent,
    bundle_off,
    bundle_price,
    buy_x_get_y,
    cross_item_off,
    gift,
    item_price,
    nth_item_percent,
    payment_off,
    per_unit,
    qty_fixed_price,
    qty_tiered_percent,
)
from kg_service.rules.kinds.common import Evaluation, Evaluator, Lot, Position

__all__ = ["EVALUATORS", "Evaluation", "Lot", "Position"]

#: The evaluation of every kind. FREE_SHIPPING and FREIGHT_OFF are judged like a threshold; they grant nothing on goods.
EVALUATORS: dict[str, Evaluator] = {
    "ITEM_FIXED_OFF": item_price.evaluate,
    "ITEM_PERCENT": item_price.evaluate,
    "SPECIAL_PRICE": item_price.evaluate,
    "MEMBER_PRICE": item_price.evaluate,
    "NTH_ITEM_PERCENT": nth_item_percent.evaluate,
    "QTY_TIERED_PERCENT": qty_tiered_percent.evaluate,
    "QTY_FIXED_PRICE": qty_fixed_price.evaluate,
    "BUNDLE_PRICE": bundle_price.evaluate,
    "BUNDLE_OFF": bundle_off.evaluate,
    "ADDON_PRICE": addon_price.evaluate,
    "CROSS_ITEM_OFF": cross_item_off.evaluate,
    "BUY_X_GET_Y": buy_x_get_y.evaluate,
    "AMOUNT_THRESHOLD_OFF": amount_threshold_off.evaluate,
    "AMOUNT_THRESHOLD_PERCENT": amount_threshold_percent.evaluate,
    "COUPON_FIXED": amount_threshold_off.evaluate,
    "COUPON_PERCENT": amount_threshold_percent.evaluate,
    "RED_PACKET": amount_threshold_off.evaluate,
    "SUBSIDY": per_unit.evaluate,
    "DEPOSIT_EXPAND": per_unit.evaluate,
    "POINTS_DEDUCT": payment_off.evaluate,
    "PAYMENT_OFF": payment_off.evaluate,
    "FREE_SHIPPING": gift.evaluate,
    "FREIGHT_OFF": gift.evaluate,
    "GIFT": gift.evaluate,
    "GIVE_POINTS": gift.evaluate,
    "GIVE_COUPON": gift.evaluate,
}
