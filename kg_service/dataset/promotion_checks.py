"""What makes a promotion unfit to be loaded: missing parts of its kind, tiers out of order, contradictions."""

from __future__ import annotations

from itertools import pairwise

from kg_service.dataset.promotion import COUNTING, Promotion

__all__ = ["promotion_problems"]

_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "ITEM_FIXED_OFF": (("off",),),
    "ITEM_PERCENT": (("pay_percent",),),
    "SPECIAL_PRICE": (("price", "pay_percent"),),
    "MEMBER_PRICE": (("price", "pay_percent"),),
    "NTH_ITEM_PERCENT": (("pay_percent",),),
    "QTY_TIERED_PERCENT": (("pay_percent",),),
    "QTY_FIXED_PRICE": (("price",),),
    "BUNDLE_PRICE": (("price",),),
    "BUNDLE_OFF": (("off",),),
    "ADDON_PRICE": (("price",),),
    "CROSS_ITEM_OFF": (("off", "pay_percent"),),
    "BUY_X_GET_Y": (("free_quantity",),),
    "AMOUNT_THRESHOLD_OFF": (("off",),),
    "AMOUNT_THRESHOLD_PERCENT": (("pay_percent",),),
    "COUPON_FIXED": (("off",),),
    "COUPON_PERCENT": (("pay_percent",),),
    "RED_PACKET": (("off",),),
    "SUBSIDY": (("off", "pay_percent"),),
    "DEPOSIT_EXPAND": (("off",),),
    "PAYMENT_OFF": (("off", "pay_percent"),),
    "GIFT": (("gift_sku_id",),),
    "GIVE_POINTS": (("points",),),
    "GIVE_COUPON": (("coupon_promotion_id",),),
}
_WITH_COMPONENTS: dict[str, tuple[str, ...]] = {
    "BUNDLE_PRICE": (),
    "BUNDLE_OFF": (),
    "ADDON_PRICE": ("TARGET",),
    "CROSS_ITEM_OFF": ("QUALIFIER", "TARGET"),
}


def promotion_problems(promotion: Promotion) -> list[str]:
    """What makes a promotion unfit to be loaded: missing parts of its kind, tiers out of order, contradictions."""
    found: list[str] = []
    kind = promotion.kind
    for index, tier in enumerate(promotion.levels):
        for choices in _NEEDS.get(kind, ()):
            if all(getattr(tier.effect, choice) is None for choice in choices):
                where = f"tiers[{index}].effect" if promotion.tiers else "effect"
                found.append(f"{kind} needs {where}.{' or '.join(choices)}")
    values = [tier.value for tier in promotion.tiers]
    if any(left >= right for left, right in pairwise(values)):
        found.append("tiers must be in ascending order of value, each value once")
    if any(value <= 0 for value in values):
        found.append("a tier's value must be above zero")
    if kind in COUNTING and any((tier.value or 0) < 1 for tier in promotion.levels):
        found.append(f"{kind} needs condition.value or tiers: the number of units")
    if promotion.steps_mode == "PER_STEP" and any((tier.value or 0) <= 0 for tier in promotion.levels):
        found.append("tier_mode PER_STEP needs a value above zero to step by")
    if kind in _WITH_COMPONENTS:
        if not promotion.components:
            found.append(f"{kind} needs components")
        roles = {component.role for component in promotion.components}
        for role in _WITH_COMPONENTS[kind]:
            if promotion.components and role not in roles and "BOTH" not in roles:
                found.append(f"{kind} needs a component with role {role}")
    if kind == "BUY_X_GET_Y":
        for tier in promotion.levels:
            if tier.effect.free_quantity is not None and tier.effect.free_quantity >= tier.value:
                found.append("free_quantity must be below the number bought and free together")
    if promotion.promotion_id in promotion.stacking.conflicts_with:
        found.append("stacking.conflicts_with names the promotion itself")
    return found
