"""Facts of the intents that are data alone: their models are made from the ``facts`` of their ``lookup`` section."""

from __future__ import annotations

from typing import Any

from pydantic import create_model

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Fen, Instant
from kg_service.decisions.lookup import Column, Lookup, Records, lookups

__all__ = ["facts_model"]

_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "money": Fen,
    "instant": Instant,
    "boolean": bool,
    "strings": list[str],
}


def facts_model(intent: str, spec: Lookup) -> type[Facts]:
    """The model of an intent's facts.

    Examples
    --------
    >>> spec = Lookup.model_validate({"queries": [{"template": "a/b"}], "facts": {"price": {"type": "money", "column": "p"}}})
    >>> facts_model("some_price", spec).model_validate({"price": "3.00"}).model_dump(mode="json", exclude_none=True)
    {'price': '3.00'}
    """
    name = "".join(part.capitalize() for part in intent.split("_"))
    fields = {key: _field(name, key, fact) for key, fact in spec.facts.items()}
    model: type[Facts] = create_model(f"{name}Facts", __base__=Facts, **fields)
    return model


def _field(name: str, key: str, fact: Column | Records) -> Any:
    if isinstance(fact, Records):
        columns: dict[str, Any] = {one: _field(name, one, column) for one, column in fact.fields.items()}
        part = create_model(f"{name}{key.capitalize()}Facts", __base__=Part, **columns)
        return list[part], []
    if fact.type == "strings":
        return list[str], []
    return _TYPES[fact.type] | None, None


for _intent, _spec in lookups().items():
    facts_of(_intent)(facts_model(_intent, _spec))
