"""Do two things fit each other, by what the catalogue records (answers.md, compatibility)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.products import product_graph
from kg_service.decisions.several_goods import Thing, read_things
from kg_service.decisions.subjects import ask_what
from kg_service.graph.order_graph import Graph, add_edge, add_node, node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.compatibility import Fit, Place, Relation, fit
from kg_service.trace import Basis, Step

__all__ = ["compatibility", "place_of", "read_relations", "relation_text"]


def read_relations(product_ids: Sequence[str]) -> Flow[list[Relation]]:
    """What products are recorded to fit, not to fit, to be an accessory or a substitute of."""
    if not product_ids:
        return []
    rows = yield Query("catalogue/relations", {"product_ids": list(dict.fromkeys(product_ids))})
    return [
        Relation(row["product_id"], row["relation"], row["target_type"], row["target_id"], row.get("note") or None)
        for row in rows
    ]


def relation_text(relation: Relation | None) -> str | None:
    """A relation as facts name it: ``P1 INCOMPATIBLE_WITH product P2``."""
    if relation is None:
        return None
    return f"{relation.product_id} {relation.relation} {relation.target_type} {relation.target_id}"


def place_of(thing: Thing) -> Place:
    """Where a thing stands in the catalogue."""
    if thing.product is None:
        return Place(category_ids=thing.category_ids)
    return Place(thing.product.product_id, thing.product.category_ids, thing.product.brand_id)


@decider("compatibility")
def compatibility(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Whether the things a question names fit the first of them; one may be a kind of goods, or the customer's own."""
    things = yield from read_things(frame, asker, kinds=True)
    if not things:
        return (yield from ask_what())
    refused = next((one.decision for one in things if one.decision is not None and _must_ask(one, things)), None)
    if refused is not None:
        return refused
    known = [one for one in things if one.product is not None or one.category_ids]
    if len(things) == 1:
        return _only_one(things[0])
    relations = yield from read_relations([one.product.product_id for one in known if one.product is not None])
    first = _main(things)
    others = [one for one in things if one is not first]
    fits = [(other, _fit(first, other, relations)) for other in others]
    undecided = next((other for other, found in fits if _which_of_them(first, other, found)), None)
    if undecided is not None and undecided.decision is not None:
        return undecided.decision
    return _decision(frame, first, fits)


def _main(things: Sequence[Thing]) -> Thing:
    """The thing the others are held against: the first that is one product of the catalogue."""
    return next((one for one in things if one.product is not None), things[0])


def _must_ask(thing: Thing, things: Sequence[Thing]) -> bool:
    """A name that means several products, or an own thing of several orders, is asked about; what nobody sells is not known."""
    if thing.decision is None or thing.category_ids:
        return False
    if thing.decision.status == "NOT_FOUND":
        return all(one.product is None for one in things)
    return True


def _fit(first: Thing, other: Thing, relations: Sequence[Relation]) -> Fit:
    if other.product is None and not other.category_ids:
        return Fit("UNKNOWN")
    return fit(place_of(first), place_of(other), relations)


def _which_of_them(first: Thing, other: Thing, found: Fit) -> bool:
    """A kind of goods of which only some may fit: which one it is has to be known."""
    return other.product is None and bool(other.category_ids) and found.compatible == "UNKNOWN" and other.decision is not None


def _only_one(thing: Thing) -> Decision:
    if thing.product is None:
        return thing.decision or Decision("UNKNOWN", missing=["Product"], variant="ONLY_ONE", words={"product": thing.text})
    return Decision(
        "UNKNOWN",
        facts={"compatible": "UNKNOWN", "basis": None, "note": None, "product_ids": [thing.product.product_id]},
        missing=["Product"],
        words={"product": thing.product.name},
        variant="ONLY_ONE",
    )


def _name(thing: Thing) -> str:
    return thing.product.name if thing.product is not None else thing.category_name or thing.text


def _decision(frame: Frame, first: Thing, fits: Sequence[tuple[Thing, Fit]]) -> Decision:
    said = {found.compatible for _, found in fits}
    compatible = next(iter(said)) if len(said) == 1 else "UNKNOWN" if "UNKNOWN" in said else "NO"
    deciding = next((found for _, found in fits if found.compatible == compatible), fits[0][1])
    verdict: Verdict | None = None
    if compatible != "UNKNOWN":
        verdict = "PARTLY" if len(said) > 1 else "YES" if (compatible == "YES") is not (frame.asks == "IMPOSSIBLE") else "NO"
    unknown = [other for other, found in fits if found.compatible == "UNKNOWN"]
    products = [one.product for one in (first, *(other for other, _ in fits)) if one.product is not None]
    pairs = [
        {
            "product_id": other.product.product_id if other.product else None,
            "category_id": other.category_ids[0] if other.product is None and other.category_ids else None,
            "compatible": found.compatible,
            "basis": relation_text(found.relation),
            "note": found.relation.note if found.relation else None,
        }
        for other, found in fits
    ]
    one_known = first.product.product_id if first.product else first.text
    return Decision(
        "UNKNOWN" if compatible == "UNKNOWN" else "ANSWERED",
        facts={
            "compatible": compatible,
            "basis": relation_text(deciding.relation),
            "note": deciding.relation.note if deciding.relation else None,
            "product_ids": [one.product_id for one in products],
            "pairs": pairs,
        },
        verdict=verdict,
        trace=[_step(first, other, found) for other, found in fits],
        missing=[f"Relation {one_known}/{other.product.product_id if other.product else other.text}" for other in unknown],
        words={
            "one": _name(first),
            "others": [
                {"name": _name(other), "compatible": found.compatible, "note": found.relation.note if found.relation else None}
                for other, found in fits
            ],
            "unknown": [_name(other) for other in unknown],
            "strange": [other.text for other in unknown if other.product is None and not other.category_ids],
        },
        graph=_graph(first, fits),
    )


def _step(first: Thing, other: Thing, found: Fit) -> Step:
    relation = found.relation
    basis = Basis(kind="RECORD", id=None)
    if relation is not None:
        basis = Basis(kind="RECORD", id=node_id("Product", relation.product_id), text=relation_text(relation))
    return Step(
        rule="product.compatibility",
        inputs={"one": _name(first), "other": _name(other)},
        formula="product > category (nearest) > brand, either direction",
        result=found.compatible,
        basis=basis,
    )


def _graph(first: Thing, fits: Sequence[tuple[Thing, Fit]]) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    for thing in (first, *(other for other, _ in fits)):
        if thing.product is not None:
            graph.update(product_graph(thing.product))
    labels = {"product": ("Product", "product_id"), "category": ("Category", "category_id"), "brand": ("Brand", "brand_id")}
    for _, found in fits:
        if found.relation is not None:
            label, key = labels[found.relation.target_type]
            values: dict[str, Any] = {key: found.relation.target_id}
            target: str | None = node_id(label, found.relation.target_id)
            if target not in graph:
                target = add_node(graph, label, values)
            add_edge(graph, node_id("Product", found.relation.product_id), found.relation.relation, target)
    return graph
