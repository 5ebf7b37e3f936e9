"""Facts of the questions that after-sales terms answer: price protection, warranty, presale deposits, invoices."""

from __future__ import annotations

from datetime import date
from typing import Literal

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Fen, Instant

__all__ = ["InvoiceFacts", "PresaleDepositFacts", "PriceProtectionFacts", "RepairWarrantyFacts", "TermFacts"]


class TermFacts(Part):
    """A term the answer rests on, with what it says on its topic."""

    term_id: str
    text: str
    window_days: int | None = None
    months: int | None = None
    deposit_refundable: bool | None = None


class Own(Facts):
    """What all of them may be about: an order of the asker and one of its lines, or a product of the catalogue."""

    order_id: str | None = None
    placed_at: Instant | None = None
    line_id: str | None = None
    product_id: str | None = None
    terms: list[TermFacts] = []


class ProtectedLine(Part):
    """One line compared; amounts as in :class:`PriceProtectionFacts`."""

    line_id: str
    eligible: bool | None = None
    reason: str | None = None
    units: int | None = None
    price_then: Fen | None = None
    price_now: Fen | None = None
    difference_per_unit: Fen | None = None
    refund_amount: Fen | None = None
    window_ends: date | None = None


@facts_of("price_protection")
class PriceProtectionFacts(Own):
    """Is it cheaper now than when it was bought, and what does the buyer get back.

    Attributes
    ----------
    eligible : null when a fact is missing, or no order is asked about
    reason : why not: NO_DROP, WINDOW_OVER, EXCLUDED, ALL_RETURNED, NOT_PAID, ORDER_CANCELLED
    difference_per_unit, refund_amount : of the line asked about; of several lines the refund is their sum
    window_ends : the last day; null where the window has not begun
    window_days, starts_from : the window and what it is counted from (RECEIVED or PAID)
    compared_at : the instant of the price compared with
    """

    eligible: bool | None = None
    reason: str | None = None
    difference_per_unit: Fen | None = None
    refund_amount: Fen | None = None
    window_ends: date | None = None
    window_days: int | None = None
    starts_from: Literal["RECEIVED", "PAID"] | None = None
    units: int | None = None
    price_then: Fen | None = None
    price_now: Fen | None = None
    compared_at: Instant | None = None
    lines: list[ProtectedLine] = []


class WarrantyPromise(Part):
    """One recorded warranty; without ``term_id`` the product's own."""

    term_id: str | None = None
    months: int
    covers: list[str] = []
    text: str | None = None
    until: date | None = None


class WarrantyLine(Part):
    """One line's warranty."""

    line_id: str
    in_warranty: bool | None = None
    until: date | None = None
    months: int | None = None


@facts_of("repair_warranty")
class RepairWarrantyFacts(Own):
    """Is it under warranty, until when, and what is covered.

    Attributes
    ----------
    in_warranty : null when a fact is missing, the goods have not been received, or no order is asked about
    reason : IN_WARRANTY, WARRANTY_OVER, NO_WARRANTY, NOT_RECEIVED, ORDER_CANCELLED
    until : the last day
    """

    in_warranty: bool | None = None
    reason: str | None = None
    until: date | None = None
    covers: list[str] = []
    months: int | None = None
    promises: list[WarrantyPromise] = []
    lines: list[WarrantyLine] = []


@facts_of("presale_deposit")
class PresaleDepositFacts(Own):
    """Does a deposit come back.

    Attributes
    ----------
    refundable : null when a fact is missing, the terms differ, or there is no deposit
    reason : BALANCE_PAID (part of the price, refunded with it), SELLER_FAULT, BY_TERM, NOT_PRESALE
    deposit : as recorded
    return_eligible, window_ends : once the balance is paid: may the goods still come back without a reason, until when
    """

    refundable: bool | None = None
    deposit: Fen | None = None
    reason: str | None = None
    balance_paid: bool | None = None
    return_eligible: bool | None = None
    window_ends: date | None = None


class InvoicedLine(Part):
    """A line's units that an invoice may be made out for (``pending`` of them are to go back), and those that went back."""

    line_id: str
    kept: int
    returned: int
    pending: int = 0
    possible: bool


@facts_of("invoice")
class InvoiceFacts(Own):
    """May an invoice be had, of which kinds, until when.

    Attributes
    ----------
    possible : null when a fact is missing
    reason : why not: WINDOW_OVER, RETURNED, NOT_PAID, ORDER_CANCELLED, NOT_OFFERED
    asked_kinds : of the kinds, those the question asks for; null where it asks for none
    """

    possible: bool | None = None
    reason: str | None = None
    kinds: list[str] = []
    window_days: int | None = None
    window_ends: date | None = None
    asked_kinds: list[str] | None = None
    lines: list[InvoicedLine] = []
