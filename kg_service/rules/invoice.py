"""Invoices: may one still be had, of which kinds, until when (promotions.md section 7; terms of topic INVOICE).

The window is counted as for returns: the day after payment is day 1, and it ends with its last day (Asia/Shanghai dates).
An invoice is for what was bought and kept: for units that went back there is none, and one already made out for them has to be
reversed by the seller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.order import Order
from kg_service.dataset.term import Term
from kg_service.dataset.values import coerce
from kg_service.rules.after_sale import term_basis
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.law import engine_default
from kg_service.rules.past import earlier_returns
from kg_service.rules.topic_terms import topic_terms
from kg_service.times import day_of, parse_instant
from kg_service.trace import Basis, Step

__all__ = ["OF_RETURNED", "Invoice", "InvoiceLine", "invoice", "invoice_terms"]

Why = Literal["WINDOW_OVER", "RETURNED", "NOT_PAID", "ORDER_CANCELLED", "NOT_OFFERED"]
#: A return that was applied for or allowed, while the goods are still with the buyer.
_NOT_SENT = frozenset({"REQUESTED", "APPROVED"})
OF_RETURNED = engine_default("发票按实际购买并保留的商品开具,退回的部分不开,已开的由商家冲红")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InvoiceLine(Part):
    """A line: units that an invoice may still be made out for, and units that went back.

    ``pending`` of those kept are to go back, but have not been sent: the return may still be refused or called off.
    """

    line_id: str
    kept: int
    returned: int
    pending: int = 0
    possible: bool


class Invoice(Part):
    """Whether an invoice can be had.

    Attributes
    ----------
    possible : None when a fact is missing
    reason : why not: WINDOW_OVER, RETURNED (nothing asked about is kept), NOT_PAID, ORDER_CANCELLED, or NOT_OFFERED (the terms
        list no kind)
    kinds : of all terms that count
    window_ends : the last day; None where no term limits it or it has not begun
    """

    possible: bool | None = None
    reason: Why | None = None
    kinds: list[str] = []
    window_days: int | None = None
    window_ends: date | None = None
    lines: list[InvoiceLine] = []
    missing: list[str] = []
    trace: list[Step] = []


def invoice_terms(terms: Sequence[Term]) -> tuple[list[str] | None, int | None]:
    """The kinds the terms list between them (None where none says), and the longest window (None: none limits it)."""
    stated = [term.values.kinds for term in terms if term.values.kinds is not None]
    kinds = list(dict.fromkeys(kind for found in stated for kind in found)) if stated else None
    days = [term.values.window_days for term in terms]
    return kinds, None if None in days or not days else max(one for one in days if one is not None)


def invoice(
    order: Order | Mapping[str, Any],
    terms: Iterable[Term | Mapping[str, Any]],
    at: Any,
    *,
    line_ids: Iterable[str] | None = None,
    catalogue: Catalogue | None = None,
) -> Invoice:
    """Whether an invoice for an order, or for some of its lines, can be had at an instant.

    A pure function: no store, no clock. Terms in force when the order was placed that cover any of the lines count; of several
    the longest window and all their kinds, the best for the buyer. Lines count by what is kept of them.

    Parameters
    ----------
    at : str, datetime or int
        The instant of the question (ISO 8601, or epoch ms).
    line_ids : iterable of str, optional
        The lines asked about; absent: all that were bought.

    Examples
    --------
    >>> order = {"order_id": "O", "user_id": "U", "status": "RECEIVED", "placed_at": "2026-11-01", "paid_at": "2026-11-01",
    ...          "returns": [], "lines": [{"line_id": "1", "sku_id": "K", "quantity": 1, "list_price": "99.00"}]}
    >>> term = {"term_id": "T", "topic": "INVOICE", "text": "30 天内开票", "basis": "PLATFORM_TERM",
    ...         "values": {"kinds": ["电子普通发票"], "window_days": 30}}
    >>> found = invoice(order, [term], "2026-12-01T23:59:59")
    >>> found.possible, found.kinds, found.window_ends.isoformat()
    (True, ['电子普通发票'], '2026-12-01')
    """
    the_order = coerce(Order, order)
    wanted = None if line_ids is None else set(line_ids)
    lines = [one for one in the_order.lines if (one.role != "GIFT" if wanted is None else one.line_id in wanted)]
    if the_order.status == "CANCELLED":
        return _no("ORDER_CANCELLED", Basis(kind="RECORD", id=the_order.order_id, text="订单已取消"))
    goods = [
        (catalogue or {}).get(line.sku_id) or Goods(line.sku_id, shop_id=the_order.shop_id if catalogue is None else None)
        for line in lines
    ]
    found = topic_terms([coerce(Term, term) for term in terms], "INVOICE", goods, the_order.placed_at)
    kinds, days = invoice_terms(found.matching)
    if kinds is None:
        if found.matching:
            return Invoice(missing=[f"Term {found.matching[0].term_id}.kinds"])
        return Invoice(missing=list(found.unsure) or [f"Term INVOICE for Order {the_order.order_id}"])
    longest = max(found.matching, key=lambda term: (term.values.window_days or 0, term.term_id))
    base: dict[str, Any] = {"kinds": kinds, "window_days": days}
    trace = [Step(rule="invoice.kinds", inputs={"terms": [term.term_id for term in found.matching]}, result=kinds,
                  basis=term_basis(longest))]  # fmt: skip
    if not kinds:
        return Invoice(**{**base, "possible": False, "reason": "NOT_OFFERED", "trace": trace})
    if the_order.status == "PLACED" and the_order.paid_at is None:
        step = Step(rule="invoice.paid", result=False, basis=Basis(kind="RECORD", id=the_order.order_id, text="订单未付款"))
        return Invoice(**{**base, "possible": False, "reason": "NOT_PAID", "trace": [*trace, step]})
    if days is not None:
        if the_order.paid_at is None:
            return Invoice(**{**base, "missing": [f"Order {the_order.order_id}.paid_at"], "trace": trace})
        paid, today = day_of(the_order.paid_at), day_of(parse_instant(at))
        ends = paid + timedelta(days=days)
        base["window_ends"] = ends
        inside = today <= ends
        trace.append(
            Step(
                rule="invoice.window",
                inputs={"paid": str(paid), "days": days, "today": str(today)},
                formula=f"paid + {days} days = {ends}; {today} {'≤' if inside else '>'} {ends}",
                result={"possible": inside, "window_ends": str(ends)},
                basis=term_basis(longest),
            )
        )
        if not inside:
            if found.unsure:
                return Invoice(**{**base, "missing": list(found.unsure), "trace": trace})
            return Invoice(**{**base, "possible": False, "reason": "WINDOW_OVER", "trace": trace})
    if the_order.returns is None:
        return Invoice(**{**base, "missing": [f"Order {the_order.order_id}.returns"], "trace": trace})
    gone: dict[str, int] = {}
    asked: dict[str, int] = {}
    for item in earlier_returns(the_order):
        count = asked if item.status in _NOT_SENT else gone
        for part in item.lines:
            count[part.line_id] = count.get(part.line_id, 0) + part.quantity
    listed = []
    for line in lines:
        back = gone.get(line.line_id, 0)
        listed.append(InvoiceLine(line_id=line.line_id, kept=line.quantity - back, returned=back,
                                  pending=asked.get(line.line_id, 0), possible=line.quantity > back))  # fmt: skip
    base["lines"] = listed
    if any(one.returned for one in listed):
        trace.append(
            Step(
                rule="invoice.returned",
                inputs={one.line_id: f"{one.kept} kept, {one.returned} returned" for one in listed},
                result=[one.line_id for one in listed if one.possible],
                basis=OF_RETURNED,
            )
        )
    if not any(one.possible for one in listed):
        return Invoice(**{**base, "possible": False, "reason": "RETURNED", "trace": trace})
    return Invoice(**{**base, "possible": True, "trace": trace})


def _no(reason: Why, basis: Basis) -> Invoice:
    return Invoice(possible=False, reason=reason, trace=[Step(rule="invoice.possible", result=False, basis=basis)])
