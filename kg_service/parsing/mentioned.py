"""The mentions of a question by what they name, and as they stand in a later one."""

from __future__ import annotations

from typing import Any

from kg_service.parsing.frame import Frame, Mention
from kg_service.parsing.reading import GOODS

__all__ = ["goods_of", "ids_in", "in_context", "is_id", "lines_of", "named_goods", "said_before"]

#: Characters of earlier questions about the same matter that are kept.
_REMEMBERED = 200


def goods_of(frame: Frame) -> tuple[Mention, ...]:
    """The goods a question names, by their name or their specification."""
    return tuple(m for m in frame.mentions if any(ref.kind in GOODS or ref.kind == "spec" for ref in m.refs))


def named_goods(frame: Frame) -> tuple[Mention, ...]:
    """The goods a question names, not merely their specification (which also finds the lines that have it)."""
    kinds = [(mention, {ref.kind for ref in mention.refs}) for mention in frame.mentions]
    return tuple(mention for mention, found in kinds if found & (GOODS - {"line"} if "spec" in found else GOODS))


def lines_of(mentions: tuple[Mention, ...]) -> set[str]:
    """The keys of the own lines that mentions may mean."""
    return {ref.id for mention in mentions for ref in mention.refs if ref.kind == "line"}


def ids_in(frame: Frame) -> bool:
    """Whether a question names an id."""
    return any(is_id(mention) for mention in frame.mentions)


def is_id(mention: Mention) -> bool:
    """Whether a mention is the id of an order, a return, a parcel or a coupon."""
    return any(ref.kind in {"order", "return", "tracking", "coupon"} for ref in mention.refs)


def in_context(mentions: tuple[Mention, ...], role: str | None = None) -> tuple[Mention, ...]:
    """Mentions of an earlier question; they stand nowhere in this one."""
    update: dict[str, Any] = {"match": "CONTEXT", "start": 0, "end": 0}
    if role:
        update["role"] = role
    return tuple(mention.model_copy(update=update) for mention in mentions)


def said_before(last: Frame) -> str:
    """What was said of the matter so far, as much as is worth reading again."""
    return f"{last.before or ''} {last.text}".strip()[-_REMEMBERED:]
