"""What an answer fails to say of what a case expects (the matching of tests/cases/README.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg_service.answers.answer import Answer

__all__ = ["checks", "differences"]

#: What tells one element of a list from another.
_IDS = (
    *("promotion_id", "line_id", "coupon_id", "sku_id", "term_id", "return_id", "shipment_id", "tracking_no", "product_id"),
    "kind",
)


def checks(answer: Answer, expect: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Each thing a case expects, with what is wrong with it; nothing where it is as expected."""
    for name in ("status", "verdict"):
        if name in expect:
            value = getattr(answer, name)
            yield name, [] if value == expect[name] else [f"{name} is {value!r}, expected {expect[name]!r}"]
    if "facts" in expect or "facts_lack" in expect:
        found = differences("facts", answer.facts, expect.get("facts", {}))
        for name, items in expect.get("facts_lack", {}).items():
            given = answer.facts.get(name) or ()
            found += [f"facts.{name} has {item}" for item in items if any(_subset(one, item) for one in given)]
        yield "facts", found
    if "missing" in expect:
        parts = [part for part in expect["missing"] if not any(part in fact for fact in answer.missing)]
        yield "missing", [f"missing {answer.missing} does not name {part!r}" for part in parts]
    if "options" in expect:
        offered = [option.id for option in answer.clarification.options] if answer.clarification else []
        yield (
            "options",
            [] if _offered(offered, expect["options"]) else [f"options are {offered}, expected {expect['options']}"],
        )
    if "text_contains" in expect or "text_lacks" in expect:
        found = [f"text lacks {part!r}" for part in expect.get("text_contains", ()) if part not in answer.text]
        found += [f"text has {part!r}" for part in expect.get("text_lacks", ()) if part in answer.text]
        yield "text", found


def differences(where: str, actual: Any, expected: Any) -> list[str]:
    """How a value differs from what is expected of it; what is not mentioned is not looked at.

    Examples
    --------
    >>> differences("facts", {"refund": "1.00", "kept": []}, {"refund": "2.00"})
    ["facts.refund is '1.00', expected '2.00'"]
    """
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return [f"{where} is {actual!r}, expected {expected!r}"]
        lacking = [f"{where}.{key} is not there" for key in expected if key not in actual]
        there = ((key, value) for key, value in expected.items() if key in actual)
        return lacking + [problem for key, value in there for problem in differences(f"{where}.{key}", actual[key], value)]
    if isinstance(expected, list) and expected and all(isinstance(item, Mapping) for item in expected):
        if not isinstance(actual, list):
            return [f"{where} is {actual!r}, expected {expected!r}"]
        return [problem for item in expected for problem in _element(where, actual, item)]
    return [] if actual == expected else [f"{where} is {actual!r}, expected {expected!r}"]


def _element(where: str, actual: list[Any], item: Mapping[str, Any]) -> list[str]:
    ids = {key: item[key] for key in _IDS if key in item}
    candidates = [one for one in actual if _subset(one, ids)]
    if not candidates:
        return [f"{where} has no {ids}: {actual!r}"]
    if any(not differences(where, one, item) for one in candidates):
        return []
    return differences(f"{where}{ids}", candidates[0], item)


def _offered(offered: list[str], wanted: list[str]) -> bool:
    return len(offered) == len(wanted) and all(
        got == want or got.partition("/")[0] == want for got, want in zip(offered, wanted, strict=True)
    )


def _subset(actual: Any, expected: Mapping[str, Any]) -> bool:
    return isinstance(actual, Mapping) and not differences("", actual, expected)
