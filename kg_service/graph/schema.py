"""The graph's schema as typed objects, read from ``schema/graph.yaml``.

The one source for constraints and indexes, for the checks on Cypher templates, and for the generated documentation.

Examples
--------
>>> schema = GraphSchema.load()
>>> schema.label("Order").key
'order_id'
>>> schema.node_id("Order", "O1")
'Order:O1'
>>> schema.statements()[0]
'CREATE CONSTRAINT dataset_name IF NOT EXISTS FOR (n:DataSet) REQUIRE n.name IS UNIQUE'
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kg_service.errors import ResourceError
from kg_service.resources import read_yaml, resource

__all__ = ["GraphSchema", "Label", "Property", "PropertyType", "Relationship"]

#: What a property may hold; ``money`` is integer 分, ``instant`` epoch milliseconds, ``json`` a text that holds JSON.
PropertyType: TypeAlias = Literal["string", "integer", "money", "instant", "boolean", "strings", "json"]

#: The property with the fingerprint of the row a node was loaded from; on every label that comes from a file.
FINGERPRINT = "row"

_UNITS: dict[str, str] = {"money": "分", "instant": "epoch ms"}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Property(_Part):
    """A property of a label or relationship."""

    type: PropertyType
    required: bool = False
    meaning: str

    @property
    def unit(self) -> str:
        """The unit of the value: 分 for money, epoch ms for instants, else empty."""
        return _UNITS.get(self.type, "")


class Label(_Part):
    """A label: the kind of a node."""

    meaning: str
    key: str
    index: tuple[str, ...] = ()
    file: str | None = None
    personal: bool = False
    properties: dict[str, Property]

    @model_validator(mode="after")
    def _names_are_properties(self) -> Label:
        for name in (self.key, *self.index):
            if name not in self.properties:
                raise ValueError(f"the key or index {name!r} is not one of its properties")
        return self

    def has(self, name: str) -> bool:
        """Whether nodes of this label may have the property."""
        return name in self.properties or (name == FINGERPRINT and self.file is not None)


class Relationship(_Part):
    """A relationship: its meaning, its properties, and the pairs of labels it connects."""

    pairs: tuple[tuple[str, str], ...]
    meaning: str
    properties: dict[str, Property] = Field(default_factory=dict)


class GraphSchema(_Part):
    """Labels and relationships of the graph."""

    version: int
    labels: dict[str, Label]
    relationships: dict[str, Relationship]

    @model_validator(mode="after")
    def _pairs_name_labels(self) -> GraphSchema:
        for name, relationship in self.relationships.items():
            for pair in relationship.pairs:
                for label in pair:
                    if label not in self.labels:
                        raise ValueError(f"relationship {name} connects {label!r}, which is no label")
        return self

    @classmethod
    def load(cls, path: Path | None = None) -> GraphSchema:
        """Read and check the schema; the installation's own by default.

        Raises
        ------
        ResourceError
            When the file is missing or is not a valid schema.
        """
        return _load(path or resource("schema", "graph.yaml"))

    def label(self, name: str) -> Label:
        """The label of that name; :class:`KeyError` where there is none."""
        return self.labels[name]

    def relationship(self, name: str) -> Relationship:
        """The relationship of that name; :class:`KeyError` where there is none."""
        return self.relationships[name]

    def node_id(self, label: str, key: object) -> str:
        """The stable id of a node: ``Label:key``, the same on every store."""
        if label not in self.labels:
            raise KeyError(label)
        return f"{label}:{key}"

    def statements(self) -> list[str]:
        """The statements that create every constraint and index, each harmless when it exists already.

        One uniqueness constraint per label (it brings its index) and one range index per further property: two indexes that
        share a property would make the stores choose differently.
        """
        made: list[str] = []
        for name, label in self.labels.items():
            made.append(
                f"CREATE CONSTRAINT {name.lower()}_{label.key} IF NOT EXISTS FOR (n:{name}) REQUIRE n.{label.key} IS UNIQUE"
            )
            made.extend(
                f"CREATE INDEX {name.lower()}_{other} IF NOT EXISTS FOR (n:{name}) ON (n.{other})"
                for other in label.index
                if other != label.key
            )
        return made


@cache
def _load(path: Path) -> GraphSchema:
    try:
        document: Mapping[str, Any] = read_yaml(path)
        return GraphSchema.model_validate(document)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ResourceError(f"the graph schema is not valid: {error}", where=str(path), do="mend it or reinstall") from error
