"""Decisions that ask the graph without touching it.

A *flow* is a generator that yields :class:`Query` objects and is sent their rows; whoever runs it (the synchronous or the
asynchronous engine) talks to the store. So one piece of decision code serves both, and a test can feed it rows by hand.

Examples
--------
>>> def price_of(sku_id):
...     rows = yield Query("catalogue/sku", {"sku_id": sku_id})
...     return rows[0]["price"]
>>> flow = price_of("S1")
>>> next(flow).template
'catalogue/sku'
>>> try:
...     flow.send([{"price": 100}])
... except StopIteration as done:
...     done.value
100
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from kg_service.graph.store import Row

__all__ = ["Flow", "Query"]

T = TypeVar("T")


@dataclass(frozen=True)
class Query:
    """A call of a template by its name (its path under ``cypher/`` without the suffix)."""

    template: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


#: A generator that yields queries, receives their rows, and returns a ``T``.
Flow: TypeAlias = Generator[Query, list[Row], T]
