from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from kg_service.dataset import FILES
from kg_service.errors import ConfigurationError, ResourceError
from kg_service.graph import GraphSchema
from kg_service.graph.document import document
from kg_service.graph.opening import is_server
from kg_service.resources import resource

ROOT = Path(__file__).parents[3]


def test_the_documentation_is_current(schema: GraphSchema) -> None:
    written = (ROOT / "docs" / "graph-schema.md").read_text(encoding="utf-8")
    assert written == document(schema), "run: python -m kg_service.graph.document > docs/graph-schema.md"


def test_each_label_has_one_unique_key_and_each_property_one_index_at_most(schema: GraphSchema) -> None:
    made = schema.statements()
    assert len(made) == len(set(made))
    names = [statement.split()[2] for statement in made]
    assert len(names) == len(set(names))
    assert sum(statement.startswith("CREATE CONSTRAINT") for statement in made) == len(schema.labels)
    for label in schema.labels.values():
        assert label.key not in label.index
        assert label.properties[label.key].required


def test_each_file_of_the_format_has_a_label_that_exists(schema: GraphSchema) -> None:
    for file in FILES:
        label = getattr(file, "label", None)
        if label in schema.labels:
            assert schema.label(label).file is not None


def test_personal_relationships_stay_with_one_customer(schema: GraphSchema) -> None:
    """The ownership check of templates walks from one personal label to another; that must never lead to somebody else."""
    between = {
        name
        for name, relationship in schema.relationships.items()
        for source, target in relationship.pairs
        if schema.label(source).personal and schema.label(target).personal
    }
    assert between == {
        "KNOWN_AS", "HOLDS", "PLACED", "DID", "TALKED_IN", "WAS_TOLD",  # User to what is theirs
        "HAS_LINE", "HAS_APPLICATION", "PARTICIPATED_IN", "PAID_WITH", "HAS_FREIGHT", "SHIPPED_IN", "HAS_RETURN", "TAKES_BACK",
        "USED",  # within one order; a coupon is used by its holder
    }, "a new relationship between personal labels: does it stay with one customer? Then add it here."  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["labels"]["Shop"].update(key="nothing"), "the key or index 'nothing' is not one of its properties"),
        (lambda d: d["labels"]["Shop"].update(colour="red"), "colour"),
        (lambda d: d["labels"]["Shop"]["properties"]["name"].update(type="text"), "labels.Shop.properties.name.type"),
        (
            lambda d: d["relationships"]["AT_SHOP"].update(pairs=[["Order", "Stall"]]),
            "AT_SHOP connects 'Stall', which is no label",
        ),
    ],
)
def test_a_schema_that_is_not_one(tmp_path: Path, change: object, message: str) -> None:
    whole = yaml.safe_load(resource("schema", "graph.yaml").read_text(encoding="utf-8"))
    change(whole)  # type: ignore[operator]
    (tmp_path / "graph.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    with pytest.raises(ResourceError, match=message):
        GraphSchema.load(tmp_path / "graph.yaml")


def test_no_schema(tmp_path: Path) -> None:
    with pytest.raises(ResourceError):
        GraphSchema.load(tmp_path / "nothing.yaml")


def test_locations() -> None:
    assert is_server("neo4j+s://graph.example")
    assert is_server("bolt://localhost:7687")
    assert not is_server(Path("/data/kg"))
    assert not is_server("C:\\data\\kg")
    with pytest.raises(ConfigurationError):
        is_server("postgres://x")
