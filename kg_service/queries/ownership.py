"""Whose data a template's patterns reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg_service.graph.schema import GraphSchema
from kg_service.queries.cypher import Node, Token

__all__ = ["Ownership", "Variable"]


@dataclass(eq=False)
class Variable:
    """Something a query has a name for: ``node``, ``relation``, ``path`` or ``value``.

    ``labels`` are the labels of a node or the types of a relationship; ``parts`` the branches of a UNION it came from.
    """

    kind: str
    labels: frozenset[str] = frozenset()
    parts: tuple[Variable, ...] = ()
    line: int = 0
    shown: str = ""
    owned: bool = False

    @property
    def is_owned(self) -> bool:
        """Whether it is the owner's; what came from a UNION is when each branch's is."""
        return self.owned or (bool(self.parts) and all(part.is_owned for part in self.parts))


@dataclass(frozen=True)
class _Group:
    """The relationships of one clause."""

    edges: tuple[tuple[Variable, Variable], ...]
    anchors: tuple[Variable, ...]
    before: frozenset[int]


class Ownership:
    """Keeps which nodes are the owner's; see :mod:`kg_service.queries.checks` for the rule."""

    def __init__(self, schema: GraphSchema, owner: str | None) -> None:
        self._schema = schema
        self._owner = owner
        self._nodes: list[Variable] = []
        self._groups: list[_Group] = []

    def add(self, variable: Variable) -> Variable:
        """Remember a node."""
        self._nodes.append(variable)
        return variable

    def anchors(
        self, nodes: Sequence[tuple[Node, Variable]], scope: Mapping[str, Variable], where: Sequence[Token]
    ) -> list[Variable]:
        """The nodes that the owner parameter names, in a pattern or in a condition on it that always holds."""
        if self._owner is None:
            return []
        wanted = [f"${self._owner}"]
        found = [
            variable
            for node, variable in nodes
            for name, value in node.properties
            if self._names_owner(variable, name) and [token.text for token in value] == wanted
        ]
        if not any(token.upper in ("OR", "XOR", "NOT") for token in where):
            found.extend(self._compared(where, scope))
        return found

    def connect(self, edges: Sequence[tuple[Variable, Variable]], anchors: Sequence[Variable], before: frozenset[int]) -> None:
        """Add a clause's relationships and anchors; ``before`` (ids) are the variables that do not become owned by it."""
        self._groups.append(_Group(tuple(edges), tuple(anchors), before))

    def stays(self, kinds: Sequence[str]) -> bool:
        """Whether a way over several relationships of these types passes personal nodes only."""
        return all(
            self._schema.labels[label].personal
            for kind in kinds
            if kind in self._schema.relationships
            for pair in self._schema.relationships[kind].pairs
            for label in pair
        )

    def first_of_others(self) -> Variable | None:
        """The first personal node that nothing ties to the owner."""
        while any(self._spread(group) for group in self._groups):
            pass
        for variable in self._nodes:
            some = any(self._schema.labels[label].personal for label in variable.labels if label in self._schema.labels)
            if some and not variable.is_owned:
                return variable
        return None

    def _spread(self, group: _Group) -> bool:
        """Spread ownership over a clause's relationships; whether that told something new."""
        reached = {id(variable): variable for variable in group.anchors}
        for pair in group.edges:
            reached.update((id(variable), variable) for variable in pair if variable.is_owned)
        grown = True
        while grown:
            before = len(reached)
            for left, right in group.edges:
                if self._personal(left) and self._personal(right):
                    if id(left) in reached:
                        reached[id(right)] = right
                    if id(right) in reached:
                        reached[id(left)] = left
            grown = len(reached) > before
        changed = False
        for key, variable in reached.items():
            if not variable.owned and key not in group.before:
                variable.owned = changed = True
        return changed

    def _personal(self, variable: Variable) -> bool:
        labels = [self._schema.labels[label] for label in variable.labels if label in self._schema.labels]
        return bool(labels) and all(label.personal for label in labels)

    def _compared(self, where: Sequence[Token], scope: Mapping[str, Variable]) -> list[Variable]:
        found: list[Variable] = []
        depth = 0
        for index, token in enumerate(where):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
            texts = [follower.text for follower in where[index : index + 5]]
            variable = scope.get(token.plain)
            if depth or variable is None or texts[1:2] != ["."] or texts[3:] != ["=", f"${self._owner}"]:
                continue
            # Alone, or one of several that all must hold.
            before, after = where[index - 1 : index] if index else (), where[index + 5 : index + 6]
            if any(token.upper != "AND" for token in (*before, *after)):
                continue
            if self._names_owner(variable, where[index + 2].plain):
                found.append(variable)
        return found

    def _names_owner(self, variable: Variable, name: str) -> bool:
        if variable.kind != "node" or not variable.labels:
            return False
        return all(
            (label == "User" and name == "user_id")
            or (name == "owner" and label in self._schema.labels and "owner" in self._schema.labels[label].properties)
            for label in variable.labels
        )
