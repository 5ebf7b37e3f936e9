"""Replies and follow-ups in the light of what the conversation remembers.

Ellipsis ("那耳机呢?") is completed where the message is read (:mod:`kg_service.parsing.conversation`); what is left for here
is the choice a reply makes ("第一个") and the order the conversation is about.
"""

from __future__ import annotations

from dataclasses import replace

from kg_service.answers.answer import Clarification, Option
from kg_service.decisions.decision import Asker
from kg_service.dialogue.doubt import ABOUT as ABOUT_INTENT
from kg_service.dialogue.session import SessionState
from kg_service.parsing.frame import EntityRef, Frame, Mention
from kg_service.text.normalise import normalise

__all__ = ["completed", "picked"]

#: Places that count from the order just spoken of, also in a question of its own.
_FROM_HERE = frozenset({"BEFORE_AGAIN", "AFTER", "OTHER"})
_OF_GOODS = {"line", "product", "sku", "category", "brand", "words", "spec"}


def picked(frame: Frame, waiting: Clarification) -> Option | None:
    """The option a reply means: by its place ("第一个"), its id, or words that only its label has."""
    options = waiting.options
    if frame.order_step is not None and waiting.about in ("order", "line"):
        # offered newest first
        place = {"NEWEST": 0, "BEFORE": 0, "BEFORE_AGAIN": 1, "BEFORE_TWICE": 1, "OLDEST": len(options) - 1}.get(
            frame.order_step
        )
        return options[place] if place is not None and place < len(options) else None
    if frame.ordinal is not None:
        place = frame.ordinal - 1 if frame.ordinal > 0 else len(options) + frame.ordinal
        return options[place] if 0 <= place < len(options) else None
    said = normalise(frame.text).text
    plain = said.strip(" .,!?")
    if plain.isdigit() and 0 < int(plain) <= len(options):
        return options[int(plain) - 1]
    by_id = [option for option in options if normalise(option.id).text in said]
    if by_id:
        return max(by_id, key=lambda option: len(option.id))
    words = [mention.text for mention in frame.mentions] or [plain]
    fitting = [option for option in options if all(word and word in normalise(option.label).text for word in words)]
    return fitting[0] if len(fitting) == 1 else None


def completed(frame: Frame, asker: Asker, state: SessionState | None) -> tuple[Frame, Asker, bool]:
    """The question that is really asked, and whether it stands in the context of the last one.

    Returns
    -------
    frame, asker, in_context
        ``asker.order_id`` is the order in context; where that leads nowhere the caller asks again without it.
    """
    if state is None or state.frame is None:
        return frame, asker, False
    if state.open is not None and state.open.options:
        option = picked(frame, state.open)
        if option is not None:
            return _answered(state.frame, option, state.open.about), _at(option, asker, state.open.about), False
    if not (frame.follow_up or frame.correction or frame.order_step in _FROM_HERE):
        return frame, asker, False
    if asker.order_id is not None or state.order_id is None:
        return frame, asker, False
    if frame.order_step is not None:
        return frame, replace(asker, spoken_order=state.order_id), False
    if not frame.correction:
        return frame, replace(asker, order_id=state.order_id), True
    return frame, asker, False


def _answered(last: Frame, option: Option, about: str) -> Frame:
    """The last question with the choice put in."""
    if about == "order":
        return last
    if about == ABOUT_INTENT:
        return last.model_copy(
            update={"intent": option.id, "confidence": 1.0, "runner_up": None, "margin": 1.0, "follow_up": True}
        )
    kind = "line" if about == "line" else about
    if kind not in ("line", "product", "category", "brand", "sku", "promotion", "shop", "return"):
        return last
    ref = EntityRef.model_validate({"kind": kind, "id": option.id})
    open_at = [
        index
        for index, mention in enumerate(last.mentions)
        if any(one.kind in _OF_GOODS for one in mention.refs) and mention.role not in ("KEPT", "GIFT")
    ]
    chosen = Mention(
        text=option.label, start=0, end=0, refs=(ref,), match="CONTEXT", role="RETURNED" if kind == "line" else None
    )
    if not open_at:
        return last.model_copy(update={"mentions": (*last.mentions, chosen)})
    first = last.mentions[open_at[0]]
    filled = first.model_copy(update={"refs": (ref,), "match": "CONTEXT"})
    rest = tuple(one for index, one in enumerate(last.mentions) if index not in open_at)
    return last.model_copy(update={"mentions": (filled, *rest)})


def _at(option: Option, asker: Asker, about: str) -> Asker:
    if about not in ("order", "line"):
        return asker
    return replace(asker, order_id=option.id.partition("/")[0])
