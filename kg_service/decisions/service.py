"""What needs no graph: greetings, thanks, a person, and what is not our business (answers.md, "Service")."""

from __future__ import annotations

from kg_service.answers.answer import Handoff
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.text.normalise import MAX_LENGTH

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
    """Not our business, not understood, or too long to be read; handing over the second time in a row is the dialogue's."""
    return Decision("OUT_OF_SCOPE", variant="TOO_LONG" if frame.too_long else None, words={"most": MAX_LENGTH})
    yield
