"""The loader's Cypher: every statement is made here from the names of the schema; data travel in parameters only.

All of them run unmodified on the embedded store and on Neo4j. ``CREATE`` is used for rows known to be new (the fingerprints
tell), because ``MERGE`` would look each of them up again; the uniqueness constraints stand guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kg_service.graph.schema import FINGERPRINT, GraphSchema
from kg_service.graph.store import Statement
from kg_service.loading.graphrows import OWNED, Edge, End, GraphRow, Node
from kg_service.loading.ingraph import NAME_AT

__all__ = [
    "RELATIONS",
    "Expected",
    "clear",
    "create_edges",
    "create_nodes",
    "fingerprints",
    "link_versions",
    "remove",
    "rows_of",
    "set_nodes",
]

#: The relationships that are rows of product_relations themselves.
RELATIONS = ("COMPATIBLE_WITH", "INCOMPATIBLE_WITH", "ACCESSORY_OF", "SUBSTITUTE_OF")


@dataclass(frozen=True)
class Expected:
    """A statement and how many things it must make (at least, where an end may match several nodes)."""

    statement: Statement
    count: int
    several: bool = False


def _key(label: str) -> str:
    return GraphSchema.load().label(label).key


def create_nodes(nodes: Sequence[Node]) -> list[Expected]:
    """Statements that create nodes, each with its edge when it has one."""
    groups: dict[tuple[str, str, str, str, bool], list[dict[str, Any]]] = {}
    plain: dict[str, list[dict[str, Any]]] = {}
    for node in nodes:
        if node.edge is None:
            plain.setdefault(node.label, []).append(node.properties)
            continue
        leaves = _is(node, node.edge.start)
        other = node.edge.end if leaves else node.edge.start
        shape = (node.label, node.edge.type, other.label, other.property, leaves)
        groups.setdefault(shape, []).append({"a": other.value, "p": node.properties})
    made = [
        Expected(Statement(f"UNWIND $rows AS r CREATE (n:{label}) SET n = r RETURN count(n) AS c", {"rows": rows}), len(rows))
        for label, rows in plain.items()
    ]
    for (label, kind, anchor, key, leaves), rows in groups.items():
        arrow = f"(n:{label})-[:{kind}]->(a)" if leaves else f"(a)-[:{kind}]->(n:{label})"
        text = f"UNWIND $rows AS r MATCH (a:{anchor} {{{key}: r.a}}) CREATE {arrow} SET n = r.p RETURN count(n) AS c"
        made.append(Expected(Statement(text, {"rows": rows}), len(rows)))
    return made


def _is(node: Node, end: End) -> bool:
    return end.label == node.label and node.properties.get(end.property) == end.value


def set_nodes(nodes: Sequence[Node]) -> list[Expected]:
    """Statements that give existing nodes exactly these properties."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for node in nodes:
        groups.setdefault(node.label, []).append(node.properties)
    return [
        Expected(
            Statement(
                f"UNWIND $rows AS r MATCH (n:{label} {{{_key(label)}: r.{_key(label)}}}) SET n = r RETURN count(n) AS c",
                {"rows": rows},
            ),
            len(rows),
        )
        for label, rows in groups.items()
    ]


def create_edges(edges: Iterable[Edge]) -> list[Expected]:
    """Statements that create edges between nodes that exist."""
    groups: dict[tuple[str, str, str, str, str, bool], list[dict[str, Any]]] = {}
    for edge in edges:
        shape = (edge.type, edge.start.label, edge.start.property, edge.end.label, edge.end.property, bool(edge.properties))
        item: dict[str, Any] = {"a": edge.start.value, "b": edge.end.value}
        if edge.properties:
            item["p"] = edge.properties
        groups.setdefault(shape, []).append(item)
    made = []
    for (kind, start, start_key, end, end_key, with_properties), rows in groups.items():
        fill = " SET e = r.p" if with_properties else ""
        # No constraint guards an edge that is a row of its own: MERGE does, when two processes load into one server.
        make = f"MERGE (a)-[e:{kind} {{relation_key: r.p.relation_key}}]" if kind in RELATIONS else f"CREATE (a)-[e:{kind}]"
        text = (
            f"UNWIND $rows AS r MATCH (a:{start} {{{start_key}: r.a}}) MATCH (b:{end} {{{end_key}: r.b}}) "
            f"{make}->(b){fill} RETURN count(e) AS c"
        )
        made.append(Expected(Statement(text, {"rows": rows}), len(rows), several=end_key != _key(end)))
    return made


def clear(label: str, keys: list[str]) -> list[Statement]:
    """Statements that remove what the rows own beside their nodes: children and edges."""
    owned = OWNED.get(label)
    if owned is None:
        return []
    head = f"UNWIND $keys AS k MATCH (n:{label} {{{_key(label)}: k}}) "
    texts = [f"{head}MATCH (n)-[:{kind}]->(c:{child}) DETACH DELETE c" for kind, child in owned.children]
    texts += [f"{head}MATCH (n)-[e:{kind}]->() DELETE e" for kind in owned.out]
    texts += [f"{head}MATCH (n)<-[e:{kind}]-() DELETE e" for kind in owned.in_]
    return [Statement(text, {"keys": keys}) for text in texts]


#: A term that is removed is not a lost one.
_UNLIST = "MATCH (d:DataSet) WHERE d.term_ids IS NOT NULL SET d.term_ids = [t IN d.term_ids WHERE NOT t IN $keys]"


def remove(label: str, keys: list[str]) -> list[Statement]:
    """Statements that remove rows: their nodes with all edges, and the children they own."""
    if label == "ProductRelation":
        return [
            Statement(
                f"UNWIND $keys AS k MATCH (p:Product {{product_id: k.product}})-[e:{kind}]->() "
                "WHERE e.relation_key = k.key DELETE e",
                {"keys": [{"product": key.partition(f"/{kind}/")[0], "key": key} for key in keys if f"/{kind}/" in key]},
            )
            for kind in RELATIONS
        ]
    gone = Statement(f"UNWIND $keys AS k MATCH (n:{label} {{{_key(label)}: k}}) DETACH DELETE n", {"keys": keys})
    children = clear(label, keys) if label in OWNED and OWNED[label].children else []
    unlisted = [Statement(_UNLIST, {"keys": keys})] if label == "Term" else []
    return [*_marks(label, keys), *children, gone, *unlisted]


def _marks(label: str, keys: list[str]) -> list[Statement]:
    """Statements that void the fingerprints of the rows that refer to nodes about to go: they are written again when loaded.

    Such rows are rejected ones (their old version stays) or another data set's.
    """
    head = f"UNWIND $keys AS k MATCH (n:{label} {{{_key(label)}: k}}) "
    patterns = []
    for kind, relationship in GraphSchema.load().relationships.items():
        for start, end in relationship.pairs:
            if end == label and start in OWNED and kind in OWNED[start].out:
                patterns.append(f"MATCH (x:{start})-[:{kind}]->(n)")
            elif start == label and end in OWNED and kind in OWNED[end].in_:
                patterns.append(f"MATCH (n)-[:{kind}]->(x:{end})")
            elif end == label:
                patterns += [
                    f"MATCH (y:{child})-[:{kind}]->(n) MATCH (x:{owner})-[:{own}]->(y)"
                    for owner, owned in OWNED.items()
                    for own, child in owned.children
                    if child == start and owner != label
                ]
    void = f"SET x.{FINGERPRINT} = '{'-' * (NAME_AT - 1)}@' + substring(x.{FINGERPRINT}, {NAME_AT})"
    return [
        Statement(f"{head}{pattern} WITH DISTINCT x {void} RETURN count(x) AS marked", {"keys": keys}) for pattern in patterns
    ]


def fingerprints(label: str, rows: Sequence[GraphRow]) -> list[Statement]:
    """Statements that read ``key`` and ``row`` of those rows that the graph has."""
    if label == "ProductRelation":
        by_kind: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            edge = row.edges[0]
            by_kind.setdefault(edge.type, []).append({"product": edge.start.value, "key": row.key})
        return [
            Statement(
                f"UNWIND $keys AS k MATCH (p:Product {{product_id: k.product}})-[e:{kind}]->() WHERE e.relation_key = k.key "
                f"RETURN e.relation_key AS key, e.{FINGERPRINT} AS row",
                {"keys": keys},
            )
            for kind, keys in by_kind.items()
        ]
    key = _key(label)
    text = f"UNWIND $keys AS k MATCH (n:{label} {{{key}: k}}) RETURN n.{key} AS key, n.{FINGERPRINT} AS row"
    return [Statement(text, {"keys": [row.key for row in rows]})]


def link_versions(keys: list[str]) -> list[Statement]:
    """Statements that link new promotion versions to what refers to the promotion in all its versions."""
    head = "UNWIND $keys AS k MATCH (p:Promotion {promotion_key: k}) MATCH (o:Promotion {promotion_id: p.promotion_id}) "
    return [
        Statement(
            f"{head}WHERE o.promotion_key <> k MATCH (x:{label})-[:{kind}]->(o) WITH DISTINCT x, p MERGE (x)-[:{kind}]->(p)",
            {"keys": keys},
        )
        for label, kind in (("Coupon", "COUPON_OF"), ("Freight", "WAIVED_BY"), ("Faq", "ABOUT"))
    ]


def rows_of(label: str, data_set: str, after: str, limit: int) -> list[Statement]:
    """Statements that page through the keys of a data set's rows in the graph, in the order of the keys."""
    if label == "ProductRelation":
        return [
            Statement(
                f"MATCH (p:Product)-[e:{kind}]->() "
                f"WHERE e.relation_key > $after AND substring(e.{FINGERPRINT}, {NAME_AT}) = $name "
                "RETURN e.relation_key AS key ORDER BY key LIMIT $limit",
                {"after": after, "name": data_set, "limit": limit},
            )
            for kind in RELATIONS
        ]
    key = _key(label)
    text = (
        f"MATCH (n:{label}) WHERE n.{key} > $after AND substring(n.{FINGERPRINT}, {NAME_AT}) = $name "
        f"RETURN n.{key} AS key ORDER BY key LIMIT $limit"
    )
    return [Statement(text, {"after": after, "name": data_set, "limit": limit})]
