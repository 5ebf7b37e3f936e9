"""A subgraph as an indented text tree, for terminals and pipes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import networkx as nx

from kg_service.graph.display import display, label_of

__all__ = ["outline", "roots"]

#: a step of the tree: what the node is reached by, the node, and whether it was shown before
_Child = tuple[str, str, bool]


def roots(graph: nx.MultiDiGraph[str]) -> list[str]:
    """The node to start from in each connected part: the leftmost by its label's column, then the best connected."""
    shown = display()

    def rank(node: str) -> tuple[int, int, str]:
        return (shown.of(label_of(graph.nodes[node])).column, -graph.degree(node), node)

    parts = [min(part, key=rank) for part in nx.weakly_connected_components(graph)]
    return sorted(parts, key=rank)


def outline(graph: nx.MultiDiGraph[str]) -> str:
    """Draw a subgraph as a text tree.

    Each node stands once, as near to its root as it can; a further relationship to a node that already stands elsewhere is
    a line that ends with ``^``. ``->`` follows the relationship, ``<-`` goes against it.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Nodes with ``label`` and properties, edges with ``type`` and properties.

    Returns
    -------
    str
        Lines without a final newline; empty for an empty graph.

    Examples
    --------
    >>> g = nx.MultiDiGraph()
    >>> g.add_node("O1", label="Order", order_id="O1"); g.add_node("L1", label="OrderLine", line_id="1", quantity=2)
    >>> _ = g.add_edge("O1", "L1", type="HAS_LINE")
    >>> print(outline(g))
    订单 O1
    └─ 包含 -> 订单行 1 · 件数 2
    """
    lines: list[str] = []
    for root in roots(graph):
        children = _tree(graph, root)
        lines.append(_title(graph, root))
        lines.extend(_lines(graph, children, root, ""))
    return "\n".join(lines)


def _title(graph: nx.MultiDiGraph[str], node: str, *, short: bool = False) -> str:
    shown = display()
    data = graph.nodes[node]
    name = shown.of(label_of(data)).name
    head = shown.heading(graph, node)
    head = head if head.startswith(name) else f"{name} {head}"
    return head if short else " · ".join([head, *shown.details(data)])


def _tree(graph: nx.MultiDiGraph[str], root: str) -> dict[str, list[_Child]]:
    """Breadth first, so that a node stands as near to the root as it can."""
    shown = display()
    children: dict[str, list[_Child]] = {}
    seen = {root}
    used: set[tuple[str, str, Any]] = set()
    queue = deque([root])

    def around(node: str) -> Iterator[tuple[int, str, str, str, tuple[str, str, Any]]]:
        for source, target, key, data in graph.out_edges(node, keys=True, data=True):
            text = f"{shown.relationship(data)} ->"
            yield shown.of(label_of(graph.nodes[target])).column, target, text, "out", (source, target, key)
        for source, target, key, data in graph.in_edges(node, keys=True, data=True):
            text = f"{shown.relationship(data)} <-"
            yield shown.of(label_of(graph.nodes[source])).column, source, text, "in", (source, target, key)

    while queue:
        node = queue.popleft()
        here = children.setdefault(node, [])
        for _, other, text, _, edge in sorted(around(node), key=lambda step: step[:4]):
            if edge in used:
                continue
            used.add(edge)
            here.append((text, other, other in seen))
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return children


def _lines(graph: nx.MultiDiGraph[str], children: dict[str, list[_Child]], node: str, indent: str) -> Iterator[str]:
    below = children.get(node, [])
    for position, (text, other, seen) in enumerate(below):
        last = position == len(below) - 1
        mark = " ^" if seen else ""
        yield f"{indent}{'└─' if last else '├─'} {text} {_title(graph, other, short=seen)}{mark}"
        if not seen:
            yield from _lines(graph, children, other, indent + ("   " if last else "│  "))
