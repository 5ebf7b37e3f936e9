"""Rows as plain Python: scalars, lists and maps, never a store's own objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kg_service.errors import QueryError
from kg_service.graph.store import Row, Statement

__all__ = ["plain_rows"]

_SCALARS = frozenset((str, int, float, bool, type(None)))


def plain_rows(rows: Iterable[Mapping[str, Any]], statement: Statement) -> list[Row]:
    """The rows as dictionaries of scalars, lists and maps.

    Raises
    ------
    QueryError
        When a value is a node, a relationship, a path or another object of the store.

    Examples
    --------
    >>> plain_rows([{"a": (1, {"b": None})}], Statement("RETURN 1"))
    [{'a': [1, {'b': None}]}]
    """
    return [{name: _plain(value, name, statement) for name, value in row.items()} for row in rows]


def _plain(value: Any, column: str, statement: Statement) -> Any:
    if type(value) in _SCALARS:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, column, statement) for item in value]
    if type(value) is dict:
        return {str(key): _plain(item, column, statement) for key, item in value.items()}
    raise QueryError(
        f"column {column!r} holds a {type(value).__name__}, an object of the store",
        where=statement.name or " ".join(statement.text.split())[:80],
        do="return maps and scalars: n {.id, .name} instead of n",
    )
