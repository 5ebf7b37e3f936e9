"""Who may use a promotion, when and how: the conditions that do not look at the goods (promotions.md sections 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence

from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.rules.basket import Gap, Purchase
from kg_service.times import format_instant

__all__ = ["audience_gaps"]


def audience_gaps(promotion: Promotion, purchase: Purchase, coupon: Coupon | None = None) -> tuple[list[Gap], list[str]]:
    """What keeps a purchase from a promotion whatever is in the basket.

    Returns
    -------
    (gaps, missing facts)
        A condition that fails is a gap; one whose fact is not known is a missing fact, never a failure.
    """
    gaps: list[Gap] = []
    missing: list[str] = []
    _period(promotion.valid.from_, promotion.valid.to, purchase.at, "", gaps, missing)
    if coupon is not None:
        _period(coupon.valid_from, coupon.valid_to, purchase.at, "COUPON_", gaps, missing)
        if coupon.status != "UNUSED":
            gaps.append(Gap(code=f"COUPON_{coupon.status}"))
    condition = promotion.condition
    customer = purchase.customer
    level = None if customer is None else customer.member_level
    region = purchase.region or (None if customer is None else customer.region)
    _member(condition.channels, purchase.channel, "CHANNEL", "channel", gaps, missing)
    _member(condition.member_levels, level, "MEMBER_LEVEL", "User.member_level", gaps, missing)
    _member(condition.order_types, purchase.order_type, "ORDER_TYPE", "order_type", gaps, missing)
    _member(condition.regions, region, "REGION", "region", gaps, missing)
    _member(condition.payment_methods, purchase.payment_method, "PAYMENT_METHOD", "payment_method", gaps, missing)
    if condition.nth_order is not None:
        if purchase.order_number is None:
            missing.append("order_number")
        elif purchase.order_number != condition.nth_order:
            gaps.append(Gap(code="NTH_ORDER", measure="ORDERS", actual=purchase.order_number, required=condition.nth_order))
    for code, most, used in (
        ("LIMIT_PER_USER", promotion.limit.per_user, purchase.uses.get(promotion.promotion_id, 0)),
        ("LIMIT_TOTAL", promotion.limit.total, purchase.used_in_all.get(promotion.promotion_id, 0)),
    ):
        if most is not None and used >= most:
            gaps.append(Gap(code=code, measure="USES", actual=used, required=most))
    return gaps, missing


def _period(start: int | None, end: int | None, at: int | None, prefix: str, gaps: list[Gap], missing: list[str]) -> None:
    if start is None and end is None:
        return
    if at is None:
        missing.append("now")
    elif start is not None and at < start:
        gaps.append(Gap(code=f"{prefix}NOT_STARTED", required=format_instant(start)))
    elif end is not None and at > end:
        gaps.append(Gap(code=f"{prefix}ENDED", required=format_instant(end)))


def _member(
    wanted: Sequence[str] | None, actual: str | None, code: str, fact: str, gaps: list[Gap], missing: list[str]
) -> None:
    if not wanted:
        return
    if actual is None:
        missing.append(fact)
    elif actual not in wanted:
        gaps.append(Gap(code=code, actual=actual, required=list(wanted)))
