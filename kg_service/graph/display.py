"""How nodes and relationships are shown to people: Chinese names, captions, colours, columns (``schema/display.yaml``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import networkx as nx
from pydantic import BaseModel, ConfigDict

from kg_service.errors import ResourceError
from kg_service.money import Money
from kg_service.resources import read_yaml, resource
from kg_service.times import format_instant

__all__ = ["Display", "LabelDisplay", "RelationshipDisplay", "display", "subgraph_of"]

Language = Literal["zh", "id"]


class LabelDisplay(BaseModel):
    """How nodes of one label are shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    colour: str
    column: int
    caption: list[str]
    detail: dict[str, str] = {}
    prefix: bool = False
    through: list[str] = []


class RelationshipDisplay(BaseModel):
    """How relationships of one type are shown; ``detail`` names the properties that are worth showing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    detail: list[str] = []


class Display(BaseModel):
    """The content of ``schema/display.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    labels: dict[str, LabelDisplay]
    relationships: dict[str, RelationshipDisplay]
    codes: dict[str, str] = {}

    def of(self, label: str) -> LabelDisplay:
        """How a label is shown; one that the file does not list is shown plainly in the last column."""
        known = self.labels.get(label)
        return known or LabelDisplay(name=label, colour="#ffffff", column=6, caption=["name"])

    def caption(self, node: str, data: Mapping[str, Any], *, language: Language = "zh") -> str:
        """The first line of a node: its name where it has one, else its id.

        Parameters
        ----------
        node : str
            The node's stable id.
        language : {"zh", "id"}
            ``id`` keeps to ids, for places that cannot show Chinese.
        """
        values = _properties(data)
        if language == "id":
            return node
        for key in self.of(label_of(data)).caption:
            text = self.value(key, values.get(key), label=label_of(data))
            if text:
                return text
        return node

    def heading(self, graph: nx.MultiDiGraph[str], node: str) -> str:
        """The first line of a node's box: what ``caption`` says, the label's name and what it leads to where that helps."""
        data = graph.nodes[node]
        shown = self.of(label_of(data))
        words = [shown.name] if shown.prefix else []
        words.append(self.caption(node, data))
        reached: str | None = node if shown.through else None
        for kind in shown.through:
            reached = reached and next(
                (target for _, target, edge in graph.out_edges(reached, data=True) if type_of(edge) == kind), None
            )
        if reached:
            words.append(self.caption(reached, graph.nodes[reached]))
        return " ".join(words)

    def details(self, data: Mapping[str, Any]) -> list[str]:
        """Further lines of a node: ``名称 值``."""
        values = _properties(data)
        shown = []
        for key, name in self.of(label_of(data)).detail.items():
            text = self.value(key, values.get(key), label=label_of(data))
            if text:
                shown.append(f"{name} {text}")
        return shown

    def relationship(self, data: Mapping[str, Any], *, language: Language = "zh") -> str:
        """A relationship in words: ``参与 享优惠 42.86``."""
        kind = type_of(data)
        known = self.relationships.get(kind) or RelationshipDisplay(name=kind)
        values = _properties(data)
        if language == "id":
            return " ".join([kind, *(str(values[key]) for key in known.detail if values.get(key) not in (None, ""))])
        texts = [self.value(key, values.get(key), relationship=kind) for key in known.detail]
        return " ".join([known.name, *(text for text in texts if text)])

    def value(self, key: str, value: Any, *, label: str | None = None, relationship: str | None = None) -> str:
        """One property in words: 分 as yuan, epoch ms as a time, codes in Chinese."""
        if value is None or value == "" or value == []:
            return ""
        kind = _types().get((label or relationship or "", key))
        if kind == "money" and isinstance(value, int):
            return str(Money(value))
        if kind == "instant":
            return _instant(value)
        if kind == "json" and isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                return str(value)
        if isinstance(value, Mapping):
            return " ".join(str(part) for part in value.values())
        if isinstance(value, list | tuple):
            return "、".join(str(part) for part in value)
        if isinstance(value, bool):
            return "是" if value else "否"
        return self.codes.get(str(value), str(value))


def label_of(data: Mapping[str, Any]) -> str:
    """The label of a node's attributes."""
    return str(data.get("label") or "")


def type_of(data: Mapping[str, Any]) -> str:
    """The type of a relationship's attributes."""
    return str(data.get("type") or "")


def _properties(data: Mapping[str, Any]) -> Mapping[str, Any]:
    nested = data.get("properties")
    return nested if isinstance(nested, Mapping) else data


def _instant(value: Any) -> str:
    text = format_instant(value) if isinstance(value, int) else str(value)
    return text.replace("T", " ")[:16]


@cache
def _types() -> dict[tuple[str, str], str]:
    """``(label or relationship, property)`` to its type in ``schema/graph.yaml``."""
    schema = read_yaml(resource("schema", "graph.yaml"))
    found = {}
    for part in ("labels", "relationships"):
        for name, entry in schema[part].items():
            for key, prop in (entry.get("properties") or {}).items():
                found[name, key] = prop["type"]
    return found


@cache
def display() -> Display:
    """The content of ``schema/display.yaml``.

    Raises
    ------
    ResourceError
        When the file is missing or not as :class:`Display` says.
    """
    path = resource("schema", "display.yaml")
    try:
        return Display.model_validate(read_yaml(path))
    except ValueError as error:
        raise ResourceError(f"not a description of how the graph is shown: {error}", where=str(path)) from error


def subgraph_of(data: Mapping[str, Any]) -> nx.MultiDiGraph[str]:
    """The graph of an answer's ``evidence.subgraph`` (node-link JSON).

    Parameters
    ----------
    data : mapping
        As of ``networkx.node_link_data``; an empty one gives an empty graph.

    Examples
    --------
    >>> graph = subgraph_of({"nodes": [{"id": "a", "label": "Shop"}], "edges": []})
    >>> graph.nodes["a"]["label"]
    'Shop'
    """
    if not data:
        return nx.MultiDiGraph()
    edges = "links" if "links" in data else "edges"
    graph: Any = nx.node_link_graph(dict(data), directed=True, multigraph=True, edges=edges)
    return nx.MultiDiGraph(graph)
