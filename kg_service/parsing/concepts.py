"""Concept words: what a question is made of besides the names of goods, as data in ``seed_data/lexicon/concepts``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import ahocorasick_rs

from kg_service.errors import ResourceError
from kg_service.linking.borders import bordered
from kg_service.resources import read_yaml, resource
from kg_service.text.braces import expand
from kg_service.text.normalise import Normalised, normalise

__all__ = ["ConceptLexicon", "ConceptSpan"]


@dataclass(frozen=True)
class ConceptSpan:
    """A concept word in a text; the first concept is the main one."""

    start: int
    end: int
    concepts: tuple[str, ...]


class ConceptLexicon:
    """Words and the concepts they carry, found by a character automaton.

    Parameters
    ----------
    words : mapping of str to tuple of str
        Normalised word → its concepts, the main one first.

    Examples
    --------
    >>> lexicon = ConceptLexicon({"退": ("RETURN",), "退款": ("REFUND",)})
    >>> [(s.start, s.end, s.concepts) for s in lexicon.find(normalise("退款给我"))]
    [(0, 2, ('REFUND',))]
    """

    def __init__(self, words: dict[str, tuple[str, ...]]) -> None:
        self.words = words
        self._texts = list(words)
        self._concepts = list(words.values())
        self._automaton = ahocorasick_rs.AhoCorasick(self._texts) if words else None
        self.concepts = frozenset(name for concepts in words.values() for name in concepts)

    @classmethod
    def open(cls, folder: Path | None = None) -> ConceptLexicon:
        """Read every file of concept words (``CONCEPT [CONCEPT…]: [word, …]``)."""
        folder = folder or resource("seed_data", "lexicon", "concepts")
        words: dict[str, tuple[str, ...]] = {}
        for path in sorted(folder.glob("*.yaml")):
            for key, patterns in _read(path).items():
                names = tuple(dict.fromkeys(key.split()))
                found = dict.fromkeys(_spelled(patterns), names)
                for word in found.keys() & words.keys():
                    found[word] = tuple(dict.fromkeys((*words[word], *names)))
                words.update(found)
        for word in _attribute_words():
            words.setdefault(word, ("ATTR",))
        return cls(words)

    def candidates(self, form: Normalised) -> list[ConceptSpan]:
        """Every concept word in a text, overlapping ones too; latin words only where they stand alone."""
        if self._automaton is None:
            return []
        text = form.text
        found = []
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if bordered(form, start, end):
                found.append(ConceptSpan(start, end, self._concepts[index]))
        return found

    def find(self, form: Normalised) -> list[ConceptSpan]:
        """The concept words of a text: from the left, the longest at each place."""
        return longest(self.candidates(form))


def longest(spans: Iterable[ConceptSpan]) -> list[ConceptSpan]:
    """From the left, the longest span at each place."""
    chosen: list[ConceptSpan] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not chosen or span.start >= chosen[-1].end:
            chosen.append(span)
    return chosen


def _read(path: Path) -> dict[str, Any]:
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise ResourceError(
            "a file of concept words maps concepts to lists of words", where=str(path), do="see seed_data/lexicon/concepts"
        )
    return data


def _attribute_words() -> Iterable[str]:
    """How attributes of any catalogue are named and asked for (``seed_data/lexicon/attributes.yaml``)."""
    for group in read_yaml(resource("seed_data", "lexicon", "attributes.yaml"))["groups"]:
        for word in (*group["names"], *group["asked"]):
            if len(form := _form(str(word))) > 1:
                yield form


def _spelled(patterns: Iterable[Any]) -> Iterable[str]:
    return filter(None, chain.from_iterable(expand(str(pattern), _form) for pattern in patterns))


@cache
def _form(part: str) -> str:
    return normalise(part).text
