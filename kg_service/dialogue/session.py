"""What a conversation remembers between two messages. It lives in the graph (label Session), never in a process."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from kg_service.answers.answer import Answer, Clarification
from kg_service.parsing.frame import Frame, Mention
from kg_service.queries.flow import Flow, Query

__all__ = ["REMEMBERED_MS", "SessionState", "next_state", "read_session", "save_session"]

#: How long after its last message a conversation is still one (ms): the day after, "那耳机呢" is about nothing said before.
REMEMBERED_MS = 24 * 60 * 60 * 1000


class SessionState(BaseModel):
    """The memory of a conversation.

    Attributes
    ----------
    frame : the last question that was understood
    goods : what a message named that was not understood otherwise; the next one may be about it
    order_id, line_ids : what the last answer was about
    open : the clarification that is waiting for a reply
    misses : messages in a row that were not understood or not our business
    """

    model_config = ConfigDict(extra="ignore")

    frame: Frame | None = None
    goods: tuple[Mention, ...] = ()
    order_id: str | None = None
    line_ids: list[str] = []
    open: Clarification | None = None
    misses: int = 0


def read_session(session_id: str | None, owner: str | None, at: int) -> Flow[SessionState | None]:
    """The memory of a session at a time of the clock (epoch ms); ``None`` when nothing may be remembered.

    Nothing is remembered without a session_id, nor in a session that belongs to another customer: its id is then no key to
    what they said. What was said more than :data:`REMEMBERED_MS` before is forgotten.
    """
    if session_id is None:
        return None
    rows = yield Query("session/read", {"session_id": session_id})
    if not rows:
        return SessionState()
    if rows[0]["owner"] is not None and rows[0]["owner"] != owner:
        return None
    if at - rows[0]["updated_at"] > REMEMBERED_MS:
        return SessionState()
    try:
        return SessionState.model_validate(json.loads(rows[0]["state"] or "{}"))
    except (ValueError, ValidationError):
        return SessionState()


def save_session(session_id: str, state: SessionState, owner: str | None, at: int) -> Flow[None]:
    """Keep the memory of a session."""
    text = json.dumps(state.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    yield Query("session/save", {"session_id": session_id, "state": text, "updated_at": at, "owner": owner})


def next_state(before: SessionState, frames: Sequence[Frame], answers: Sequence[Answer]) -> SessionState:
    """What is remembered after a message and its answers: the last question that was our business."""
    missed = all(answer.status in ("OUT_OF_SCOPE", "HANDOFF") and answer.intent == "out_of_scope" for answer in answers)
    if missed:
        goods = tuple(mention for frame in frames for mention in frame.mentions if _is_goods(mention))
        return before.model_copy(update={"misses": before.misses + 1, "open": None, "goods": goods or before.goods})
    told = [(frame, answer) for frame, answer in zip(frames, answers, strict=True) if answer.intent not in _PASSING]
    if not told:
        return before.model_copy(update={"misses": 0})
    frame, answer = told[-1]
    waiting = next(((f, a) for f, a in told if a.clarification is not None), None)
    if waiting is not None:
        frame, answer = waiting
    if answer.status == "NOT_FOUND":
        # a word that names nothing is not what the next question is about
        frame = frame.model_copy(update={"mentions": tuple(one for one in frame.mentions if _is_goods(one))})
    order_id = answer.facts.get("order_id")
    lines = [str(one["line_id"]) for one in answer.facts.get("returned") or answer.facts.get("lines") or [] if "line_id" in one]
    if order_id is not None and not lines:
        keys = (ref.id.partition("/") for one in frame.mentions for ref in one.refs if ref.kind == "line")
        lines = list(dict.fromkeys(line_id for order, _, line_id in keys if order == order_id))
    if order_id is None and "orders" not in answer.facts:
        # rules told in between, or a question back, do not end what the conversation is about
        order_id, lines = before.order_id, before.line_ids
    return SessionState(frame=frame, order_id=order_id, line_ids=lines, open=answer.clarification, misses=0)


def _is_goods(mention: Mention) -> bool:
    return any(ref.kind in _GOODS for ref in mention.refs)


#: Kinds of references that are goods somebody has.
_GOODS = frozenset({"sku", "product", "category", "brand", "line"})
#: Said in passing: they do not change what the conversation is about.
_PASSING = frozenset({"greeting", "thanks", "out_of_scope"})
