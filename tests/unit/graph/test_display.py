"""schema/display.yaml says how everything of schema/graph.yaml is shown."""

import networkx as nx
import pytest
import yaml

from kg_service.graph.display import display, subgraph_of
from kg_service.resources import resource


@pytest.fixture(scope="module")
def schema():
    return yaml.safe_load(resource("schema", "graph.yaml").read_text(encoding="utf-8"))


def test_every_label_and_relationship_of_the_schema_is_shown_and_no_other(schema):
    assert set(display().labels) == set(schema["labels"])
    assert set(display().relationships) == set(schema["relationships"])


def test_captions_and_details_name_properties_of_the_schema(schema):
    for label, shown in display().labels.items():
        known = set(schema["labels"][label]["properties"])
        assert {*shown.caption, *shown.detail} <= known, label
    for kind, shown in display().relationships.items():
        assert set(shown.detail) <= set(schema["relationships"][kind].get("properties") or {}), kind


def test_the_path_that_names_a_line_exists_in_the_schema(schema):
    for label, shown in display().labels.items():
        here = {label}
        for kind in shown.through:
            here = {to for start, to in schema["relationships"][kind]["pairs"] if start in here}
            assert here, f"{label} has no {kind}"


def test_values_are_shown_in_the_unit_of_their_type():
    shown = display()
    assert shown.value("grant", 12345, label="PromotionApplication") == "123.45"
    assert shown.value("grant", "123.45", label="PromotionApplication") == "123.45"
    assert shown.value("share", 0, relationship="PARTICIPATED_IN") == "0.00"
    assert shown.value("placed_at", 0, label="Order") == "1970-01-01 08:00"
    assert shown.value("spec", '{"容量": "2L", "颜色": "灰"}', label="Sku") == "2L 灰"
    assert shown.value("spec", "not json", label="Sku") == "not json"
    assert shown.value("status", "REFUNDED", label="Return") == "已退款"
    assert shown.value("status", "SOMETHING_NEW", label="Return") == "SOMETHING_NEW"
    assert shown.value("note", None) == ""


def test_a_node_without_a_name_is_captioned_by_its_id():
    assert display().caption("Shop:S1", {"label": "Shop", "properties": {}}) == "Shop:S1"
    assert display().caption("New:1", {"label": "New"}) == "New:1"


@pytest.mark.parametrize("edges", ["edges", "links"])
def test_node_link_json_of_both_spellings_is_read(edges):
    graph = nx.MultiDiGraph()
    graph.add_edge("a", "b", type="OF")
    assert set(subgraph_of(nx.node_link_data(graph, edges=edges)).edges()) == {("a", "b")}
    assert len(subgraph_of({})) == 0
