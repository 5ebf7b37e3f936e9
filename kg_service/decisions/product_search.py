"""Which products are what a customer wishes for (answers.md, product_search)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg_service.decisions.attributes import Recorded, quantities
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.products import product_graph, spec_records
from kg_service.decisions.specs import fitting, plain
from kg_service.decisions.subjects import ProductFacts, SkuFacts, ask_what, goods_not_found, read_products
from kg_service.decisions.wishes import Quality, Wish, judge, read_wish, search_words
from kg_service.graph.order_graph import Graph
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.trace import Basis, Step

__all__ = ["Found", "Hit", "filters_of", "found_facts", "product_search", "search"]

#: Products that are looked at closely, and products that are told.
_READ, _TOLD = 200, 20
_HAN = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Hit:
    """A product that was found.

    Attributes
    ----------
    price : the lowest of its SKUs that fit, 分
    matched : the records that say yes to what was asked, by what was asked
    lacks : what was asked of which nothing is recorded
    figure : the recorded figure it is ordered by, where the most or the least of something was asked
    """

    product: ProductFacts
    skus: tuple[SkuFacts, ...]
    matched: dict[str, str]
    lacks: tuple[str, ...]
    figure: float | None = None

    @property
    def price(self) -> int | None:
        return min((sku.price for sku in self.skus if sku.price is not None), default=None)

    @property
    def stock(self) -> int | None:
        known = [sku.stock for sku in self.skus if sku.stock is not None]
        return sum(known) if known else None


@dataclass(frozen=True)
class Found:
    """What a search came to: hits best first, or a ready decision. ``lowest`` is the lowest price of the kind of goods, 分."""

    wish: Wish
    hits: tuple[Hit, ...] = ()
    lowest: int | None = None
    decision: Decision | None = None


def search(frame: Frame, *, about: str = "该商品") -> Flow[Found]:
    """Find the products on sale that a question wishes for.

    Returns
    -------
    Found
        With ``decision`` CLARIFY where it names no kind of goods, NOT_FOUND where nobody sells it.
    """
    wish = read_wish(frame)
    if wish.unknown:
        return Found(wish, decision=goods_not_found("、".join(dict.fromkeys(wish.unknown))))
    wish = yield from _kind_of_alias(frame, wish)
    anchor = _anchor(wish)
    if anchor is None and not wish.product_ids:
        return Found(wish, decision=(yield from ask_what()))
    ids = yield from _candidates(wish, anchor)
    products = [one for one in (yield from read_products(ids)) if one.on_sale]
    records = yield from _records(products)
    hits = [hit for one in products if (hit := _hit(one, wish, records.get(one.product_id, []))) is not None]
    unheard = [quality for quality in wish.qualities if quality.name and not any(quality.text in hit.matched for hit in hits)]
    if unheard and unheard[0].name:
        return Found(wish, decision=goods_not_found(unheard[0].name))
    hits = sorted(_only_recorded(hits, wish), key=lambda hit: _rank(hit, wish))
    lowest = None if hits else (yield from _lowest(wish, anchor))
    return Found(wish, tuple(hits), lowest)


def _kind_of_alias(frame: Frame, wish: Wish) -> Flow[Wish]:
    """降噪耳机 may be what one product is called, and is a kind of goods with a quality: who seeks goods means the kind."""
    if wish.category_ids or not wish.product_ids:
        return wish
    said = [one for one in frame.mentions if one.match in {"ALIAS", "SHORT"} and any(ref.kind == "product" for ref in one.refs)]
    if not said:
        return wish
    for product in (yield from read_products(wish.product_ids[:1])):
        for category in product.categories:
            name = plain(str(category["name"]))
            text = plain(said[0].text)
            rest = text.removesuffix(name)
            if rest == text or not _HAN.fullmatch(rest or "无"):
                continue
            qualities = (*((Quality(rest),) if rest and rest != plain(product.brand_name or "") else ()), *wish.qualities)
            brands = (product.brand_id,) if rest == plain(product.brand_name or "") and product.brand_id else wish.brand_ids
            return replace(wish, category_ids=(category["category_id"],), product_ids=(), brand_ids=brands, qualities=qualities)
    return wish


def _anchor(wish: Wish) -> tuple[str, tuple[str, ...]] | None:
    """What the search starts from, so that no query walks over the whole catalogue."""
    for by, ids in (("category", wish.category_ids), ("brand", wish.brand_ids), ("shop", wish.shop_ids)):
        if ids:
            return by, ids
    return None


def _bounds(wish: Wish, anchor: tuple[str, tuple[str, ...]]) -> dict[str, Any]:
    by, ids = anchor
    return {
        "by": by,
        "ids": list(ids),
        "brand_ids": list(wish.brand_ids) or None,
        "shop_ids": list(wish.shop_ids) or None,
        "min_price": wish.price.low if wish.price else None,
        "max_price": wish.price.high if wish.price else None,
        "spec_words": _spec_words(wish),
        "limit": _READ,
    }


def _spec_words(wish: Wish) -> list[str] | None:
    """What a specification's text must hold to be looked at: enough to bound the query, never to decide."""
    if not wish.specs:
        return None
    words: dict[str, None] = {}
    for text, _, value in wish.specs:
        for word in (text, text.removesuffix("色"), value or ""):
            part = re.search(r"[\u4e00-\u9fff]+|\d+|[a-z]+", plain(word))
            words.update(dict.fromkeys((part[0], part[0].upper()) if part else ()))
        words.update({value: None} if value else {})
    return [word for word in words if word]


def _candidates(wish: Wish, anchor: tuple[str, tuple[str, ...]] | None) -> Flow[list[str]]:
    if anchor is None:
        return list(wish.product_ids)
    rows = yield Query("catalogue/search", _bounds(wish, anchor))
    ids = [str(row["product_id"]) for row in rows]
    if len(ids) == _READ and wish.qualities:
        # more than can be looked at: those that record something of what is asked must be among them
        words = [word for quality in wish.qualities for word in quality.words]
        by, within = anchor
        more = yield Query("catalogue/with_attribute", {"by": by, "ids": list(within), "words": words, "limit": _READ})
        ids = list(dict.fromkeys([*(str(row["product_id"]) for row in more), *ids]))[:_READ]
    return ids


def _records(products: Sequence[ProductFacts]) -> Flow[dict[str, list[Recorded]]]:
    found: dict[str, list[Recorded]] = {}
    if products:
        for row in (yield Query("catalogue/attributes_of", {"product_ids": [one.product_id for one in products]})):
            found.setdefault(row["product_id"], []).append(Recorded(row["name"], row["value"], row.get("unit")))
    return found


def _hit(product: ProductFacts, wish: Wish, recorded: Sequence[Recorded]) -> Hit | None:
    """A product with the SKUs that fit; ``None`` where a fact speaks against it."""
    if wish.brand_ids and product.brand_id not in wish.brand_ids:
        return None
    if wish.shop_ids and product.shop_id not in wish.shop_ids:
        return None
    skus = list(product.skus)
    for said in wish.specs:
        skus = fitting(said, [(sku, sku.spec) for sku in skus])
    skus = [sku for sku in skus if sku.price is not None and _affordable(sku.price, wish)]
    if not skus:
        return None
    texts = [product.name, *product.aliases, product.description or "", *(str(one["name"]) for one in product.categories)]
    matched: dict[str, str] = {}
    lacks = []
    figure = None
    for quality in wish.qualities:
        known = [*recorded, *spec_records(skus)]
        answer, record = judge(quality, known, texts)
        if answer is False:
            return None
        if answer is None:
            lacks.append(quality.text)
            continue
        matched[quality.text] = f"{record.name} {record.value}{record.unit or ''}" if record else "名称或介绍"
        way = search_words().direction(quality.text)
        if record is not None and way is not None and figure is None and (values := quantities(plain(record.value))):
            figure = values[0][0] if way[0] == "LEAST" else -values[0][0]
    return Hit(product, tuple(skus), matched, tuple(lacks), figure)


def _affordable(price: int, wish: Wish) -> bool:
    if wish.price is None:
        return True
    low, high = wish.price.low, wish.price.high
    return (low is None or price >= low) and (high is None or price <= high)


def _only_recorded(hits: Iterable[Hit], wish: Wish) -> list[Hit]:
    """Of a name ("长辈手机") only what has it; of any other quality also what records nothing of it."""
    names = [quality.text for quality in wish.qualities if quality.name]
    return [hit for hit in hits if not any(name in hit.lacks for name in names)]


def _rank(hit: Hit, wish: Wish) -> tuple[Any, ...]:
    price = hit.price or 0
    stock = hit.stock
    sold_out = 1 if stock is None else 0 if stock > 0 else 2
    by_price = -price if wish.order == "DEAREST" else price
    figure = (hit.figure is None, hit.figure or 0.0)
    return (len(hit.lacks), sold_out, *((by_price, *figure) if wish.order else (*figure, by_price)), hit.product.product_id)


def _lowest(wish: Wish, anchor: tuple[str, tuple[str, ...]] | None) -> Flow[int | None]:
    """What the kind of goods costs at least, to be told where nothing is in the range."""
    if anchor is None or wish.price is None:
        return None
    free = {**_bounds(wish, anchor), "min_price": None, "max_price": None, "limit": _READ}
    rows = yield Query("catalogue/search", free)
    return min((int(row["price"]) for row in rows), default=None)


def filters_of(wish: Wish) -> dict[str, Any]:
    """A wish as facts tell it."""
    price = wish.price
    return {
        "price_min": str(Money(price.low)) if price and price.low is not None else None,
        "price_max": str(Money(price.high)) if price and price.high is not None else None,
        "category_ids": list(wish.category_ids),
        "brand_ids": list(wish.brand_ids),
        "shop_ids": list(wish.shop_ids),
        "spec": [said[0] for said in wish.specs],
        "attributes": [quality.text if quality.wanted else f"不要{quality.text}" for quality in wish.qualities],
        "order": wish.order,
    }


def found_facts(hit: Hit) -> dict[str, Any]:
    """A hit as facts tell it."""
    return {
        "product_id": hit.product.product_id,
        "name": hit.product.name,
        "price": None if hit.price is None else str(Money(hit.price)),
        "stock": hit.stock,
        "matched": hit.matched,
        "lacks": list(hit.lacks),
    }


def graph_of(hits: Iterable[Hit]) -> Graph:
    """What was found, for the evidence."""
    import networkx as nx

    graph: Graph = nx.MultiDiGraph()
    for hit in hits:
        graph.update(product_graph(hit.product, hit.skus))
    return graph


@decider("product_search")
def product_search(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Products on sale that fit: those that record every quality asked for first, of them those in stock first."""
    found = yield from search(frame)
    if found.decision is not None:
        return found.decision
    told = found.hits[:_TOLD]
    facts = {
        "product_ids": [hit.product.product_id for hit in told],
        "filters": filters_of(found.wish),
        "products": [found_facts(hit) for hit in told],
        "lowest_price": None if found.lowest is None else str(Money(found.lowest)),
    }
    return Decision(
        "ANSWERED",
        facts=facts,
        verdict=None
        if frame.question_form != "YES_NO"
        else "YES"
        if any(not hit.lacks for hit in told)
        else None
        if told
        else "NO",
        trace=[search_step(found)],
        words={
            "hits": facts["products"],
            "lacks": list(dict.fromkeys(lack for hit in told for lack in hit.lacks)),
            "more": len(found.hits) - len(told),
        },
        variant=None if told else "EMPTY",
        graph=graph_of(told),
    )


def search_step(found: Found) -> Step:
    """How a search was narrowed."""
    filters = {name: value for name, value in filters_of(found.wish).items() if value}
    return Step(
        rule="product.search",
        inputs=filters,
        formula="on sale ∧ price ∧ brand ∧ spec ∧ ¬(recorded against); recorded, in stock, price first",
        result=[hit.product.product_id for hit in found.hits[:_TOLD]],
        basis=Basis(kind="RECORD", id=",".join(found.wish.category_ids or found.wish.brand_ids or found.wish.shop_ids)),
    )
