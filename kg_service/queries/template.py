"""A Cypher template: a file with a typed header, and the statement it becomes with parameters.

The header is the comment lines at the top::

    // purpose: the customer's order lines not yet returned
    // mode: read                      (read | write)
    // audience: customer              (customer | analyst | system)
    // param user_id: string owner     (`owner`: whose personal data it is)
    // param since: instant?           (`?`: may be null, but must be supplied)
    // returns: order_id string, line_id string
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeAlias

from kg_service.errors import TemplateError
from kg_service.graph.store import Statement

__all__ = ["Audience", "Mode", "Parameter", "Template", "parse_template"]

Mode: TypeAlias = Literal["read", "write"]
Audience: TypeAlias = Literal["customer", "analyst", "system"]

_TYPES = ("string", "integer", "money", "instant", "boolean", "strings", "maps")
_RETURNED = (*_TYPES, "map", "integers", "json", "number")
_INT64 = 2**63

_FIELD = re.compile(r"//\s*(purpose|mode|audience|returns|param)\b\s*(.*)$")
_PARAMETER = re.compile(r"([a-z_][a-z_0-9]*)\s*:\s*([a-z]+)\s*(\?)?(?:\s+(owner))?\s*$")
_COLUMN = re.compile(r"([a-z_][a-z_0-9]*)\s+([a-z]+)\s*\??$")


@dataclass(frozen=True)
class Parameter:
    """A declared parameter: its type, whether it may be null, whether it names the owner of personal data."""

    name: str
    type: str
    nullable: bool = False
    owner: bool = False
    line: int = 0

    def problem(self, value: object) -> str | None:
        """What is wrong with a value, or None."""
        if value is None:
            return None if self.nullable else "is null"
        if _fits(self.type, value):
            return None
        return f"is {type(value).__name__} {value!r:.60}, not {self.type}"


@dataclass(frozen=True)
class Template:
    """A checked template; ``name`` is its path under ``cypher/`` without the suffix."""

    name: str
    path: Path
    text: str
    purpose: str
    mode: Mode
    audience: Audience
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    returns: Mapping[str, str] = field(default_factory=dict)
    returns_line: int = 1

    @property
    def owner(self) -> str | None:
        """The parameter that names the owner of the personal data it reads, if there is one."""
        return next((parameter.name for parameter in self.parameters.values() if parameter.owner), None)

    def statement(self, parameters: Mapping[str, Any]) -> Statement:
        """The statement with these parameters.

        Raises
        ------
        TemplateError
            When one is missing, unknown, or of another type than the header says.
        """
        missing = self.parameters.keys() - parameters.keys()
        if missing:
            self._refuse(f"parameter {', '.join(sorted(missing))} is missing", "supply every parameter, null where allowed")
        unknown = parameters.keys() - self.parameters.keys()
        if unknown:
            known = ", ".join(self.parameters) or "none"
            self._refuse(f"parameter {', '.join(sorted(unknown))} is unknown", f"it has: {known}")
        for name, parameter in self.parameters.items():
            problem = parameter.problem(parameters[name])
            if problem:
                self._refuse(f"parameter {name} {problem}", "supply the type of its header", parameter.line)
        return Statement(self.text, dict(parameters), self.name)

    def _refuse(self, what: str, do: str, line: int = 1) -> NoReturn:
        raise TemplateError(what, where=f"{self.path}:{line}", do=do)


def _fits(kind: str, value: object) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer" | "money" | "instant":
            return isinstance(value, int) and not isinstance(value, bool) and -_INT64 <= value < _INT64
        case "boolean":
            return isinstance(value, bool)
        case "strings":
            return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        case _:
            return isinstance(value, list | tuple) and all(isinstance(item, Mapping) for item in value)


def parse_template(name: str, path: Path, text: str) -> Template:
    """Read a template's header; the checks of its Cypher are :func:`kg_service.queries.checks.check`.

    Parameters
    ----------
    name : str
    path : path
        As errors shall show it.
    text : str
        The whole file.

    Raises
    ------
    TemplateError
        When a header line is missing, twice, or not understood.
    """
    return _Header(path).read(name, text)


class _Header:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.fields: dict[str, tuple[str, int]] = {}
        self.parameters: dict[str, Parameter] = {}

    def refuse(self, line: int, what: str, do: str) -> NoReturn:
        raise TemplateError(what, where=f"{self.path}:{line}", do=do)

    def read(self, name: str, text: str) -> Template:
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            if not line.startswith("//"):
                break
            self.line(number, line.rstrip())
        purpose, _ = self.field("purpose", "// purpose: what it reads or writes, in one line")
        mode, mode_line = self.field("mode", "// mode: read")
        audience, audience_line = self.field("audience", "// audience: customer")
        returned, returns_line = self.field("returns", "// returns: order_id string, …")
        if mode not in ("read", "write"):
            self.refuse(mode_line, f"mode is {mode!r}", "write read or write")
        if audience not in ("customer", "analyst", "system"):
            self.refuse(audience_line, f"audience is {audience!r}", "write customer, analyst or system")
        owners = [parameter for parameter in self.parameters.values() if parameter.owner]
        if len(owners) > 1:
            self.refuse(owners[1].line, "two parameters are marked as owner", "mark the one that names the customer")
        if owners and (owners[0].type != "string" or owners[0].nullable):
            self.refuse(owners[0].line, f"the owner parameter is a {owners[0].type}, or may be null", "make it a string")
        return Template(
            name=name,
            path=self.path,
            text=text,
            purpose=purpose,
            mode="read" if mode == "read" else "write",
            audience="customer" if audience == "customer" else "analyst" if audience == "analyst" else "system",
            parameters=self.parameters,
            returns=self.columns(returned, returns_line),
            returns_line=returns_line,
        )

    def line(self, number: int, line: str) -> None:
        match = _FIELD.match(line)
        if match is None:
            self.refuse(
                number, f"header line not understood: {line}", "write purpose, mode, audience, param NAME: TYPE, or returns"
            )
        word, rest = match.groups()
        if word == "param":
            self.parameter(number, rest)
            return
        if not rest.startswith(":"):
            self.refuse(number, f"header line without a colon: {line}", f"write // {word}: …")
        if word in self.fields:
            self.refuse(number, f"{word} is there twice", "keep one")
        self.fields[word] = (rest[1:].strip(), number)

    def parameter(self, number: int, rest: str) -> None:
        match = _PARAMETER.match(rest.strip())
        if match is None:
            self.refuse(
                number, f"parameter line not understood: {rest}", "write // param NAME: TYPE, then `owner` if it is one"
            )
        name, kind, nullable, owner = match.groups()
        if kind not in _TYPES:
            self.refuse(number, f"parameter {name} has the unknown type {kind}", f"one of {', '.join(_TYPES)}")
        if name in self.parameters:
            self.refuse(number, f"parameter {name} is there twice", "keep one")
        self.parameters[name] = Parameter(name, kind, nullable is not None, owner is not None, number)

    def field(self, word: str, example: str) -> tuple[str, int]:
        value, line = self.fields.get(word, ("", 1))
        if not value:
            self.refuse(line, f"the header has no {word}", f"add {example}")
        return value, line

    def columns(self, text: str, line: int) -> dict[str, str]:
        if text == "nothing":
            return {}
        found: dict[str, str] = {}
        for piece in text.split(","):
            match = _COLUMN.match(piece.strip())
            if match is None:
                self.refuse(line, f"returned column not understood: {piece.strip()}", "write NAME TYPE, …, or nothing")
            name, kind = match.groups()
            if kind not in _RETURNED:
                self.refuse(line, f"returned column {name} has the unknown type {kind}", f"one of {', '.join(_RETURNED)}")
            found[name] = kind
        return found
