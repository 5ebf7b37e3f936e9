"""A row as it stands in the graph: its node, the nodes it owns, its relationships (schema/graph.yaml).

``to_graph()`` of the row models gives the properties; this module says which label, which children and which edges.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg_service.dataset import (
    Attribute,
    Category,
    Coupon,
    Event,
    Faq,
    Identity,
    Order,
    PricePoint,
    Product,
    ProductRelation,
    Promotion,
    Scope,
    SizeChartRow,
    Sku,
    Term,
)
from kg_service.dataset.files import DataFile
from kg_service.dataset.values import Row
from kg_service.graph.schema import FINGERPRINT, GraphSchema, Property

__all__ = ["OWNED", "Edge", "End", "GraphRow", "Node", "Owned", "fingerprint", "graph_row"]

_LABELS = {"shop": "Shop", "brand": "Brand", "category": "Category", "product": "Product", "sku": "Sku"}
_ABOUT = {**{k: v for k, v in _LABELS.items() if k != "sku"}, "promotion": "Promotion"}


@dataclass(frozen=True, slots=True)
class End:
    """One end of an edge: the nodes of a label whose property has a value."""

    label: str
    property: str
    value: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship from ``start`` to ``end``; an end that several nodes match makes several."""

    type: str
    start: End
    end: End
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    """A node and, optionally, the one edge it is created with: ``edge`` names this node at one of its ends."""

    label: str
    properties: dict[str, Any]
    edge: Edge | None = None


@dataclass(slots=True)
class GraphRow:
    """All that one row becomes. A relation row has no node of its own, only its edge."""

    key: str
    row: str
    node: Node | None
    children: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


@dataclass(frozen=True)
class Owned:
    """What a label's row owns beside its node, to be cleared when the row changes.

    Attributes
    ----------
    children : edge type and label of the nodes that go with it
    out, in_ : types of its edges that leave, or reach, its node
    """

    children: tuple[tuple[str, str], ...] = ()
    out: tuple[str, ...] = ()
    in_: tuple[str, ...] = ()


OWNED: dict[str, Owned] = {
    "Category": Owned(out=("CHILD_OF",)),
    "Product": Owned(out=("IN_CATEGORY", "OF_BRAND", "SOLD_BY")),
    "Sku": Owned(out=("SKU_OF",)),
    "Attribute": Owned(in_=("HAS_ATTRIBUTE",)),
    "SizeChart": Owned(in_=("SIZED_BY",)),
    "PricePoint": Owned(in_=("PRICED",)),
    "Identity": Owned(in_=("KNOWN_AS",)),
    "Term": Owned(out=("APPLIES_TO", "NOT_FOR")),
    "Promotion": Owned(out=("COVERS", "NOT_COVERS", "GIVES", "GOVERNED_BY")),
    "Coupon": Owned(out=("COUPON_OF",), in_=("HOLDS",)),
    "Order": Owned(
        children=(
            ("HAS_LINE", "OrderLine"),
            ("HAS_APPLICATION", "PromotionApplication"),
            ("PAID_WITH", "Payment"),
            ("HAS_FREIGHT", "Freight"),
            ("SHIPPED_IN", "Shipment"),
            ("HAS_RETURN", "Return"),
        ),
        out=("AT_SHOP",),
        in_=("PLACED",),
    ),
    "Faq": Owned(out=("ABOUT",)),
    "Event": Owned(in_=("DID",)),
}


def fingerprint(made: GraphRow, data_set: str) -> str:
    """What a node's ``row`` says: 32 hex digits of all that the row becomes in the graph, ``@``, the data set it is from.

    Two rows that become the same (an absent key and a null, ``2`` and ``2.00``) have the same fingerprint.
    """
    nodes = [made.node, *made.children]
    edges = [node.edge for node in nodes if node is not None and node.edge is not None] + made.edges
    content = [
        [[node.label, node.properties] for node in nodes if node is not None],
        [[edge.type, edge.start.label, edge.start.value, edge.end.label, edge.end.value, edge.properties] for edge in edges],
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}@{data_set}"


def graph_row(file: DataFile, row: Row, data_set: str) -> GraphRow:
    """What a row becomes in the graph.

    Parameters
    ----------
    file : the file of the format
    row : a validated row
    data_set : the manifest's name
    """
    made = _MAKERS.get(type(row), _bare)(file, row, file.key_of(row))
    made.row = fingerprint(made, data_set)
    holder = made.node.properties if made.node is not None else made.edges[0].properties
    holder[FINGERPRINT] = made.row
    return made


#: Keys that become edges, and keys that no rule decides over: what is shown may be lost without changing a decision.
_AS_EDGES = ("parent_id", "category_id", "brand_id", "shop_id")
_ONLY_SHOWN = frozenset({"aliases", "description"})


def _recorded(known: Mapping[str, Property], values: Mapping[str, Any]) -> list[str] | None:
    """The optional keys a row has: what the graph lacks of them later is lost, not unknown from the start."""
    optional = [name for name, prop in known.items() if not prop.required and name not in _ONLY_SHOWN]
    return [name for name in (*optional, *_AS_EDGES) if values.get(name) is not None] or None


def _node(label: str, values: dict[str, Any], edge: Edge | None = None, **more: Any) -> Node:
    """A node with those of the values that the schema knows; maps and lists of maps as JSON text."""
    properties: dict[str, Any] = {}
    known = GraphSchema.load().label(label).properties
    if "recorded" in known:
        more.setdefault("recorded", _recorded(known, values))
    for name, prop in known.items():
        value = more.get(name, values.get(name))
        if value is None:
            continue
        properties[name] = _json(value) if prop.type == "json" else value
    return Node(label, properties, edge)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _end(label: str, value: str, by: str | None = None) -> End:
    return End(label, by or GraphSchema.load().label(label).key, value)


def _simple(row: GraphRow, *edges: Edge | None, first: bool = True) -> GraphRow:
    """Attach edges; with ``first`` the node is created together with the first of them."""
    real = [edge for edge in edges if edge is not None]
    if first and real and row.node is not None:
        row.node = Node(row.node.label, row.node.properties, real.pop(0))
    row.edges += real
    return row


def _bare(file: DataFile, row: Row, key: str) -> GraphRow:
    return GraphRow(key, "", _node(file.label, row.to_graph()))


def _out(kind: str, me: End, label: str, value: str | None, by: str | None = None) -> Edge | None:
    return None if value is None else Edge(kind, me, _end(label, value, by))


def _in(kind: str, label: str, value: str, me: End) -> Edge:
    return Edge(kind, _end(label, value), me)


def _category(file: DataFile, row: Category, key: str) -> GraphRow:
    edge = _out("CHILD_OF", _end("Category", key), "Category", row.parent_id)
    return _simple(_bare(file, row, key), edge, first=False)  # its parent may be new in the same batch


def _product(file: DataFile, row: Product, key: str) -> GraphRow:
    me = _end("Product", key)
    return _simple(
        _bare(file, row, key),
        _out("IN_CATEGORY", me, "Category", row.category_id),
        _out("OF_BRAND", me, "Brand", row.brand_id),
        _out("SOLD_BY", me, "Shop", row.shop_id),
    )


def _sku(file: DataFile, row: Sku, key: str) -> GraphRow:
    return _simple(_bare(file, row, key), _out("SKU_OF", _end("Sku", key), "Product", row.product_id))


def _attribute(file: DataFile, row: Attribute, key: str) -> GraphRow:
    node = _node("Attribute", row.to_graph(), attribute_key=key)
    return _simple(GraphRow(key, "", node), _in("HAS_ATTRIBUTE", "Product", row.product_id, _end("Attribute", key)))


def _size(file: DataFile, row: SizeChartRow, key: str) -> GraphRow:
    node = _node("SizeChart", row.to_graph(), size_key=key)
    return _simple(GraphRow(key, "", node), _in("SIZED_BY", _LABELS[row.target_type], row.target_id, _end("SizeChart", key)))


def _price(file: DataFile, row: PricePoint, key: str) -> GraphRow:
    node = _node("PricePoint", row.to_graph(), price_key=key)
    return _simple(GraphRow(key, "", node), _in("PRICED", "Sku", row.sku_id, _end("PricePoint", key)))


def _identity(file: DataFile, row: Identity, key: str) -> GraphRow:
    node = _node("Identity", row.to_graph(), identity_key=key)
    return _simple(GraphRow(key, "", node), _in("KNOWN_AS", "User", row.user_id, _end("Identity", key)))


def _event(file: DataFile, row: Event, key: str) -> GraphRow:
    node = _node("Event", row.to_graph(), event_key=key)
    return _simple(GraphRow(key, "", node), _in("DID", "User", row.user_id, _end("Event", key)))


def _faq(file: DataFile, row: Faq, key: str) -> GraphRow:
    label = _ABOUT.get(row.target_type or "")
    edge = None
    if label is not None and row.target_id is not None:
        edge = _out("ABOUT", _end("Faq", key), label, row.target_id, "promotion_id" if label == "Promotion" else None)
    return _simple(_bare(file, row, key), edge, first=False)


def _scoped(kind: str, me: End, scope: Scope | None, side: str) -> Iterator[Edge]:
    for entry in getattr(scope, side, None) or ():
        if entry.type in _LABELS:
            yield Edge(kind, me, _end(_LABELS[entry.type], entry.id))


def _unique(edges: Iterator[Edge]) -> list[Edge]:
    return list({(edge.type, edge.end): edge for edge in edges}.values())


def _term(file: DataFile, row: Term, key: str) -> GraphRow:
    me, values = _end("Term", key), row.to_graph()
    edges = [*_scoped("APPLIES_TO", me, row.scope, "include"), *_scoped("NOT_FOR", me, row.scope, "exclude")]
    return GraphRow(key, "", _node("Term", values, recorded=list(values)), edges=_unique(iter(edges)))


def _promotion(file: DataFile, row: Promotion, key: str) -> GraphRow:
    values = row.to_graph()
    node = _node(
        "Promotion",
        values,
        promotion_key=key,
        version=row.version,
        valid_from=row.valid.from_,
        valid_to=row.valid.to,
        recorded=list(values),
    )
    return GraphRow(key, "", node, edges=_unique(_promotion_edges(row, _end("Promotion", key))))


def _promotion_edges(row: Promotion, me: End) -> Iterator[Edge]:
    yield from _scoped("NOT_COVERS", me, row.scope, "exclude")
    for scope in (row.scope, row.condition.qualifier_scope, *(component.scope for component in row.components)):
        yield from _scoped("COVERS", me, scope, "include")
    for effect in (row.effect, *(tier.effect for tier in row.tiers)):
        if effect.gift_sku_id is not None:
            yield Edge("GIVES", me, _end("Sku", effect.gift_sku_id))
    if row.after_sale.term_id is not None:
        yield Edge("GOVERNED_BY", me, _end("Term", row.after_sale.term_id))


def _coupon(file: DataFile, row: Coupon, key: str) -> GraphRow:
    me = _end("Coupon", key)
    return _simple(
        _bare(file, row, key),
        _in("HOLDS", "User", row.user_id, me),
        _out("COUPON_OF", me, "Promotion", row.promotion_id, "promotion_id"),
    )


def _relation(file: DataFile, row: ProductRelation, key: str) -> GraphRow:
    properties: dict[str, Any] = {"relation_key": key}
    if row.note is not None:
        properties["note"] = row.note
    edge = Edge(row.relation, _end("Product", row.product_id), _end(_LABELS[row.target_type], row.target_id), properties)
    return GraphRow(key, "", None, edges=[edge])


def _order(file: DataFile, row: Order, key: str) -> GraphRow:
    values, me = row.to_graph(), _end("Order", key)
    lists: dict[str, list[str]] = {"line_ids": [line.line_id for line in row.lines]}
    for name, items in (
        ("application", row.applications),
        ("payment", row.payments),
        ("shipment", row.shipments),
        ("return", row.returns),
    ):
        if items is not None:
            lists[f"{name}_ids"] = [getattr(item, f"{name}_id") for item in items]
    made = GraphRow(key, "", _node("Order", values, _in("PLACED", "User", row.user_id, me), **lists))
    if row.shop_id is not None:
        made.edges.append(Edge("AT_SHOP", me, _end("Shop", row.shop_id)))

    def child(kind: str, label: str, value: dict[str, Any], name: str, **more: Any) -> End:
        own = f"{key}/{value[name + '_id']}"
        end = _end(label, own)
        made.children.append(_node(label, value, Edge(kind, me, end), **{end.property: own}, **more))
        return end

    lines = {}
    for line, value in zip(row.lines, values["lines"], strict=True):
        end = lines[line.line_id] = child("HAS_LINE", "OrderLine", value, "line")
        made.edges.append(Edge("FOR_SKU", end, _end("Sku", line.sku_id)))
    for application, value in zip(row.applications or (), values.get("applications") or (), strict=True):
        parts = application.participants
        end = child("HAS_APPLICATION", "PromotionApplication", value, "application", line_ids=[part.line_id for part in parts])
        version = f"{application.promotion_id}@{application.version}"
        made.edges.append(Edge("OF", end, _end("Promotion", version)))
        if application.coupon_id is not None:
            made.edges.append(Edge("USED", end, _end("Coupon", application.coupon_id)))
        for part in parts:
            share = {"role": part.role, "share": int(part.share)}
            made.edges.append(Edge("PARTICIPATED_IN", lines[part.line_id], end, share))
    for value in values.get("payments") or ():
        child("PAID_WITH", "Payment", value, "payment")
    for value in values.get("shipments") or ():
        child("SHIPPED_IN", "Shipment", value, "shipment")
    for item, value in zip(row.returns or (), values.get("returns") or (), strict=True):
        end = child("HAS_RETURN", "Return", value, "return", line_ids=[part.line_id for part in item.lines])
        made.edges += [Edge("TAKES_BACK", end, lines[part.line_id], {"quantity": part.quantity}) for part in item.lines]
    if row.freight is not None:
        end = _end("Freight", key)
        made.children.append(_node("Freight", values["freight"], Edge("HAS_FREIGHT", me, end), order_id=key))
        if row.freight.waived_by is not None:
            made.edges.append(Edge("WAIVED_BY", end, _end("Promotion", row.freight.waived_by, "promotion_id")))
    return made


_MAKERS: dict[type[Row], Callable[[DataFile, Any, str], GraphRow]] = {
    Category: _category,
    Product: _product,
    Sku: _sku,
    Attribute: _attribute,
    SizeChartRow: _size,
    PricePoint: _price,
    ProductRelation: _relation,
    Identity: _identity,
    Term: _term,
    Promotion: _promotion,
    Coupon: _coupon,
    Order: _order,
    Faq: _faq,
    Event: _event,
}
