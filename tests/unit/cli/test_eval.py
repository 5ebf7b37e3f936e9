"""kg eval as it is typed."""

import json
import xml.etree.ElementTree as ElementTree

import pytest
from typer.testing import CliRunner

from kg_service.cli.main import app
from kg_service.errors import ConfigurationError
from kg_service.parsing import ACCEPT

ROWS = '{"question": "运费谁出", "intents": ["return_freight", "shipping_fee"]}\n{"question": "你好", "intent": "invoice"}\n'


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_json_is_all_there_is_on_standard_output(file):
    result = CliRunner().invoke(app, ["eval", str(file), "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["cases"], found["right"], found["answered"], found["problems"]) == (2, 1, False, [])
    assert found["confusions"] == [{"name": "invoice", "taken_for": "greeting", "times": 1}]
    assert found["confidence"]["accept"] == ACCEPT
    assert found["confidence"]["wrong"] == 1


def test_tables_pictures_and_failures(file, tmp_path):
    out = tmp_path / "deep" / "report"
    result = CliRunner().invoke(app, ["eval", str(file), "--out", str(out)])
    assert result.exit_code == 0
    assert "accuracy 50.0% (1 of 2 questions)" in result.stdout
    assert ElementTree.parse(out / "calibration.svg").getroot().tag.endswith("svg")
    assert (out / "calibration.png").read_bytes().startswith(b"\x89PNG")
    (row,) = map(json.loads, (out / "failures.jsonl").read_text(encoding="utf-8").splitlines())
    assert (row["where"], row["intent"], row["confident_wrong"]) == (f"{file}:2", "greeting", True)


def test_what_is_harmless_can_be_said(file):
    result = CliRunner().invoke(app, ["eval", str(file), "--json", "--harmless", "greeting"])
    assert json.loads(result.stdout)["confidence"]["wrong"] == 0
    result = CliRunner().invoke(app, ["eval", str(file), "--harmless", "king"])
    assert isinstance(result.exception, ConfigurationError)


def test_bad_rows_are_told_and_the_exit_code_says_so(file):
    with file.open("a", encoding="utf-8") as lines:
        lines.write("oops\n")
    result = CliRunner().invoke(app, ["eval", str(file), "--json"])
    assert result.exit_code == 20
    found = json.loads(result.stdout)
    assert found["cases"] == 2
    assert [(one["line"], bool(one["do"])) for one in found["problems"]] == [(3, True)]


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_asked(file):
    result = CliRunner().invoke(app, ["eval", str(file), "--out", str(file)])
    assert isinstance(result.exception, ConfigurationError)


def test_what_a_run_cannot_measure_is_said(file):
    with file.open("a", encoding="utf-8") as lines:
        lines.write('{"question": "你好", "intent": "greeting", "status": "ANSWERED"}\n')
    result = CliRunner().invoke(app, ["eval", str(file)])
    assert "--store only" in result.stderr
    assert "--store only" not in result.stdout
