"""Every case of tests/cases, on both stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from kg_service import Engine
from tests.support.cases import DATA, cases, failures
from tests.support.engines import embedded, on_neo4j

#: Data set by data set, so that each is loaded once.
CASES = sorted(cases(), key=lambda item: item[0])
KNOWN = ("user_id", "order_id", "now", "role", "channel", "session_id")


@pytest.fixture(scope="module", params=["arcadedb", "neo4j"])
def engine_with(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Engine]]:
    """Gives the engine that has a data set, by its name; one is open at a time."""
    opened: dict[str, Engine] = {}
    with ExitStack() as stack:

        def engine(name: str) -> Engine:
            if name not in opened:
                opened.clear()
                stack.close()
                if request.param == "neo4j":
                    opening = on_neo4j(request.getfixturevalue("neo4j_server"), DATA[name])
                else:
                    opening = embedded(tmp_path_factory.mktemp("cases") / "store", DATA[name])
                opened[name] = stack.enter_context(opening)
            return opened[name]

        yield engine


def _known_miss(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason="a miss on record", strict=False)] if case.get("known_miss") else []


@pytest.mark.parametrize(
    ("name", "case"), [pytest.param(name, case, id=case["id"], marks=_known_miss(case)) for name, case in CASES]
)
def test_case(engine_with: Callable[[str], Engine], name: str, case: dict[str, Any]) -> None:
    known = {key: case[key] for key in KNOWN if key in case}
    answer = engine_with(name).ask(case["question"], **known)
    assert not failures(answer, case["expect"]), f"{case['question']}\n{answer.text}"
