"""The names a template may use: those of the graph's schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn, Protocol

from kg_service.graph.schema import GraphSchema, Property
from kg_service.queries.cypher import Node, Relation, Token, match_of
from kg_service.queries.ownership import Variable

__all__ = ["Names", "Refuse", "ends"]

_ADD = "use one of schema/graph.yaml, or add it there"


class Refuse(Protocol):
    """Raises the error: the line, what is wrong, what to do."""

    def __call__(self, line: int, what: str, do: str) -> NoReturn: ...


class Names:
    """Checks labels, relationships and properties against the schema."""

    def __init__(self, schema: GraphSchema, refuse: Refuse) -> None:
        self.schema = schema
        self.refuse = refuse

    def node(self, node: Node, labels: frozenset[str]) -> None:
        """A node pattern; ``labels`` are its own or those its variable has from before."""
        for label in node.labels:
            if label not in self.schema.labels:
                self.refuse(node.line, f"unknown label {label}", _ADD)
        for name, value in node.properties:
            self.property(name, labels, node.line)
            if value and value[0].text == "{":
                self.refuse(
                    node.line, f"property {name} is given a map", "a property holds a scalar or a list; store JSON text"
                )

    def relation(self, relation: Relation, left: Variable, right: Variable) -> None:
        """A relationship pattern: its type, and whether it may connect what is at its ends."""
        if not relation.types:
            self.refuse(relation.line, "a relationship is matched without a type", "name it: -[:TYPE]->")
        fits = False
        for kind in relation.types:
            if kind not in self.schema.relationships:
                self.refuse(relation.line, f"unknown relationship {kind}", _ADD)
            for source, target in self.schema.relationships[kind].pairs:
                if relation.forward is not False:
                    fits |= _may_be(left, source) and _may_be(right, target)
                if relation.forward is not True:
                    fits |= _may_be(left, target) and _may_be(right, source)
        if not fits:
            ends = " and ".join("|".join(sorted(end.labels)) or "?" for end in (left, right))
            self.refuse(relation.line, f"{'|'.join(relation.types)} does not connect {ends}", "check its direction and labels")
        for name, _ in relation.properties:
            self.relation_property(name, relation.types, relation.line)

    def accesses(self, tokens: Sequence[Token], scope: dict[str, Variable]) -> None:
        """The properties an expression reads of what it has names for."""
        for index, token in enumerate(tokens):
            if token.kind != "name" or (index and tokens[index - 1].text in (".", ":")):
                continue
            variable = scope.get(token.plain)
            if variable is None or index + 1 >= len(tokens):
                continue
            if tokens[index + 1].text == "." and index + 2 < len(tokens) and tokens[index + 2].kind == "name":
                found = self.access(variable, tokens[index + 2])
                beyond = tokens[index + 3].text if index + 3 < len(tokens) else ""
                if found is not None and found.type == "json" and beyond in (".", "["):
                    self.refuse(
                        token.line, f"{tokens[index + 2].plain} is JSON text, which Cypher cannot look into", "return it whole"
                    )
            if tokens[index + 1].text == "{":
                inside = tokens[index + 2 : match_of(tokens, index + 1)]
                for position, part in enumerate(inside):
                    named = position + 1 < len(inside) and inside[position + 1].kind == "name"
                    if part.text == "." and named and (position == 0 or inside[position - 1].text == ","):
                        self.access(variable, inside[position + 1])

    def access(self, variable: Variable, name: Token) -> Property | None:
        """A property read of a node or relationship."""
        if variable.kind == "node":
            return self.property(name.plain, variable.labels, name.line)
        if variable.kind == "relation":
            self.relation_property(name.plain, tuple(variable.labels), name.line)
        return None

    def property(self, name: str, labels: frozenset[str], line: int) -> Property | None:
        """A property of a node that has one of some labels."""
        if labels and not any(self.schema.labels[label].has(name) for label in labels if label in self.schema.labels):
            self.refuse(line, f"{'|'.join(sorted(labels))} has no property {name}", _ADD)
        return next((self.schema.labels[label].properties.get(name) for label in labels if label in self.schema.labels), None)

    def relation_property(self, name: str, kinds: Sequence[str], line: int) -> None:
        """A property of a relationship of one of some types."""
        if not any(name in self.schema.relationships[kind].properties for kind in kinds if kind in self.schema.relationships):
            self.refuse(line, f"{'|'.join(kinds)} has no property {name}", _ADD)


def _may_be(variable: Variable, label: str) -> bool:
    return not variable.labels or label in variable.labels


def ends(pair: tuple[str, str], forward: bool | None, *, first: bool) -> tuple[str, ...]:
    """The labels at one end of a relationship of this pair, read in its direction."""
    if forward is None:
        return pair
    return (pair[0],) if forward == first else (pair[1],)
