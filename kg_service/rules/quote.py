"""The result of quoting a return."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.values import Fen
from kg_service.trace import Step

__all__ = [
    "CouponOutcome",
    "FreightOutcome",
    "GiftOutcome",
    "InstrumentAmount",
    "KeptLine",
    "LineEligibility",
    "LineOutcome",
    "LineQuantity",
    "Outcome",
    "PromotionOutcome",
    "ReturnQuote",
]

Outcome = Literal["KEPT", "REDUCED", "LOST", "NOT_APPLICABLE", "UNKNOWN"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LineQuantity(Part):
    line_id: str
    quantity: int


class InstrumentAmount(Part):
    kind: str
    amount: Fen


class KeptLine(Part):
    """A line that stays (in part); ``payable`` is for the units kept, after this return."""

    line_id: str
    quantity: int
    payable: Fen


class LineOutcome(Part):
    line_id: str
    outcome: Outcome
    discount_before: Fen
    discount_after: Fen


class PromotionOutcome(Part):
    """What happens to one promotion on the kept units: recorded shares before, shares after."""

    promotion_id: str
    name: str | None = None
    outcome: Outcome
    discount_before: Fen
    discount_after: Fen
    lines: list[LineOutcome] = []


class GiftOutcome(Part):
    line_id: str
    action: Literal["RETURN", "PAY", "KEEP", "UNKNOWN"]
    declared_value: Fen | None = None


class CouponOutcome(Part):
    coupon_id: str
    returned: bool | None
    reason: str


class FreightOutcome(Part):
    return_payer: Literal["BUYER", "SELLER"] | None = None
    deductible_min: Fen | None = None
    deductible_max: Fen | None = None
    refundable: Fen | None = None


class LineEligibility(Part):
    """May this line come back? ``window_ends`` is the last day; ``reasons`` are codes."""

    line_id: str
    eligible: bool | None
    window_ends: date | None = None
    reasons: list[str] = []


class ReturnQuote(Part):
    """What a return of some units costs and what it does to every promotion (promotions.md section 6).

    Amounts are 分 in Python and decimal yuan strings when dumped. ``refund_amount`` is goods; freight stands apart.
    ``None`` for an amount means it could not be decided: ``missing`` names the facts. Where the refund could not, it lies
    between ``refund_min`` and ``refund_max`` whatever the missing facts are, and ``decides`` is the one that narrows most.
    """

    order_id: str
    returned: list[LineQuantity]
    eligible: bool | None = None
    reasons: list[str] = []
    warnings: list[str] = []
    lines: list[LineEligibility] = []
    refund_amount: Fen | None = None
    buyer_owes: Fen | None = None
    refund_min: Fen | None = None
    refund_max: Fen | None = None
    decides: str | None = None
    by_instrument: list[InstrumentAmount] = []
    kept: list[KeptLine] = []
    promotions: list[PromotionOutcome] = []
    gifts: list[GiftOutcome] = []
    refund_if_gift_kept: Fen | None = None
    refund_if_gift_kept_min: Fen | None = None
    coupons: list[CouponOutcome] = []
    points: dict[str, Any] = {}
    freight: FreightOutcome = FreightOutcome()
    smallest_return: list[LineQuantity] = []
    missing: list[str] = []
    trace: list[Step] = []
