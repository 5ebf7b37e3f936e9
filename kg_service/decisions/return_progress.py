"""Where a return stands that is already under way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from kg_service.dataset.order import Order, OrderReturn
from kg_service.decisions.decision import Decision
from kg_service.dialogue.resolution import Resolution, not_found
from kg_service.graph.case import Case, read_case
from kg_service.graph.order_graph import node_id
from kg_service.money import Money, parse_yuan
from kg_service.queries.flow import Flow
from kg_service.rules.law import SEVEN_DAYS, article
from kg_service.rules.returns import quote_return
from kg_service.rules.scope import covers
from kg_service.times import day_of
from kg_service.trace import Basis, Step

__all__ = ["read_progress"]

#: The seller pays back within seven days of having the goods (暂行办法 第十三条) unless a term promises it sooner.
_REFUND_DAYS = 7


def read_progress(resolution: Resolution) -> Flow[Decision]:
    """The progress of the return that has the units asked about: ANSWERED, wording variant RETURN_PROGRESS."""
    line = resolution.on_its_way[0]
    case = yield from read_case(resolution.owner, line.order_id)
    if case is None:
        return not_found(line.order_id)
    if case.order is None or case.missing:
        return Decision(
            "UNKNOWN",
            facts={"order_id": line.order_id},
            missing=list(case.missing),
            graph=case.graph,
            variant="UNKNOWN_FACTS",
        )
    taking = [
        one
        for one in case.order.returns or []
        if one.service == "RETURN" and one.status != "REJECTED" and any(part.line_id == line.line_id for part in one.lines)
    ]
    if not taking:
        return not_found(line.label)
    latest = max(taking, key=lambda one: (one.requested_at, one.return_id))
    return _told(case, case.order, latest, line.label)


def _told(case: Case, order: Order, item: OrderReturn, label: str) -> Decision:
    amount = item.refund_amount if item.refund_amount is not None else _computed(case, order, item.return_id)
    due, basis = _due_by(case, order, item)
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "return_id": item.return_id,
        "status": item.status,
        "refund_amount": None if amount is None else str(amount),
        "due_by": due,
    }
    return Decision(
        "ANSWERED",
        facts=facts,
        trace=[
            Step(
                rule="return_under_way",
                inputs={"return_id": item.return_id, "status": item.status},
                formula="" if due is None else f"received_by_seller + days = {due}",
                result={"refund_amount": facts["refund_amount"], "due_by": None if due is None else due.isoformat()},
                basis=basis,
            )
        ],
        words={"goods": label},
        graph=case.graph,
        variant="RETURN_PROGRESS",
    )


def _computed(case: Case, order: Order, return_id: str) -> Money | None:
    """A refund that is not recorded yet, as the rules compute it in the order of the returns."""
    quote = quote_return(order, case.promotions, case.terms, returned={}, catalogue=case.catalogue)
    for step in quote.trace:
        if step.rule == "earlier_return" and step.inputs.get("return_id") == return_id:
            return parse_yuan(step.result["refund_amount"])
    return None


def _due_by(case: Case, order: Order, item: OrderReturn) -> tuple[date | None, Basis]:
    lines = {line.line_id: line for line in order.lines}
    goods = [case.catalogue[lines[part.line_id].sku_id] for part in item.lines if lines[part.line_id].sku_id in case.catalogue]
    days, basis = _REFUND_DAYS, article(SEVEN_DAYS, "第十三条")
    for term in case.terms:
        promised = term.values.days_after_receipt if term.topic == "REFUND" else None
        if promised is not None and promised < days and any(covers(term.scope, one) for one in goods):
            days, basis = promised, Basis(kind=term.basis, id=term.term_id, text=term.text, source=term.source)
    if item.received_by_seller_at is None or item.status == "REFUNDED":
        return None, Basis(kind="RECORD", id=node_id("Return", f"{order.order_id}/{item.return_id}"))
    return day_of(item.received_by_seller_at) + timedelta(days=days), basis
