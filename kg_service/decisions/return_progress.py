"""Where a return stands that is already under way."""

from __future__ import annotations

from typing import Any

from kg_service.dataset.order import Order, OrderReturn
from kg_service.decisions.decision import Decision
from kg_service.dialogue.resolution import Resolution, not_found
from kg_service.graph.case import Case, read_case
from kg_service.graph.order_graph import node_id
from kg_service.money import Money, parse_yuan
from kg_service.queries.flow import Flow
from kg_service.rules.refund_due import refund_due
from kg_service.rules.returns import quote_return
from kg_service.trace import Basis, Step

__all__ = ["progress_of", "read_progress"]


def read_progress(resolution: Resolution, now: int | None = None) -> Flow[Decision]:
    """The progress of the return that has the units asked about: ANSWERED, wording variant RETURN_PROGRESS.

    Parameters
    ----------
    now : the instant of the question, epoch ms; without it nothing is said of a refund being overdue
    """
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
    facts, trace, missing = progress_of(case, case.order, latest, now)
    return Decision(
        "UNKNOWN" if missing else "ANSWERED",
        facts={"placed_at": case.order.placed_at, **facts},
        trace=trace,
        missing=missing,
        words={"goods": line.label},
        graph=case.graph,
        variant="UNKNOWN_FACTS" if missing else "RETURN_PROGRESS",
    )


def progress_of(case: Case, order: Order, item: OrderReturn, now: int | None) -> tuple[dict[str, Any], list[Step], list[str]]:
    """What is known of a return's progress: facts, their steps, and what keeps the due day from being known."""
    amount, steps = _amount(case, order, item)
    lines = {line.line_id: line for line in order.lines}
    goods = [case.catalogue[lines[part.line_id].sku_id] for part in item.lines if lines[part.line_id].sku_id in case.catalogue]
    due = refund_due(order, item, case.terms, goods, now)
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "return_id": item.return_id,
        "status": item.status,
        "refund_amount": None if amount is None else str(amount),
        "due_by": due.due_by,
        "overdue": due.overdue,
        "days_late": due.days_late if due.overdue else None,
        "punishable": due.punishable if due.overdue else None,
    }
    status = Step(
        rule="return_under_way",
        inputs={"return_id": item.return_id, "status": item.status},
        result=item.status,
        basis=Basis(kind="RECORD", id=node_id("Return", f"{order.order_id}/{item.return_id}")),
    )
    return facts, [status, *steps, *due.trace], due.missing


def _amount(case: Case, order: Order, item: OrderReturn) -> tuple[Money | None, list[Step]]:
    """What is paid back: as recorded; else as the rules compute it in the order of the returns."""
    if item.service != "RETURN" or item.status == "REJECTED":
        return None, []
    if item.refund_amount is not None:
        amount = Money(int(item.refund_amount))
        basis = Basis(kind="RECORD", id=node_id("Return", f"{order.order_id}/{item.return_id}"))
        return amount, [Step(rule="refund_recorded", result=str(amount), basis=basis)]
    quote = quote_return(order, case.promotions, case.terms, returned={}, catalogue=case.catalogue)
    for step in quote.trace:
        if step.rule == "earlier_return" and step.inputs.get("return_id") == item.return_id:
            return parse_yuan(step.result["refund_amount"]), [step]
    return None, []
