"""What the public catalogue says of a product: attributes, prices, stock (answers.md, "Products")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx

from kg_service.answers.answer import Option, Verdict
from kg_service.answers.promotion_text import rule_text
from kg_service.dataset.promotion import Promotion
from kg_service.decisions.attributes import Recorded, asked_attributes, find, lexicon, named, says, wants_overview
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import asks_whether_out, yes_no
from kg_service.decisions.offers import breadth, covering, in_force, names_of
from kg_service.decisions.subjects import ProductFacts, SkuFacts, Subject, resolve_product
from kg_service.dialogue.outcome import clarify
from kg_service.graph.order_graph import Graph, add_edge, add_node, node_id
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.trace import Basis, Step

__all__ = ["product_attribute", "product_graph", "product_price", "product_stock", "spec_records"]


def _record(label: str, key: str) -> Basis:
    return Basis(kind="RECORD", id=node_id(label, key))


def product_graph(product: ProductFacts, skus: Iterable[SkuFacts] = (), offers: Iterable[Promotion] = ()) -> Graph:
    """A product with its place, SKUs and offers, for the evidence."""
    graph: Graph = nx.MultiDiGraph()
    node = add_node(graph, "Product", {"product_id": product.product_id, "name": product.name, "status": product.status})
    add_edge(graph, node, "SOLD_BY", add_node(graph, "Shop", {"shop_id": product.shop_id, "name": product.shop_name}))
    add_edge(graph, node, "OF_BRAND", add_node(graph, "Brand", {"brand_id": product.brand_id, "name": product.brand_name}))
    if product.categories:
        nearest = product.categories[0]
        category = add_node(graph, "Category", {"category_id": nearest["category_id"], "name": nearest["name"]})
        add_edge(graph, node, "IN_CATEGORY", category)
    for sku in skus:
        values = {"sku_id": sku.sku_id, "price": sku.price, "stock": sku.stock, "spec": sku.label or None}
        add_edge(graph, add_node(graph, "Sku", values), "SKU_OF", node)
    for offer in offers:
        values = {"promotion_key": offer.key, "promotion_id": offer.promotion_id, "name": offer.name, "kind": offer.kind}
        add_edge(graph, add_node(graph, "Promotion", values), "COVERS", node)
    return graph


def _off_shelf(product: ProductFacts, facts: dict[str, Any], frame: Frame) -> Decision:
    """The product is not sold any more: that is the answer."""
    step = Step(
        rule="product.off_shelf",
        inputs={"product_id": product.product_id, "status": product.status},
        formula="status = OFF_SHELF",
        result="OFF_SHELF",
        basis=_record("Product", product.product_id),
    )
    return Decision(
        "ANSWERED",
        facts={"product_id": product.product_id, **facts},
        verdict=_put("NO", frame) if yes_no(frame) else None,
        trace=[step],
        words={"product": product.name},
        variant="OFF_SHELF",
        graph=product_graph(product),
    )


def _ask_spec(subject: Subject) -> Decision:
    """The specification that was named does not exist: ask with those that do."""
    product = subject.sure
    options = [Option(id=sku.sku_id, label=f"{product.name} {sku.label}".strip()) for sku in product.skus]
    said = "、".join(subject.unmatched)
    return clarify("sku", options[:10], product=product.name, said=said, more=max(0, len(options) - 10))


@decider("product_price")
def product_price(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The current price of each SKU (the lowest as the product's), and the promotions in force that cover it."""
    subject = yield from resolve_product(frame, asker)
    if subject.decision is not None:
        return subject.decision
    product = subject.sure
    if not product.on_sale:
        return _off_shelf(product, {"price": None, "skus": []}, frame)
    if subject.unmatched and product.skus:
        return _ask_spec(subject)
    priced = [sku for sku in subject.skus if sku.price is not None]
    if not priced:
        missing = [f"Sku {sku.sku_id}.price" for sku in subject.skus] or [f"Product {product.product_id}.skus"]
        return Decision("UNKNOWN", facts={"product_id": product.product_id}, missing=missing, words={"product": product.name})
    promotions = yield from in_force(asker.now, asker.now)
    offers = {sku.sku_id: covering(promotions, product.goods(sku)) for sku in subject.skus}
    known = {offer.promotion_id: offer for found in offers.values() for offer in found}
    names = yield from names_of(known.values())
    lowest = min(int(sku.price) for sku in priced if sku.price is not None)
    steps = [
        Step(
            rule="product.price",
            inputs={sku.sku_id: str(Money(sku.price)) for sku in priced if sku.price is not None},
            formula="min(price)",
            result=str(Money(lowest)),
            basis=_record("Product", product.product_id),
        )
    ]
    said = [
        {"name": offer.name, "rule": rule_text(offer, names), "id": offer.promotion_id}
        for offer in sorted(known.values(), key=lambda one: (breadth(one), one.layer_number, one.promotion_id))
    ]
    for one in said:
        basis = Basis(kind="PROMOTION", id=one["id"], text=one["name"])
        steps.append(Step(rule="promotion.in_force", inputs={"now": asker.now}, result=one["rule"], basis=basis))
    skus = [
        {
            "sku_id": sku.sku_id,
            "spec": dict(sku.spec),
            "price": None if sku.price is None else str(Money(sku.price)),
            "offers": [offer.promotion_id for offer in offers[sku.sku_id]],
        }
        for sku in sorted(subject.skus, key=lambda one: (one.price is None, one.price or 0, one.sku_id))
    ]
    verdict: Verdict | None = None
    if yes_no(frame) and frame.amount is not None:
        verdict = "YES" if any(sku.price == frame.amount for sku in priced) else "NO"
    return Decision(
        "ANSWERED",
        facts={
            "product_id": product.product_id,
            "price": str(Money(lowest)),
            "skus": skus,
            "promotions": [{"promotion_id": one["id"], "name": one["name"], "rule": one["rule"]} for one in said],
        },
        verdict=verdict,
        trace=steps,
        missing=[],
        words={
            "product": product.name,
            "skus": [
                {"label": sku.label, "price": None if sku.price is None else str(Money(sku.price))}
                for sku in sorted(subject.skus, key=lambda one: (one.price is None, one.price or 0, one.sku_id))
            ],
            "one_price": len({sku.price for sku in subject.skus}) == 1,
            "offers": said,
            "asked": None if frame.amount is None else str(Money(frame.amount)),
        },
        graph=product_graph(product, subject.skus, known.values()),
    )


@decider("product_stock")
def product_stock(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Units in stock by SKU. "有货吗" is decided as soon as one SKU that fits is known to be in stock."""
    subject = yield from resolve_product(frame, asker)
    if subject.decision is not None:
        return subject.decision
    product = subject.sure
    if not product.on_sale:
        return _off_shelf(product, {"skus": []}, frame)
    if subject.unmatched and product.skus:
        return _no_such_spec(subject, frame)
    if not subject.skus:
        missing = [f"Product {product.product_id}.skus"]
        return Decision("UNKNOWN", facts={"product_id": product.product_id}, missing=missing, words={"product": product.name})
    wanted = frame.quantity or 1
    unknown = [sku for sku in subject.skus if sku.stock is None]
    enough = [sku for sku in subject.skus if sku.stock is not None and sku.stock >= wanted]
    asked = yes_no(frame)
    decided = (bool(enough) if asked else len(unknown) < len(subject.skus) and bool(enough)) or not unknown
    verdict: Verdict | None = None
    if asked and decided:
        verdict = _put("YES" if enough else "NO", frame)
    ordered = sorted(subject.skus, key=lambda one: one.sku_id)
    return Decision(
        "ANSWERED" if decided else "UNKNOWN",
        facts={
            "product_id": product.product_id,
            "skus": [{"sku_id": sku.sku_id, "spec": dict(sku.spec), "stock": sku.stock} for sku in ordered],
        },
        verdict=verdict,
        trace=[
            Step(
                rule="product.stock",
                inputs={sku.sku_id: sku.stock for sku in ordered},
                formula=f"stock ≥ {wanted}",
                result=[sku.sku_id for sku in enough],
                basis=_record("Product", product.product_id),
            )
        ],
        missing=[] if decided else [f"Sku {sku.sku_id}.stock" for sku in unknown],
        words={
            "product": product.name,
            "single": len(ordered) == 1,
            "wanted": wanted,
            "in_stock": [{"label": sku.label, "stock": sku.stock} for sku in ordered if sku.stock],
            "sold_out": [{"label": sku.label} for sku in ordered if sku.stock == 0],
            "unknown": [{"label": sku.label} for sku in unknown],
            "available": bool(enough),
        },
        graph=product_graph(product, ordered),
    )


def _put(in_stock: Verdict, frame: Frame) -> Verdict:
    """The verdict on the question as it was put: "断货了吗" asks the opposite of "有货吗"."""
    if not asks_whether_out(frame):
        return in_stock
    return "NO" if in_stock == "YES" else "YES"


def _no_such_spec(subject: Subject, frame: Frame) -> Decision:
    """ "有没有红色的" where there is none: no, and what there is instead."""
    product = subject.sure
    return Decision(
        "ANSWERED",
        facts={"product_id": product.product_id, "skus": []},
        verdict="NO" if yes_no(frame) else None,
        trace=[
            Step(
                rule="product.spec",
                inputs={"said": list(subject.unmatched), "specs": [sku.label for sku in product.skus]},
                formula="said ∉ specs",
                result=[],
                basis=_record("Product", product.product_id),
            )
        ],
        words={
            "product": product.name,
            "said": "、".join(subject.unmatched),
            "others": list(dict.fromkeys(sku.label for sku in product.skus)),
        },
        variant="NO_SUCH_SPEC",
        graph=product_graph(product, product.skus),
    )


@decider("product_attribute")
def product_attribute(frame: Frame, asker: Asker) -> Flow[Decision]:
    """An attribute as recorded; one that is not recorded is UNKNOWN, by name."""
    subject = yield from resolve_product(frame, asker)
    if subject.decision is not None:
        return subject.decision
    product = subject.sure
    rows = yield Query("catalogue/attributes", {"product_id": product.product_id})
    recorded = [Recorded(row["name"], row["value"], row.get("unit")) for row in rows]
    known = recorded + spec_records(subject.skus) + _of_product(product)
    wanted = asked_attributes(frame)
    words = {"product": product.name, "off_shelf": not product.on_sale}
    graph = product_graph(product)
    asked, found = next(((one, record) for one in wanted if (record := find(one, known, frame))), (None, None))
    if not wanted or (wants_overview(frame) and found is None):
        return _overview(product, recorded, words, graph)
    asked = asked or named(wanted[0])
    facts: dict[str, Any] = {"product_id": product.product_id, "attribute": found.name if found else asked}
    if found is None:
        missing = [f"Attribute {product.product_id}/{asked}"]
        return Decision(
            "UNKNOWN",
            facts={**facts, "value": None, "unit": None},
            missing=missing,
            words={**words, "attribute": asked, "known": [one.name for one in recorded[:6]]},
            graph=graph,
        )
    basis = _record("Attribute", f"{product.product_id}/{found.name}")
    if found.source != "ATTRIBUTE":
        basis = _record("Product", product.product_id)
    return Decision(
        "ANSWERED",
        facts={**facts, "value": found.value, "unit": found.unit},
        verdict=says(found, frame, asked) if yes_no(frame) else None,
        trace=[
            Step(
                rule="product.attribute",
                inputs={"asked": asked},
                formula=f"{asked} → {found.name}",
                result=found.value + (found.unit or ""),
                basis=basis,
            )
        ],
        words={**words, "attribute": found.name, "asked": asked, "value": found.value, "unit": found.unit or ""},
        graph=graph,
    )


def spec_records(skus: Iterable[SkuFacts]) -> list[Recorded]:
    """The specifications there are, as attributes: 颜色 → 黑、白."""
    values: dict[str, dict[str, None]] = {}
    for sku in skus:
        for key, value in sku.spec.items():
            values.setdefault(key, {})[value] = None
    return [Recorded(key, "、".join(found), source="SPEC") for key, found in values.items()]


def _of_product(product: ProductFacts) -> list[Recorded]:
    values = {
        "brand_name": product.brand_name,
        "shop_name": product.shop_name,
        "category": product.categories[0]["name"] if product.categories else None,
        "warranty_months": None if product.warranty_months is None else str(product.warranty_months),
    }
    fields = lexicon().fields
    units = lexicon().units
    return [
        Recorded(fields[name][0], value, units.get(name), source="FIELD", field=name)
        for name, value in values.items()
        if value is not None
    ]


def _overview(product: ProductFacts, recorded: list[Recorded], words: dict[str, Any], graph: Graph) -> Decision:
    """No attribute is named: everything recorded, or UNKNOWN where nothing is."""
    if not recorded and not product.description:
        missing = [f"Product {product.product_id}.attributes"]
        facts = {"product_id": product.product_id, "attribute": None, "value": None, "unit": None}
        return Decision("UNKNOWN", facts=facts, missing=missing, words={**words, "attribute": "参数", "known": []}, graph=graph)
    every = [{"attribute": one.name, "value": one.value, "unit": one.unit} for one in recorded]
    return Decision(
        "ANSWERED",
        facts={"product_id": product.product_id, "attribute": None, "value": None, "unit": None, "attributes": every},
        trace=[
            Step(
                rule="product.attributes",
                result={one.name: one.value + (one.unit or "") for one in recorded},
                basis=_record("Product", product.product_id),
            )
        ],
        words={
            **words,
            "attributes": [{"name": one.name, "value": one.value, "unit": one.unit or ""} for one in recorded],
            "description": product.description,
        },
        variant="OVERVIEW",
        graph=graph,
    )
