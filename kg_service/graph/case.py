"""An order's subgraph as the models the rules are written on: Order, Promotion, Term, Goods.

A fact that the graph says it had and does not have (a child listed by its parent, a property listed in ``recorded``, a
required property) is *missing*: it is named, and nothing is decided over what is left (promotions.md 4.6: a missing fact is
never read as false).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from kg_service.dataset.customer import Coupon
from kg_service.dataset.order import Application, Order
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.dataset.values import GRAPH, Row
from kg_service.graph.order_graph import TERMS, Graph, node_id, read_order_graph
from kg_service.graph.schema import GraphSchema
from kg_service.linking.own import ancestors
from kg_service.queries.flow import Flow
from kg_service.rules.catalogue import Goods

__all__ = ["Case", "case_of", "read_case"]

#: Keys of rows that are edges in the graph, by label.
_AS_EDGES = {
    "Category": {"parent_id": "CHILD_OF"},
    "Product": {"category_id": "IN_CATEGORY", "brand_id": "OF_BRAND", "shop_id": "SOLD_BY"},
    "Order": {"shop_id": "AT_SHOP"},
}
_NOT_IN_MODEL = {"promotion_key", "valid_from", "valid_to", "recorded", "row"}


@dataclass
class Case:
    """What the rules decide an order's return over.

    Attributes
    ----------
    order : None when facts are missing that the order cannot be read without
    promotions, terms : every version and term of the subgraph, by id
    catalogue : Goods by sku_id
    names : what to call a line's goods, by line_id
    coupons : the coupons the order used
    missing : lost facts, as ``PromotionApplication O1/A1.grant``
    """

    graph: Graph
    order: Order | None = None
    promotions: list[Promotion] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    catalogue: dict[str, Goods] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    coupons: list[Coupon] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def promotion(self, promotion_id: str) -> Promotion | None:
        """The version of a promotion that the order used."""
        found = [one for one in self.promotions if one.promotion_id == promotion_id]
        return found[0] if found else None


def read_case(user_id: str, order_id: str) -> Flow[Case | None]:
    """Read an order of the customer with everything its return depends on; None when they have no such order."""
    graph = yield from read_order_graph(user_id, order_id)
    return case_of(graph, order_id) if graph else None


def case_of(graph: Graph, order_id: str) -> Case:
    """The case of a subgraph. Reads only the graph: the order of its nodes and edges does not matter."""
    reader = _Reader(graph)
    case = Case(graph)
    data = reader.order(order_id)
    case.promotions = [one for one in map(reader.promotion, reader.named("Promotion")) if one is not None]
    case.terms = [one for one in map(reader.term, reader.named("Term")) if one is not None]
    case.catalogue = {goods.sku_id: goods for goods in map(reader.goods, reader.named("Sku"))}
    for name in reader.named("OrderLine"):
        line = graph.nodes[name]["properties"]
        sku = next(reader.targets(name, "FOR_SKU"), None)
        if sku is not None and "line_id" in line:
            case.names[line["line_id"]] = _label(case.catalogue.get(sku.partition(":")[2]), graph.nodes[sku]["properties"])
    named = [promotion.after_sale.term_id for promotion in case.promotions if promotion.after_sale.term_id is not None]
    for term_id in [*named, *graph.graph.get(TERMS, ())]:
        if node_id("Term", term_id) not in graph:
            reader.missing.append(f"Term {term_id}")
    if not reader.missing:
        case.order = reader.validated(Order, data, f"Order {order_id}")
        for application in case.order.applications or [] if case.order else []:
            coupon = reader.coupon(application.coupon_id, application.promotion_id, data["user_id"])
            case.coupons.extend([coupon] if coupon else [])
    case.missing = list(dict.fromkeys(reader.missing))
    return case


def _label(goods: Goods | None, sku: Mapping[str, Any]) -> str:
    name = (goods.name if goods else None) or str(sku.get("sku_id", ""))
    try:
        spec = json.loads(sku["spec"]) if sku.get("spec") else {}
    except ValueError:
        spec = {}
    return f"{name}({'，'.join(map(str, spec.values()))})" if spec else name


M = TypeVar("M", bound=Row)


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.missing: list[str] = []

    def named(self, label: str) -> list[str]:
        return sorted(name for name, data in self.graph.nodes(data=True) if data["label"] == label)

    def targets(self, source: str, kind: str) -> Iterator[str]:
        return iter(sorted(target for _, target, key in self.graph.out_edges(source, keys=True) if key == kind))

    def sources(self, target: str, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        edges = self.graph.in_edges(target, keys=True, data=True)
        return iter(sorted(((source, data["properties"]) for source, _, key, data in edges if key == kind), key=lambda e: e[0]))

    def properties(self, name: str) -> dict[str, Any]:
        """A node's properties, decoded; what is required or was recorded and is not there is missing."""
        label, _, key = name.partition(":")
        found: dict[str, Any] = dict(self.graph.nodes[name]["properties"])
        known = GraphSchema.load().label(label).properties
        for prop, about in known.items():
            if about.required and found.get(prop) is None:
                self.missing.append(f"{label} {key}.{prop}")
            if about.type == "json" and isinstance(found.get(prop), str):
                try:
                    found[prop] = json.loads(found[prop])
                except ValueError:
                    self.missing.append(f"{label} {key}.{prop}")
                    del found[prop]
        for prop in found.get("recorded") or ():
            edge = _AS_EDGES.get(label, {}).get(prop)
            lost = next(self.targets(name, edge), None) is None if edge else prop in known and found.get(prop) is None
            if lost:
                self.missing.append(f"{label} {key}.{prop}")
        return found

    def children(self, parent: str, ids: Any, label: str, prefix: str) -> list[str] | None:
        """The nodes of listed child ids; None when there is no list (not known)."""
        if ids is None:
            return None
        found = []
        for child in ids:
            name = node_id(label, f"{prefix}/{child}")
            if name not in self.graph:
                self.missing.append(f"{label} {prefix}/{child}")
            else:
                found.append(name)
        return found

    def validated(self, model: type[M], data: Mapping[str, Any], what: str) -> M | None:
        try:
            return model.model_validate(dict(data), context=GRAPH)
        except ValidationError as error:
            for one in error.errors():
                path = ".".join(str(part) for part in one["loc"])
                self.missing.append(f"{what}.{path}" if path else f"{what}: {one['msg']}")
            return None

    def order(self, order_id: str) -> dict[str, Any]:
        name = node_id("Order", order_id)
        raw = self.properties(name)
        data = {key: value for key, value in raw.items() if key in Order.model_fields}
        data["user_id"] = next((user.partition(":")[2] for user, _ in self.sources(name, "PLACED")), None)
        shop = next(self.targets(name, "AT_SHOP"), None)
        if shop is not None:
            data["shop_id"] = shop.partition(":")[2]
        lines = self.children(name, raw.get("line_ids"), "OrderLine", order_id)
        data["lines"] = [self.line(one) for one in lines or []]
        for prop, label, read in (
            ("applications", "PromotionApplication", self.application),
            ("payments", "Payment", self.plain("Payment")),
            ("shipments", "Shipment", self.plain("Shipment")),
            ("returns", "Return", self.return_),
        ):
            found = self.children(name, raw.get(f"{prop[:-1]}_ids"), label, order_id)
            if found is not None:
                data[prop] = [read(one) for one in found]
        given = {
            part["line_id"]
            for application in data.get("applications") or ()
            for part in application["participants"]
            if part.get("role") == "GIFT"
        }
        for line in data["lines"]:
            # a line that took part as a gift is one, also where its own role is not recorded
            if line.get("role") is None and line.get("line_id") in given:
                line["role"] = "GIFT"
        freight = node_id("Freight", order_id)
        if freight in self.graph:
            data["freight"] = self._without(freight, "order_id")
        return data

    def plain(self, label: str) -> Any:
        drop = f"{label.lower()}_key"
        return lambda name: self._without(name, drop)

    def _without(self, name: str, *keys: str) -> dict[str, Any]:
        """A node's properties less those that only the graph has."""
        return {key: value for key, value in self.properties(name).items() if key not in ("recorded", *keys)}

    def line(self, name: str) -> dict[str, Any]:
        data = self._without(name, "line_key")
        sku = next(self.targets(name, "FOR_SKU"), None)
        if sku is None:
            self.missing.append(f"{name.replace(':', ' ', 1)}.sku_id")
        else:
            data["sku_id"] = sku.partition(":")[2]
        return data

    def application(self, name: str) -> dict[str, Any]:
        raw = self.properties(name)
        what = name.replace(":", " ", 1)
        prefix = raw.get("application_key", "").rpartition("/")[0]
        data = {key: value for key, value in raw.items() if key in Application.model_fields}
        promotion = next(self.targets(name, "OF"), None)
        if promotion is None:
            self.missing.append(f"{what}.promotion_id")
        else:
            versioned = self.graph.nodes[promotion]["properties"]
            data["promotion_id"] = versioned.get("promotion_id")
            data["version"] = versioned.get("version", 1)
        edges = dict(self.sources(name, "PARTICIPATED_IN"))
        participants = []
        for line_id in raw.get("line_ids") or ():
            part = edges.get(node_id("OrderLine", f"{prefix}/{line_id}"))
            for prop in ("role", "share"):
                if part is None or part.get(prop) is None:
                    self.missing.append(f"{what}.participants[{line_id}].{prop}")
            participants.append({"line_id": line_id, **(part or {})})
        data["participants"] = participants
        return data

    def return_(self, name: str) -> dict[str, Any]:
        raw = self.properties(name)
        data = {key: value for key, value in raw.items() if key not in ("return_key", "line_ids", "recorded")}
        prefix = str(raw.get("return_key", "")).partition("/")[0]
        taken = {
            target: data_["properties"].get("quantity")
            for _, target, key, data_ in self.graph.out_edges(name, keys=True, data=True)
            if key == "TAKES_BACK"
        }
        data["lines"] = []
        for line_id in raw.get("line_ids") or ():
            quantity = taken.get(node_id("OrderLine", f"{prefix}/{line_id}"))
            if quantity is None:
                self.missing.append(f"{name.replace(':', ' ', 1)}.lines[{line_id}].quantity")
            data["lines"].append({"line_id": line_id, "quantity": quantity})
        return data

    def promotion(self, name: str) -> Promotion | None:
        return self._model(Promotion, name)

    def term(self, name: str) -> Term | None:
        return self._model(Term, name)

    def _model(self, model: type[M], name: str) -> M | None:
        before = len(self.missing)
        data = {key: value for key, value in self.properties(name).items() if key not in _NOT_IN_MODEL}
        if len(self.missing) > before:
            return None
        return self.validated(model, data, name.replace(":", " ", 1))

    def coupon(self, coupon_id: str | None, promotion_id: str, user_id: str) -> Coupon | None:
        if coupon_id is None:
            return None
        name = node_id("Coupon", coupon_id)
        if name not in self.graph:
            self.missing.append(f"Coupon {coupon_id}")
            return None
        data = {key: value for key, value in self.properties(name).items() if key in Coupon.model_fields}
        return self.validated(Coupon, {**data, "promotion_id": promotion_id, "user_id": user_id}, f"Coupon {coupon_id}")

    def goods(self, name: str) -> Goods:
        sku = self.properties(name)
        product_name = next(self.targets(name, "SKU_OF"), None)
        if product_name is None:
            self.missing.append(f"{name.replace(':', ' ', 1)}.product_id")
            return Goods(sku_id=name.partition(":")[2], price=sku.get("price"))
        product = self.properties(product_name)
        nearest = next(self.targets(product_name, "IN_CATEGORY"), None)
        parents = {
            source.partition(":")[2]: target.partition(":")[2]
            for source, target, key in self.graph.edges(keys=True)
            if key == "CHILD_OF"
        }
        chain = ancestors(nearest.partition(":")[2], parents) if nearest else None
        classes = [product.get("return_class")]
        for category in chain or ():
            classes.append(self.properties(node_id("Category", category)).get("return_class"))
        known = next((one for one in classes if one), "NORMAL" if chain is not None else None)
        shop = next(self.targets(product_name, "SOLD_BY"), None)
        brand = next(self.targets(product_name, "OF_BRAND"), None)
        return Goods(
            sku_id=name.partition(":")[2],
            product_id=product_name.partition(":")[2],
            category_ids=chain,
            brand_id=brand.partition(":")[2] if brand else None,
            shop_id=shop.partition(":")[2] if shop else None,
            return_class=known,
            warranty_months=product.get("warranty_months"),
            price=sku.get("price"),
            name=product.get("name"),
        )
