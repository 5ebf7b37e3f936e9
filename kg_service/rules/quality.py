"""What a customer may ask for when goods are faulty: return, exchange, repair (消费者权益保护法 第二十四条)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.order import Order, OrderLine
from kg_service.dataset.term import Term
from kg_service.rules.after_sale import in_force, term_basis
from kg_service.rules.catalogue import Goods
from kg_service.rules.law import CONSUMER_LAW, article
from kg_service.rules.receipt import receipt_of
from kg_service.rules.scope import covers
from kg_service.rules.settlement import FAULT
from kg_service.rules.warranty import warranty
from kg_service.rules.windows import STATUTORY_DAYS, return_window
from kg_service.times import day_of
from kg_service.trace import Basis, Step

__all__ = ["ExchangeWindow", "QualityRemedies", "Remedy", "exchange_window", "quality_remedies"]

Remedy: TypeAlias = Literal["RETURN", "EXCHANGE", "REPAIR"]


class _Result(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExchangeWindow(_Result):
    """May goods be exchanged, and until when.

    Attributes
    ----------
    eligible : None when ``missing`` names a fact
    days : length of the window in days; None where no term gives one
    ends : its last day; None while the goods are not received
    """

    eligible: bool | None = None
    reasons: list[str] = []
    days: int | None = None
    ends: date | None = None
    missing: list[str] = []
    trace: list[Step] = []


class QualityRemedies(_Result):
    """What is still open for faulty goods.

    Attributes
    ----------
    options : those still open, in the order RETURN, EXCHANGE, REPAIR
    window_ends : the last day of the first of them; None while the goods are not received
    ends : the last day of each option that has one
    freight_payer : the seller bears the freight of all of them
    missing : facts without which an option could not be decided
    """

    options: list[Remedy] = []
    window_ends: date | None = None
    ends: dict[Remedy, date] = {}
    freight_payer: Literal["SELLER"] = "SELLER"
    missing: list[str] = []
    trace: list[Step] = []


def exchange_window(
    order: Order, line: OrderLine, goods: Goods, terms: Sequence[Term], reason: str, at: int | None
) -> ExchangeWindow:
    """The exchange window of a line: the longest term of topic EXCHANGE that covers it, counted from receipt.

    For goods that are faulty the window for returning them holds for exchanging them as well (第二十四条).

    Parameters
    ----------
    order, line : Order, OrderLine
    goods : Goods
    terms : sequence of Term
        Those in force at the purchase count.
    reason : {"NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER"}
    at : int or None
        The instant of the question, epoch ms.
    """
    days, basis = None, Basis(kind="ENGINE_DEFAULT", text="没有记录换货条款")
    for term in in_force(terms, order.placed_at, topic="EXCHANGE"):
        stated = term.values.window_days
        if stated is not None and covers(term.scope, goods) is True and (days is None or stated > days):
            days, basis = stated, term_basis(term)
    if reason in FAULT:
        quality = return_window(order, line, goods, terms, reason, at)
        quality_days = STATUTORY_DAYS if quality.days is None else quality.days
        if days is None or quality_days > days:
            days, basis = quality_days, article(CONSUMER_LAW, "第二十四条") if quality.days is None else quality.basis[0]
    found = _exchange(order, line, goods, days, at)
    step = Step(
        rule="exchange_window",
        inputs={"line_id": line.line_id, "days": days},
        formula="" if found.ends is None else f"received + {days} days = {found.ends}",
        result={"eligible": found.eligible, "reasons": found.reasons, "window_ends": str(found.ends or "")},
        basis=basis,
    )
    return found.model_copy(update={"days": days, "trace": [step]})


def _exchange(order: Order, line: OrderLine, goods: Goods, days: int | None, at: int | None) -> ExchangeWindow:
    if order.status == "CANCELLED":
        return ExchangeWindow(eligible=False, reasons=["ORDER_CANCELLED"])
    if days is None:
        return ExchangeWindow(missing=[f"Term EXCHANGE for Product {goods.product_id}"])
    receipt = receipt_of(order, line.line_id)
    if not receipt.came:
        return ExchangeWindow(eligible=True, reasons=["NOT_RECEIVED"])
    if receipt.at is None or at is None:
        return ExchangeWindow(missing=["now" if receipt.at else f"Order {order.order_id}.received_at"])
    ends = day_of(receipt.at) + timedelta(days=days)
    inside = day_of(at) <= ends
    return ExchangeWindow(eligible=inside, reasons=["IN_WINDOW" if inside else "WINDOW_OVER"], ends=ends)


def quality_remedies(order: Order, line: OrderLine, goods: Goods, terms: Sequence[Term], at: int | None) -> QualityRemedies:
    """What the customer may still ask for when a line is faulty.

    Returning is open as long as :func:`~kg_service.rules.windows.return_window` says for QUALITY; exchanging as long as that
    or a term of topic EXCHANGE allows; repairing as long as either the return window or the warranty runs. Whatever it is, the
    seller bears the freight.

    Parameters
    ----------
    order, line : Order, OrderLine
    goods : Goods
    terms : sequence of Term
    at : int or None
        The instant of the question, epoch ms.

    Returns
    -------
    QualityRemedies
        ``missing`` names what keeps an option from being decided; the others are given all the same.
    """
    window = return_window(order, line, goods, terms, "QUALITY", at)
    exchange = exchange_window(order, line, goods, terms, "QUALITY", at)
    options: list[Remedy] = []
    ends: dict[Remedy, date] = {}
    missing = list(window.missing)
    if order.status == "CANCELLED":
        return QualityRemedies(trace=[_step(line, options, ends, window.basis[0])])
    if window.eligible:
        options.append("RETURN")
        if window.ends is not None:
            ends["RETURN"] = window.ends
    if exchange.eligible:
        options.append("EXCHANGE")
        if exchange.ends is not None:
            ends["EXCHANGE"] = exchange.ends
    # what is eaten is not repaired
    repair, repair_ends, unknown = (
        (False, None, [])
        if goods.return_class == "PERISHABLE"
        else _repair(order, line, goods, terms, at, window.ends if window.eligible else None)
    )
    if repair:
        options.append("REPAIR")
        if repair_ends is not None:
            ends["REPAIR"] = repair_ends
    missing += [*exchange.missing, *unknown] if not window.missing else []
    freight = Step(
        rule="quality_freight_payer",
        inputs={"line_id": line.line_id},
        result="SELLER",
        basis=article(CONSUMER_LAW, "第二十四条"),
    )
    return QualityRemedies(
        options=options,
        window_ends=ends.get(options[0]) if options else None,
        ends=ends,
        missing=list(dict.fromkeys(missing)),
        trace=[*exchange.trace, _step(line, options, ends, window.basis[0]), freight],
    )


def _repair(
    order: Order, line: OrderLine, goods: Goods, terms: Sequence[Term], at: int | None, return_ends: date | None
) -> tuple[bool, date | None, list[str]]:
    """Whether repairing is open, until when, and what is not known about it."""
    receipt = receipt_of(order, line.line_id)
    if not receipt.came:
        return True, None, []
    if receipt.at is None or at is None:
        return False, None, []
    found = warranty(order, line.line_id, terms, at, catalogue={goods.sku_id: goods})
    ends = max((day for day in (found.until, return_ends) if day is not None), default=None)
    if ends is not None and day_of(at) <= ends:
        return True, ends, []
    return False, None, found.missing


def _step(line: OrderLine, options: Sequence[Remedy], ends: Mapping[Remedy, date], basis: Basis) -> Step:
    return Step(
        rule="quality_remedies",
        inputs={"line_id": line.line_id, "ends": {key: str(day) for key, day in ends.items()}},
        formula="those of RETURN, EXCHANGE, REPAIR whose last day has not passed",
        result=list(options),
        basis=basis,
    )
