"""Broken data sets, one per kind of error; what is said about each stands in the YAML beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kg_service.loading import check

INVALID = Path(__file__).resolve().parents[2] / "invalid"
CASES = sorted(path.stem for path in INVALID.glob("*.yaml"))


def test_there_is_a_broken_data_set_for_each_kind_of_error() -> None:
    assert len(CASES) >= 20
    assert {path.name for path in INVALID.iterdir() if path.is_dir()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_about_a_broken_data_set(name: str) -> None:
    expected = yaml.safe_load((INVALID / f"{name}.yaml").read_text(encoding="utf-8"))
    report = check(INVALID / name)
    assert [str(problem) for problem in report.problems] == expected.get("errors", [])
    assert [str(problem) for problem in report.warnings] == expected.get("warnings", [])
    assert report.ok == ("errors" not in expected)
    for problem in (*report.problems, *report.warnings):
        assert problem.do, f"{problem} does not say what to do"
