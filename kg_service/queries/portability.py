"""What a template may not use, because the stores differ in it."""

from __future__ import annotations

from collections.abc import Sequence

from kg_service.queries.cypher import Token, is_word
from kg_service.queries.names import Refuse

__all__ = ["check_portable"]

_NOT_PORTABLE = {
    "elementid": "use the label's own key",
    "id": "use the label's own key",
    "datetime": "pass epoch milliseconds as a parameter",
    "localdatetime": "pass epoch milliseconds as a parameter",
    "date": "pass epoch milliseconds as a parameter",
    "time": "pass epoch milliseconds as a parameter",
    "localtime": "pass epoch milliseconds as a parameter",
    "timestamp": "pass epoch milliseconds as a parameter",
    "rand": "results must be repeatable",
    "randomuuid": "pass an id as a parameter",
}


def check_portable(tokens: Sequence[Token], refuse: Refuse) -> None:
    """Refuse functions and words that the stores understand differently, or that only one has."""
    for index, token in enumerate(tokens):
        if token.kind != "name" or not is_word(tokens, index):
            continue
        called = index + 1 < len(tokens) and tokens[index + 1].text == "("
        if called and (do := _NOT_PORTABLE.get(token.text.lower())):
            refuse(token.line, f"{token.text}() means different things on the stores", do)
        if token.upper in ("SHORTEST", "FULLTEXT"):
            refuse(token.line, f"{token.upper} is not understood by both stores", "use shortestPath(), and CONTAINS")
