"""The asynchronous faces of both stores."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from kg_service.errors import QueryError, StoreLocked, StoreTimeout, StoreUnavailable
from kg_service.graph import AsyncStore, GraphSchema, Statement, open_async_store, open_store
from kg_service.queries.registry import Registry

Open = Callable[[], Awaitable[AsyncStore]]


@pytest.fixture(params=["arcadedb", "neo4j"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "arcadedb":
        return lambda: open_async_store(tmp_path / "store")
    request.getfixturevalue("_neo4j_store")
    server, options = request.getfixturevalue("neo4j_server"), request.getfixturevalue("neo4j_options")
    return lambda: open_async_store(server.uri, options)


def test_the_same_verbs(opening: Open, schema: GraphSchema, registry: Registry) -> None:
    async def scenario() -> None:
        store = await opening()
        await store.apply_schema(schema.statements())
        await registry.check_async(store)
        assert (await store.info()).kind in ("arcadedb", "neo4j")
        make = Statement("MERGE (s:Shop {shop_id: 'async'}) SET s.name = 'n' RETURN s.name AS name")
        assert await store.write([make, make]) == [[{"name": "n"}], [{"name": "n"}]]
        read = Statement("MATCH (s:Shop {shop_id: 'async'}) RETURN s.name AS name")
        assert await asyncio.gather(*(store.read(read) for _ in range(100))) == [[{"name": "n"}]] * 100
        assert await store.explain(read)
        with pytest.raises(QueryError):
            await store.read(Statement("CREATE (s:Shop {shop_id: 'no'})"))
        with pytest.raises(QueryError):
            await store.write([Statement("MATCH (s:Shop) RETURN s")])
        slow = "UNWIND range(1, 30000) AS a UNWIND range(1, 30000) AS b WITH a, b WHERE a * b = -1 RETURN count(*) AS number"
        with pytest.raises(StoreTimeout):
            await store.read(Statement(slow), timeout_ms=200)
        await store.close()
        await store.close()
        with pytest.raises(StoreUnavailable, match="closed"):
            await store.read(read)

    asyncio.run(scenario())


def test_errors_of_opening(tmp_path: Path) -> None:
    async def scenario() -> None:
        with open_store(tmp_path / "store"), pytest.raises(StoreLocked):
            await open_async_store(tmp_path / "store")
        with pytest.raises(StoreUnavailable):
            await open_async_store("neo4j://127.0.0.1:1")

    asyncio.run(scenario())


def test_a_program_whose_jvm_was_started_by_a_worker_ends(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from kg_service.graph import open_async_store\n"
        "async def main():\n"
        "    store = await open_async_store(sys.argv[1])\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "store")], timeout=60, capture_output=True)
    assert done.returncode == 0
