"""Can a return that was applied for be taken back."""

from __future__ import annotations

from typing import Any

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no
from kg_service.decisions.own_return import NoReturn, read_own_return
from kg_service.graph.order_graph import node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.trace import Basis, Step

__all__ = ["cancel_return"]

#: By the return's status: whether it can be taken back, and why.
_POSSIBLE: dict[str, tuple[bool, str]] = {
    "REQUESTED": (True, "NOT_SENT_BACK"),
    "APPROVED": (True, "NOT_SENT_BACK"),
    "IN_TRANSIT": (False, "SENT_BACK"),
    "RECEIVED_BY_SELLER": (False, "RECEIVED_BY_SELLER"),
    "REFUNDED": (False, "REFUNDED"),
    "REJECTED": (False, "REJECTED"),
}


@decider("cancel_return")
def cancel_return(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Possible until the goods are on their way back: then the seller has to be spoken to."""
    own = yield from read_own_return(frame, asker)
    if isinstance(own, Decision):
        return own
    if isinstance(own, NoReturn):
        facts: dict[str, Any] = {"return_id": None, "possible": False, "reason": "NO_RETURN", "order_id": own.order_id}
        step = Step(rule="cancel_return", result=facts["reason"], basis=Basis(kind="RECORD", text="没有进行中的退换货申请"))
        verdict = "NO" if frame.question_form == "YES_NO" else None
        return Decision("ANSWERED", facts=facts, trace=[step], variant="NO_RETURN", verdict=verdict, words={"goods": own.goods})  # type: ignore[arg-type]
    item = own.item
    possible, reason = _POSSIBLE[item.status]
    step = Step(
        rule="cancel_return",
        inputs={"return_id": item.return_id, "status": item.status},
        formula="possible before the goods are sent back",
        result={"possible": possible, "reason": reason},
        basis=Basis(kind="RECORD", id=node_id("Return", f"{own.order.order_id}/{item.return_id}")),
    )
    decision = Decision(
        "ANSWERED",
        facts={
            "return_id": item.return_id,
            "order_id": own.order.order_id,
            "service": item.service,
            "status": item.status,
            "possible": possible,
            "reason": reason,
        },
        trace=[step],
        words={"goods": own.goods},
        graph=own.case.graph,
    )
    if may_be_yes_no(frame) and frame.question_form == "YES_NO":
        decision.verdict = "YES" if possible else "NO"
        if frame.asks == "IMPOSSIBLE":
            decision.verdict = "NO" if possible else "YES"
    return decision
