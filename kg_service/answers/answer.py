"""The answer contract (answers.md): one shape for Python, CLI, HTTP and MCP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kg_service.trace import Basis, Step

__all__ = [
    "Answer",
    "Basis",
    "Clarification",
    "Evidence",
    "Handoff",
    "Option",
    "QueryRecord",
    "Status",
    "Step",
    "Suggestion",
    "Verdict",
]

Status = Literal["ANSWERED", "CLARIFY", "UNKNOWN", "NOT_FOUND", "FORBIDDEN", "OUT_OF_SCOPE", "HANDOFF"]
Verdict = Literal["YES", "NO", "PARTLY", "DEPENDS"]


class Part(BaseModel):
    """Base of the pieces of an answer."""

    model_config = ConfigDict(extra="forbid")


class QueryRecord(Part):
    """A template that was run for the answer; ``ms`` is the store's time."""

    template: str
    parameters: dict[str, Any]
    rows: int
    ms: float


class Evidence(Part):
    """What the answer was read from: queries and the subgraph as node-link JSON with stable ids."""

    queries: list[QueryRecord] = []
    subgraph: dict[str, Any] = {}


class Option(Part):
    """One choice of a clarification; ``id`` is order_id, order_id/line_id or the entity's id."""

    id: str
    label: str


class Clarification(Part):
    about: str
    options: list[Option]


class Handoff(Part):
    ticket_id: str | None = None
    queue: str | None = None
    priority: str | None = None
    reason: str
    expected_wait_s: int | None = None


class Suggestion(Part):
    kind: Literal["question", "product", "coupon"]
    id: str | None = None
    text: str
    reason: str | None = None


class Answer(Part):
    """An answer. ``facts`` are typed by intent (``kg_service.answers.facts``); every figure of ``text`` is in them.

    ``status`` and the other top-level fields are the first part's when the message held several questions; ``text``
    covers all of ``parts``.
    """

    answer_id: str
    status: Status
    intent: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    text: str
    verdict: Verdict | None = None
    facts: dict[str, Any] = {}
    trace: list[Step] = []
    evidence: Evidence = Evidence()
    clarification: Clarification | None = None
    missing: list[str] = []
    handoff: Handoff | None = None
    suggestions: list[Suggestion] = []
    parts: list[Answer] = []
    timings_ms: dict[str, float] = {}
