"""What a decider is given and what it returns.

A *decider* is named by an intent (``rule:`` in ``seed_data/intents/*.yaml``). It is a flow (:mod:`kg_service.queries.flow`): it
yields template calls, gets their rows, and returns a :class:`Decision`. It knows nothing of stores, text or channels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import networkx as nx

from kg_service.answers.answer import Clarification, Handoff, Status, Suggestion, Verdict
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.trace import Step

__all__ = ["DECIDERS", "Asker", "Decider", "Decision", "decider"]


@dataclass(frozen=True)
class Asker:
    """Who asks, and when.

    Attributes
    ----------
    user_id : the owner every personal template is bound to; for an agent the one customer they serve
    now : epoch ms
    order_id : the order the caller says the question is about, if any
    spoken_order : the order the conversation was just about, where the question points from it to another one ("再上一单")
    known : whether the data has this user; personal questions of an unknown one are FORBIDDEN
    """

    user_id: str | None
    role: Literal["customer", "agent", "analyst"]
    now: int
    channel: str | None = None
    order_id: str | None = None
    session_id: str | None = None
    known: bool = True
    spoken_order: str | None = None


@dataclass
class Decision:
    """The outcome of a decider, before it is put into words.

    Attributes
    ----------
    facts : by the intent's model in ``kg_service.answers.facts``; amounts as ``Money`` or decimal yuan strings
    words : further values the wording may use (product names …) that are not facts
    variant : which wording of the intent to use; by default the status or the verdict
    graph : the subgraph that was read, for the evidence
    """

    status: Status
    facts: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict | None = None
    trace: list[Step] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    clarification: Clarification | None = None
    handoff: Handoff | None = None
    suggestions: list[Suggestion] = field(default_factory=list)
    words: dict[str, Any] = field(default_factory=dict)
    variant: str | None = None
    graph: nx.MultiDiGraph[str] | None = None


Decider: TypeAlias = Callable[[Frame, Asker], Flow[Decision]]

#: Every decider by the name intents use.
DECIDERS: dict[str, Decider] = {}


def decider(name: str) -> Callable[[Decider], Decider]:
    """Register a decider under the name that intents use in ``rule:``."""

    def register(function: Decider) -> Decider:
        if name in DECIDERS:
            raise ValueError(f"decider {name!r} is registered twice")
        DECIDERS[name] = function
        return function

    return register
