"""Question-and-answer cases (tests/cases/README.md): reading them, and what an answer fails to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from kg_service.answers.answer import Answer

__all__ = ["CASES", "DATA", "cases", "failures"]

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases"
#: The data set a case file is asked of, by the end of its name.
DATA = {"demo": ROOT / "seed_data" / "demo", **{name: ROOT / "tests" / "data" / name for name in ("second", "third")}}
_IDS = ["promotion_id", "line_id", "coupon_id", "sku_id", "term_id", "return_id", "shipment_id", "tracking_no", "product_id"]
_IDS.append("kind")


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every case with the name of its data set."""
    for path in sorted(CASES.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(document, list):
            data = next((name for name in DATA if path.stem.endswith(f"_{name}")), "demo")
            yield from ((case.get("data_set", data), case) for case in document)


def failures(answer: Answer, expect: Mapping[str, Any]) -> list[str]:
    """What is not as a case expects it."""
    found: list[str] = []
    for name in ("status", "intent", "verdict"):
        if name in expect and getattr(answer, name) != expect[name]:
            found.append(f"{name} is {getattr(answer, name)!r}, expected {expect[name]!r}")
    found.extend(_differences("facts", answer.facts, expect.get("facts", {})))
    for name, items in expect.get("facts_lack", {}).items():
        given = answer.facts.get(name) or ()
        found.extend(f"facts.{name} has {item}" for item in items if any(_subset(one, item) for one in given))
    for part in expect.get("missing", ()):
        if not any(part in fact for fact in answer.missing):
            found.append(f"missing {answer.missing} does not name {part!r}")
    if "options" in expect:
        offered = [option.id for option in answer.clarification.options] if answer.clarification else []
        wanted = expect["options"]
        same = len(offered) == len(wanted) and all(
            got == want or got.partition("/")[0] == want for got, want in zip(offered, wanted, strict=True)
        )
        if not same:
            found.append(f"options are {offered}, expected {wanted}")
    found.extend(f"text lacks {part!r}" for part in expect.get("text_contains", ()) if part not in answer.text)
    found.extend(f"text has {part!r}" for part in expect.get("text_lacks", ()) if part in answer.text)
    return found


def _differences(where: str, actual: Any, expected: Any) -> list[str]:
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return [f"{where} is {actual!r}, expected {expected!r}"]
        return [
            problem
            for key, value in expected.items()
            for problem in (
                _differences(f"{where}.{key}", actual[key], value) if key in actual else [f"{where}.{key} is not there"]
            )
        ]
    if isinstance(expected, list) and expected and all(isinstance(item, Mapping) for item in expected):
        if not isinstance(actual, list):
            return [f"{where} is {actual!r}, expected {expected!r}"]
        found = []
        for item in expected:
            ids = {key: item[key] for key in _IDS if key in item}
            candidates = [one for one in actual if _subset(one, ids)]
            if not candidates:
                found.append(f"{where} has no {ids}: {actual!r}")
            elif not any(not _differences(where, one, item) for one in candidates):
                found.extend(_differences(f"{where}{ids}", candidates[0], item))
        return found
    return [] if actual == expected else [f"{where} is {actual!r}, expected {expected!r}"]


def _subset(actual: Any, expected: Mapping[str, Any]) -> bool:
    return isinstance(actual, Mapping) and not _differences("", actual, expected)
