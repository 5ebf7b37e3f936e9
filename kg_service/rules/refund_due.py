"""By when a refund has to be made once the seller has the goods back (promotions.md section 7, "refund due")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.order import Order, OrderReturn
from kg_service.dataset.term import Term
from kg_service.rules.after_sale import in_force, term_basis
from kg_service.rules.catalogue import Goods
from kg_service.rules.law import SEVEN_DAYS, article
from kg_service.rules.scope import covers, covers_everything
from kg_service.times import day_of
from kg_service.trace import Basis, Step

__all__ = ["PUNISHABLE_DAYS", "STATUTORY_REFUND_DAYS", "RefundDue", "refund_days", "refund_due"]

#: Days from the seller's receipt of the goods to the refund (暂行办法 第十三条).
STATUTORY_REFUND_DAYS = 7
#: More days than this and the seller may be punished (第三十一条).
PUNISHABLE_DAYS = 15


class RefundDue(BaseModel):
    """By when a return has to be paid back.

    Attributes
    ----------
    days : from the seller's receipt of the goods to the refund
    due_by : the last day; None while the seller does not have the goods, and where nothing is due (any more)
    overdue : the day has passed without a refund; None where that cannot be known
    days_late : days since ``due_by``; 0 when it is not overdue
    punishable : more than fifteen days since the seller received the goods
    term_id : the term that promises the days; None where the statute alone says them
    warnings : terms that would let the seller take longer than the statute does
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = STATUTORY_REFUND_DAYS
    due_by: date | None = None
    overdue: bool | None = None
    days_late: int = 0
    punishable: bool = False
    term_id: str | None = None
    warnings: list[str] = []
    missing: list[str] = []
    trace: list[Step] = []


def refund_days(terms: Iterable[Term], goods: Sequence[Goods], at: int) -> RefundDue:
    """Within how many days of the goods' arrival the seller pays back.

    The statute's seven days, or fewer where a term of topic REFUND that covers all the goods promises so; a term that takes
    longer is below the statute's floor and flagged.

    Parameters
    ----------
    terms : iterable of Term
    goods : sequence of Goods
        What goes back; none: only terms without a scope count.
    at : int
        The purchase, epoch ms: the terms in force then.

    Examples
    --------
    >>> term = Term.model_validate({"term_id": "T", "topic": "REFUND", "values": {"days_after_receipt": 3},
    ...                             "text": "收货后三天内退款", "basis": "MERCHANT_TERM"})
    >>> refund_days([term], [], 0).days, refund_days([], [], 0).days
    (3, 7)
    """
    days, term_id, basis = STATUTORY_REFUND_DAYS, None, article(SEVEN_DAYS, "第十三条")
    warnings: list[str] = []
    missing: list[str] = []
    for term in in_force(terms, at, topic="REFUND"):
        promised = term.values.days_after_receipt
        if promised is None:
            continue
        fits = _covers_all(term, goods)
        if fits is None and promised < days:
            missing.append(f"scope of term {term.term_id}")
        elif fits and promised > STATUTORY_REFUND_DAYS:
            warnings.append(f"BELOW_STATUTORY_FLOOR:{term.term_id}")
        elif fits and (promised < days or (promised == days and term_id is None)):
            days, term_id, basis = promised, term.term_id, term_basis(term)
    step = Step(rule="refund_days", inputs={"statutory_days": STATUTORY_REFUND_DAYS}, result=days, basis=basis)
    return RefundDue(days=days, term_id=term_id, warnings=warnings, missing=missing, trace=[step])


def refund_due(order: Order, item: OrderReturn, terms: Iterable[Term], goods: Sequence[Goods], at: int | None) -> RefundDue:
    """By when a return of an order has to be paid back, and whether that day has passed.

    Parameters
    ----------
    order : Order
    item : OrderReturn
        One of the order's returns. An exchange or a repair is never paid back.
    terms : iterable of Term
        Those in force at the purchase count.
    goods : sequence of Goods
        What goes back with it.
    at : int or None
        The instant of the question, epoch ms; without it ``overdue`` is not known.

    Returns
    -------
    RefundDue
        ``missing`` names the time the seller received the goods, where the return's status says they have.
    """
    found = refund_days(terms, goods, order.placed_at)
    if item.service not in (None, "RETURN") or item.status in ("REFUNDED", "REJECTED"):
        return found
    received = item.received_by_seller_at
    if received is None:
        if item.status != "RECEIVED_BY_SELLER":
            return found
        return found.model_copy(update={"missing": [*found.missing, _time_of_receipt(order, item)]})
    if found.missing:
        return found
    due = day_of(received) + timedelta(days=found.days)
    late = 0 if at is None else max(0, (day_of(at) - due).days)
    punishable = at is not None and (day_of(at) - day_of(received)).days > PUNISHABLE_DAYS
    steps = [
        Step(
            rule="refund_due",
            inputs={"received_by_seller": day_of(received).isoformat(), "days": found.days},
            formula=f"{day_of(received)} + {found.days} = {due}",
            result=due.isoformat(),
            basis=found.trace[0].basis,
        )
    ]
    if late and at is not None:
        steps.append(_late(day_of(at), due, late, punishable))
    return found.model_copy(
        update={
            "due_by": due,
            "overdue": None if at is None else late > 0,
            "days_late": late,
            "punishable": punishable,
            "trace": [*found.trace, *steps],
        }
    )


def _late(today: date, due: date, late: int, punishable: bool) -> Step:
    basis: Basis = article(SEVEN_DAYS, "第三十一条" if punishable else "第十三条")
    inputs = {"today": today.isoformat(), "punishable_after_days": PUNISHABLE_DAYS}
    return Step(rule="refund_overdue", inputs=inputs, formula=f"{today} − {due} = {late}", result=late, basis=basis)


def _time_of_receipt(order: Order, item: OrderReturn) -> str:
    return f"Return {order.order_id}/{item.return_id}.received_by_seller_at"


def _covers_all(term: Term, goods: Sequence[Goods]) -> bool | None:
    """Whether a term is about all the goods; None where a fact about them decides it."""
    if not goods:
        return covers_everything(term.scope)
    found = [covers(term.scope, one) for one in goods]
    return False if False in found else None if None in found else True
