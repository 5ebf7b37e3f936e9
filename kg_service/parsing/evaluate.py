"""Case files of understanding that bring their own shop (``tests/cases/understanding*.yaml``): what of each is misread."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg_service.linking import Lexicon, LexiconEntry, OwnLine
from kg_service.parsing.frame import Frame
from kg_service.parsing.parser import Parser
from kg_service.parsing.reading import Context
from kg_service.resources import read_yaml
from kg_service.times import day_of, parse_instant

__all__ = ["Outcome", "evaluate", "lexicon_of", "lines_of"]

_PLAIN = {
    "intent": "intent",
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
}


@dataclass(frozen=True)
class Outcome:
    """One case and what became of it; ``wrong`` is empty when it was understood, ``known`` that it is a miss on record."""

    question: str
    intent: str
    wrong: tuple[str, ...]
    ms: float
    known: bool = False


def lexicon_of(rows: list[Mapping[str, Any]]) -> Lexicon:
    """A lexicon of the rows of a case file."""
    entries = []
    for row in rows:
        entries.append(
            LexiconEntry(
                row["text"], row["kind"], row["id"], "SPEC" if row["kind"] == "spec" else "NAME", group=row.get("group", "")
            )
        )
        entries += [LexiconEntry(alias, row["kind"], row["id"], "ALIAS") for alias in row.get("aliases", ())]
    return Lexicon.build(entries)


def lines_of(rows: list[Mapping[str, Any]]) -> tuple[OwnLine, ...]:
    """The own order lines of a case file."""
    return tuple(
        OwnLine(
            order_id=row["order"],
            line_id=row["line"],
            sku_id=row["sku"],
            quantity=row.get("quantity", 1),
            order_status="RECEIVED",
            placed_at=parse_instant(row["placed"]),
            product_id=row["product"],
            product_name=row["name"],
            aliases=tuple(row.get("aliases", ())),
            category_ids=tuple(row.get("categories", ())),
            category_names=tuple(row.get("category_names", ())),
            brand_id=row.get("brand"),
            brand_names=tuple(row.get("brand_names", ())),
            spec=tuple(row.get("spec", {}).items()),
            role=row.get("role", "GOODS"),
        )
        for row in rows
    )


def evaluate(path: Path) -> Iterator[Outcome]:
    """Every case of a file, read by the shipped parser over the file's own shop."""
    data = read_yaml(path)
    parser = Parser.open(lexicon_of(data["catalogue"]))
    lines = lines_of(data.get("own", []))
    now = parse_instant(data["now"])
    parser.warm()
    for case in data["cases"]:
        last = parser.parse(case["after"], own_lines=lines, context=Context(now=now))[-1] if "after" in case else None
        context = Context(now=now, last_frame=last, options=tuple(case.get("options", ())))
        start = time.perf_counter()
        frames = parser.parse(case["q"], own_lines=lines, context=context)
        ms = (time.perf_counter() - start) * 1000
        wanted = case.get("parts", [case])
        wrong = [] if len(frames) == len(wanted) else [f"{len(frames)} questions {[f.intent for f in frames]}"]
        for frame, want in zip(frames, wanted, strict=False):
            wrong += _wrong(frame, want)
        yield Outcome(case["q"], wanted[0]["intent"], tuple(wrong), ms, case.get("known_miss", False))


def _wrong(frame: Frame, want: Mapping[str, Any]) -> Iterator[str]:
    for key, field in _PLAIN.items():
        value = getattr(frame, field)
        if key in want and (list(value) if isinstance(value, tuple) else value) != want[key]:
            yield f"{key} {getattr(frame, field)!r} ({frame.confidence:.2f}, then {frame.runner_up})"
    for role, texts in want.get("roles", {}).items():
        found = {mention.text for mention in frame.mentions if mention.role == role}
        if found != set(texts):
            yield f"{role} {found}"
    words = [mention.text for mention in frame.mentions if any(ref.kind == "words" for ref in mention.refs)]
    if "words" in want and words != want["words"]:
        yield f"words {words}"
    refs = {f"{ref.kind}:{ref.id}" for mention in frame.mentions for ref in mention.refs}
    yield from (f"no {ref}" for ref in want.get("exact", ()) if ref not in refs)
    ids = {
        ref.id for mention in frame.mentions for ref in mention.refs if ref.kind in {"order", "return", "tracking", "coupon"}
    }
    yield from (f"no id {one}" for one in want.get("ids", ()) if one not in ids)
    if "period" in want:
        span = [str(day_of(frame.period.start)), str(day_of(frame.period.end))] if frame.period else None
        if span != want["period"]:
            yield f"period {span}"
