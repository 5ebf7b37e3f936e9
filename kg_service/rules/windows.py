"""May a line come back, and until when (promotions.md section 7).

The day after receipt is day 1; a window ends with its last day (Asia/Shanghai dates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kg_service.dataset.order import Order, OrderLine
from kg_service.dataset.term import Term
from kg_service.rules.after_sale import in_force, term_basis
from kg_service.rules.catalogue import Goods
from kg_service.rules.law import CONSUMER_LAW, SEVEN_DAYS, article
from kg_service.rules.receipt import receipt_of
from kg_service.rules.scope import covers
from kg_service.rules.settlement import FAULT
from kg_service.times import day_of
from kg_service.trace import Basis

__all__ = ["STATUTORY_DAYS", "Window", "return_window"]

STATUTORY_DAYS = 7
_EXCLUDED = {
    "CUSTOM_MADE": "CLASS_CUSTOM_MADE",
    "PERISHABLE": "CLASS_PERISHABLE",
    "PERIODICAL": "CLASS_PERIODICAL",
}


@dataclass(frozen=True)
class Window:
    """Whether a line may come back, why, and until when.

    Attributes
    ----------
    eligible : ``None`` when a fact is missing or it depends on the state of the goods
    ends : the last day of the window; ``None`` where there is none (not received, or not known)
    days : length of the window in days
    statutory : the line is inside the statutory seven days (or not yet received) and may be returned without a reason
    warnings : terms that fall below the statutory floor
    """

    line_id: str
    eligible: bool | None
    reasons: tuple[str, ...]
    basis: tuple[Basis, ...]
    ends: date | None = None
    days: int | None = None
    statutory: bool = False
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def return_window(order: Order, line: OrderLine, goods: Goods, terms: Sequence[Term], reason: str, at: int | None) -> Window:
    """The return window of a line.

    Parameters
    ----------
    order, line : Order, OrderLine
    goods : Goods
        Its place in the catalogue; ``return_class`` ``None`` means not known.
    terms : sequence of Term
        Terms of topic RETURN that are in force at the purchase and cover the goods count; the longest window wins.
    reason : {"NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER"}
    at : int or None
        The instant of the question, epoch ms.

    Returns
    -------
    Window
    """
    key = f"OrderLine {order.order_id}/{line.line_id}"
    if order.status == "CANCELLED":
        return Window(line.line_id, False, ("ORDER_CANCELLED",), (_record("订单已取消"),))
    fault = reason in FAULT
    own = [term for term in in_force(terms, order.placed_at, topic="RETURN") if covers(term.scope, goods) is True]
    unknown = [term for term in in_force(terms, order.placed_at, topic="RETURN") if covers(term.scope, goods) is None]
    barred = None if fault else _bar(order, line, goods, own)
    receipt = receipt_of(order, line.line_id)
    if not receipt.came:
        how = "NOT_RECEIVED_REFUSE_PARCEL" if order.status == "SHIPPED" else "NOT_SHIPPED_CANCEL"
        return Window(line.line_id, True, (how,), (article(SEVEN_DAYS, "第十条"),), statutory=barred is None)
    days, basis, warnings = _days(own, fault, excluded=barred is not None)
    if receipt.at is None or at is None:
        fact = "now" if receipt.at is not None else f"Order {order.order_id}.received_at"
        if barred is not None and barred.eligible is False:
            return barred
        return Window(line.line_id, None, (), basis, days=days, missing=(fact,), warnings=warnings)
    received = day_of(receipt.at)
    ends = received + timedelta(days=days)
    today = day_of(at)
    inside_statute = today <= received + timedelta(days=STATUTORY_DAYS)
    # what is not known, or depends on the state of the goods, no longer matters once the longest window is over
    over = today > ends and not unknown
    if barred is not None and (barred.eligible is False or not over):
        return Window(
            line.line_id,
            barred.eligible,
            barred.reasons,
            barred.basis,
            ends=ends if barred.eligible is None else None,
            days=days,
            missing=barred.missing,
            warnings=warnings,
            statutory=inside_statute and barred.eligible is None and not barred.missing,
        )
    if unknown and today > ends:
        facts = tuple(f"{key} scope of term {term.term_id}" for term in unknown)
        return Window(line.line_id, None, (), basis, ends=ends, days=days, missing=facts, warnings=warnings)
    if fault and today > ends:
        # past the quality window the goods may still go back without a reason
        plain = return_window(order, line, goods, terms, "NO_REASON", at)
        if plain.eligible:
            return plain
    if today > ends:
        return Window(line.line_id, False, ("WINDOW_OVER",), basis, ends=ends, days=days, warnings=warnings)
    return Window(line.line_id, True, ("IN_WINDOW",), basis, ends=ends, days=days, statutory=inside_statute, warnings=warnings)


def _days(terms: Sequence[Term], fault: bool, *, excluded: bool) -> tuple[int, tuple[Basis, ...], tuple[str, ...]]:
    """The longest window that applies, at least the statutory one, and the terms that fall below the floor."""
    statute = article(CONSUMER_LAW, "第二十四条") if fault else article(SEVEN_DAYS, "第十条")
    best, basis = STATUTORY_DAYS, statute
    warnings: list[str] = []
    for term in terms:
        stated = term.values.quality_window_days if fault else term.values.window_days
        if not fault and term.values.no_reason is False and not excluded and term.basis != "STATUTE":
            warnings.append(f"BELOW_STATUTORY_FLOOR:{term.term_id}")
            continue
        if stated is None:
            continue
        if stated < STATUTORY_DAYS and not excluded:
            warnings.append(f"BELOW_STATUTORY_FLOOR:{term.term_id}")
        elif stated > best:
            best, basis = stated, term_basis(term)
    return best, (basis,), tuple(warnings)


def _bar(order: Order, line: OrderLine, goods: Goods, terms: Sequence[Term]) -> Window | None:
    """What keeps a line from coming back without a reason, whatever the day; ``None`` when nothing does."""
    key = f"OrderLine {order.order_id}/{line.line_id}"
    if line.condition == "DAMAGED":
        return Window(line.line_id, False, ("DAMAGED",), (article(SEVEN_DAYS, "第九条"),))
    lifted = next((term for term in terms if term.values.lifts_exclusions), None)
    if lifted is None:
        sixth, seventh = article(SEVEN_DAYS, "第六条"), article(SEVEN_DAYS, "第七条")
        if goods.return_class is None:
            return Window(line.line_id, None, (), (sixth,), missing=(f"Sku {goods.sku_id}.return_class",))
        if goods.return_class in _EXCLUDED:
            return Window(line.line_id, False, (_EXCLUDED[goods.return_class],), (sixth,))
        if goods.return_class == "OPENED_DIGITAL":
            if line.condition is None:
                return Window(line.line_id, None, (), (sixth,), missing=(f"{key}.condition",))
            if line.condition != "INTACT":
                return Window(line.line_id, False, ("CLASS_OPENED_DIGITAL",), (sixth,))
        if goods.return_class == "CONFIRM_REQUIRED":
            if line.no_return_confirmed is None:
                return Window(line.line_id, None, (), (seventh,), missing=(f"{key}.no_return_confirmed",))
            if line.no_return_confirmed:
                return Window(line.line_id, False, ("CONFIRMED_AT_PURCHASE",), (seventh,))
    if line.condition == "ACTIVATED":
        return Window(line.line_id, None, ("MAY_NOT_BE_INTACT",), (article(SEVEN_DAYS, "第九条"),))
    return None


def _record(text: str) -> Basis:
    return Basis(kind="RECORD", text=text)
