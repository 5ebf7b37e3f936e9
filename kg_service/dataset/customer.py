"""Customers, their channel identities, coupons and events."""

from __future__ import annotations

from typing import Literal

from kg_service.dataset.values import Id, Instant, InstantEnd, Row

__all__ = ["Coupon", "Event", "Identity", "MemberLevel", "User"]

MemberLevel = Literal["NORMAL", "SILVER", "GOLD", "PLUS"]


class User(Row):
    user_id: Id
    name: str | None = None
    member_level: MemberLevel | None = None
    registered_at: Instant | None = None
    region: str | None = None


class Identity(Row):
    user_id: Id
    channel: Literal["web", "app", "wechat", "weibo", "douyin", "phone", "api"]
    external_id: Id


class Coupon(Row):
    coupon_id: Id
    promotion_id: Id
    user_id: Id
    status: Literal["UNUSED", "USED", "EXPIRED", "VOID"]
    claimed_at: Instant | None = None
    valid_from: Instant | None = None
    valid_to: InstantEnd | None = None
    used_order_id: Id | None = None


class Event(Row):
    user_id: Id
    kind: Literal["VIEW", "CART", "FAVOURITE", "SEARCH", "CONSULT"]
    target_type: str
    target_id: Id
    at: Instant
