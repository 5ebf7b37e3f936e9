"""What needs no graph: greetings, thanks, a person, and what is not our business (answers.md, "Service")."""

from __future__ import annotations

from kg_service.answers.answer import Handoff
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow

__all__ = ["feedback", "greeting", "human_agent", "out_of_scope", "thanks"]


@decider("greeting")
def greeting(frame: Frame, asker: Asker) -> Flow[Decision]:
    """A greeting is returned, without a query."""
    return Decision("ANSWERED")
    yield


@decider("thanks")
def thanks(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Thanks are returned, without a query."""
    return Decision("ANSWERED")
    yield


@decider("feedback")
def feedback(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Feedback is acknowledged; recording it is the engine's part."""
    return Decision("ANSWERED")
    yield


@decider("human_agent")
def human_agent(frame: Frame, asker: Asker) -> Flow[Decision]:
    """A person was asked for: a person it is."""
    return Decision("HANDOFF", handoff=Handoff(reason="ASKED_FOR_PERSON"))
    yield


@decider("out_of_scope")
def out_of_scope(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Not our business, or not understood. The second time in a row in a session is the dialogue's to hand over."""
    return Decision("OUT_OF_SCOPE")
    yield
