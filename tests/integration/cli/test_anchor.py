"""The shapes of promotions.md section 1 through the command, on both stores, as another program would read them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg_service.answers.answer import Answer
from kg_service.cli.main import app
from tests.support.cases import DATA, cases, failures
from tests.support.engines import embedded, on_neo4j

SHAPES = ("anchor/a", "anchor/a-recorded-share", "anchor/b", "anchor/c", "anchor/d", "anchor/e", "anchor/f")
CASES = {case["id"]: case for data, case in cases() if data == "demo" and case["id"] in SHAPES}


@pytest.fixture(scope="module", params=["arcadedb", "neo4j"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings of a store that has the demo data set."""
    if request.param == "neo4j":
        server = request.getfixturevalue("neo4j_server")
        with on_neo4j(server, DATA["demo"]):
            pass
        yield {"KG_STORE": server.uri, "KG_NEO4J_USER": server.user, "KG_NEO4J_PASSWORD": server.password}
        return
    folder = tmp_path_factory.mktemp("anchor") / "store"
    with embedded(folder, DATA["demo"]):
        pass
    yield {"KG_STORE": str(folder)}


def in_a_process(arguments: list[str], settings: dict[str, str], folder: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    done = subprocess.run(
        [sys.executable, "-m", "kg_service.cli", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(Path(__file__).resolve().parents[3]), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


def in_this_process(arguments: list[str], settings: dict[str, str], folder: Path) -> str:
    done = CliRunner().invoke(app, arguments, env=settings, catch_exceptions=False)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_has_the_figures_of_the_table(store: dict[str, str], shape: str, tmp_path: Path) -> None:
    case = CASES[shape]
    run = in_a_process if shape == SHAPES[0] else in_this_process  # a process takes seconds to start
    printed = run(["ask", case["question"], "--user", case["user_id"], "--json"], store, tmp_path)
    answer = Answer.model_validate(json.loads(printed))
    assert not failures(answer, case["expect"]), answer.text
