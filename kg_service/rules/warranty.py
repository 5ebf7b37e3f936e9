"""Warranty: from receipt to the same calendar day, the longer of the product's months and the terms' (promotions.md 7)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.order import Order
from kg_service.dataset.term import Term
from kg_service.dataset.values import coerce
from kg_service.rules.after_sale import term_basis
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.receipt import receipt_of
from kg_service.rules.topic_terms import topic_terms
from kg_service.times import day_of, parse_instant
from kg_service.trace import Basis, Step

__all__ = ["Promise", "Warranty", "months_after", "warranty", "warranty_of_goods"]

Why = Literal["IN_WARRANTY", "WARRANTY_OVER", "NO_WARRANTY", "NOT_RECEIVED", "ORDER_CANCELLED"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Promise(Part):
    """One recorded warranty: the product's own (``term_id`` None) or a term's; ``until`` the last day, where it has begun."""

    term_id: str | None = None
    months: int
    covers: list[str] = []
    text: str | None = None
    until: date | None = None


class Warranty(Part):
    """How long a line or a product is under warranty, and for what.

    Attributes
    ----------
    in_warranty : None when a fact is missing, the goods have not been received, or no order is asked about
    months : the longest of the promises
    covers : what the longest promise covers; where it does not say, what the next longest does
    promises : all of them, longest first
    """

    line_id: str | None = None
    in_warranty: bool | None = None
    reason: Why | None = None
    until: date | None = None
    months: int | None = None
    covers: list[str] = []
    promises: list[Promise] = []
    missing: list[str] = []
    trace: list[Step] = []


def months_after(day: date, months: int) -> date:
    """The same calendar day so many months later; the month's last day where it has no such day.

    Examples
    --------
    >>> months_after(date(2026, 11, 10), 12), months_after(date(2027, 1, 31), 1), months_after(date(2028, 2, 29), 12)
    (datetime.date(2027, 11, 10), datetime.date(2027, 2, 28), datetime.date(2029, 2, 28))
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def warranty(
    order: Order | Mapping[str, Any],
    line_id: str,
    terms: Iterable[Term | Mapping[str, Any]],
    at: Any,
    *,
    catalogue: Catalogue | None = None,
) -> Warranty:
    """Whether a line is under warranty at an instant; its last day counts.

    A pure function: no store, no clock. Terms in force when the order was placed count.

    Parameters
    ----------
    at : str, datetime or int
        The instant of the question (ISO 8601, or epoch ms).

    Examples
    --------
    >>> order = {"order_id": "O", "user_id": "U", "status": "RECEIVED", "placed_at": "2026-11-01", "received_at": "2026-11-30",
    ...          "lines": [{"line_id": "1", "sku_id": "K", "quantity": 1, "list_price": "99.00"}]}
    >>> found = warranty(order, "1", [], "2027-02-28T23:59:59", catalogue={"K": Goods("K", warranty_months=3)})
    >>> found.in_warranty, found.until.isoformat()
    (True, '2027-02-28')
    """
    the_order = coerce(Order, order)
    line = next(one for one in the_order.lines if one.line_id == line_id)
    goods = (catalogue or {}).get(line.sku_id) or Goods(line.sku_id, shop_id=the_order.shop_id if catalogue is None else None)
    if the_order.status == "CANCELLED":
        step = Step(rule="warranty", result=False, basis=Basis(kind="RECORD", id=the_order.order_id, text="订单已取消"))
        return Warranty(line_id=line_id, in_warranty=False, reason="ORDER_CANCELLED", trace=[step])
    found = warranty_of_goods(goods, [coerce(Term, term) for term in terms], the_order.placed_at)
    found = found.model_copy(update={"line_id": line_id})
    if found.missing:
        return found
    if not found.months:
        return found.model_copy(update={"in_warranty": False, "reason": "NO_WARRANTY"})
    receipt = receipt_of(the_order, line_id)
    if receipt.at is None:
        if receipt.came:
            return found.model_copy(update={"missing": [f"Order {the_order.order_id}.received_at"]})
        return found.model_copy(update={"reason": "NOT_RECEIVED"})
    received = day_of(receipt.at)
    until = months_after(received, found.months)
    today = day_of(parse_instant(at))
    inside = today <= until
    step = Step(
        rule="warranty.until",
        inputs={"line_id": line_id, "received": str(received), "months": found.months, "today": str(today)},
        formula=f"{received} + {found.months} months = {until}; {today} {'≤' if inside else '>'} {until}",
        result={"in_warranty": inside, "until": str(until)},
        basis=found.trace[-1].basis,
    )
    promises = [one.model_copy(update={"until": months_after(received, one.months)}) for one in found.promises]
    return found.model_copy(
        update={
            "in_warranty": inside,
            "reason": "IN_WARRANTY" if inside else "WARRANTY_OVER",
            "until": until,
            "promises": promises,
            "trace": [*found.trace, step],
        }
    )


def warranty_of_goods(goods: Goods, terms: Iterable[Term], at: int) -> Warranty:
    """The warranty goods come with when they are bought at an instant (epoch ms): the months and what they cover.

    Without the product's months and without a term nothing is known of a warranty: both are named as missing.
    """
    found = topic_terms(terms, "WARRANTY", goods, at)
    promises: list[tuple[Promise, Basis]] = []
    if goods.warranty_months is not None:
        record = Basis(kind="RECORD", id=goods.product_id or goods.sku_id, text="商品资料里的保修期")
        promises.append((Promise(months=goods.warranty_months), record))
    for term in found.matching:
        if term.values.months is not None:
            covers = term.values.covers
            listed = [covers] if isinstance(covers, str) else list(covers or ())
            promises.append((Promise(term_id=term.term_id, months=term.values.months, covers=listed, text=term.text),
                             term_basis(term)))  # fmt: skip
    promises.sort(key=lambda one: (-one[0].months, not one[0].covers, one[0].term_id or ""))
    if not promises:
        key = goods.product_id or goods.sku_id
        missing = [*found.unsure, f"Product {key}.warranty_months", f"Term WARRANTY for Product {key}"]
        return Warranty(missing=missing)
    if found.unsure:
        # a term whose scope cannot be decided might promise more
        return Warranty(missing=list(found.unsure), promises=[one for one, _ in promises])
    longest, basis = promises[0]
    covers_ = next((one.covers for one, _ in promises if one.covers), [])
    step = Step(
        rule="warranty.months",
        inputs={one.term_id or "product": one.months for one, _ in promises},
        formula=f"max = {longest.months}",
        result=longest.months,
        basis=basis,
    )
    return Warranty(months=longest.months, covers=covers_, promises=[one for one, _ in promises], trace=[step])
