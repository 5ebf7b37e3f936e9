"""One raw row to one row model, or to the problems that keep it from being one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kg_service.dataset.files import DataFile
from kg_service.dataset.values import LOADING, Contradictions, Row
from kg_service.loading.reading import OWN_COLUMNS, RawRow
from kg_service.loading.report import Code, Problem

__all__ = ["Checked", "check_row", "columns_of", "raw_key"]

#: Integers of the graph are 64 bit; 分 and epoch ms must fit with room for sums.
_LARGEST = 10**15


@dataclass
class Checked:
    """A row after validation: ``row`` when it is sound, else ``problems``; ``unknown`` are columns left out."""

    row: Row | None = None
    problems: list[Problem] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)


@cache
def columns_of(model: type[Row]) -> tuple[str, ...]:
    """The column names of a row model as they stand in a file."""
    return tuple(info.alias or name for name, info in model.model_fields.items())


def raw_key(file: DataFile, values: Mapping[str, Any]) -> str | None:
    """The row's key as far as its raw values tell it; ``None`` when a part is missing."""
    parts = []
    for column in file.key:
        value = values.get(column)
        if value is None and column == "version":
            value = 1
        if value is None or isinstance(value, dict | list):
            return None
        parts.append(str(value).strip())
    return ("@" if file.key == ("promotion_id", "version") else "/").join(parts)


def check_row(file: DataFile, label: str, raw: RawRow) -> Checked:
    """Validate one row.

    Parameters
    ----------
    file : the file of the format it belongs to
    label : how messages name the file (``products.csv``)
    raw : the row as read
    """
    values = {key: value for key, value in raw.values.items() if key not in OWN_COLUMNS}
    name = raw_key(file, values)

    def problem(code: Code, reason: str, column: str | None = None, value: str | None = None, do: str | None = None) -> Problem:
        return Problem(code=code, file=label, line=raw.line, column=column, id=name, value=value, reason=reason, do=do)

    if raw.error is not None:
        return Checked(problems=[problem("SYNTAX", raw.error, raw.column, _short(raw.text), "mend this line")])
    unknown: list[tuple[str, str]] = []
    for _ in range(16):  # each round strips the unknown keys that pydantic could see
        try:
            row = file.model.model_validate(values, context=LOADING)
        except ValidationError as error:
            details = error.errors(include_url=False)
            extra = [detail for detail in details if detail["type"] == "extra_forbidden"]
            if not extra:
                told = [_translate(problem, values, one) for detail in _deduplicated(values, details) for one in _each(detail)]
                return Checked(problems=told, unknown=unknown)
            for detail in extra:
                unknown.append((_path(values, detail["loc"]), _short(detail["input"]) or ""))
                values = _without(values, detail["loc"])
        else:
            large = _too_large(row)
            if large is not None:
                path, number = large
                return Checked(
                    problems=[
                        problem("VALUE", f"{_short(number)} is too large", path, _short(number), f"stay below {_LARGEST}")
                    ]
                )
            return Checked(row, unknown=unknown)
    return Checked(problems=[problem("VALUE", "has too many unknown keys", do="keep to the format")], unknown=unknown)


def _each(detail: ErrorDetails) -> list[ErrorDetails]:
    """An error of a row with several contradictions as one error for each."""
    error = detail.get("ctx", {}).get("error")
    if not isinstance(error, Contradictions):
        return [detail]
    return [{**detail, "ctx": {"error": problem}} for problem in error.problems]


def _translate(problem: Any, values: Mapping[str, Any], detail: ErrorDetails) -> Problem:
    """A pydantic error in the words of the format."""
    kind, context = detail["type"], detail.get("ctx", {})
    path = _path(values, detail["loc"]) or None
    given = _short(detail["input"])
    code: Code = "VALUE"
    do: str | None = None
    if kind == "missing":
        reason, given, do = "is required and not there", None, f"give {path}"
    elif kind == "literal_error":
        allowed = str(context.get("expected", "")).replace("'", "")
        reason, do = "is not one of the allowed values", f"use {allowed}"
    elif kind == "value_error":
        reason = str(context.get("error") or detail["msg"].removeprefix("Value error, "))
        if path is None or isinstance(detail["input"], dict):
            code, given = "CONTRADICTION", None
            do = "correct the row so that its parts agree"
        else:
            do = "correct the value"
    elif kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        bound = next(iter(context.values()), "")
        side = {"greater_than_equal": "below", "less_than_equal": "above"}.get(kind, "outside")
        reason, do = f"is {side} the allowed {bound}", "correct the value"
    elif kind.startswith("int"):
        reason, do = "is not a whole number", "write digits only"
    elif kind.startswith("decimal"):
        reason, do = "is not a number", "write a decimal such as 170.5"
    elif kind.startswith("bool"):
        reason, do = "is neither true nor false", "write true or false"
    elif kind in ("string_too_short", "too_short"):
        reason, do = "must not be empty", "give at least one"
    elif kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type"):
        reason, do = "is not an object", "write {…}"
    elif kind == "list_type":
        reason, do = "is not a list", "write […] (in a CSV cell: joined with |)"
    elif kind == "string_type":
        reason, do = "is not text", "write it as a string"
    else:
        reason = detail["msg"]
    if given is not None and given not in reason:
        reason = f"{given!r} {reason}"
    made: Problem = problem(code, reason, path, given, do)
    return made


def _deduplicated(values: Mapping[str, Any], details: list[ErrorDetails]) -> list[ErrorDetails]:
    """One error per place: the members of a union each complain about the same value."""
    seen: dict[str, ErrorDetails] = {}
    for detail in details:
        seen.setdefault(_path(values, detail["loc"]), detail)
    deeper = [path for path in seen for other in seen if other.startswith(f"{path}.") and seen[path]["type"] == "literal_error"]
    return [detail for path, detail in seen.items() if path not in deeper]


def _steps(values: Any, loc: Sequence[int | str]) -> list[int | str]:
    """The parts of a pydantic location that are keys and indexes of the data (a union adds names of its members)."""
    steps: list[int | str] = []
    at = values
    for index, part in enumerate(loc):
        if isinstance(at, Mapping) and isinstance(part, str):
            if part.startswith("literal["):
                continue  # the member of a union that is a word
            if part in at or index == len(loc) - 1:
                steps.append(part)
                at = at.get(part)
        elif isinstance(at, list) and isinstance(part, int) and part < len(at):
            steps.append(part)
            at = at[part]
    return steps


def _path(values: Any, loc: Sequence[int | str]) -> str:
    path = ""
    for step in _steps(values, loc):
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _without(values: Any, loc: Sequence[int | str]) -> Any:
    steps = _steps(values, loc)

    def strip(at: Any, rest: list[int | str]) -> Any:
        head, *tail = rest
        if isinstance(at, list) and isinstance(head, int):
            return [strip(item, tail) if index == head else item for index, item in enumerate(at)]
        if not tail:
            return {key: item for key, item in at.items() if key != head}
        return {key: strip(item, tail) if key == head else item for key, item in at.items()}

    return strip(values, steps) if steps else values


def _too_large(value: Any, path: str = "") -> tuple[str, Any] | None:
    """The first number that would not fit the graph, with its path."""
    if isinstance(value, int):
        return (path, value) if abs(value) >= _LARGEST else None
    if isinstance(value, Decimal):
        return (path, value) if not value.is_finite() or abs(value) >= _LARGEST else None
    if isinstance(value, Row):
        for name in value.model_fields_set:
            item = getattr(value, name)
            if item is None or isinstance(item, str):
                continue
            column = type(value).model_fields[name].alias or name
            if found := _too_large(item, f"{path}.{column}" if path else column):
                return found
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if found := _too_large(item, f"{path}[{index}]"):
                return found
    return None


def _short(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= 120 else text[:119] + "…"
