"""Every case of tests/cases, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kg_service import Engine
from tests.support.cases import DATA, cases, failures
from tests.support.engines import embedded, on_neo4j

# one object per engine: pytest keeps a fixture while its parameter is the same object
ENGINES = [(kind, name) for kind in ("arcadedb", "neo4j") for name in DATA]
ASKED = [
    pytest.param(which, case, id=f"{which[0]}-{case['id']}") for which in ENGINES for data, case in cases() if data == which[1]
]


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine on a kind of store that has a data set."""
    kind, name = request.param
    if kind == "neo4j":
        opened = on_neo4j(request.getfixturevalue("neo4j_server"), DATA[name])
    else:
        opened = embedded(tmp_path_factory.mktemp("cases") / "store", DATA[name])
    with opened as engine:
        yield engine


@pytest.mark.parametrize(("engine", "case"), ASKED, indirect=["engine"])
def test_case(engine: Engine, case: dict[str, Any]) -> None:
    known = {key: case[key] for key in ("user_id", "order_id", "now", "role", "channel", "session_id") if key in case}
    answer = engine.ask(case["question"], **known)
    assert not failures(answer, case["expect"]), f"{case['question']}\n{answer.text}"
