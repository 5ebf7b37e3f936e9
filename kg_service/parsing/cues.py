"""Conditions over the concepts of a question, as written in ``seed_data/intents``: ``RETURN & (OFFER | PROMO) & !COUPON``."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Clause", "clauses"]

_TOKEN = re.compile(r"\s*([A-Z][A-Z0-9_]*|[&|!()])")


@dataclass(frozen=True)
class Clause:
    """Concepts that must all be there, and concepts none of which may be."""

    present: frozenset[str]
    absent: frozenset[str]

    def __and__(self, other: Clause) -> Clause:
        return Clause(self.present | other.present, self.absent | other.absent)


def clauses(source: str) -> list[Clause]:
    """A condition as alternatives, any of which makes it hold (disjunctive normal form: quick to test as bit masks).

    Raises
    ------
    ValueError
        When it is not well formed; the message says where.

    Examples
    --------
    >>> [(sorted(c.present), sorted(c.absent)) for c in clauses("A & (B | !C)")]
    [(['A', 'B'], []), (['A'], ['C'])]
    """
    found, rest = _either(_tokens(source), source, False)
    if rest:
        raise ValueError(f"{source!r}: unexpected {rest[0]!r}")
    return [clause for clause in dict.fromkeys(found) if not clause.present & clause.absent]


def _tokens(source: str) -> list[str]:
    tokens, at = [], 0
    source = source.rstrip()
    while at < len(source):
        match = _TOKEN.match(source, at)
        if not match:
            raise ValueError(f"{source!r}: unexpected {source[at]!r} at {at + 1}")
        tokens.append(match[1])
        at = match.end()
    return tokens


def _either(tokens: list[str], source: str, denied: bool) -> tuple[list[Clause], list[str]]:
    """Alternatives joined by ``|``; denied they are requirements (De Morgan)."""
    found, rest = _both(tokens, source, denied)
    while rest and rest[0] == "|":
        more, rest = _both(rest[1:], source, denied)
        found = _all_of(found, more) if denied else found + more
    return found, rest


def _both(tokens: list[str], source: str, denied: bool) -> tuple[list[Clause], list[str]]:
    found, rest = _one(tokens, source, denied)
    while rest and rest[0] == "&":
        more, rest = _one(rest[1:], source, denied)
        found = found + more if denied else _all_of(found, more)
    return found, rest


def _one(tokens: list[str], source: str, denied: bool) -> tuple[list[Clause], list[str]]:
    if not tokens:
        raise ValueError(f"{source!r}: ends too early")
    head, rest = tokens[0], tokens[1:]
    if head == "!":
        return _one(rest, source, not denied)
    if head == "(":
        found, rest = _either(rest, source, denied)
        if not rest or rest[0] != ")":
            raise ValueError(f"{source!r}: a bracket is not closed")
        return found, rest[1:]
    if head in "&|)":
        raise ValueError(f"{source!r}: unexpected {head!r}")
    name = frozenset({head})
    return [Clause(frozenset(), name) if denied else Clause(name, frozenset())], rest


def _all_of(first: list[Clause], second: list[Clause]) -> list[Clause]:
    return [one & other for one in first for other in second]
