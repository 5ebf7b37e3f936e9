"""A synchronous store for asyncio: its calls run in worker threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, Self, TypeVar

from kg_service.errors import StoreUnavailable
from kg_service.graph.store import Row, Statement, Store, StoreInfo

__all__ = ["ThreadedStore"]

P = ParamSpec("P")
T = TypeVar("T")


class ThreadedStore:
    """Wraps a store whose calls block, so that the event loop does not wait for them.

    Parameters
    ----------
    store : Store
        Closed together with this.
    threads : int
        How many calls may run at once; more wait in line.
    """

    def __init__(self, store: Store, threads: int = 8) -> None:
        self._store = store
        self._closed = False
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="kg-store")

    @property
    def store(self) -> Store:
        """The wrapped store, for work that is synchronous by nature (loading)."""
        return self._store

    async def read(self, statement: Statement, *, timeout_ms: int | None = None) -> list[Row]:
        """As :meth:`Store.read`."""
        return await self._call(self._store.read, statement, timeout_ms=timeout_ms)

    async def write(self, statements: Sequence[Statement], *, timeout_ms: int | None = None) -> list[list[Row]]:
        """As :meth:`Store.write`."""
        return await self._call(self._store.write, statements, timeout_ms=timeout_ms)

    async def explain(self, statement: Statement) -> str:
        """As :meth:`Store.explain`."""
        return await self._call(self._store.explain, statement)

    async def apply_schema(self, statements: Sequence[str]) -> None:
        """As :meth:`Store.apply_schema`."""
        await self._call(self._store.apply_schema, statements)

    async def info(self) -> StoreInfo:
        """As :meth:`Store.info`."""
        return await self._call(self._store.info)

    async def close(self) -> None:
        """Close the store and its threads; calls that run end first."""
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._store.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._closed:
            raise StoreUnavailable("the store is closed", do="open it again")
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *args, **kwargs))
