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
    """Breadth first along the relationships; against them only to what cannot be reached otherwise."""
    shown = display()
    children: dict[str, list[_Child]] = {root: []}
    used: set[tuple[str, str, Any]] = set()
    queue = deque([root])

    def rank(other: str, text: str) -> tuple[int, str, str]:
        return shown.of(label_of(graph.nodes[other])).column, other, text

    while queue:
        node = queue.popleft()
        steps = [
            (shown.relationship(data), target, (node, target, key))
            for _, target, key, data in graph.out_edges(node, keys=True, data=True)
        ]
        for text, target, edge in sorted(steps, key=lambda step: rank(step[1], step[0])):
            if edge not in used:
                children[node].append((f"{text} ->", target, target in children))
                if target not in children:
                    children[target] = []
                    queue.append(target)
        if not queue:
            against = next(_against(graph, children), None)
            if against:
                node, source, key, data = against
                used.add((source, node, key))
                children[node].append((f"{shown.relationship(data)} <-", source, False))
                children[source] = []
                queue.append(source)
    return children


def _against(graph: nx.MultiDiGraph[str], known: dict[str, list[_Child]]) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    for node in known:
        for source, _, key, data in sorted(
            graph.in_edges(node, keys=True, data=True), key=lambda edge: (edge[0], str(edge[2]))
        ):
            if source not in known:
                yield node, source, key, data


def _lines(graph: nx.MultiDiGraph[str], children: dict[str, list[_Child]], node: str, indent: str) -> Iterator[str]:
    below = children.get(node, [])
    for position, (text, other, seen) in enumerate(below):
        last = position == len(below) - 1
        mark = " ^" if seen else ""
        yield f"{indent}{'└─' if last else '├─'} {text} {_title(graph, other, short=seen)}{mark}"
        if not seen:
            yield from _lines(graph, children, other, indent + ("   " if last else "│  "))
