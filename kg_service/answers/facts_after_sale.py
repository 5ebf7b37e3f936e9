"""Facts of the questions about how a return goes: its steps, freight and progress, faulty goods, points."""

from __future__ import annotations

from datetime import date
from typing import Literal

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.answers.facts_returns import AfterSale
from kg_service.dataset.values import Fen, Instant
from kg_service.rules.quality import Remedy
from kg_service.rules.quote import LineQuantity

__all__ = [
    "CancelReturnFacts",
    "PointsFacts",
    "QualityProblemFacts",
    "RefundProgressFacts",
    "ReturnFreightFacts",
    "ReturnProcessFacts",
]

Payer = Literal["BUYER", "SELLER"]
ReturnStep = Literal["CANCEL_ORDER", "REFUSE_PARCEL", "APPLY", "SEND_BACK", "REFUND", "CONTACT_SELLER"]


@facts_of("return_process")
class ReturnProcessFacts(AfterSale):
    """How goods are sent back.

    Attributes
    ----------
    steps : what to do, in order; empty where the order is cancelled
    term_id : the term or article that allows it
    eligible : false where the goods may not come back (``reasons``)
    window_ends : the last day to apply, of one's own order; ``window_days`` of goods in general
    refund_days : from the seller's receipt of the goods to the refund
    freight_payer : of the way back
    """

    steps: list[ReturnStep] = []
    term_id: str | None = None
    eligible: bool | None = None
    reasons: list[str] = []
    window_ends: date | None = None
    window_days: int | None = None
    refund_days: int | None = None
    freight_payer: Payer | None = None


class PayerByReason(Part):
    reason: str
    payer: Payer
    term_id: str | None = None


@facts_of("return_freight")
class ReturnFreightFacts(AfterSale):
    """Who pays the freight of a return.

    Attributes
    ----------
    payer : of the way back; null where nothing has to be sent back
    min, max : what may be taken off the refund for the outbound freight that was waived; the courier's charge for the way
        back is recorded nowhere and stands beside it
    refundable : the outbound freight that was charged and comes back
    """

    payer: Payer | None = None
    min: Fen | None = None
    max: Fen | None = None
    reason: str | None = None
    term_id: str | None = None
    refundable: Fen | None = None
    by_reason: list[PayerByReason] = []


@facts_of("refund_progress")
class RefundProgressFacts(AfterSale):
    """Where a refund stands. Without ``return_id`` there is no return, and only the rule is told.

    Attributes
    ----------
    estimated : the amount is not recorded yet but computed
    due_by : the last day for the refund; null while the seller does not have the goods
    days : from the seller's receipt of the goods to the refund, by the term or article ``term_id``
    """

    service: str | None = None
    requested_at: Instant | None = None
    received_by_seller_at: Instant | None = None
    refunded_at: Instant | None = None
    estimated: bool | None = None
    days: int | None = None
    term_id: str | None = None


@facts_of("cancel_return")
class CancelReturnFacts(Facts):
    """Can a return that was applied for be taken back; without ``return_id`` there is none."""

    return_id: str | None = None
    order_id: str | None = None
    service: str | None = None
    status: str | None = None
    possible: bool | None = None
    reason: str | None = None


@facts_of("quality_problem")
class QualityProblemFacts(AfterSale):
    """What to do about faulty goods.

    Attributes
    ----------
    options : those still open, in the order RETURN, EXCHANGE, REPAIR; ``ends`` their last days
    window_ends : the last day of the first option
    window_days : of goods in general: how long they may be returned for their quality, by ``term_id``
    """

    line_id: str | None = None
    order_status: str | None = None
    options: list[Remedy] = []
    window_ends: date | None = None
    ends: dict[Remedy, date] = {}
    window_days: int | None = None
    freight_payer: Payer | None = None
    term_id: str | None = None


class PointsRule(Part):
    """What becomes of points on a return: of those USED or of those GIVEN."""

    about: Literal["USED", "GIVEN"]
    rule: str
    term_id: str | None = None


@facts_of("points")
class PointsFacts(Facts):
    """Points. Amounts in points' worth of money are yuan; points given are a number of points.

    Attributes
    ----------
    balance : null where it is not recorded
    rule : what a term, an article or a promotion says, in its own words; ``rules`` in codes
    points_used, points_given : of the order
    used_returned, taken_back : what becomes of them when ``returned`` comes back
    """

    order_id: str | None = None
    placed_at: Instant | None = None
    balance: int | None = None
    rule: str | None = None
    term_id: str | None = None
    rules: list[PointsRule] = []
    promotions: list[str] = []
    points_used: Fen | None = None
    points_given: int | None = None
    returned: list[LineQuantity] = []
    whole_order: bool | None = None
    used_returned: Fen | None = None
    taken_back: int | None = None
