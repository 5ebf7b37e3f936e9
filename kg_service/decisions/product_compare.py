"""Products side by side (answers.md, product_compare)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx

from kg_service.decisions.attributes import Recorded, asked_attributes, find, lexicon, quantities
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.products import product_graph, spec_records
from kg_service.decisions.several_goods import read_things
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import ProductFacts, ask_what, read_products
from kg_service.decisions.wishes import search_words
from kg_service.graph.order_graph import Graph, node_id
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.trace import Basis, Step

__all__ = ["product_compare"]

#: A kind of goods with at most this many products is compared as a whole ("耳机哪个好"); of more the customer says which.
_ALL_OF_A_KIND = 6
_PRICE, _STOCK = "价格", "库存"


@decider("product_compare")
def product_compare(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Every recorded attribute of the products, with price and stock; which comes first where one figure is asked for."""
    products: list[ProductFacts] = []
    for thing in (yield from read_things(frame, asker)):
        if thing.product is not None:
            products.append(thing.product)
            continue
        kind = yield from _of_a_kind(thing.decision)
        if not kind and thing.decision is not None:
            return thing.decision
        products += kind
    products = list({one.product_id: one for one in products}.values())
    if not products:
        return (yield from ask_what())
    if len(products) == 1:
        return _ask_with_what(products[0])
    rows = yield from _rows(products)
    picked, step = _picked(frame, products, rows)
    facts = {
        "product_ids": [one.product_id for one in products],
        "rows": rows,
        "picked": picked,
    }
    graph: Graph = nx.MultiDiGraph()
    for one in products:
        graph.update(product_graph(one, one.skus))
    basis = Basis(kind="RECORD", id=",".join(node_id("Product", one.product_id) for one in products))
    compared = Step(
        rule="product.compare", inputs={"products": facts["product_ids"]}, result=[r["attribute"] for r in rows], basis=basis
    )
    return Decision(
        "ANSWERED",
        facts=facts,
        trace=[compared, *([step] if step else [])],
        words={
            "names": {one.product_id: one.name for one in products},
            "off_shelf": [one.name for one in products if not one.on_sale],
            "asked": _asked(frame, rows),
        },
        graph=graph,
    )


def _of_a_kind(decision: Decision | None) -> Flow[list[ProductFacts]]:
    """The products of a kind of goods that was named, where they are few."""
    if decision is None or decision.status != "CLARIFY" or decision.clarification is None:
        return []
    if decision.words.get("what"):
        return []  # the name is only close: what is meant is asked
    ids = [option.id for option in decision.clarification.options]
    if decision.clarification.about != "product" or not 2 <= len(ids) <= _ALL_OF_A_KIND:
        return []
    return (yield from read_products(ids))


def _ask_with_what(product: ProductFacts) -> Decision:
    """Only one product is named: nothing to compare it with."""
    return Decision("UNKNOWN", missing=["Product"], words={"product": product.name}, variant="ONLY_ONE")


def _rows(products: Sequence[ProductFacts]) -> Flow[list[dict[str, Any]]]:
    rows = yield Query("catalogue/attributes_of", {"product_ids": [one.product_id for one in products]})
    recorded: dict[str, dict[str, Recorded]] = {one.product_id: {} for one in products}
    for row in rows:
        recorded[row["product_id"]][row["name"]] = Recorded(row["name"], row["value"], row.get("unit"))
    for one in products:
        for spec in spec_records(one.skus):
            recorded[one.product_id].setdefault(spec.name, spec)
        if one.brand_name:
            recorded[one.product_id].setdefault("品牌", Recorded("品牌", one.brand_name))
        if one.warranty_months is not None:
            recorded[one.product_id].setdefault("保修期", Recorded("保修期", str(one.warranty_months), "个月"))
    names = dict.fromkeys(name for one in products for name in recorded[one.product_id])
    # what all of them have recorded can be compared: it comes first
    order = sorted(names, key=lambda name: sum(name not in recorded[one.product_id] for one in products))
    out = [_row(name, [recorded[one.product_id].get(name) for one in products], products) for name in order]
    prices = {one.product_id: _lowest(one) for one in products}
    stocks = {one.product_id: _stock(one) for one in products}
    return [*out, {"attribute": _PRICE, "values": prices, "unit": "元"}, {"attribute": _STOCK, "values": stocks, "unit": "件"}]


def _row(name: str, found: Sequence[Recorded | None], products: Sequence[ProductFacts]) -> dict[str, Any]:
    units = {one.unit or "" for one in found if one is not None}
    shared = next(iter(units)) if len(units) == 1 else None
    values = [None if one is None else one.value if shared is not None else f"{one.value}{one.unit or ''}" for one in found]
    return {
        "attribute": name,
        "values": dict(zip((one.product_id for one in products), values, strict=True)),
        "unit": shared or None,
    }


def _lowest(product: ProductFacts) -> str | None:
    prices = [sku.price for sku in product.skus if sku.price is not None]
    return str(Money(min(prices))) if prices and product.on_sale else None


def _stock(product: ProductFacts) -> int | None:
    known = [sku.stock for sku in product.skus if sku.stock is not None]
    return sum(known) if known and len(known) == len(product.skus) else None


def _asked(frame: Frame, rows: Sequence[dict[str, Any]]) -> str | None:
    """The row a question asks about: by a name it says, else by an adjective that is only said of one thing."""
    text = plain(frame.text)
    words = search_words()
    named = [Recorded(row["attribute"], "") for row in rows]
    for said in asked_attributes(frame):
        if (found := find(said, named, frame.model_copy(update={"text": said}))) is not None:
            return found.name
    for word, of in words.of.items():
        if word in text:
            group = {name for index in lexicon().groups_of(plain(of)) for name in lexicon().groups[index][0]} | {plain(of)}
            found_rows = [
                row["attribute"] for row in rows if plain(row["attribute"]) in group or plain(of) in plain(row["attribute"])
            ]
            return found_rows[0] if found_rows else None
    return None


def _picked(
    frame: Frame, products: Sequence[ProductFacts], rows: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any] | None, Step | None]:
    """Which comes first in what is asked; nothing where any of them has no figure for it, or the units differ."""
    name = _asked(frame, rows)
    row = next((one for one in rows if one["attribute"] == name), None)
    way = _direction(plain(frame.text))
    if row is None or way is None:
        return None, None
    figures: dict[str, float] = {}
    units = set()
    for one in products:
        value = row["values"][one.product_id]
        found = quantities(plain(f"{value}{row['unit'] or ''}")) if value is not None else []
        if not found:
            return None, None
        figures[one.product_id] = found[0][0]
        units.add(found[0][1])
    if len(units) > 1:
        return None, None
    best = (min if way == "LEAST" else max)(figures.values())
    first = [key for key, value in figures.items() if value == best]
    step = Step(
        rule="product.pick",
        inputs=dict(row["values"]),
        formula=f"{'min' if way == 'LEAST' else 'max'}({name})",
        result=first,
        basis=Basis(kind="RECORD", id=f"{name}"),
    )
    return {"attribute": str(name), "product_ids": first}, step


def _direction(text: str) -> str | None:
    words = search_words()
    if any(word in text for word in words.cheapest):
        return "LEAST"
    if any(word in text for word in words.dearest):
        return "MOST"
    found = words.direction(text)
    return found[0] if found else None
