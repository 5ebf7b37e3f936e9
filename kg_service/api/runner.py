"""Running flows: whoever holds a store answers their queries, synchronously or for asyncio, and keeps the evidence.

Within one question a read with the same parameters goes to the store once; every use is evidence.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kg_service.answers.answer import QueryRecord
from kg_service.graph.store import AsyncStore, Row, Store
from kg_service.queries.flow import Flow, Query
from kg_service.queries.registry import Registry

__all__ = ["Recorder", "run", "run_async"]

T = TypeVar("T")


@dataclass
class Recorder:
    """What was asked of the store.

    Attributes
    ----------
    store_ms : the time the store took
    queries : every use of a template, in order
    """

    store_ms: float = 0.0
    queries: list[QueryRecord] = field(default_factory=list)
    _known: dict[tuple[str, str], tuple[list[Row], QueryRecord]] = field(default_factory=dict)

    def known(self, query: Query) -> list[Row] | None:
        """The rows of a read that was already made; its use is recorded."""
        found = self._known.get(self._key(query))
        if found is None:
            return None
        self.queries.append(found[1])
        return found[0]

    def keep(self, query: Query, rows: list[Row], seconds: float, *, again: bool) -> None:
        """Record a query that was run; ``again`` says that its rows may be used again."""
        milliseconds = round(seconds * 1000, 3)
        self.store_ms += milliseconds
        record = QueryRecord(template=query.template, parameters=dict(query.parameters), rows=len(rows), ms=milliseconds)
        self.queries.append(record)
        if again:
            self._known[self._key(query)] = (rows, record)

    @staticmethod
    def _key(query: Query) -> tuple[str, str]:
        return query.template, repr(sorted(query.parameters.items()))


def run(flow: Flow[T], registry: Registry, store: Store, recorder: Recorder | None = None) -> T:
    """Run a flow on a store.

    Raises
    ------
    StoreError, TemplateError
        Thrown into the flow as well, which may handle them.
    """
    recorder = recorder or Recorder()
    rows: list[Row] | None = None
    while True:
        try:
            query = next(flow) if rows is None else flow.send(rows)
        except StopIteration as done:
            value: T = done.value
            return value
        rows = recorder.known(query)
        if rows is None:
            statement = registry.statement(query)
            started = time.perf_counter()
            writes = registry[query.template].mode == "write"
            rows = store.write([statement])[0] if writes else store.read(statement)
            recorder.keep(query, rows, time.perf_counter() - started, again=not writes)


async def run_async(flow: Flow[T], registry: Registry, store: AsyncStore, recorder: Recorder | None = None) -> T:
    """Run a flow on a store for asyncio; otherwise as :func:`run`."""
    recorder = recorder or Recorder()
    rows: Sequence[Row] | None = None
    while True:
        try:
            query = next(flow) if rows is None else flow.send(list(rows))
        except StopIteration as done:
            value: T = done.value
            return value
        found = recorder.known(query)
        if found is None:
            statement = registry.statement(query)
            started = time.perf_counter()
            writes = registry[query.template].mode == "write"
            found = (await store.write([statement]))[0] if writes else await store.read(statement)
            recorder.keep(query, found, time.perf_counter() - started, again=not writes)
        rows = found
