"""Question-and-answer cases (tests/cases/README.md): reading them, and what an answer fails to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from kg_service.answers.answer import Answer
from kg_service.evaluation.answers import checks

__all__ = ["CASES", "DATA", "cases", "failures"]

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
#: The data set a case file is asked of, by the end of its name.
DATA = {
    "demo": ROOT / "seed_data" / "demo",
    **{name: ROOT / "tests" / "data" / name for name in ("second", "third", "fourth", "fifth")},
}


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every case with the name of its data set."""
    for path in sorted(CASES.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(document, list):
            data = next((name for name in DATA if path.stem.endswith(f"_{name}")), "demo")
            yield from ((case.get("data_set", data), case) for case in document)


def failures(answer: Answer, expect: Mapping[str, Any]) -> list[str]:
    """What is not as a case expects it."""
    found = [problem for _, problems in checks(answer, expect) for problem in problems]
    if "intent" in expect and answer.intent != expect["intent"]:
        found.insert(0, f"intent is {answer.intent!r}, expected {expect['intent']!r}")
    return found
