"""Lexicon entries from the rows of the templates ``lexicon/*``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kg_service.linking.entry import LexiconEntry
from kg_service.parsing.frame import EntityKind

__all__ = ["TEMPLATES", "entries_of"]

_NAMED: dict[str, EntityKind] = {
    "lexicon/products": "product",
    "lexicon/categories": "category",
    "lexicon/brands": "brand",
    "lexicon/shops": "shop",
    "lexicon/promotions": "promotion",
}
#: The templates whose rows make a lexicon; none has parameters.
TEMPLATES = (*_NAMED, "lexicon/specs", "lexicon/attributes")


def entries_of(template: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[LexiconEntry]:
    """The entries that the rows of one of :data:`TEMPLATES` make.

    Examples
    --------
    >>> [(e.text, e.source) for e in entries_of("lexicon/brands", [{"id": "B1", "name": "云雀", "aliases": ["Lark"]}])]
    [('云雀', 'NAME'), ('Lark', 'ALIAS')]
    >>> [(e.text, e.id) for e in entries_of("lexicon/specs", [{"spec": '{"颜色": "黑"}', "skus": 3}])]
    [('黑', '颜色=黑')]
    """
    if template == "lexicon/specs":
        yield from _specs(rows)
    elif template == "lexicon/attributes":
        for row in rows:
            yield LexiconEntry(row["name"], "attribute", row["name"], popularity=float(row.get("products") or 0))
    else:
        kind = _NAMED[template]
        for row in rows:
            popularity = float(row.get("popularity") or 0)
            if row.get("name"):
                yield LexiconEntry(row["name"], kind, row["id"], "NAME", popularity)
            for alias in row.get("aliases") or ():
                yield LexiconEntry(alias, kind, row["id"], "ALIAS", popularity)


def _specs(rows: Iterable[Mapping[str, Any]]) -> Iterator[LexiconEntry]:
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        spec = json.loads(row["spec"]) if isinstance(row["spec"], str) else row["spec"] or {}
        for key, value in spec.items():
            pair = (str(key), str(value))
            counts[pair] = counts.get(pair, 0) + int(row.get("skus") or 1)
    for (key, value), count in sorted(counts.items()):
        yield LexiconEntry(value, "spec", f"{key}={value}", "SPEC", float(count), key)
