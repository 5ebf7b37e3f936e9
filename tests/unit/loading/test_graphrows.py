"""Everything the schema has from a file is written by some row, and nothing else is."""

from __future__ import annotations

import pytest

from kg_service.dataset import FILES, Category, Order
from kg_service.graph.schema import FINGERPRINT, GraphSchema
from kg_service.loading.graphrows import OWNED, GraphRow, graph_row
from kg_service.loading.reading import find_sources
from kg_service.loading.rows import check_row
from kg_service.resources import resource

#: What the running service writes, not the loader.
OF_THE_SERVICE = {"DataSet", "Session", "AnswerLog"}
BY_NAME = {file.name: file for file in FILES}


@pytest.fixture(scope="module")
def made() -> list[GraphRow]:
    sources, _ = find_sources(resource("seed_data", "demo"), tuple(BY_NAME))
    found = []
    for name, several in sources.items():
        for raw in several[0].rows():
            row = check_row(BY_NAME[name], name, raw).row
            assert row is not None
            found.append(graph_row(BY_NAME[name], row, "demo"))
    return found


def test_what_is_written_is_in_the_schema(made: list[GraphRow]) -> None:
    schema = GraphSchema.load()
    for row in made:
        nodes = [node for node in (row.node, *row.children) if node is not None]
        for node in nodes:
            label = schema.label(node.label)
            assert all(label.has(name) for name in node.properties), node
            required = {name for name, prop in label.properties.items() if prop.required}
            assert required <= node.properties.keys(), node
        for edge in [node.edge for node in nodes if node.edge is not None] + row.edges:
            kind = schema.relationship(edge.type)
            assert (edge.start.label, edge.end.label) in kind.pairs
            assert edge.properties.keys() <= kind.properties.keys()


def test_the_demo_has_every_label_of_the_schema(made: list[GraphRow]) -> None:
    labels = {node.label for row in made for node in (row.node, *row.children) if node is not None}
    assert GraphSchema.load().labels.keys() - OF_THE_SERVICE <= labels


def test_each_relationship_of_the_loader_is_owned_by_one_label() -> None:
    owned = {kind for owner in OWNED.values() for kind in (*owner.out, *owner.in_, *(kind for kind, _ in owner.children))}
    assert owned <= GraphSchema.load().relationships.keys()


def test_rows_that_mean_the_same_have_one_fingerprint() -> None:
    file = BY_NAME["categories"]
    absent = graph_row(file, Category(category_id="C1", name="手机"), "a")
    null = graph_row(file, Category(category_id="C1", name="手机", parent_id=None), "a")
    other = graph_row(file, Category(category_id="C1", name="电话"), "a")
    assert absent.row == null.row != other.row
    assert absent.node is not None
    assert absent.node.properties[FINGERPRINT] == absent.row
    assert absent.row.partition("@")[2] == "a"


def order(**changes: object) -> Order:
    values = {
        "order_id": "O1",
        "user_id": "U1",
        "status": "PLACED",
        "placed_at": "2026-11-01",
        "lines": [{"line_id": "L1", "sku_id": "S1", "quantity": 1, "list_price": "5.00"}],
    }
    return Order.model_validate({**values, **changes})


@pytest.mark.parametrize("name", ["application", "payment", "shipment", "return"])
def test_not_known_and_known_to_be_none_are_told_apart(name: str) -> None:
    unknown = graph_row(BY_NAME["orders"], order(), "a")
    none = graph_row(BY_NAME["orders"], order(**{f"{name}s": None}), "a")
    assert unknown.node is not None
    assert none.node is not None
    assert f"{name}_ids" not in unknown.node.properties
    assert none.node.properties[f"{name}_ids"] == []
    assert unknown.row != none.row


def test_a_freight_of_zero_is_written_and_an_absent_one_is_not() -> None:
    assert [child.label for child in graph_row(BY_NAME["orders"], order(), "a").children] == ["OrderLine"]
    assert [child.label for child in graph_row(BY_NAME["orders"], order(freight=0), "a").children] == ["OrderLine", "Freight"]
