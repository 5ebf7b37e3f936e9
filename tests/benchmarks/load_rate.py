"""How fast a load is, against a bare insertion of the very same nodes and edges on the same engine in the same run.

    python tests/benchmarks/load_rate.py [--orders 20000] [--store FOLDER|neo4j://…]

Printed: rows/s and items/s (nodes and edges) of the load, of a second load (nothing changes), of a bare loop that creates the
same items by the engine's own means, and, on a server, of one-row transactions. A script, not a timed test.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from synthetic import write_data_set

from kg_service.dataset import FILES
from kg_service.graph import GraphSchema, StoreOptions, open_store
from kg_service.graph.store import Statement, Store
from kg_service.loading import load
from kg_service.loading.graphrows import Edge, GraphRow, Node, graph_row
from kg_service.loading.reading import find_sources
from kg_service.loading.rows import check_row


def rows_of(folder: Path) -> list[GraphRow]:
    sources, _ = find_sources(folder, tuple(file.name for file in FILES))
    made = []
    for file in FILES:
        for source in sources.get(file.name, []):
            for raw in source.rows():
                row = check_row(file, source.label, raw).row
                assert row is not None
                made.append(graph_row(file, row, "bare"))
    return made


def items_of(rows: list[GraphRow]) -> tuple[list[Node], list[Edge]]:
    nodes = [node for row in rows for node in (row.node, *row.children) if node is not None]
    edges = [node.edge for node in nodes if node.edge is not None] + [edge for row in rows for edge in row.edges]
    return nodes, edges


def bare_embedded(store: Any, nodes: list[Node], edges: list[Edge]) -> float:
    """The engine's own vertex and edge calls, one after the other, a commit every 2,000; no index lookups: ends are held."""
    database = store._open_database()
    for kind in GraphSchema.load().relationships:
        database.command("sql", f"CREATE EDGE TYPE {kind} IF NOT EXISTS")
    held: dict[tuple[str, str, str], list[Any]] = {}
    schema = GraphSchema.load()
    started = time.monotonic()
    database.begin()
    for number, node in enumerate(nodes):
        vertex = database.new_vertex(node.label)
        for name, value in node.properties.items():
            vertex.set(name, value)
        vertex.save()
        keys = {schema.label(node.label).key} | ({"promotion_id"} if node.label == "Promotion" else set())
        for key in keys:
            held.setdefault((node.label, key, node.properties[key]), []).append(vertex)
        if number % 2000 == 1999:
            database.commit()
            database.begin()
    database.commit()
    database.begin()
    for number, edge in enumerate(edges):
        for start in held[(edge.start.label, edge.start.property, edge.start.value)]:
            for end in held[(edge.end.label, edge.end.property, edge.end.value)]:
                made = start.new_edge(edge.type, end, **edge.properties)
                made.save()
        if number % 2000 == 1999:
            database.commit()
            database.begin()
    database.commit()
    return time.monotonic() - started


def bare_statements(store: Store, nodes: list[Node], edges: list[Edge]) -> float:
    """The plainest Cypher: UNWIND … CREATE of nodes, then UNWIND … MATCH … CREATE of edges, 2,000 at a time."""
    started = time.monotonic()
    by_label: dict[str, list[dict[str, Any]]] = {}
    for node in nodes:
        by_label.setdefault(node.label, []).append(node.properties)
    for label, rows in by_label.items():
        for at in range(0, len(rows), 2000):
            store.write([Statement(f"UNWIND $rows AS r CREATE (n:{label}) SET n = r", {"rows": rows[at : at + 2000]})])
    by_shape: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for edge in edges:
        shape = (edge.type, edge.start.label, edge.start.property, edge.end.label, edge.end.property)
        by_shape.setdefault(shape, []).append({"a": edge.start.value, "b": edge.end.value, "p": edge.properties})
    for (kind, start, start_key, end, end_key), rows in by_shape.items():
        text = (
            f"UNWIND $rows AS r MATCH (a:{start} {{{start_key}: r.a}}) MATCH (b:{end} {{{end_key}: r.b}}) "
            f"CREATE (a)-[e:{kind}]->(b) SET e = r.p"
        )
        for at in range(0, len(rows), 2000):
            store.write([Statement(text, {"rows": rows[at : at + 2000]})])
    return time.monotonic() - started


def one_row_transactions(store: Store, nodes: list[Node], limit: int = 500) -> float:
    """Seconds per node when each is a transaction of its own."""
    started = time.monotonic()
    for number, node in enumerate(nodes[:limit]):
        values = {**node.properties, GraphSchema.load().label(node.label).key: f"one-row {number}"}
        store.write([Statement(f"CREATE (n:{node.label}) SET n = $p", {"p": values})])
    return (time.monotonic() - started) / min(limit, len(nodes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--store", help="a server (its data is deleted); default: a new embedded store")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        folder = write_data_set(base / "data", wanted.orders)
        options = StoreOptions(user=os.environ.get("NEO4J_USER"), password=os.environ.get("NEO4J_PASSWORD"), write_timeout_ms=0)
        rows = rows_of(folder)
        nodes, edges = items_of(rows)
        items = len(nodes) + len(edges)
        print(f"{len(rows)} rows, {len(nodes)} nodes, {len(edges)} edges")

        def empty(name: str) -> Store:
            store = open_store(wanted.store or base / name, options)
            if wanted.store:
                gone = Statement("MATCH (n) WITH n LIMIT 10000 DETACH DELETE n RETURN count(*) AS c")
                while store.write([gone])[0][0]["c"]:
                    pass
            store.apply_schema(GraphSchema.load().statements())
            return store

        def say(what: str, seconds: float, count: int = len(rows), things: int = items) -> float:
            print(f"{what:34} {seconds:8.1f} s {count / seconds:10.0f} rows/s {things / seconds:10.0f} items/s", flush=True)
            return things / seconds

        store = empty("warm")  # compiles the engine's code once, for all that follows
        small = write_data_set(base / "small", 500, name="small")
        load(store, small)
        store.close()

        store = empty("loaded")
        first = say("load", load(store, folder).seconds)
        say("load again, nothing changes", load(store, folder).seconds)
        store.close()

        store = empty("statements")
        plain = say("bare statements (UNWIND … CREATE)", bare_statements(store, nodes, edges))
        if wanted.store:
            single = one_row_transactions(store, nodes)
            print(f"{'one-row transactions':34} {'':21} {'':7} {1 / single:10.0f} items/s")
            print(f"load / one-row transactions: {first * single:.1f}×")
        store.close()
        print(f"load / bare statements: {first / plain:.0%}")

        if not wanted.store:
            store = empty("bare")
            bare = say("bare loop (new_vertex, new_edge)", bare_embedded(store, nodes, edges))
            store.close()
            print(f"load / bare loop: {first / bare:.0%}")


if __name__ == "__main__":
    main()
