"""Complaints, disputes and harm done by goods: a person takes over, with what could be answered (answers.md, "Statuses")."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg_service.answers.answer import Handoff
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.own_or_general import speaks_of_own
from kg_service.decisions.quality_problem import quality_problem
from kg_service.decisions.specs import plain
from kg_service.decisions.term_answers import own_words
from kg_service.dialogue.references import said_in
from kg_service.graph.order_graph import node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.resources import read_yaml, resource
from kg_service.text.braces import expand
from kg_service.trace import Basis, Step

__all__ = ["complaint"]

#: The concepts whose words say that somebody was or could be hurt.
_HARM = frozenset({"HARM", "DANGER"})


@decider("complaint")
def complaint(frame: Frame, asker: Asker) -> Flow[Decision]:
    """HANDOFF with its reason: DANGER, DISPUTE or COMPLAINT.

    With the order it is about, where one is named or only one may be meant, and its returns; where somebody could be hurt, with
    what the law gives the buyer of faulty goods. What cannot be found out is left to the person, never asked.
    """
    reason = _reason(frame)
    if reason == "DANGER":
        remedies = yield from quality_problem(frame, asker)
        if remedies.status == "ANSWERED":
            return _endangered(frame, remedies)
    own = yield from _own_order(frame, asker, reason)
    return _handed_over(frame, reason, own)


def _endangered(frame: Frame, remedies: Decision) -> Decision:
    """With what may be done about the goods, of an order or in general."""
    own = "order_id" in remedies.facts
    return Decision(
        "HANDOFF",
        facts={"reason": "DANGER", **remedies.facts},
        trace=[*remedies.trace, _step(frame, "DANGER")],
        handoff=Handoff(reason="DANGER"),
        words=remedies.words,
        graph=remedies.graph,
        variant="HANDOFF_DANGER_GOODS" if own else "HANDOFF_DANGER",
    )


def _handed_over(frame: Frame, reason: str, own: OwnCase | None) -> Decision:
    """With the order and its returns, where there is one."""
    facts: dict[str, Any] = {"reason": reason}
    handoff, steps = Handoff(reason=reason), [_step(frame, reason)]
    if own is None:
        return Decision("HANDOFF", facts=facts, trace=steps, handoff=handoff, variant=f"HANDOFF_{reason}")
    order, chosen = own.order, [one.line.line_id for one in own.resolution.chosen]
    facts |= {
        "order_id": order.order_id,
        "order_status": order.status,
        "placed_at": order.placed_at,
        "line_id": chosen[0] if len(chosen) == 1 else None,
        "returns": [{"return_id": one.return_id, "service": one.service, "status": one.status} for one in order.returns or []],
    }
    basis = Basis(kind="RECORD", id=node_id("Order", order.order_id))
    steps.append(Step(rule="handoff.order", inputs={"how": own.resolution.how}, result=order.status, basis=basis))
    return Decision(
        "HANDOFF",
        facts=facts,
        trace=steps,
        handoff=handoff,
        words=own_words(own, chosen),
        graph=own.case.graph,
        variant=f"HANDOFF_{reason}_OWN",
    )


def _reason(frame: Frame) -> str:
    text = plain(frame.text)
    if frame.intent == "complaint" and any(word in text for word in _harm_words()):
        return "DANGER"
    return "DISPUTE" if frame.intent == "dispute" else "COMPLAINT"


@cache
def _harm_words() -> tuple[str, ...]:
    """The words of ``seed_data/lexicon/concepts`` that say that somebody was or could be hurt."""
    found: dict[str, None] = {}
    for path in sorted(resource("seed_data", "lexicon", "concepts").glob("*.yaml")):
        for key, patterns in read_yaml(path).items():
            if _HARM & set(key.split()):
                found.update((plain(word), None) for pattern in patterns for word in expand(str(pattern)))
    return tuple(found)


def _own_order(frame: Frame, asker: Asker, reason: str) -> Flow[OwnCase | None]:
    """The order, where it is clear which; a dispute is about an order even where none is named."""
    if asker.user_id is None or not asker.known or asker.role == "analyst":
        return None
    said = said_in(frame)
    if not (said.goods or reason == "DISPUTE" or speaks_of_own(frame, asker)):
        return None
    found = yield from read_own_order(frame, asker)
    return found if isinstance(found, OwnCase) else None


def _step(frame: Frame, reason: str) -> Step:
    text = "投诉、纠纷和安全问题由人工处理"
    return Step(rule="handoff", inputs={"said": frame.text}, result=reason, basis=Basis(kind="ENGINE_DEFAULT", text=text))
