"""Every case of tests/cases, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kg_service import Engine
from tests.support.cases import DATA, cases, failures
from tests.support.engines import embedded, on_neo4j

CASES = list(cases())


@pytest.fixture(scope="module", params=["arcadedb", "neo4j"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=sorted(DATA))
def asked(request: pytest.FixtureRequest, kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Engine]]:
    """The name of a data set and an engine that has it."""
    data = DATA[request.param]
    if kind == "neo4j":
        opened = on_neo4j(request.getfixturevalue("neo4j_server"), data)
    else:
        opened = embedded(tmp_path_factory.mktemp("cases") / "store", data)
    with opened as engine:
        yield request.param, engine


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case['id']}") for _, case in CASES])
def test_case(asked: tuple[str, Engine], case: dict[str, Any]) -> None:
    name, engine = asked
    if not any(data == name and one is case for data, one in CASES):
        pytest.skip("asked of the other data set")
    known = {key: case[key] for key in ("user_id", "order_id", "now", "role", "channel", "session_id") if key in case}
    answer = engine.ask(case["question"], **known)
    assert not failures(answer, case["expect"]), f"{case['question']}\n{answer.text}"
