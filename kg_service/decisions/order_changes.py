"""What may still be done to an order, by its status: cancelling and changing have the same limits."""

from __future__ import annotations

from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.order import Order
from kg_service.decisions.forms import NOT_YES_NO
from kg_service.graph.order_graph import node_id
from kg_service.parsing.frame import Frame
from kg_service.trace import Basis, Step

__all__ = ["POSSIBLE", "change_step", "changed", "changed_verdict"]

#: By the order's status: whether it may be changed, and why (answers.md: not shipped → by cancelling, shipped → by refusing the
#: parcel, received → by a return).
POSSIBLE: dict[str, tuple[bool, str]] = {
    "PLACED": (True, "NOT_PAID"),
    "PAID": (True, "NOT_SHIPPED"),
    "SHIPPED": (False, "NOT_RECEIVED_REFUSE_PARCEL"),
    "RECEIVED": (False, "RECEIVED_RETURN_INSTEAD"),
    "CLOSED": (False, "ORDER_CLOSED"),
    "CANCELLED": (False, "ORDER_CANCELLED"),
}


def changed(order: Order) -> dict[str, Any]:
    """The facts: ``order_id``, ``status``, ``possible``, ``reason``. A closed order that was received may still be returned."""
    possible, reason = POSSIBLE[order.status]
    if order.status == "CLOSED" and order.received_at is not None:
        reason = "RECEIVED_RETURN_INSTEAD"
    return {"order_id": order.order_id, "status": order.status, "possible": possible, "reason": reason}


def change_step(rule: str, facts: dict[str, Any]) -> Step:
    """The step of such a decision."""
    return Step(
        rule=rule,
        inputs={"status": facts["status"]},
        formula="possible until it is shipped",
        result={"possible": facts["possible"], "reason": facts["reason"]},
        basis=Basis(kind="RECORD", id=node_id("Order", facts["order_id"]), text="订单状态"),
    )


def changed_verdict(frame: Frame, possible: bool) -> Verdict | None:
    """YES or NO on whether it may be done, as the question puts it; None where no yes or no is asked."""
    if frame.question_form in NOT_YES_NO or frame.question_form == "STATEMENT":
        return None
    return "YES" if possible != (frame.asks == "IMPOSSIBLE") else "NO"
