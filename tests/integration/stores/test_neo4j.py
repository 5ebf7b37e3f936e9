"""What only the server has: reaching it, signing in, routing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from kg_service.errors import ConfigurationError, StoreUnavailable
from kg_service.graph import Statement, StoreOptions, open_store
from tests.support.neo4j_server import Neo4jServer, free_port


def test_nobody_answers() -> None:
    address = f"neo4j://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnavailable, match=r"no Neo4j server answers.*make neo4j"):
        open_store(address)


def test_wrong_password(neo4j_server: Neo4jServer, neo4j_options: StoreOptions) -> None:
    with pytest.raises(StoreUnavailable, match="KG_NEO4J_PASSWORD"):
        open_store(neo4j_server.uri, replace(neo4j_options, password="wrong"))


def test_no_sign_in(neo4j_server: Neo4jServer) -> None:
    with pytest.raises(StoreUnavailable, match="KG_NEO4J_USER"):
        open_store(neo4j_server.uri)


def test_no_such_database(neo4j_server: Neo4jServer, neo4j_options: StoreOptions) -> None:
    with pytest.raises(StoreUnavailable, match="KG_NEO4J_DATABASE"):
        open_store(neo4j_server.uri, replace(neo4j_options, database="nowhere"))


def test_tls_is_by_scheme(neo4j_server: Neo4jServer, neo4j_options: StoreOptions) -> None:
    address = neo4j_server.uri.partition("://")[2]
    with pytest.raises(StoreUnavailable):  # the server of the tests speaks plain text
        open_store(f"bolt+s://{address}", neo4j_options)
    with open_store(f"bolt://{address}", neo4j_options) as store:
        assert store.read(Statement("RETURN 1 AS one")) == [{"one": 1}]


def test_no_store_of_that_kind() -> None:
    with pytest.raises(ConfigurationError, match="KG_STORE"):
        open_store("http://localhost:7474")


HOLDER = """
import os, time
from tests.support.neo4j_server import maven_server
with maven_server() as server:
    print(server.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a killed parent is noticed on Linux only")
def test_the_server_ends_with_the_run_that_started_it(neo4j_server: Neo4jServer) -> None:
    if neo4j_server.pid is None:
        pytest.skip("the server of this run is not one from Maven artifacts")
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    server = int(holder.stdout.readline())
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    deadline = time.monotonic() + 40
    while _runs(server) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _runs(server)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii") as state:  # noqa: PTH123
        return state.read().rsplit(")", 1)[1].split()[0] != "Z"
