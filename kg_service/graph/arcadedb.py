"""The embedded store: ArcadeDB inside this process, its data in a folder."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from kg_service.errors import QueryError, StoreError, StoreLocked, StoreTimeout, StoreUnavailable
from kg_service.graph import jvm
from kg_service.graph.options import StoreOptions
from kg_service.graph.plain import plain_rows
from kg_service.graph.store import Row, Statement, StoreInfo

__all__ = ["ArcadeStore"]

T = TypeVar("T")

_LANGUAGE = "opencypher"
_RETRIES = 60
_EXCEPTION = "com.arcadedb.exception."


class ArcadeStore:
    """An ArcadeDB database in a folder, opened by this process alone; safe to share between threads.

    Parameters
    ----------
    folder : path
        Created when it does not exist. After a crash it is opened again by replaying its log, without hand work.
    options : StoreOptions, optional

    Raises
    ------
    StoreLocked
        When another process has the folder open.
    StoreUnavailable
        When the folder cannot be created or is not a database.

    Notes
    -----
    The engine knows one time limit per database. While calls with different limits overlap, the longest holds for all of
    them: a call is never cut short of what it asked for.
    """

    def __init__(self, folder: str | Path, options: StoreOptions | None = None) -> None:
        self._options = options or StoreOptions()
        self._folder = Path(folder).expanduser().resolve()
        self._lock = threading.Lock()
        self._limits: Counter[int] = Counter()
        self._database: Any = self._open()

    def _open(self) -> Any:
        jvm.start(self._options)
        import arcadedb_embedded as arcadedb

        try:
            new = not self._folder.exists() or not any(self._folder.iterdir())
            if not new and not (self._folder / "configuration.json").exists() and not (self._folder / "schema.json").exists():
                raise StoreUnavailable(
                    "the folder is not empty and holds no store", where=str(self._folder), do="name an empty or new folder"
                )
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            jvm.quiet("OFF")  # a refused lock is told as an error, not as a log of the engine
            database = arcadedb.create_database(str(self._folder)) if new else arcadedb.open_database(str(self._folder))
        except (arcadedb.ArcadeDBError, OSError) as error:
            raise self._not_opened(error) from error
        finally:
            jvm.quiet("SEVERE")
        database.set_wal_flush("yes_full")  # else a commit is acknowledged before it is on disk
        return database

    def _not_opened(self, error: Exception) -> StoreError:
        said = str(error)
        if "locked by another process" in said:
            return StoreLocked(
                "another process has this embedded store open, and only one can",
                where=str(self._folder),
                do="stop the other kg command or service, or ask the running service (kg serve) instead of opening the folder",
            )
        if "already in use" in said:
            return StoreLocked(
                "this process has this embedded store open already",
                where=str(self._folder),
                do="share the one store, or close it first",
            )
        return StoreUnavailable(f"the embedded store cannot be opened: {said}", where=str(self._folder), do="check the folder")

    # ------------------------------------------------------------------------------------------------------- Store

    def read(self, statement: Statement, *, timeout_ms: int | None = None) -> list[Row]:
        """Run a statement that only reads; one that would write is refused."""
        limit = self._options.read_timeout_ms if timeout_ms is None else timeout_ms
        with self._limit(limit):
            try:
                return self._run(self._open_database().query, statement)
            except Exception as error:
                raise self._translated(error, statement, limit) from error

    def write(self, statements: Sequence[Statement], *, timeout_ms: int | None = None) -> list[list[Row]]:
        """Run statements in one transaction; when it returns, its log is synced to disk.

        A transaction that met another one's change is run again, up to a limit.
        """
        limit = self._options.write_timeout_ms if timeout_ms is None else timeout_ms
        deadline = time.monotonic() + limit / 1000 if limit else None
        for attempt in range(_RETRIES + 1):
            try:
                with self._limit(limit):
                    return self._transaction(statements, limit)
            except _Conflict as conflict:
                late = deadline is not None and time.monotonic() > deadline
                if attempt == _RETRIES or late:
                    raise StoreTimeout(
                        f"a write met other writes {attempt + 1} times and was given up: {conflict.cause}",
                        where=str(self._folder),
                        do="repeat it",
                    ) from conflict.cause
                # Random, so that two writers that met do not meet again.
                time.sleep(random.uniform(0.5, 1.5) * min(0.002 * (attempt + 1), 0.05))
        raise AssertionError("not reached")

    def _transaction(self, statements: Sequence[Statement], limit: int) -> list[list[Row]]:
        database = self._open_database()
        results: list[list[Row]] = []
        current: Statement | None = None
        database.begin()
        try:
            for current in statements:
                results.append(self._run(database.command, current))
            database.commit()
            return results
        except BaseException as error:
            if database.is_transaction_active():
                database.rollback()
            if not isinstance(error, Exception):
                raise
            if _is_conflict(error):
                raise _Conflict(error) from error
            raise self._translated(error, current, limit) from error

    def explain(self, statement: Statement) -> str:
        """The engine's plan of a statement, which is not run."""
        try:
            found = self._open_database().query(_LANGUAGE, f"EXPLAIN {statement.text}", dict(statement.parameters)).first()
            return str(found.get("executionPlanAsString")) if found is not None else ""
        except Exception as error:
            raise self._translated(error, statement, 0) from error

    def apply_schema(self, statements: Sequence[str]) -> None:
        """Create what does not exist yet."""
        for text in statements:
            try:
                self._open_database().command(_LANGUAGE, text)
            except Exception as error:
                raise self._translated(error, Statement(text), 0) from error

    def info(self) -> StoreInfo:
        """Kind, version and location."""
        import arcadedb_embedded as arcadedb

        return StoreInfo("arcadedb", str(arcadedb.__version__), str(self._folder))

    def close(self) -> None:
        """Flush and release the folder."""
        with self._lock:
            database, self._database = self._database, None
        if database is not None:
            database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ----------------------------------------------------------------------------------------------------- inside

    def _open_database(self) -> Any:
        database = self._database
        if database is None:
            raise StoreUnavailable("the store is closed", where=str(self._folder), do="open it again")
        return database

    @staticmethod
    def _run(call: Callable[..., Any], statement: Statement) -> list[Row]:
        result = call(_LANGUAGE, statement.text, dict(statement.parameters))
        return plain_rows(result.to_list(), statement) if result is not None else []

    @contextmanager
    def _limit(self, milliseconds: int) -> Iterator[None]:
        with self._lock:
            self._limits[milliseconds] += 1
            self._set_limit()
        try:
            yield
        finally:
            with self._lock:
                self._limits[milliseconds] -= 1
                if self._limits[milliseconds] == 0:
                    del self._limits[milliseconds]

    def _set_limit(self) -> None:
        wanted = 0 if 0 in self._limits else max(self._limits)
        configuration = self._open_database().get_java_database().getConfiguration()
        setting = jvm.java_class("com.arcadedb.GlobalConfiguration").COMMAND_TIMEOUT
        if int(configuration.getValueAsLong(setting)) != wanted:
            configuration.setValue(setting, jvm.java_class("java.lang.Long")(wanted))

    def _translated(self, error: Exception, statement: Statement | None, limit: int) -> Exception:
        if isinstance(error, StoreError):
            return error
        said = str(error).removeprefix("Query failed: ").removeprefix("Command failed: ").replace(_EXCEPTION, "")
        name = statement.name if statement is not None else None
        if "TimeoutException" in said and "LockTimeout" not in said:
            return StoreTimeout(
                f"the query took longer than its {limit} ms", where=name, do="ask for less, or raise KG_READ_TIMEOUT_MS"
            )
        if failed := _failed_disk(error):
            return StoreUnavailable(
                f"the embedded store cannot write: {failed}",
                where=str(self._folder),
                do="free space on its disk, then repeat: what was acknowledged is kept",
            )
        if "DatabaseIsClosed" in said or "DatabaseIsReadOnly" in said:
            return StoreUnavailable(
                f"the embedded store failed: {said}", where=str(self._folder), do="check the folder and its disk"
            )
        if "NotIdempotent" in said:
            said = "a statement that writes was sent as a read"
        return QueryError(f"the embedded store refused the statement: {said}", where=name or _shown(statement))


class _Conflict(Exception):
    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _is_conflict(error: Exception) -> bool:
    """Whether another transaction was in the way: the engine's NeedRetryException, wherever it is in the chain of causes."""
    wanted = jvm.java_class(f"{_EXCEPTION}NeedRetryException")
    return any(isinstance(cause, wanted) for cause in _causes(error))


def _failed_disk(error: Exception) -> str | None:
    """What the engine or the system said when it could not write its log or its files; ``None`` when it is something else."""
    log, files = jvm.java_class("com.arcadedb.engine.WALException"), jvm.java_class("java.io.IOException")
    told = [str(cause) for cause in _causes(error) if isinstance(cause, log | files) or "No space left" in str(cause)]
    return told[-1] if told else None


def _causes(error: Exception) -> Iterator[Any]:
    """An error and what caused it, Python's and Java's."""
    seen: Any = error
    for _ in range(32):
        if seen is None:
            return
        yield seen
        seen = seen.getCause() if hasattr(seen, "getCause") else seen.__cause__


def _shown(statement: Statement | None) -> str | None:
    return " ".join(statement.text.split())[:80] if statement is not None else None
