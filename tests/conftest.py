"""Fixtures for all tests: real stores of both kinds, and the templates."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kg_service.graph import GraphSchema, Statement, Store, StoreOptions, open_store
from kg_service.queries.registry import Registry
from tests.support.neo4j_server import Neo4jServer, NotAvailable
from tests.support.neo4j_server import neo4j_server as running_server


def pytest_xdist_auto_num_workers() -> int:
    """Two processes, each with a Neo4j server of its own; one where a server is given, as they would share its data."""
    return 1 if os.environ.get("NEO4J_URI") else 2


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServer]:
    """A Neo4j server for the whole run; skips with the reason where there is none, fails with ``KG_REQUIRE_NEO4J=1``."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except NotAvailable as reason:
            if os.environ.get("KG_REQUIRE_NEO4J") == "1":
                pytest.fail(f"KG_REQUIRE_NEO4J=1, and there is no Neo4j: {reason}")
            pytest.skip(f"no Neo4j: {reason}")
        yield server


@pytest.fixture(scope="session")
def neo4j_options(neo4j_server: Neo4jServer) -> StoreOptions:
    """How to sign in to the server of the tests."""
    return StoreOptions(user=neo4j_server.user, password=neo4j_server.password)


@pytest.fixture(scope="session")
def schema() -> GraphSchema:
    """The installation's graph schema."""
    return GraphSchema.load()


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The installation's templates, checked."""
    return Registry.load()


@pytest.fixture(scope="session")
def _neo4j_store(neo4j_server: Neo4jServer, neo4j_options: StoreOptions, schema: GraphSchema) -> Iterator[Store]:
    store = open_store(neo4j_server.uri, neo4j_options)
    store.apply_schema(schema.statements())
    yield store
    store.close()


@pytest.fixture(scope="session")
def _arcade_seed(tmp_path_factory: pytest.TempPathFactory, schema: GraphSchema) -> Path:
    """An empty embedded store with the schema, copied for each test: making one takes a second."""
    folder = tmp_path_factory.mktemp("seed") / "store"
    with open_store(folder) as store:
        store.apply_schema(schema.statements())
    return folder


@pytest.fixture(params=["arcadedb", "neo4j"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store with the schema applied; the test runs on each kind."""
    if request.param == "neo4j":
        shared: Store = request.getfixturevalue("_neo4j_store")
        empty(shared)
        yield shared
        return
    shutil.copytree(request.getfixturevalue("_arcade_seed"), tmp_path / "store")
    with open_store(tmp_path / "store") as opened:
        yield opened


def empty(store: Store) -> None:
    """Delete all nodes, in batches that fit a small heap."""
    while True:
        rows = store.write([Statement("MATCH (n) WITH n LIMIT 10000 DETACH DELETE n RETURN count(*) AS deleted")])
        if rows[0][0]["deleted"] == 0:
            return
