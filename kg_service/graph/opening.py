"""Opening a store by its location: a folder or the address of a server."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from kg_service.errors import ConfigurationError
from kg_service.graph.options import StoreOptions
from kg_service.graph.store import AsyncStore, Store

__all__ = ["is_server", "open_async_store", "open_store"]

_SERVER_SCHEMES = frozenset(("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"))


def is_server(location: str | Path) -> bool:
    """Whether a location is a Neo4j server (otherwise a folder of the embedded store).

    Raises
    ------
    ConfigurationError
        When it is an address of some other kind.

    Examples
    --------
    >>> is_server("neo4j://localhost:7687"), is_server("./.kg")
    (True, False)
    """
    scheme, separator, _ = str(location).partition("://")
    if not separator:
        return False
    if scheme in _SERVER_SCHEMES:
        return True
    raise ConfigurationError(
        f"no store is reached by {scheme}://", where=str(location), do="set KG_STORE to a folder, or to neo4j://host:7687"
    )


def open_store(location: str | Path, options: StoreOptions | None = None) -> Store:
    """Open the store at a location.

    Parameters
    ----------
    location : str or path
        A folder (embedded ArcadeDB; created when missing) or ``neo4j://``, ``bolt://`` and their TLS forms.
    options : StoreOptions, optional

    Raises
    ------
    StoreLocked, StoreUnavailable, ConfigurationError
    """
    options = options or StoreOptions()
    # Imported here: the one that is not used costs time (a JVM's bridge, a driver) at every start.
    if is_server(location):
        from kg_service.graph.neo4j import Neo4jStore

        return Neo4jStore(str(location), options)
    from kg_service.graph.arcadedb import ArcadeStore

    return ArcadeStore(location, options)


async def open_async_store(location: str | Path, options: StoreOptions | None = None) -> AsyncStore:
    """Open the store at a location for asyncio; the embedded one works in threads. Errors as :func:`open_store`."""
    options = options or StoreOptions()
    if is_server(location):
        from kg_service.graph.neo4j import AsyncNeo4jStore

        return await AsyncNeo4jStore.open(str(location), options)
    from kg_service.graph.threaded import ThreadedStore

    store = await asyncio.to_thread(open_store, location, options)
    return ThreadedStore(store, min(options.pool_size, 4 * (os.cpu_count() or 1)))
