"""What is loaded, as far as understanding needs it, read from the graph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg_service.graph.store import Row
from kg_service.linking.entry import LexiconEntry
from kg_service.queries.flow import Flow, Query

__all__ = ["Knowledge", "read_entries", "read_knowledge"]


@dataclass(frozen=True)
class Knowledge:
    """What understanding is built from: every name a customer may use, and the preset questions."""

    entries: list[LexiconEntry]
    presets: list[Row]


def read_knowledge() -> Flow[Knowledge]:
    """Everything understanding is built from."""
    entries = yield from read_entries()
    return Knowledge(entries, (yield Query("lexicon/faqs", {})))


def read_entries() -> Flow[list[LexiconEntry]]:
    """Every name a customer may use: of goods, categories, brands, shops, promotions, specifications and attributes."""
    entries = list(_named((yield Query("lexicon/names", {}))))
    entries.extend(_specified((yield Query("lexicon/specs", {}))))
    entries.extend(LexiconEntry(row["name"], "attribute", row["name"]) for row in (yield Query("lexicon/attributes", {})))
    return entries


def _named(rows: Iterable[Row]) -> Iterator[LexiconEntry]:
    for row in rows:
        if row["name"]:
            yield LexiconEntry(row["name"], row["kind"], row["id"])
        for alias in row["aliases"] or ():
            yield LexiconEntry(alias, row["kind"], row["id"], "ALIAS")


def _specified(rows: Iterable[Row]) -> Iterator[LexiconEntry]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        spec = json.loads(row["spec"]) if isinstance(row["spec"], str) else row["spec"] or {}
        for key, value in spec.items():
            if (key, value) not in seen:
                seen.add((key, value))
                yield LexiconEntry(str(value), "spec", f"{key}={value}", "SPEC", group=str(key))
