"""Conditions over the concepts of a question, as written in ``seed_data/intents``: ``RETURN & (OFFER | PROMO) & !COUPON``.

``A > B`` holds when some A stands before some B.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

__all__ = ["Condition", "compile_condition"]

#: What a condition is asked over: for each concept of the question the first and the last place it stands at.
Places = Mapping[str, tuple[int, int]]
Condition = Callable[[Places], bool]
_TOKEN = re.compile(r"\s*([A-Z][A-Z0-9_]*|[&|!()>])")


def compile_condition(source: str) -> tuple[Condition, frozenset[str]]:
    """A condition as a function, and the concepts it names.

    Raises
    ------
    ValueError
        When it is not well formed; the message says where.

    Examples
    --------
    >>> holds, names = compile_condition("RETURN & (OFFER | PROMO) & !COUPON")
    >>> holds({"RETURN": (0, 0), "OFFER": (2, 2)}), sorted(names)
    (True, ['COUPON', 'OFFER', 'PROMO', 'RETURN'])
    >>> compile_condition("A > B")[0]({"A": (3, 3), "B": (1, 1)})
    False
    """
    tokens = _tokens(source)
    names: set[str] = set()
    condition, rest = _either(tokens, names, source)
    if rest:
        raise ValueError(f"{source!r}: unexpected {rest[0]!r}")
    return condition, frozenset(names)


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


def _either(tokens: list[str], names: set[str], source: str) -> tuple[Condition, list[str]]:
    first, rest = _both(tokens, names, source)
    options = [first]
    while rest and rest[0] == "|":
        option, rest = _both(rest[1:], names, source)
        options.append(option)
    return (first if len(options) == 1 else lambda places: any(option(places) for option in options)), rest


def _both(tokens: list[str], names: set[str], source: str) -> tuple[Condition, list[str]]:
    first, rest = _one(tokens, names, source)
    parts = [first]
    while rest and rest[0] == "&":
        part, rest = _one(rest[1:], names, source)
        parts.append(part)
    return (first if len(parts) == 1 else lambda places: all(part(places) for part in parts)), rest


def _one(tokens: list[str], names: set[str], source: str) -> tuple[Condition, list[str]]:
    if not tokens:
        raise ValueError(f"{source!r}: ends too early")
    head, rest = tokens[0], tokens[1:]
    if head == "!":
        inner, rest = _one(rest, names, source)
        return lambda places: not inner(places), rest
    if head == "(":
        inner, rest = _either(rest, names, source)
        if not rest or rest[0] != ")":
            raise ValueError(f"{source!r}: a bracket is not closed")
        return inner, rest[1:]
    if head in "&|)>":
        raise ValueError(f"{source!r}: unexpected {head!r}")
    names.add(head)
    if rest and rest[0] == ">":
        if len(rest) < 2 or not rest[1][0].isalpha():
            raise ValueError(f"{source!r}: a concept must follow >")
        after = rest[1]
        names.add(after)
        return lambda places: head in places and after in places and places[head][0] < places[after][1], rest[2:]
    return lambda places: head in places, rest
