"""The whole content of a graph as plain data, to compare two graphs node by node and edge by edge."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kg_service.graph.schema import GraphSchema
from kg_service.graph.store import Statement, Store

Snapshot = dict[str, Any]


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _properties(row: dict[str, Any], without: tuple[str, ...] = ()) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((key, _frozen(value)) for key, value in row.items() if value is not None and key not in without))


def snapshot(store: Store, *, fingerprints: bool = True) -> Snapshot:
    """Every node by ``Label:key`` with its properties, every edge as (start, type, end, properties), sorted.

    The time of the load is the one thing left out, and the rows' fingerprints where they do not matter.
    """
    out = ("loaded_at",) if fingerprints else ("loaded_at", "row")
    schema = GraphSchema.load()
    nodes: dict[str, Any] = {}
    edges: list[Any] = []
    for label, about in schema.labels.items():
        for row in store.read(Statement(f"MATCH (n:{label}) RETURN n {{.*}} AS p"), timeout_ms=60_000):
            name = f"{label}:{row['p'][about.key]}"
            assert name not in nodes, f"{name} is there twice"
            nodes[name] = _properties(row["p"], out)
    for kind, about_edge in schema.relationships.items():
        for start, end in about_edge.pairs:
            text = (
                f"MATCH (a:{start})-[e:{kind}]->(b:{end}) "
                f"RETURN a.{schema.label(start).key} AS a, b.{schema.label(end).key} AS b, properties(e) AS p"
            )
            for row in store.read(Statement(text), timeout_ms=60_000):
                edges.append((f"{start}:{row['a']}", kind, f"{end}:{row['b']}", _properties(row["p"] or {}, out)))
    return {"nodes": nodes, "edges": sorted(edges)}


def differences(left: Snapshot, right: Snapshot) -> list[str]:
    """What one graph has and the other has not, in words."""
    found = [f"only left: {name}" for name in sorted(left["nodes"].keys() - right["nodes"].keys())]
    found += [f"only right: {name}" for name in sorted(right["nodes"].keys() - left["nodes"].keys())]
    found += [
        f"differs: {name}: {left['nodes'][name]} / {right['nodes'][name]}"
        for name in sorted(left["nodes"].keys() & right["nodes"].keys())
        if left["nodes"][name] != right["nodes"][name]
    ]
    if left["edges"] != right["edges"]:
        ours, theirs = set(left["edges"]), set(right["edges"])
        found += [f"edge only left: {edge}" for edge in sorted(ours - theirs)]
        found += [f"edge only right: {edge}" for edge in sorted(theirs - ours)]
        if ours == theirs:
            left_counts, right_counts = Counter(left["edges"]), Counter(right["edges"])
            found += [
                f"edge {left_counts[edge]} times / {right_counts[edge]} times: {edge}"
                for edge in sorted(ours)
                if left_counts[edge] != right_counts[edge]
            ]
    return found[:50]
