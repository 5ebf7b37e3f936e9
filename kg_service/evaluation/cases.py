"""Questions and what is expected of them, from JSONL and YAML files.

A row that is no case is a problem with its file and line; the others stay.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg_service.errors import DataError, RowError
from kg_service.evaluation.slots import SLOTS, slot_problem
from kg_service.evaluation.yaml_rows import Located, located
from kg_service.times import parse_instant

__all__ = ["ASKED", "Case", "CaseFile", "Expected", "read_cases", "read_labels"]

#: What ``ask`` is told beside the question.
ASKED = ("user_id", "order_id", "now", "role", "channel", "external_id", "session_id")
#: What is expected of an answer, beside its intent and evidence.
_OF_ANSWERS = ("status", "verdict", "facts", "facts_lack", "missing", "options", "text_contains", "text_lacks")
_QUESTION = ("question", "q", "text")
_KNOWN = {*_QUESTION, *ASKED, *_OF_ANSWERS, *SLOTS} | {
    *("id", "intent", "intents", "label", "slots", "evidence", "expect", "parts", "after", "known_miss", "known_user")
}

Labels = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Expected:
    """One question of a message.

    Attributes
    ----------
    intents : each is a right reading; empty: nothing that is answered, only harmless readings; ``None``: not measured
    name : what it is counted under: the foreign label, else the first of the intents
    """

    intents: tuple[str, ...] | None
    slots: Mapping[str, Any]
    name: str


@dataclass(frozen=True)
class Case:
    """A message, who sends it, and what is expected.

    Attributes
    ----------
    parts : one for each question in it
    whole : the message is to be read as just these questions, no more
    answer : what is expected of the answer (tests/cases/README.md)
    after : the messages before it in the conversation, first to last
    options : labels of an open clarification
    """

    where: str
    question: str
    parts: tuple[Expected, ...]
    whole: bool = False
    asked: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()
    after: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass
class CaseFile:
    """The cases of a file.

    Attributes
    ----------
    problems : rows that are no cases
    unmapped : labels that the table of labels lacks, with their rows
    ignored : fields that nothing is measured of, with their rows
    catalogue : names the file brings itself; ``None``: it is asked of whatever is loaded
    own, now : order lines of its customer, and its time (epoch ms)
    """

    path: Path
    cases: list[Case] = field(default_factory=list)
    problems: list[RowError] = field(default_factory=list)
    unmapped: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    catalogue: list[Mapping[str, Any]] | None = None
    own: list[Mapping[str, Any]] = field(default_factory=list)
    now: int | None = None


def read_cases(path: Path, known: Container[str], labels: Labels | None = None) -> CaseFile:
    """Read a case file.

    Parameters
    ----------
    known : the intents there are
    labels : the right intents of each foreign label

    Raises
    ------
    DataError
        When nothing of the file can be read.
    """
    suffix = path.suffix.lower()
    if suffix not in (".jsonl", ".ndjson", ".yaml", ".yml"):
        raise DataError(f"cases are no {suffix or 'file without suffix'}", where=str(path), do="give .jsonl or .yaml")
    found = CaseFile(path)
    rows = _json_lines(path, found.problems) if suffix in (".jsonl", ".ndjson") else _yaml_rows(path, found)
    for line, row in rows:
        try:
            case = _case(row, f"{path}:{line}", known, labels, found)
        except DataError as error:
            found.problems.append(RowError(error.what, file=str(path), line=line, do=error.do))
        else:
            if case is not None:
                found.cases.append(case)
    return found


def read_labels(path: Path, known: Container[str]) -> dict[str, tuple[str, ...]]:
    """Foreign labels and the intents that are a right reading of them.

    Raises
    ------
    DataError
        When it is no such table; the message names the line.
    """
    table: dict[str, tuple[str, ...]] = {}
    root = located(path)
    if not root.is_mapping:
        raise DataError("no table of labels", where=str(path), do="write label: [intent, …], one a line")
    for label, entry in root.items():
        try:
            table[label] = _intents(entry.value, known)
        except DataError as error:
            raise DataError(error.what, where=f"{path}:{entry.line}", do=error.do) from error
    return table


def _json_lines(path: Path, problems: list[RowError]) -> Iterator[tuple[int, Any]]:
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(path), do="name a file that can") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            problems.append(RowError("not UTF-8", file=str(path), line=number, do="save the file as UTF-8"))
        except (ValueError, RecursionError) as error:
            problems.append(RowError(f"not JSON: {error}", file=str(path), line=number, do="write one JSON object a line"))


def _yaml_rows(path: Path, found: CaseFile) -> Iterator[tuple[int, Any]]:
    root = located(path)
    rows: Iterable[Located] = ()
    if root.is_mapping:
        parts = dict(root.items())
        if "cases" in parts and parts["cases"].is_sequence:
            rows = parts.pop("cases").entries()
        given = {name: part.value for name, part in parts.items()}
        found.catalogue = given.get("catalogue")
        found.own = given.get("own") or []
        try:
            found.now = parse_instant(given["now"]) if "now" in given else None
        except ValueError as error:
            raise DataError(str(error), where=f"{path}:{parts['now'].line}", do="write ISO 8601") from error
    elif root.is_sequence:
        rows = root.entries()
    else:
        raise DataError("no list of cases", where=str(path), do="write a list, or a mapping with `cases`")
    for row in rows:
        try:
            value = row.value
        except DataError as error:
            found.problems.append(RowError(error.what, file=str(path), line=row.line, do=error.do))
        else:
            yield row.line, value


def _case(row: Any, where: str, known: Container[str], labels: Labels | None, file: CaseFile) -> Case | None:
    if not isinstance(row, Mapping):
        raise DataError("a case is a mapping", do="write question and intent")
    question = next((row[name] for name in _QUESTION if name in row), None)
    if not isinstance(question, str) or not question.strip():
        raise DataError("no question", do=f"give one of {', '.join(_QUESTION)} as text")
    for name in ("label", *ASKED):
        # a time may be epoch ms, or what YAML reads a bare time as
        if name in row and name != "now" and not isinstance(row[name], str):
            raise DataError(f"{name} is no text", do="write it in quotes")
    expect = row.get("expect", {})
    if not isinstance(expect, Mapping):
        raise DataError("expect is no mapping", do="write expect: {intent: …, facts: {…}}")
    given = {**row, **expect}
    if "label" in row and not {"intent", "intents"} & given.keys():
        if labels is None:
            raise DataError(f"the label {row['label']!r} is not an intent's name", do="give --labels with what it means")
        if row["label"] not in labels:
            file.unmapped[row["label"]] += 1
            return None
    file.ignored.update(str(name) for name in given if name not in _KNOWN)
    # in the short form (`q`) slots stand beside it, and the options were offered before; in the long one both are ask()'s
    short = "q" in row
    before = row.get("options", []) if short else []
    if not isinstance(before, list) or not all(isinstance(one, str) for one in before):
        raise DataError("options is no list of texts", do="write the labels that were offered")
    parts = tuple(_expected(one, short, known, labels) for one in _parts(given))
    answer = {name: given[name] for name in _OF_ANSWERS if name in given and not short}
    return Case(
        where=where,
        question=question,
        parts=parts,
        whole=short,
        asked={name: row[name] for name in ASKED if name in row and not short},
        answer=_answer(answer),
        evidence=_evidence(given.get("evidence", ())),
        after=_after(row.get("after", [])),
        options=tuple(before),
    )


def _after(said: Any) -> tuple[str, ...]:
    said = [said] if isinstance(said, str) else said
    if not isinstance(said, list) or not all(isinstance(one, str) and one for one in said):
        raise DataError("after is no text", do="write the message before it, or a list of them, in quotes")
    return tuple(said)


def _parts(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    parts = given.get("parts", [given])
    if not isinstance(parts, list) or not parts or not all(isinstance(part, Mapping) for part in parts):
        raise DataError("parts is no list of mappings", do="write one {intent: …} for each question of the message")
    return parts


def _expected(given: Mapping[str, Any], short: bool, known: Container[str], labels: Labels | None) -> Expected:
    intents: tuple[str, ...] | None = None
    if "intent" in given or "intents" in given:
        intents = _intents(given.get("intents", given.get("intent")), known)
    elif "label" in given and labels is not None:
        intents = labels[given["label"]]
    slots = given.get("slots", {})
    if not isinstance(slots, Mapping):
        raise DataError("slots is no mapping", do="write slots: {quantity: 1, …}")
    slots = {**{name: given[name] for name in SLOTS if short and name in given}, **slots}
    for name, value in slots.items():
        problem = slot_problem(name, value)
        if problem:
            raise DataError(problem, do="see docs/evaluating.md for the slots there are")
    name = str(given.get("label") or (intents[0] if intents else "nothing we do"))
    return Expected(intents, slots, name)


def _intents(value: Any, known: Container[str]) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DataError("an intent is a name or a list of names", do="see seed_data/intents")
    for name in names:
        if name not in known:
            raise DataError(f"there is no intent {name!r}", do="see seed_data/intents for their names")
    return tuple(names)


def _answer(given: dict[str, Any]) -> dict[str, Any]:
    for name in ("facts", "facts_lack"):
        if not isinstance(given.get(name, {}), Mapping):
            raise DataError(f"{name} is no mapping", do=f"write {name}: {{name: value}}")
    for name in ("missing", "options", "text_contains", "text_lacks"):
        if not isinstance(given.get(name, []), list):
            raise DataError(f"{name} is no list", do=f"write {name}: [text, …]")
    return given


def _evidence(value: Any) -> frozenset[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise DataError("evidence is no list of node ids", do="write ids as `kg ask --json | jq .evidence.subgraph` shows them")
    return frozenset(value)
