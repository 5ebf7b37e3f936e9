"""What a store needs to know to be opened, beside its location."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["StoreOptions"]


@dataclass(frozen=True)
class StoreOptions:
    """Settings of a store; each adapter reads those that concern it.

    Parameters
    ----------
    user, password : str, optional
        How to sign in to Neo4j; without a user no authentication is offered.
    database : str, optional
        The database of the Neo4j server; its home database when absent.
    read_timeout_ms, write_timeout_ms : int
        What a call may take when it does not say so itself (ms); 0 is unlimited.
    connect_timeout_ms : int
        What reaching the server may take (ms).
    retry_ms : int
        How long a call is repeated after transient failures (ms).
    pool_size : int
        Connections to Neo4j, and worker threads of the embedded store under asyncio.
    heap : str
        Heap of the embedded store's JVM, for example ``"1536m"``.
    quick_start : bool
        The embedded JVM compiles for a short life: about 0.3 s less to the first answer, a lower top speed. For commands that
        answer once. The first store that is opened decides for the process.
    jvm_arguments : tuple of str
        More arguments for the embedded JVM, in place of its archive's.
    """

    user: str | None = None
    password: str | None = None
    database: str | None = None
    read_timeout_ms: int = 10_000
    write_timeout_ms: int = 60_000
    connect_timeout_ms: int = 5_000
    retry_ms: int = 10_000
    pool_size: int = 50
    heap: str = "1536m"
    quick_start: bool = False
    jvm_arguments: tuple[str, ...] = ()
