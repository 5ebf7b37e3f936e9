"""Facts of the questions about returning: what it does to promotions, money, gifts, coupons; whether and until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Fen, Instant
from kg_service.rules.quote import (
    CouponOutcome,
    FreightOutcome,
    GiftOutcome,
    InstrumentAmount,
    LineEligibility,
    LineQuantity,
    PromotionOutcome,
)
from kg_service.trace import Basis

__all__ = ["AfterSale", "ExchangeFacts", "Progress", "ReturnEligibilityFacts", "ReturnFacts"]


class Progress(Facts):
    """Where a return that is already under way stands; filled when the units asked about are on their way back.

    Attributes
    ----------
    overdue, days_late : ``due_by`` has passed without a refund, by so many days
    punishable : more than fifteen days since the seller received the goods (暂行办法 第三十一条)
    """

    return_id: str | None = None
    status: str | None = None
    due_by: date | None = None
    overdue: bool | None = None
    days_late: int | None = None
    punishable: bool | None = None


class AfterSale(Progress):
    """About an order, or (without ``order_id``) about the rules as such; what :func:`read_progress` tells fits in it."""

    order_id: str | None = None
    placed_at: Instant | None = None
    refund_amount: Fen | None = None


class KeptFacts(Part):
    line_id: str
    quantity: int
    payable: Fen


class PromotionFacts(PromotionOutcome):
    """A promotion's outcome with why.

    Attributes
    ----------
    state : its condition on what stays: QUALIFIED, DEGRADED, BROKEN or UNKNOWN
    actual, required : what the condition was measured on and what it asks, in ``unit``: YUAN, PIECES or KINDS
    """

    state: str | None = None
    actual: str | None = None
    required: str | None = None
    unit: str | None = None
    basis: Basis | None = None


@facts_of("promotion_after_return", "refund_amount", "gift_after_return", "coupon_after_return")
class ReturnFacts(Progress):
    """One quote answers all of them (promotions.md section 6). Amounts are for the whole line or return.

    Attributes
    ----------
    eligible : may it come back; null when it depends or a fact is not recorded (``reasons``)
    refund_amount : goods, in money's worth; freight stands apart
    kept : what stays and what it costs after this return
    promotions : NOT_APPLICABLE ones left out
    per_unit_refund : what one unit alone would bring, where a line with several units was taken whole
    smallest_return : where a term refuses the return alone, the smallest set that may come back
    """

    order_id: str
    placed_at: Instant | None = None
    returned: list[LineQuantity] = []
    reason: str | None = None
    eligible: bool | None = None
    reasons: list[str] = []
    warnings: list[str] = []
    window_ends: date | None = None
    lines: list[LineEligibility] = []
    refund_amount: Fen | None = None
    buyer_owes: Fen | None = None
    refund_min: Fen | None = Field(default=None, description="where a fact is missing: the least the refund can be")
    refund_max: Fen | None = Field(default=None, description="where a fact is missing: the most the refund can be")
    decides: str | None = Field(default=None, description="the missing fact that narrows the refund most")
    by_instrument: list[InstrumentAmount] = []
    kept: list[KeptFacts] = []
    promotions: list[PromotionFacts] = []
    gifts: list[GiftOutcome] = []
    refund_if_gift_kept: Fen | None = None
    refund_if_gift_kept_min: Fen | None = None
    coupons: list[CouponOutcome] = []
    points: dict[str, Any] = {}
    freight: FreightOutcome = FreightOutcome()
    smallest_return: list[LineQuantity] = []
    one_unit_refund: Fen | None = Field(default=None, description="the refund of one unit alone, for a line of several")


@facts_of("return_eligibility")
class ReturnEligibilityFacts(Progress):
    """May it come back, per line; ``eligible`` and ``window_ends`` on top when it is one line."""

    order_id: str
    placed_at: Instant | None = None
    lines: list[LineEligibility] = []
    eligible: bool | None = None
    window_ends: date | None = None
    reasons: list[str] = []
    refund_amount: Fen | None = None


class ExchangeOption(Part):
    sku_id: str
    spec: dict[str, str] = {}
    stock: int | None = None


class SizeAdvice(Part):
    size: str | None = None
    basis: str | None = None


@facts_of("exchange")
class ExchangeFacts(Progress):
    """May it be exchanged, and for which other SKUs of the product that are in stock."""

    order_id: str
    placed_at: Instant | None = None
    line_id: str | None = None
    eligible: bool | None = None
    window_ends: date | None = None
    reasons: list[str] = []
    options: list[ExchangeOption] = []
    advice: SizeAdvice | None = None
    refund_amount: Fen | None = None
