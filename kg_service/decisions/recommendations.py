"""What goes with a product, and what else there is like it (answers.md, accessory_recommend and product_recommend)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from kg_service.decisions.compatibility import place_of, read_relations, relation_text
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.product_search import Found, Hit, filters_of, graph_of, search, search_step
from kg_service.decisions.products import product_graph
from kg_service.decisions.several_goods import Thing, read_things
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import ProductFacts, ask_what, read_products
from kg_service.decisions.wishes import read_wish
from kg_service.graph.order_graph import Graph, node_id
from kg_service.graph.store import Row
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.resources import read_yaml, resource
from kg_service.rules.compatibility import Place, Relation, fit
from kg_service.trace import Basis, Step

__all__ = ["accessory_recommend", "product_recommend"]

#: Related products that are read, and those that are told.
_READ, _TOLD = 100, 10
_GOES_WITH = ("ACCESSORY_OF", "COMPATIBLE_WITH")


@decider("accessory_recommend")
def accessory_recommend(frame: Frame, asker: Asker) -> Flow[Decision]:
    """What is recorded as an accessory of a product (or its kind) or to go with it; what does not fit it is left out."""
    things = yield from read_things(frame, asker, kinds=True)
    subject = _subject(things)
    if subject is None:
        return (yield from ask_what())
    if subject.product is None:
        return subject.decision or (yield from ask_what())
    product = subject.product
    rows = yield from _related(product)
    kinds = [thing for thing in things if thing is not subject]
    rows = [row for row in rows if row["relation"] in _GOES_WITH]
    candidates = yield from _in_stock(rows, product)
    fitting = yield from _without_misfits(candidates, product)
    wanted = _of_head(frame, [one for one in fitting if all(_is_kind(one, thing) for thing in kinds)])
    if not rows:
        missing = [f"Relation {product.product_id}/ACCESSORY_OF"]
        facts = {"product_id": product.product_id, "items": []}
        return Decision("UNKNOWN", facts=facts, missing=missing, words={"product": product.name}, graph=product_graph(product))
    notes = yield from _notes([one.product_id for one in wanted])
    items = [_item(one, _best(rows, one.product_id, _GOES_WITH), product, notes) for one in wanted][:_TOLD]
    return _told(product, items, wanted, rows, kinds)


@decider("product_recommend")
def product_recommend(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Like a product: its substitutes, then its kind; else what a search for the kind of goods finds, in stock."""
    wish = read_wish(frame)
    things = (yield from read_things(frame, asker, kinds=True)) if wish.product_ids else []
    named = next((thing for thing in things if thing.product is not None and not thing.category_ids), None)
    if named is None or named.product is None or (named.product.on_sale and _is_its_kind(named)):
        return (yield from _by_search(frame))
    product = named.product
    if any(thing.category_ids and not set(wish.category_ids) & set(product.category_ids) for thing in things):
        # 适合X30的充电头: another kind of goods, for this product
        return (yield from accessory_recommend(frame, asker))
    rows = [row for row in (yield from _related(product)) if row["relation"] == "SUBSTITUTE_OF"]
    substitutes = yield from _in_stock(rows, product)
    notes = yield from _notes([product.product_id, *(one.product_id for one in substitutes)])
    alike = yield from _same_kind(product, [one.product_id for one in substitutes])
    own = _price(product) if wish.order is not None else None
    if own is not None:
        # 比X30便宜的
        substitutes, alike = ([one for one in found if _beside(one, own, wish.order)] for found in (substitutes, alike))
    items = [_item(one, "SUBSTITUTE_OF", product, notes) for one in substitutes]
    items += [_item(one, "SAME_CATEGORY", product, notes) for one in alike]
    return _told(product, items[:_TOLD], [*substitutes, *alike], rows, [])


def _beside(product: ProductFacts, own: Money, order: str | None) -> bool:
    price = _price(product)
    return price is not None and (price < own if order == "CHEAPEST" else price > own)


def _subject(things: Sequence[Thing]) -> Thing | None:
    """What accessories are wanted for: a product before a kind of goods ("X30 的手机壳")."""
    products = [thing for thing in things if thing.product is not None and not thing.category_ids]
    return next(iter(products), next(iter(things), None))


def _is_kind(product: ProductFacts, thing: Thing) -> bool:
    """Whether a product is of the kind that was asked for ("配个壳")."""
    if thing.product is not None and not thing.category_ids:
        return product.product_id == thing.product.product_id
    if thing.category_ids:
        return thing.category_ids[0] in product.category_ids
    return any(plain(thing.text) in plain(text) for text in (product.name, *(str(one["name"]) for one in product.categories)))


@cache
def _heads() -> tuple[str, ...]:
    words = read_yaml(resource("seed_data", "lexicon", "nouns.yaml"))["heads"]
    return tuple(sorted(map(str, words), key=len, reverse=True))


def _of_head(frame: Frame, products: list[ProductFacts]) -> list[ProductFacts]:
    """配个壳: a word that ends the names of goods keeps those whose names have it, where some do."""
    text = frame.text
    for mention in frame.mentions:
        text = text.replace(mention.text, "|", 1)
    head = next((one for one in _heads() if one in text), None)
    return [one for one in products if head and any(head in name for name in (one.name, *one.aliases))] or products


def _is_its_kind(thing: Thing) -> bool:
    """降噪耳机 is what one product is called and a kind of goods: of the kind others are found, too."""
    if thing.product is None:
        return False
    text = plain(thing.text)
    heads = [plain(str(one["name"])) for one in thing.product.categories]
    name = plain(thing.product.name)
    return name != text and not text.isascii() and (name.endswith(text) or any(text.endswith(head) for head in heads))


def _related(product: ProductFacts) -> Flow[list[Row]]:
    query: dict[str, Any] = {
        "product_ids": [product.product_id],
        "category_ids": list(product.category_ids),
        "brand_ids": [product.brand_id] if product.brand_id else [],
        "limit": _READ,
    }
    return [row for row in (yield Query("catalogue/related", query)) if row["product_id"] != product.product_id]


def _in_stock(rows: Iterable[Row], product: ProductFacts) -> Flow[list[ProductFacts]]:
    """The products of some rows that can be bought now, in the rows' order."""
    ids = list(dict.fromkeys(str(row["product_id"]) for row in rows))
    found = {one.product_id: one for one in (yield from read_products(ids))}
    return [found[one] for one in ids if one in found and _available(found[one]) and one != product.product_id]


def _available(product: ProductFacts) -> bool:
    return product.on_sale and any(sku.stock for sku in product.skus)


def _without_misfits(candidates: Sequence[ProductFacts], product: ProductFacts) -> Flow[list[ProductFacts]]:
    """A cable for all phones but this one is no cable for this one."""
    if not candidates:
        return []
    relations = yield from read_relations([product.product_id, *(one.product_id for one in candidates)])
    here = place_of(Thing(product.name, product))
    return [
        one
        for one in candidates
        if fit(here, Place(one.product_id, one.category_ids, one.brand_id), relations).compatible != "NO"
    ]


def _notes(product_ids: Sequence[str]) -> Flow[dict[tuple[str, str, str], Relation]]:
    """The recorded relations with a remark, by (holder, relation, target)."""
    relations = yield from read_relations(product_ids)
    return {(one.product_id, one.relation, one.target_id): one for one in relations}


def _same_kind(product: ProductFacts, without: Sequence[str]) -> Flow[list[ProductFacts]]:
    """Others of its category, in stock, nearest in price first."""
    if not product.category_ids:
        return []
    bounds = {"by": "category", "ids": [product.category_ids[0]], "limit": _READ}
    free = dict.fromkeys(("brand_ids", "shop_ids", "min_price", "max_price", "spec_words"))
    rows = yield Query("catalogue/search", {**bounds, **free})
    others = [
        str(row["product_id"]) for row in rows if row["product_id"] not in (*without, product.product_id) and row["stock"]
    ]
    own = _price(product)
    found = [one for one in (yield from read_products(others)) if _available(one)]
    return sorted(found, key=lambda one: (abs((_price(one) or 0) - own) if own is not None else 0, one.product_id))


def _price(product: ProductFacts) -> Money | None:
    prices = [sku.price for sku in product.skus if sku.price is not None and (sku.stock or not product.on_sale)]
    return Money(min(prices)) if prices else None


def _best(rows: Iterable[Row], product_id: str, order: Sequence[str]) -> str:
    return min((str(row["relation"]) for row in rows if row["product_id"] == product_id), key=order.index)


def _item(
    one: ProductFacts, relation: str, product: ProductFacts, notes: dict[tuple[str, str, str], Relation]
) -> dict[str, Any]:
    price = _price(one)
    return {
        "product_id": one.product_id,
        "name": one.name,
        "relation": relation,
        "reason": _reason(one, relation, product, notes),
        "price": None if price is None else str(price),
        "stock": _stock(one),
    }


def _stock(product: ProductFacts) -> int | None:
    known = [sku.stock for sku in product.skus if sku.stock is not None]
    return sum(known) if known else None


def _reason(one: ProductFacts, relation: str, product: ProductFacts, notes: dict[tuple[str, str, str], Relation]) -> str:
    """Why, from what is recorded: the relation's target and its remark, or the kind of goods they share."""
    if relation == "SAME_CATEGORY":
        return f"同属{product.categories[0]['name']}"
    targets = {product.product_id: f"“{product.name}”"}
    targets |= {str(one["category_id"]): f"{one['name']}类商品" for one in product.categories}
    targets |= {product.brand_id: f"{product.brand_name}品牌"} if product.brand_id else {}
    outgoing = next((target for target in targets if (one.product_id, relation, target) in notes), None)
    held = (
        notes.get((one.product_id, relation, outgoing))
        if outgoing
        else notes.get((product.product_id, relation, one.product_id))
    )
    target = targets[outgoing] if outgoing else f"“{product.name}”"
    said = {"ACCESSORY_OF": f"{target}的配件", "COMPATIBLE_WITH": f"可与{target}搭配使用", "SUBSTITUTE_OF": f"可替代{target}"}[
        relation
    ]
    if relation == "SUBSTITUTE_OF" and outgoing is None:
        said = f"“{product.name}”与它可互相替代"
    return f"{said}（{held.note}）" if held is not None and held.note else said


def _told(
    product: ProductFacts,
    items: list[dict[str, Any]],
    found: Sequence[ProductFacts],
    rows: Sequence[Row],
    kinds: Sequence[Thing],
) -> Decision:
    basis = Basis(kind="RECORD", id=node_id("Product", product.product_id))
    considered = list(dict.fromkeys(relation_text(_relation(row)) for row in rows))
    step = Step(
        rule="product.related",
        inputs={"relations": considered},
        formula="related ∨ same category; on sale ∧ in stock ∧ ¬incompatible",
        result=[one["product_id"] for one in items],
        basis=basis,
    )
    graph: Graph = product_graph(product, product.skus)
    told = {one["product_id"] for one in items}
    for one in found:
        if one.product_id in told:
            graph.update(product_graph(one, one.skus))
    return Decision(
        "ANSWERED",
        facts={"product_id": product.product_id, "items": items},
        trace=[step],
        words={"product": product.name, "off_shelf": not product.on_sale, "kind": "、".join(thing.text for thing in kinds)},
        variant=None if items else "EMPTY",
        graph=graph,
    )


def _relation(row: Row) -> Relation:
    return Relation(row["product_id"], row["relation"], row["target_type"], row["target_id"])


def _by_search(frame: Frame) -> Flow[Decision]:
    found: Found = yield from search(frame)
    if found.decision is not None:
        return found.decision
    hits = [hit for hit in found.hits if hit.stock][:_TOLD]
    items = [_found_item(hit) for hit in hits]
    return Decision(
        "ANSWERED",
        facts={"product_id": None, "items": items, "filters": filters_of(found.wish)},
        trace=[search_step(found)],
        words={
            "product": "",
            "off_shelf": False,
            "kind": "",
            "lacks": list(dict.fromkeys(lack for hit in hits for lack in hit.lacks)),
        },
        variant="FOUND" if items else "NONE_FOUND",
        graph=graph_of(hits),
    )


def _found_item(hit: Hit) -> dict[str, Any]:
    """Found by what was asked: the reason is what is recorded of it."""
    why = [value for value in hit.matched.values() if value != "名称或介绍"]
    why += [f"“{lack}”没有记录" for lack in hit.lacks]
    if hit.product.description and not why:
        why = [hit.product.description]
    return {
        "product_id": hit.product.product_id,
        "name": hit.product.name,
        "relation": "FOUND",
        "reason": "，".join(why) or (f"{hit.product.categories[0]['name']}，有货" if hit.product.categories else "有货"),
        "price": None if hit.price is None else str(Money(hit.price)),
        "stock": hit.stock,
    }
