"""Slots of a frame against the expected ones, counted value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg_service.parsing.frame import Frame
from kg_service.times import day_of

__all__ = ["SLOTS", "SlotCount", "compare_slots", "slot_problem"]

#: The names of slots that hold one value (or a list of values) in case files, and the frame's fields they are.
_FIELDS = {
    "asks": "asks",
    "form": "question_form",
    "quantity": "quantity",
    "reason": "reason",
    "whole": "whole_order",
    "hypothetical": "hypothetical",
    "negated": "negated",
    "gift_kept": "gift_kept",
    "ordinal": "ordinal",
    "amount": "amount",
    "channel": "channel",
    "correction": "correction",
    "kinds": "promotion_kinds",
    "attribute": "attribute",
}
#: Values that must be among those found: others beside them are not wrong.
_AMONG = ("exact", "ids")
#: Yes or no where a frame says no unless it was told: no and nothing said are the same. Of a gift they are not.
_NO_IS_NOTHING = ("whole", "hypothetical", "negated", "correction")
_NUMBERED = ("order", "return", "tracking", "coupon")
SLOTS = (*_FIELDS, "roles", "words", "period", *_AMONG)


@dataclass(frozen=True)
class SlotCount:
    """Values of one slot: right ones, ones that should not be there, ones that are not there."""

    slot: str
    right: int
    extra: int
    lacking: int
    problem: str = ""


def slot_problem(name: str, value: Any) -> str | None:
    """What is wrong with a slot of a case, if anything."""
    if name not in SLOTS:
        return f"there is no slot {name!r}"
    if isinstance(value, float):
        return f"{name} is a broken number"  # amounts are whole 分
    if name == "roles":
        if not isinstance(value, Mapping) or not all(_texts(texts) for texts in value.values()):
            return "roles is no mapping of lists of texts"
    elif name in ("words", "period", "kinds", *_AMONG):
        return None if _texts(value) else f"{name} is no list of texts"
    elif isinstance(value, list | Mapping):
        return f"{name} holds one value"
    return None


def compare_slots(frame: Frame, expected: Mapping[str, Any]) -> Iterator[SlotCount]:
    """Count the slots that a case mentions; others are not looked at."""
    for slot, value in expected.items():
        if slot == "roles":
            for role, texts in value.items():
                there = {mention.text for mention in frame.mentions if mention.role == role}
                yield _count(f"roles.{role}", there, set(texts))
        elif slot in _AMONG:
            wanted = set(value)
            yield _count(slot, _found(frame, slot) & wanted, wanted)
        else:
            yield _count(slot, _found(frame, slot), _values(slot, value) if slot != "period" else {tuple(value)})


def _found(frame: Frame, slot: str) -> set[Any]:
    if slot in _FIELDS:
        return _values(slot, getattr(frame, _FIELDS[slot]))
    refs = [(mention, ref) for mention in frame.mentions for ref in mention.refs]
    if slot == "words":
        return {mention.text for mention, ref in refs if ref.kind == "words"}
    if slot == "exact":
        return {f"{ref.kind}:{ref.id}" for _, ref in refs}
    if slot == "ids":
        return {ref.id for _, ref in refs if ref.kind in _NUMBERED}
    return {(str(day_of(frame.period.start)), str(day_of(frame.period.end)))} if frame.period else set()


def _values(slot: str, value: Any) -> set[Any]:
    if isinstance(value, list | tuple):
        return set(value)
    return set() if value is None or (value is False and slot in _NO_IS_NOTHING) else {value}


def _count(slot: str, found: set[Any], wanted: set[Any]) -> SlotCount:
    problem = "" if found == wanted else f"{slot} is {_shown(found)}, expected {_shown(wanted)}"
    return SlotCount(slot, len(found & wanted), len(found - wanted), len(wanted - found), problem)


def _shown(values: set[Any]) -> str:
    return ", ".join(sorted(str(value) for value in values)) or "nothing"


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
