"""What makes a promotion unfit to be evaluated, unfit to be loaded, and what in it looks wrong.

Refused is what has no defined outcome or could never apply. What has an outcome, however odd, is a warning: a promotion that is
refused takes the orders that used it with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

from kg_service.dataset.odd import Odd, covers_nothing, empty_scopes
from kg_service.dataset.promotion import COUNTING, Effect, Layer, Promotion

__all__ = ["promotion_contradictions", "promotion_oddities", "promotion_problems"]

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


#: Better for the buyer when larger, or when smaller.
_MORE = ("off", "free_quantity", "points")
_LESS = ("pay_percent",)


def promotion_problems(promotion: Promotion) -> list[str]:
    """What keeps a promotion from being evaluated at all: missing parts of its kind, tiers out of order."""
    found = [*_lacks(promotion), *_tiers(promotion), *_parts(promotion)]
    if promotion.promotion_id in promotion.stacking.conflicts_with:
        found.append("stacking.conflicts_with names the promotion itself")
    return found


def promotion_contradictions(promotion: Promotion) -> list[str]:
    """What contradicts itself or could never apply; such a promotion is not loaded."""
    found = [*_two_effects(promotion), *_steps_above_all(promotion)]
    kind = promotion.kind
    if kind in COUNTING and promotion.measure != "QUANTITY":
        found.append(f"{kind} counts units, condition.measure is {promotion.measure}")
    scopes = [("scope", promotion.scope), ("condition.qualifier_scope", promotion.condition.qualifier_scope)]
    scopes += [(f"components[{index}].scope", component.scope) for index, component in enumerate(promotion.components)]
    for path, scope in scopes:
        if scope is not None and (nothing := covers_nothing(scope)):
            found.append(f"{path} {nothing}: the promotion could never apply")
    for other in promotion.stacking.conflicts_with:
        if str(other).isdigit() and int(other) not in get_args(Layer):
            found.append(f"stacking.conflicts_with names layer {other}, which does not exist")
    if any(tier.effect.coupon_promotion_id == promotion.promotion_id for tier in promotion.levels):
        found.append("effect.coupon_promotion_id names the promotion itself")
    return found


def _lacks(promotion: Promotion) -> Iterator[str]:
    for index, tier in enumerate(promotion.levels):
        for choices in _NEEDS.get(promotion.kind, ()):
            if all(getattr(tier.effect, choice) is None for choice in choices):
                where = f"tiers[{index}].effect" if promotion.tiers else "effect"
                yield f"{promotion.kind} needs {where}.{' or '.join(choices)}"


def _two_effects(promotion: Promotion) -> Iterator[str]:
    for index, tier in enumerate(promotion.levels):
        for choices in _NEEDS.get(promotion.kind, ()):
            given = [choice for choice in choices if getattr(tier.effect, choice) is not None]
            if len(given) > 1:
                where = f"tiers[{index}].effect" if promotion.tiers else "effect"
                yield f"{where} has {' and '.join(given)}, {promotion.kind} goes by one of them"


def _steps_above_all(promotion: Promotion) -> Iterator[str]:
    """Steps that take off more than their value: the basket is always free, whatever was meant."""
    if promotion.kind != "AMOUNT_THRESHOLD_OFF" or promotion.steps_mode != "PER_STEP" or promotion.measure != "AMOUNT":
        return
    for index, tier in enumerate(promotion.levels):
        if tier.effect.off is not None and 0 < tier.value < tier.effect.off:
            where = f"tiers[{index}]" if promotion.tiers else "effect"
            yield f"{where}: every {tier.value} takes {tier.effect.off} off, more than there is"


def _tiers(promotion: Promotion) -> Iterator[str]:
    kind = promotion.kind
    values = [tier.value for tier in promotion.tiers]
    if any(left >= right for left, right in pairwise(values)):
        yield "tiers must be in ascending order of value, each value once"
    if any(value <= 0 for value in values):
        yield "a tier's value must be above zero"
    if kind in COUNTING and any((tier.value or 0) < 1 for tier in promotion.levels):
        yield f"{kind} needs condition.value or tiers: the number of units"
    if promotion.steps_mode == "PER_STEP" and any((tier.value or 0) <= 0 for tier in promotion.levels):
        yield "tier_mode PER_STEP needs a value above zero to step by"
    if kind == "BUY_X_GET_Y":
        for tier in promotion.levels:
            if tier.effect.free_quantity is not None and tier.effect.free_quantity >= tier.value:
                yield "free_quantity must be below the number bought and free together"


def _parts(promotion: Promotion) -> Iterator[str]:
    kind = promotion.kind
    if kind not in _WITH_COMPONENTS:
        return
    if not promotion.components:
        yield f"{kind} needs components"
    roles = {component.role for component in promotion.components}
    for role in _WITH_COMPONENTS[kind]:
        if promotion.components and role not in roles and "BOTH" not in roles:
            yield f"{kind} needs a component with role {role}"


def promotion_oddities(promotion: Promotion) -> Iterator[Odd]:
    """What loads, has an outcome, and is most likely not what was meant."""
    yield from _odd_effects(promotion)
    yield from _odd_levels(promotion)
    yield from empty_scopes("scope", promotion.scope)
    stacking, limit = promotion.stacking, promotion.limit
    if stacking.within_group is not None and stacking.group is None:
        yield Odd("stacking.within_group", stacking.within_group, "means nothing without a group", "name the group, or drop it")
    if limit.per_user is not None and limit.total is not None and limit.per_user > limit.total:
        reason = f"is {limit.per_user} per user, of {limit.total} in all"
        yield Odd("limit.per_user", str(limit.per_user), reason, "correct one of them")
    if limit.per_order is not None and limit.per_user is not None and limit.per_order > limit.per_user:
        reason = f"is {limit.per_order} per order, of {limit.per_user} per user"
        yield Odd("limit.per_order", str(limit.per_order), reason, "correct one of them")
    after = promotion.after_sale
    if after.coupon_return == "NEVER" and after.expired_coupon not in (None, "LOST"):
        reason = "extends an expired coupon that never comes back"
        yield Odd("after_sale.expired_coupon", None, reason, "change coupon_return, or drop expired_coupon")


def _odd_effects(promotion: Promotion) -> Iterator[Odd]:
    kind = promotion.kind
    used = {name for choices in _NEEDS.get(kind, ()) for name in choices}
    if "gift_sku_id" in used:
        used.add("declared_value")
    if promotion.tiers and any(getattr(promotion.effect, name) is not None for name in Effect.model_fields):
        yield Odd("effect", None, "means nothing beside tiers, which have their own", "drop one of them")
    for index, tier in enumerate(promotion.levels):
        where = f"tiers[{index}].effect" if promotion.tiers else "effect"
        effect = tier.effect
        for name in Effect.model_fields:
            if getattr(effect, name) is not None and name not in used and _NEEDS.get(kind):
                yield Odd(f"{where}.{name}", None, f"means nothing for {kind}", f"use {' or '.join(sorted(used))}, or drop it")
        percent = effect.pay_percent
        if percent is not None and "pay_percent" in used:
            if percent == 100:
                yield Odd(f"{where}.pay_percent", "100", "100 percent is no discount", "write what the buyer pays: 80 is 8折")
            elif 0 < percent < 10:
                reason = f"the buyer pays {percent} percent"
                yield Odd(f"{where}.pay_percent", str(percent), reason, "write what the buyer pays: 80 is 8折")
        if effect.off == 0 and "off" in used:
            yield Odd(f"{where}.off", "0.00", "takes nothing off", "correct the amount")


def _odd_levels(promotion: Promotion) -> Iterator[Odd]:
    levels = promotion.levels
    used = {name for choices in _NEEDS.get(promotion.kind, ()) for name in choices}
    for index, (lower, higher) in enumerate(pairwise(levels), start=1):
        if lower.effect == higher.effect:
            yield Odd(f"tiers[{index}].effect", None, "gives what the tier below it gives", "drop the tier, or correct it")
        for name in sorted(used.intersection(_MORE + _LESS)):
            left, right = getattr(lower.effect, name), getattr(higher.effect, name)
            if left is not None and right is not None and (right < left if name in _MORE else left < right):
                reason = f"{right} is worse than the {left} of the tier below it, and holds where both are reached"
                yield Odd(f"tiers[{index}].effect.{name}", str(right), reason, "put the effects in order")
    if promotion.steps_mode == "HIGHEST" and promotion.max_steps is not None:
        reason = "means nothing with tier_mode HIGHEST"
        yield Odd("max_steps", str(promotion.max_steps), reason, "write tier_mode PER_STEP, or drop it")
    if promotion.tiers and promotion.condition.value is not None and promotion.condition.value != promotion.tiers[0].value:
        reason = "means nothing beside tiers, which have their own values"
        yield Odd("condition.value", str(promotion.condition.value), reason, "drop it")
    if promotion.steps_mode == "HIGHEST" and promotion.measure == "AMOUNT":
        for index, tier in enumerate(levels):
            off = tier.effect.off
            per_basket = promotion.kind in ("AMOUNT_THRESHOLD_OFF", "COUPON_FIXED", "RED_PACKET")
            if per_basket and off is not None and 0 < tier.value < off:
                where = f"tiers[{index}].effect.off" if promotion.tiers else "effect.off"
                yield Odd(where, str(off), f"{off} off is more than the {tier.value} it needs", "correct one of them")
