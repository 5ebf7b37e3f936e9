"""What the rest of the package knows of a graph store; the adapters implement it.

A store runs statements with parameters and nothing else: which statements there are is decided by the template registry
(``kg_service.queries``) and the loader. Rows are plain dictionaries of scalars, lists and maps — never the store's own objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, TypeAlias

__all__ = ["AsyncStore", "Row", "Statement", "Store", "StoreInfo"]

#: One result row: column name to scalar, list or map.
Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """A Cypher text and its parameters; ``name`` is what errors call it (the template's name)."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None


@dataclass(frozen=True)
class StoreInfo:
    """What ``kg doctor`` says about a store."""

    kind: str
    version: str
    location: str


class Store(Protocol):
    """A graph store, used synchronously."""

    def read(self, statement: Statement, *, timeout_ms: int | None = None) -> list[Row]:
        """Run a statement in READ mode.

        Raises
        ------
        StoreUnavailable, StoreTimeout, QueryError
        """
        ...

    def write(self, statements: Sequence[Statement], *, timeout_ms: int | None = None) -> list[list[Row]]:
        """Run statements in one transaction; when it returns, they are on disk (acknowledged)."""
        ...

    def explain(self, statement: Statement) -> str:
        """The store's plan of a statement, without running it; a statement it cannot run raises :class:`QueryError`."""
        ...

    def apply_schema(self, statements: Sequence[str]) -> None:
        """Create the constraints and indexes that do not exist yet."""
        ...

    def info(self) -> StoreInfo:
        """Kind, version and location."""
        ...

    def close(self) -> None:
        """Release the store. Closing twice is harmless."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...


class AsyncStore(Protocol):
    """The same verbs for asyncio."""

    async def read(self, statement: Statement, *, timeout_ms: int | None = None) -> list[Row]: ...
    async def write(self, statements: Sequence[Statement], *, timeout_ms: int | None = None) -> list[list[Row]]: ...
    async def explain(self, statement: Statement) -> str: ...
    async def apply_schema(self, statements: Sequence[str]) -> None: ...
    async def info(self) -> StoreInfo: ...
    async def close(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_: object) -> None: ...
