"""Every template, unmodified on both stores: planned, run, and with the same rows from the same data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import pytest

from kg_service.graph import GraphSchema, Statement, Store, open_store
from kg_service.loading import load
from kg_service.queries.registry import Registry
from kg_service.queries.template import Parameter, Template
from kg_service.resources import resource
from tests.conftest import empty

T = TypeVar("T")

NAMES = sorted(Registry.load())
READING = sorted(name for name, template in Registry.load().items() if template.mode == "read")
SECOND = Path(__file__).parents[2] / "data" / "second"
SAMPLES: dict[str, Any] = {
    "string": "nothing has this id",
    "integer": 3,
    "money": 100,
    "instant": 1_700_000_000_000,
    "boolean": True,
    "strings": ["nothing has this id", "nor this"],
    "maps": [{"id": "x"}],
}


@pytest.mark.parametrize("name", NAMES)
def test_on_an_empty_store(store: Store, registry: Registry, name: str) -> None:
    template = registry[name]
    statement = template.statement({parameter.name: SAMPLES[parameter.type] for parameter in template.parameters.values()})
    assert store.explain(statement)
    nulls = {
        parameter.name: None if parameter.nullable else SAMPLES[parameter.type] for parameter in template.parameters.values()
    }
    for given in (statement, template.statement(nulls)):
        if template.mode == "write":
            empty(store)
        rows = store.read(given) if template.mode == "read" else store.write([given])[0]
        assert all(list(row) == list(template.returns) for row in rows)


def test_planning_all_of_them(store: Store, registry: Registry) -> None:
    registry.check(store, again=True)


@dataclass(frozen=True)
class Loaded:
    """The same data set in both stores."""

    stores: dict[str, Store]
    values: dict[str, list[Any]]
    orders: list[dict[str, str]]


@pytest.fixture(scope="module", params=["demo", "second"])
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, schema: GraphSchema, _neo4j_store: Store
) -> Iterator[Loaded]:
    folder = {"demo": resource("seed_data", "demo"), "second": SECOND}[request.param]
    if not folder.exists():
        pytest.skip(f"{folder} is not there")
    empty(_neo4j_store)
    with open_store(tmp_path_factory.mktemp("loaded") / "store") as embedded:
        for store in (embedded, _neo4j_store):
            assert not load(store, folder).problems
            store.write([Statement("MATCH (d:DataSet) SET d.loaded_at = d.as_of")])  # the one thing that differs by the hour
        orders = embedded.read(
            Statement(
                "MATCH (u:User)-[:PLACED]->(o:Order) RETURN u.user_id AS user_id, o.order_id AS order_id ORDER BY order_id"
            )
        )
        yield Loaded({"arcadedb": embedded, "neo4j": _neo4j_store}, _values(embedded, schema), orders)


def _values(store: Store, schema: GraphSchema) -> dict[str, list[Any]]:
    """What the data has of each property that may be asked for by itself: texts and instants."""
    found: dict[str, set[Any]] = {}
    for label, spec in schema.labels.items():
        for name, prop in spec.properties.items():
            if prop.type in ("string", "instant"):
                rows = store.read(Statement(f"MATCH (n:{label}) WHERE n.{name} IS NOT NULL RETURN DISTINCT n.{name} AS value"))
                found.setdefault(name, set()).update(row["value"] for row in rows)
    return {name: sorted(values) for name, values in found.items()}


def _spread(values: Sequence[T], number: int) -> list[T]:
    """At most so many of them, from all over."""
    return list(values[:: -(-len(values) // number) or 1])


def _candidates(parameter: Parameter, values: dict[str, list[Any]], number: int) -> list[Any]:
    """Values of a parameter that the data answers to, judged by its name."""
    name = parameter.name
    some: list[Any]
    if name == "by":
        some = ["category", "brand", "shop"]
    elif name == "words":
        said = [value for key in ("name", "value") for value in _spread(values[key], 8)]
        some = [said, *([text[:4]] for text in _spread(values["text"], 8)), []]
    elif parameter.type == "strings":
        one = name.removesuffix("s")
        kinds = [
            key for key in values if key.endswith("_id") and (key == one or one == "id" or key.removesuffix("_id") in name)
        ]
        known = sorted({value for key in kinds for value in values[key]})
        some = [known, known[:1], []]
    elif parameter.type == "instant":
        known = sorted({*values["placed_at"], *values["at"]})
        some = [known[-1], known[0], known[len(known) // 2]]
    elif parameter.type == "integer":
        some = [1, 1000]
    else:
        some = _spread(values.get(name, ()), number) or [SAMPLES[parameter.type]]
    return [*some, None] if parameter.nullable else some


def _calls(template: Template, loaded: Loaded, number: int) -> list[dict[str, Any]]:
    names = [*template.parameters]
    if {"user_id", "order_id"} <= set(names):
        rest = [name for name in names if name not in ("user_id", "order_id")]
        others = product(*(_candidates(template.parameters[name], loaded.values, number) for name in rest))
        strangers = [
            {"user_id": a["user_id"], "order_id": b["order_id"]} for a, b in zip(loaded.orders, loaded.orders[7:], strict=False)
        ]
        pairs = [*_spread(loaded.orders, number), *_spread(strangers, 3)]
        return [{**pair, **dict(zip(rest, other, strict=True))} for other in others for pair in pairs]
    # Together, then each by itself: a product of all lists would be too many.
    lists = [_candidates(template.parameters[name], loaded.values, number) for name in names]
    longest = max((len(values) for values in lists), default=1)
    calls = [{name: values[index % len(values)] for name, values in zip(names, lists, strict=True)} for index in range(longest)]
    for name, values in zip(names, lists, strict=True):
        calls.extend({**calls[0], name: value} for value in values)
    return calls


@pytest.mark.parametrize("name", READING)
def test_the_same_rows_from_the_same_data(loaded: Loaded, registry: Registry, name: str) -> None:
    template = registry[name]
    found = 0
    for number in (8, 10_000):  # few values find something nearly always; else all there are
        for call in _calls(template, loaded, number):
            statement = template.statement(call)
            rows = {kind: store.read(statement) for kind, store in loaded.stores.items()}
            assert rows["arcadedb"] == rows["neo4j"], call
            found += len(rows["neo4j"])
        if found or template.audience != "customer":
            break
    if template.audience == "customer":
        assert found, "no call found anything: this compares nothing"


@pytest.mark.parametrize("name", [name for name in READING if Registry.load()[name].owner])
def test_an_owner_template_never_reads_for_another(loaded: Loaded, registry: Registry, name: str) -> None:
    """With an owner who does not exist, nothing comes, whatever else is asked for."""
    template = registry[name]
    for call in _calls(template, loaded, 8):
        for owner in ("", "nobody"):
            for store in loaded.stores.values():
                assert store.read(template.statement({**call, template.owner or "": owner})) == []
