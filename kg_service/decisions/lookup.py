"""The decider of intents that need no rule of their own: what is asked for stands in the graph and is only read.

Such an intent is data: a YAML file in ``seed_data/intents`` with ``rule: lookup`` and a ``lookup`` section, its ``.cypher``
templates, and its wording (docs/adding-an-intent.md has a worked example). The keys of ``lookup``:

``about``
    What has to be known first: ``product`` (of the catalogue), ``order`` or ``customer`` (the asker's own), or ``nothing``.
    What is not clear is asked, what is not there is NOT_FOUND, a personal matter of nobody FORBIDDEN, as everywhere.
``queries``
    A list of ``{template, parameters}``. A parameter is a path: ``product.product_id`` (any field of
    :class:`~kg_service.decisions.subjects.ProductFacts`), ``order_id``, ``owner`` (the customer the data belongs to), ``now``,
    ``since`` and ``until`` (the time the question names, else now); or ``{value: …}``.
``facts``
    What the answer carries, by name. ``{type, column}``: a column of the first row of the first query (``query: 1`` for
    another). ``{each: 0, fields: {name: {type, column}}}``: one record for each row of a query. ``{type, from: path}``: a value
    that was known before. Types: string, integer, money (分 in the graph), instant (epoch ms), boolean, strings.
``words``
    Further values for the wording: name → path.
``needs``
    Facts that must be recorded: name → what is missing (``Label {path}.property``). One that is null makes the answer UNKNOWN.
``empty``
    What no row of the first query means: ANSWERED (the default: an empty list is an answer; wording variant EMPTY),
    UNKNOWN (with ``missing``) or NOT_FOUND.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.subjects import goods_not_found, resolve_product
from kg_service.dialogue.resolution import gate, resolve_order
from kg_service.errors import ResourceError
from kg_service.graph.store import Row
from kg_service.intent_files import intent_documents
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.times import format_instant
from kg_service.trace import Basis, Step

__all__ = ["Column", "Lookup", "Records", "looked_up", "lookup", "lookups"]

FactType = Literal["string", "integer", "money", "instant", "boolean", "strings"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Column(_Part):
    """A fact that is one value."""

    type: FactType
    column: str | None = None
    query: int = 0
    source: str | None = Field(default=None, alias="from")


class Records(_Part):
    """A fact that is a list: one record for each row of a query."""

    each: int
    fields: dict[str, Column]


class Literally(_Part):
    """A parameter that is always the same."""

    value: Any


class Call(_Part):
    """A template and where its parameters come from."""

    template: str
    parameters: dict[str, str | Literally] = {}


class Lookup(_Part):
    """The ``lookup`` section of an intent."""

    about: Literal["product", "order", "customer", "nothing"] = "nothing"
    queries: list[Call] = Field(min_length=1)
    facts: dict[str, Column | Records]
    words: dict[str, str] = {}
    needs: dict[str, str] = {}
    empty: Literal["ANSWERED", "UNKNOWN", "NOT_FOUND"] = "ANSWERED"
    missing: str | None = None


@cache
def lookups() -> Mapping[str, Lookup]:
    """The ``lookup`` sections of the installation's intents, by intent.

    Raises
    ------
    ResourceError
        When one is not valid; the message names its file.
    """
    found: dict[str, Lookup] = {}
    for path, document in intent_documents():
        if "lookup" not in document:
            continue
        try:
            found[document["intent"]] = Lookup.model_validate(document["lookup"])
        except ValidationError as error:
            where = str(path)
            raise ResourceError(f"not a valid lookup: {error}", where=where, do="see kg_service/decisions/lookup.py") from error
    return found


@decider("lookup")
def lookup(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Read what the intent's ``lookup`` section says and give it as facts."""
    spec = lookups().get(frame.intent)
    if spec is None:
        where = f"seed_data/intents/{frame.intent}.yaml"
        raise ResourceError(f"intent {frame.intent!r} has rule lookup and no lookup section", where=where, do="add one")
    return (yield from looked_up(spec, frame, asker))


def looked_up(spec: Lookup, frame: Frame, asker: Asker) -> Flow[Decision]:
    """What a ``lookup`` section decides on a question."""
    known = yield from _known(spec, frame, asker)
    if isinstance(known, Decision):
        return known
    results: list[list[Row]] = []
    for call in spec.queries:
        parameters = {name: _value(source, known) for name, source in call.parameters.items()}
        results.append((yield Query(call.template, parameters)))
    words = {name: _path(source, known) for name, source in spec.words.items()}
    if not results[0] and spec.empty == "NOT_FOUND":
        return goods_not_found(str(next(iter(words.values()), "")))
    facts = {name: _fact(fact, results, known) for name, fact in spec.facts.items()}
    missing = [_filled(text, known, facts) for name, text in spec.needs.items() if facts.get(name) is None]
    if not results[0] and spec.empty == "UNKNOWN":
        missing = [_filled(spec.missing or frame.intent, known, facts)]
    return Decision(
        "UNKNOWN" if missing else "ANSWERED",
        facts=facts,
        missing=missing,
        trace=[
            Step(rule="lookup", inputs={"rows": len(rows)}, result=len(rows), basis=Basis(kind="RECORD", id=call.template))
            for call, rows in zip(spec.queries, results, strict=True)
        ],
        words=words,
        variant="EMPTY" if not missing and not results[0] else None,
    )


def _known(spec: Lookup, frame: Frame, asker: Asker) -> Flow[dict[str, Any] | Decision]:
    """What parameters and words may refer to; a decision when it is not clear what the question is about."""
    period = frame.period
    known: dict[str, Any] = {
        "now": asker.now,
        "since": period.start if period else asker.now,
        "until": period.end if period else asker.now,
    }
    if spec.about == "product":
        subject = yield from resolve_product(frame, asker)
        if subject.decision is not None:
            return subject.decision
        known["product"] = subject.sure
    elif spec.about == "order":
        resolution = yield from resolve_order(frame, asker)
        if resolution.decision is not None:
            return resolution.decision
        known |= {"owner": resolution.owner, "order_id": resolution.sure_order}
    elif spec.about == "customer":
        refused = gate(asker)
        if refused is not None:
            return refused
        known["owner"] = asker.user_id
    return known


def _value(source: str | Literally, known: Mapping[str, Any]) -> Any:
    return source.value if isinstance(source, Literally) else _path(source, known)


def _path(path: str, known: Mapping[str, Any]) -> Any:
    head, *rest = path.split(".")
    if head not in known:
        raise ResourceError(f"lookup: there is no {head!r} here", do="name one of " + ", ".join(sorted(known)))
    value = known[head]
    for name in rest:
        value = getattr(value, name)
    return value


def _fact(fact: Column | Records, results: list[list[Row]], known: Mapping[str, Any]) -> Any:
    if isinstance(fact, Records):
        return [{name: _cell(field, row, known) for name, field in fact.fields.items()} for row in results[fact.each]]
    rows = results[fact.query]
    return _cell(fact, rows[0] if rows else {}, known)


def _cell(field: Column, row: Row, known: Mapping[str, Any]) -> Any:
    value = _path(field.source, known) if field.source else row.get(field.column or "")
    if value is None:
        return [] if field.type == "strings" else None
    if field.type == "money":
        return str(Money(value))
    return format_instant(value) if field.type == "instant" else value


_HOLE = re.compile(r"\{([\w.]+)\}")


def _filled(text: str, known: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    return _HOLE.sub(lambda hole: str(facts[hole[1]] if hole[1] in facts else _path(hole[1], known)), text)
