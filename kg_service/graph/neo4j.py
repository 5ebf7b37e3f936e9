"""The production store: Neo4j 5 and later through its official driver, for threads and for asyncio.

``neo4j://`` routes reads to a cluster's followers, ``neo4j+s://`` and ``bolt+s://`` speak TLS. Every question runs in READ
access mode. Bookmarks are shared between the calls of one store, so a read sees what this store has written before.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self, TypeVar

import neo4j
from neo4j.exceptions import (
    AuthError,
    DriverError,
    Neo4jError,
    ResultConsumedError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)
from neo4j.exceptions import ConfigurationError as DriverConfigurationError

from kg_service.errors import ConfigurationError, KgError, QueryError, StoreTimeout, StoreUnavailable
from kg_service.graph.options import StoreOptions
from kg_service.graph.plain import plain_rows
from kg_service.graph.store import Row, Statement, StoreInfo

__all__ = ["AsyncNeo4jStore", "Neo4jStore"]

T = TypeVar("T")

# What goes wrong is told by the errors raised; the driver's own log lines would reach stderr beside an answer.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

# Besides the driver's own: packing a parameter can fail on text that is no Unicode and on integers beyond 64 bits.
_FAILURES = (DriverError, Neo4jError, OSError, ValueError, OverflowError, TypeError)
_AWAIT_INDEXES = "CALL db.awaitIndexes(300)"
_VERSION = Statement("CALL dbms.components() YIELD versions, edition RETURN versions[0] + ' ' + edition AS version")


class Neo4jStore:
    """A Neo4j server or cluster; safe to share between threads.

    Parameters
    ----------
    uri : str
        ``neo4j://host:7687`` and its ``bolt``, ``+s`` and ``+ssc`` forms.
    options : StoreOptions, optional

    Raises
    ------
    ConfigurationError
        When the address is none.
    StoreUnavailable
        When no server answers there, or it refuses the sign-in.
    """

    def __init__(self, uri: str, options: StoreOptions | None = None) -> None:
        self._common = _Common(uri, options or StoreOptions())
        self._driver = self._common.driver(neo4j.GraphDatabase.driver)
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        try:
            # Not a managed call: a wrong address is told at once, not after all retries.
            with self._driver.session(**self._common.session_settings(self._bookmarks)) as session:
                session.run("RETURN 1 AS one").consume()
        except _FAILURES as error:
            self._driver.close()
            raise self._common.translated(error, None, 0) from error

    def read(self, statement: Statement, *, timeout_ms: int | None = None) -> list[Row]:
        """Run a statement in READ mode; again after transient failures."""
        limit = self._common.options.read_timeout_ms if timeout_ms is None else timeout_ms

        def work(transaction: neo4j.ManagedTransaction) -> list[Row]:
            return _rows(list(transaction.run(*_call(statement))), statement)

        return self._managed(neo4j.READ_ACCESS, work, limit, [statement])

    def write(self, statements: Sequence[Statement], *, timeout_ms: int | None = None) -> list[list[Row]]:
        """Run statements in one transaction; again after transient failures."""
        limit = self._common.options.write_timeout_ms if timeout_ms is None else timeout_ms
        running: list[Statement] = []

        def work(transaction: neo4j.ManagedTransaction) -> list[list[Row]]:
            results: list[list[Row]] = []
            for statement in statements:
                running[:] = [statement]
                results.append(_rows(list(transaction.run(*_call(statement))), statement))
            return results

        return self._managed(neo4j.WRITE_ACCESS, work, limit, running)

    def explain(self, statement: Statement) -> str:
        """The server's plan of a statement, which is not run."""

        def work(transaction: neo4j.ManagedTransaction) -> str:
            return _plan(transaction.run(*_call(statement, "EXPLAIN ")).consume())

        return self._managed(neo4j.READ_ACCESS, work, self._common.options.read_timeout_ms, [statement])

    def apply_schema(self, statements: Sequence[str]) -> None:
        """Create what does not exist yet, and wait until the indexes serve."""
        for statement in map(Statement, (*statements, _AWAIT_INDEXES)):

            def work(transaction: neo4j.ManagedTransaction, statement: Statement = statement) -> None:
                transaction.run(*_call(statement)).consume()

            self._managed(neo4j.WRITE_ACCESS, work, 0, [statement])

    def info(self) -> StoreInfo:
        """Kind, version and location."""
        return StoreInfo("neo4j", str(self.read(_VERSION)[0]["version"]), self._common.uri)

    def close(self) -> None:
        """Close the connections."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _managed(self, mode: str, work: Callable[[neo4j.ManagedTransaction], T], limit: int, running: Sequence[Statement]) -> T:
        unit = neo4j.unit_of_work(timeout=_seconds(limit))(work)
        try:
            with self._driver.session(**self._common.session_settings(self._bookmarks)) as session:
                return session.execute_read(unit) if mode == neo4j.READ_ACCESS else session.execute_write(unit)
        except _FAILURES as error:
            raise self._common.translated(error, running[0] if running else None, limit) from error


class AsyncNeo4jStore:
    """The same store for asyncio. Open it with :meth:`open`, which also checks that the server answers."""

    def __init__(self, uri: str, options: StoreOptions | None = None) -> None:
        self._common = _Common(uri, options or StoreOptions())
        self._driver = self._common.driver(neo4j.AsyncGraphDatabase.driver)
        self._bookmarks = neo4j.AsyncGraphDatabase.bookmark_manager()

    @classmethod
    async def open(cls, uri: str, options: StoreOptions | None = None) -> AsyncNeo4jStore:
        """Connect; errors as of :class:`Neo4jStore`."""
        store = cls(uri, options)
        try:
            async with store._driver.session(**store._common.session_settings(store._bookmarks)) as session:
                await (await session.run("RETURN 1 AS one")).consume()
        except _FAILURES as error:
            await store.close()
            raise store._common.translated(error, None, 0) from error
        return store

    async def read(self, statement: Statement, *, timeout_ms: int | None = None) -> list[Row]:
        """Run a statement in READ mode; again after transient failures."""
        limit = self._common.options.read_timeout_ms if timeout_ms is None else timeout_ms

        async def work(transaction: neo4j.AsyncManagedTransaction) -> list[Row]:
            result = await transaction.run(*_call(statement))
            return _rows([record async for record in result], statement)

        return await self._managed(neo4j.READ_ACCESS, work, limit, [statement])

    async def write(self, statements: Sequence[Statement], *, timeout_ms: int | None = None) -> list[list[Row]]:
        """Run statements in one transaction; again after transient failures."""
        limit = self._common.options.write_timeout_ms if timeout_ms is None else timeout_ms
        running: list[Statement] = []

        async def work(transaction: neo4j.AsyncManagedTransaction) -> list[list[Row]]:
            results: list[list[Row]] = []
            for statement in statements:
                running[:] = [statement]
                result = await transaction.run(*_call(statement))
                results.append(_rows([record async for record in result], statement))
            return results

        return await self._managed(neo4j.WRITE_ACCESS, work, limit, running)

    async def explain(self, statement: Statement) -> str:
        """The server's plan of a statement, which is not run."""

        async def work(transaction: neo4j.AsyncManagedTransaction) -> str:
            return _plan(await (await transaction.run(*_call(statement, "EXPLAIN "))).consume())

        return await self._managed(neo4j.READ_ACCESS, work, self._common.options.read_timeout_ms, [statement])

    async def apply_schema(self, statements: Sequence[str]) -> None:
        """Create what does not exist yet, and wait until the indexes serve."""
        for statement in map(Statement, (*statements, _AWAIT_INDEXES)):

            async def work(transaction: neo4j.AsyncManagedTransaction, statement: Statement = statement) -> None:
                await (await transaction.run(*_call(statement))).consume()

            await self._managed(neo4j.WRITE_ACCESS, work, 0, [statement])

    async def info(self) -> StoreInfo:
        """Kind, version and location."""
        return StoreInfo("neo4j", str((await self.read(_VERSION))[0]["version"]), self._common.uri)

    async def close(self) -> None:
        """Close the connections."""
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _managed(
        self,
        mode: str,
        work: Callable[[neo4j.AsyncManagedTransaction], Awaitable[T]],
        limit: int,
        running: Sequence[Statement],
    ) -> T:
        unit = neo4j.unit_of_work(timeout=_seconds(limit))(work)
        try:
            async with self._driver.session(**self._common.session_settings(self._bookmarks)) as session:
                if mode == neo4j.READ_ACCESS:
                    return await session.execute_read(unit)
                return await session.execute_write(unit)
        except _FAILURES as error:
            raise self._common.translated(error, running[0] if running else None, limit) from error


class _Common:
    """What both faces share: settings and the translation of errors."""

    def __init__(self, uri: str, options: StoreOptions) -> None:
        self.uri = uri
        self.options = options

    def driver(self, make: Callable[..., T]) -> T:
        options = self.options
        try:
            return make(
                self.uri,
                auth=(options.user, options.password or "") if options.user else None,
                user_agent="kg-service",
                connection_timeout=options.connect_timeout_ms / 1000,
                # One more second than connecting: waiting for a place in the pool includes opening a connection.
                connection_acquisition_timeout=options.connect_timeout_ms / 1000 + 1,
                max_transaction_retry_time=options.retry_ms / 1000,
                max_connection_pool_size=options.pool_size,
                liveness_check_timeout=30.0,
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
                telemetry_disabled=True,
            )
        except (DriverConfigurationError, ValueError) as error:
            raise ConfigurationError(
                f"no address of a Neo4j server: {error}", where=self.uri, do="write neo4j://host:7687 or neo4j+s://host:7687"
            ) from error

    def session_settings(self, bookmarks: Any) -> dict[str, Any]:
        return {"database": self.options.database, "bookmark_manager": bookmarks}

    def translated(self, error: Exception, statement: Statement | None, limit: int) -> KgError:
        if isinstance(error, KgError):
            return error
        where = statement.name or " ".join(statement.text.split())[:80] if statement else self.uri
        code = getattr(error, "code", None) or ""
        said = getattr(error, "message", None) or str(error)
        if "TransactionTimedOut" in code or "LockAcquisitionTimeout" in code:
            return StoreTimeout(
                f"the query took longer than its {limit} ms", where=where, do="ask for less, or raise KG_READ_TIMEOUT_MS"
            )
        if isinstance(error, AuthError) or ".Security." in code:
            return StoreUnavailable(
                f"the Neo4j server refused the sign-in: {said}", where=self.uri, do="check KG_NEO4J_USER and KG_NEO4J_PASSWORD"
            )
        if "DatabaseNotFound" in code:
            return StoreUnavailable(
                f"the Neo4j server has no such database: {said}", where=self.uri, do="check KG_NEO4J_DATABASE"
            )
        if isinstance(error, TransientError):
            return StoreUnavailable(f"the Neo4j server could not do it now: {said}", where=self.uri, do="repeat it later")
        if isinstance(error, Neo4jError | ResultConsumedError | ValueError | TypeError | OverflowError):
            return QueryError(f"the Neo4j server refused the statement: {said}", where=where)
        if isinstance(error, ServiceUnavailable | SessionExpired | OSError):
            return StoreUnavailable(
                f"no Neo4j server answers: {said}", where=self.uri, do="start it (make neo4j starts one) or check KG_STORE"
            )
        if said.startswith("50N42") or "closed" in str(error).lower():
            return StoreUnavailable("the store is closed", where=self.uri, do="open it again")
        return StoreUnavailable(f"the Neo4j driver failed: {said}", where=self.uri, do="open the store again")


def _call(statement: Statement, prefix: str = "") -> tuple[str, dict[str, Any]]:
    return prefix + statement.text, dict(statement.parameters)


def _row(record: neo4j.Record) -> dict[str, Any]:
    return dict(zip(record.keys(), record.values(), strict=True))  # Record.data() would hide nodes as maps


def _rows(records: list[neo4j.Record], statement: Statement) -> list[Row]:
    return plain_rows((_row(record) for record in records), statement)


def _plan(summary: neo4j.ResultSummary) -> str:
    plan = summary.plan or {}
    return str(plan.get("args", {}).get("string-representation", plan.get("operatorType", "")))


def _seconds(milliseconds: int) -> float | None:
    return milliseconds / 1000 if milliseconds else None
