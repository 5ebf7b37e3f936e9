"""Patterns over the tags of a question (``seed_data/lexicon/roles.yaml``), matched by spaCy's Matcher."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from kg_service.errors import ResourceError
from kg_service.resources import read_yaml, resource

__all__ = ["Patterns", "read_roles"]

_ELEMENT = re.compile(r"(?P<tags>[A-Z_|0-9]+)(?:=(?P<role>[A-Z]+))?(?P<op>[?*+])?")


class Patterns:
    """An ordered list of patterns; each gives roles to some of the tokens it matches.

    Parameters
    ----------
    vocab : spacy.vocab.Vocab
    sources : sequence of str
        As in ``roles.yaml``.
    skip, breaks : sequence of str
        What ``_`` and ``,`` stand for.
    """

    def __init__(self, vocab: Vocab, sources: Sequence[str], skip: Sequence[str], breaks: Sequence[str]) -> None:
        self._matcher = Matcher(vocab, validate=False)
        self._roles: list[dict[int, str]] = []
        self._keys: dict[int, int] = {}
        for i, source in enumerate(sources):
            elements, roles = _compile(source, list(skip), list(breaks))
            self._matcher.add(f"p{i}", [elements])
            self._keys[vocab.strings[f"p{i}"]] = i
            self._roles.append(roles)

    def match(self, doc: Doc) -> Iterator[tuple[int, str]]:
        """Tokens and the roles patterns give them, from the first pattern to the last, longer matches first."""
        found: Any = self._matcher(doc, with_alignments=True)
        for key, start, end, alignment in sorted(found, key=lambda m: (self._keys[m[0]], m[1] - m[2], m[1])):
            roles = self._roles[self._keys[key]]
            for offset, element in enumerate(alignment[: end - start]):
                role = roles.get(element)
                if role:
                    yield start + offset, role


def _compile(source: str, skip: list[str], breaks: list[str]) -> tuple[list[dict[str, Any]], dict[int, str]]:
    elements: list[dict[str, Any]] = []
    roles: dict[int, str] = {}
    for part in source.split():
        if part == "_":
            elements.append({"ORTH": {"IN": skip}, "OP": "*"})
        elif part == ",":
            elements.append({"ORTH": {"IN": breaks}, "OP": "?"})
        elif part == "...":
            elements.append({"OP": "{0,8}"})
        else:
            match = _ELEMENT.fullmatch(part)
            if not match:
                raise ResourceError(f"{part!r} is no element of a pattern", where=f"roles.yaml: {source}", do="see its head")
            tags = match["tags"].split("|")
            element: dict[str, Any] = {"ORTH": tags[0] if len(tags) == 1 else {"IN": tags}}
            if match["op"]:
                element["OP"] = match["op"]
            if match["role"]:
                roles[len(elements)] = match["role"]
            elements.append(element)
    return elements, roles


def read_roles() -> dict[str, list[str]]:
    """The file of patterns."""
    path = resource("seed_data", "lexicon", "roles.yaml")
    data: dict[str, list[str]] = read_yaml(path)
    return data


def tags_of(sources: Iterable[str]) -> frozenset[str]:
    """Every tag that patterns name."""
    return frozenset(tag for source in sources for tag in re.findall(r"[A-Z][A-Z_0-9]+", source))
