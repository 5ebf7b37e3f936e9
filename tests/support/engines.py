"""Engines with a data set loaded, on each kind of store, opened once for all the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg_service import Engine
from kg_service.graph import StoreOptions, open_store
from tests.conftest import empty
from tests.support.neo4j_server import Neo4jServer

__all__ = ["embedded", "on_neo4j"]


@contextmanager
def embedded(folder: Path, data: Path) -> Iterator[Engine]:
    """An engine on an embedded store with the data set."""
    with Engine.open(folder) as engine:
        engine.load(data, strict=True)
        yield engine


@contextmanager
def on_neo4j(server: Neo4jServer, data: Path) -> Iterator[Engine]:
    """An engine on the tests' server with the data set, and nothing else."""
    with open_store(server.uri, StoreOptions(user=server.user, password=server.password)) as store:  # type: ignore[attr-defined]
        empty(store)
    with Engine.open(server.uri, neo4j_user=server.user, neo4j_password=server.password) as engine:
        engine.load(data, strict=True)
        yield engine
