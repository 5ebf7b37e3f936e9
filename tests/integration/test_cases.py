"""Every case of tests/cases on the embedded store; on Neo4j the first ones of each file, as understanding is the same there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import pytest

from kg_service import Engine
from tests.support.cases import DATA, cases, failures
from tests.support.engines import embedded, on_neo4j

#: Data set by data set, so that each is loaded once.
CASES = sorted(cases(), key=lambda item: item[0])
#: Cases of an intent and a data set that Neo4j is asked too; of the shapes of promotions.md section 1 all.
ON_NEO4J = 4
KNOWN = ("user_id", "order_id", "now", "role", "channel", "session_id")

EngineWith = Callable[[str], Engine]


@contextmanager
def _engines(opening: Callable[[str], AbstractContextManager[Engine]]) -> Iterator[EngineWith]:
    """Gives the engine that has a data set, by its name; one is open at a time."""
    opened: dict[str, Engine] = {}
    with ExitStack() as stack:

        def engine(name: str) -> Engine:
            if name not in opened:
                opened.clear()
                stack.close()
                opened[name] = stack.enter_context(opening(name))
            return opened[name]

        yield engine


@pytest.fixture(scope="module")
def on_arcadedb_with(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineWith]:
    with _engines(lambda name: embedded(tmp_path_factory.mktemp("cases") / "store", DATA[name])) as engine_with:
        yield engine_with


@pytest.fixture(scope="module")
def on_neo4j_with(request: pytest.FixtureRequest) -> Iterator[EngineWith]:
    server = request.getfixturevalue("neo4j_server")
    with _engines(lambda name: on_neo4j(server, DATA[name])) as engine_with:
        yield engine_with


def _parameters(limit: int | None = None) -> Iterator[Any]:
    times: Counter[str] = Counter()
    for name, case in CASES:
        group = f"{name} {case['id'].rpartition('/')[0]}"
        times[group] += 1
        if limit is None or times[group] <= limit or "anchor" in group:
            known = [pytest.mark.xfail(reason="a miss on record", strict=False)] if case.get("known_miss") else []
            yield pytest.param(name, case, id=case["id"], marks=known)


def _ask(engine: Engine, case: dict[str, Any]) -> None:
    asked = {key: case[key] for key in KNOWN if key in case}
    if "after" in case:
        asked["session_id"] = f"case-{uuid4().hex}"
    for said in case.get("after", []):
        engine.ask(said, **asked)
    answer = engine.ask(case["question"], **asked)
    assert not failures(answer, case["expect"]), f"{case['question']}\n{answer.text}"


@pytest.mark.parametrize(("name", "case"), list(_parameters()))
def test_on_arcadedb(on_arcadedb_with: EngineWith, name: str, case: dict[str, Any]) -> None:
    _ask(on_arcadedb_with(name), case)


@pytest.mark.parametrize(("name", "case"), list(_parameters(ON_NEO4J)))
def test_on_neo4j(on_neo4j_with: EngineWith, name: str, case: dict[str, Any]) -> None:
    _ask(on_neo4j_with(name), case)
