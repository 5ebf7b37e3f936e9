"""The subgraph of one order: rows of the ``order/case_*`` templates as a ``networkx.MultiDiGraph`` with stable ids.

A node's id is ``Label:key`` (``OrderLine:O1/L1``), its data ``label`` and ``properties`` (as in the graph: 分, epoch ms, JSON
texts); an edge's key is its relationship, its data ``type`` (the same)
and ``properties``. The rules' facts are read from this graph and from nothing
else (:mod:`kg_service.graph.case`), so what the evidence shows is what was decided over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import networkx as nx

from kg_service.graph.schema import FINGERPRINT, GraphSchema
from kg_service.graph.store import Row
from kg_service.queries.flow import Flow, Query

__all__ = ["TERMS", "Graph", "add_edge", "add_node", "node_id", "read_order_graph"]

Graph: TypeAlias = "nx.MultiDiGraph[str]"
#: The graph's own attribute with the ids of the terms it has to have: an edge to a lost term is lost with it.
TERMS = "term_ids"


def node_id(label: str, key: str) -> str:
    """``Label:key``, the stable id of a node in a subgraph."""
    return f"{label}:{key}"


def add_node(graph: Graph, label: str, item: Mapping[str, Any] | None) -> str | None:
    """Add a node from a map of its properties; ``None`` (an OPTIONAL MATCH without a match) adds nothing."""
    key = GraphSchema.load().label(label).key
    if not item or item.get(key) is None:
        return None
    name = node_id(label, str(item[key]))
    properties = {name: value for name, value in item.items() if value is not None and name != FINGERPRINT}
    graph.add_node(name, label=label, properties=properties)
    return name


def add_edge(graph: Graph, source: str | None, kind: str, target: str | None, **properties: Any) -> None:
    """Add an edge where both ends are there."""
    if source is not None and target is not None:
        kept = {key: value for key, value in properties.items() if value is not None}
        graph.add_edge(source, target, key=kind, type=kind, properties=kept)


def read_order_graph(user_id: str, order_id: str) -> Flow[Graph]:
    """The subgraph the rules decide an order's return over; empty when the customer has no such order."""
    graph: Graph = nx.MultiDiGraph()
    owner = {"user_id": user_id, "order_id": order_id}
    rows = yield Query("order/case_order", owner)
    if not rows:
        return graph
    user = add_node(graph, "User", {"user_id": user_id})
    order = None
    for row in rows:
        order = add_node(graph, "Order", row["item"])
        add_edge(graph, user, "PLACED", order)
        add_edge(graph, order, "AT_SHOP", add_node(graph, "Shop", row["shop"]))
        add_edge(graph, order, "HAS_FREIGHT", add_node(graph, "Freight", row["freight"]))
    _add_lines(graph, order, (yield Query("order/case_lines", owner)))
    _add_categories(graph, (yield Query("order/case_categories", owner)))
    _add_applications(graph, order, order_id, (yield Query("order/case_applications", owner)))
    for row in (yield Query("order/case_waiver", owner)):
        promotion = add_node(graph, "Promotion", row["promotion"])
        add_edge(graph, node_id("Freight", order_id), "WAIVED_BY", promotion)
        add_edge(graph, promotion, "GOVERNED_BY", add_node(graph, "Term", row["term"]))
    for row in (yield Query("order/case_payments", owner)):
        kind = "PAID_WITH" if row["label"] == "Payment" else "SHIPPED_IN"
        add_edge(graph, order, kind, add_node(graph, row["label"], row["item"]))
    for row in (yield Query("order/case_returns", owner)):
        item = add_node(graph, "Return", row["item"])
        add_edge(graph, order, "HAS_RETURN", item)
        if row["line_id"] is not None:
            line = node_id("OrderLine", f"{order_id}/{row['line_id']}")
            add_edge(graph, item, "TAKES_BACK", line if line in graph else None, quantity=row["quantity"])
    _add_terms(graph, (yield Query("order/case_terms", _goods_ids(graph))))
    return graph


def _add_lines(graph: Graph, order: str | None, rows: Iterable[Row]) -> None:
    for row in rows:
        line = add_node(graph, "OrderLine", row["item"])
        sku = add_node(graph, "Sku", row["sku"])
        product = add_node(graph, "Product", row["product"])
        add_edge(graph, order, "HAS_LINE", line)
        add_edge(graph, line, "FOR_SKU", sku)
        add_edge(graph, sku, "SKU_OF", product)
        add_edge(graph, product, "OF_BRAND", add_node(graph, "Brand", row["brand"]))
        add_edge(graph, product, "SOLD_BY", add_node(graph, "Shop", row["shop"]))
        if product is not None and row["category_id"] is not None:
            category = node_id("Category", row["category_id"])
            if category not in graph:
                add_node(graph, "Category", {"category_id": row["category_id"]})
            add_edge(graph, product, "IN_CATEGORY", category)


def _add_categories(graph: Graph, rows: Iterable[Row]) -> None:
    rows = list(rows)
    for row in rows:
        add_node(graph, "Category", row["item"])
    for row in rows:
        if row["parent_id"] is not None:
            parent = node_id("Category", row["parent_id"])
            add_edge(graph, node_id("Category", row["item"]["category_id"]), "CHILD_OF", parent if parent in graph else None)


def _add_applications(graph: Graph, order: str | None, order_id: str, rows: Iterable[Row]) -> None:
    for row in rows:
        application = add_node(graph, "PromotionApplication", row["item"])
        promotion = add_node(graph, "Promotion", row["promotion"])
        add_edge(graph, order, "HAS_APPLICATION", application)
        add_edge(graph, application, "OF", promotion)
        add_edge(graph, promotion, "GOVERNED_BY", add_node(graph, "Term", row["term"]))
        add_edge(graph, application, "USED", add_node(graph, "Coupon", row["coupon"]))
        if row["line_id"] is not None:
            line = node_id("OrderLine", f"{order_id}/{row['line_id']}")
            add_edge(
                graph, line if line in graph else None, "PARTICIPATED_IN", application, role=row["role"], share=row["share"]
            )


def _goods_ids(graph: Graph) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {label: [] for label in ("Sku", "Product", "Category", "Brand", "Shop")}
    for name, data in graph.nodes(data=True):
        if data["label"] in ids:
            ids[data["label"]].append(name.partition(":")[2])
    return {f"{label.lower()}_ids": sorted(found) for label, found in ids.items()}


def _add_terms(graph: Graph, rows: Iterable[Row]) -> None:
    rows = list(rows)
    graph.graph[TERMS] = sorted({row["term_id"] for row in rows})
    for row in rows:
        add_node(graph, "Term", row["term"])
