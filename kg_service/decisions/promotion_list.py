"""Which promotions there are (answers.md, "Promotions and money")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import networkx as nx

from kg_service.answers.promotion_text import rule_text
from kg_service.dataset.promotion import Promotion, Scope
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.offers import covering, in_force, names_of, scopes_of
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import Named, ProductFacts, ask_which, goods_not_found, named, read_products
from kg_service.graph.order_graph import Graph, add_edge, add_node
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.catalogue import Goods
from kg_service.rules.scope import covers
from kg_service.times import day_of, end_of_day, format_instant, start_of_day
from kg_service.trace import Basis, Step

__all__ = ["promotion_list"]


@decider("promotion_list")
def promotion_list(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The promotions in force now (or at the time the question names), narrowed to the goods or shop it names."""
    said = named(frame)
    since, until = _when(frame, asker)
    found = yield from in_force(since, until)
    target: str | None = None
    if said.promotions:
        found = [one for one in found if one.promotion_id in said.promotions]
    if said.unknown:
        called = [one for one in found if any(plain(word) in plain(one.name) for word in said.unknown)]
        if not called:
            return goods_not_found("、".join(dict.fromkeys(said.unknown)))
        found = called
    elif said.products or said.skus:
        ids = list(dict.fromkeys(one for each in said.products for one in each))
        products = yield from read_products(ids)
        if not products:
            return goods_not_found("、".join(one.text for one in frame.mentions))
        if said.inexact or len({tuple(one.promotion_id for one in _of_product(found, each)) for each in products}) > 1:
            return ask_which(products)
        found = _of_product(found, products[0])
        target = products[0].name if len(products) == 1 else None
    elif said.categories or said.brands or said.shops:
        found, target = yield from _of_area(found, said)
    if frame.promotion_kinds:
        found = [one for one in found if one.kind in frame.promotion_kinds]
    names = yield from names_of(found)
    return _answer(frame, asker, found, names, target)


_YEAR = re.compile(r"\d{4}年?|去年|前年|往年|上次|之前|以前|过去")


def _when(frame: Frame, asker: Asker) -> tuple[int, int]:
    """Now, or the time the question names. A day of the year that is over means the coming one, unless the past is named."""
    if frame.period is None:
        return asker.now, asker.now
    start, end = frame.period.start, frame.period.end
    if end < asker.now and not _YEAR.search(frame.text):
        first, last = (_year_later(day_of(instant)) for instant in (start, end))
        if last > day_of(asker.now):
            return start_of_day(first), end_of_day(last)
    return start, end


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def _of_product(promotions: Iterable[Promotion], product: ProductFacts) -> list[Promotion]:
    """Those that cover any of its SKUs."""
    promotions = list(promotions)
    hits = {
        one.promotion_id
        for goods in ([product.goods(sku) for sku in product.skus] or [product.goods()])
        for one in covering(promotions, goods)
    }
    return [one for one in promotions if one.promotion_id in hits]


def _of_area(promotions: list[Promotion], said: Named) -> Flow[tuple[list[Promotion], str | None]]:
    """Those that cover at least some goods of the categories, brands or shops named."""
    lines = yield Query("catalogue/category_lines", {"category_ids": list(said.categories)})
    below = yield Query("catalogue/category_below", {"category_ids": list(said.categories)})
    above = tuple(row["ancestor_id"] for row in lines)
    within = {row["below_id"] for row in below} | set(said.categories)
    partly = yield from _partly(_named_goods(promotions), said, sorted(within))
    area = Goods(
        sku_id="",
        product_id="",
        category_ids=above,
        brand_id=said.brands[0] if said.brands else "",
        shop_id=said.shops[0] if said.shops else "",
    )

    def excluded(scope: Scope) -> bool:
        return covers(Scope(include=scope.exclude or []), area) is True

    def touches(scope: Scope) -> bool:
        if excluded(scope):
            return False
        if covers(Scope(include=scope.include), area) is True:
            return True
        return any(
            (ref.type == "category" and ref.id in within) or (ref.type, ref.id or "") in partly for ref in scope.include or []
        )

    found = [one for one in promotions if not excluded(one.scope) and any(touches(scope) for scope in scopes_of(one))]
    names = dict.fromkeys(row["name"] for row in lines)
    return found, "、".join(names) or None


def _partly(refs: dict[str, set[str]], said: Named, within: list[str]) -> Flow[set[tuple[str, str]]]:
    """What promotions name (type, id) of which some goods lie in the categories, brands or shops of the question."""
    found: set[tuple[str, str]] = set()
    if refs.get("product") or refs.get("sku"):
        wanted = {
            "product_ids": sorted(refs.get("product", ())),
            "sku_ids": sorted(refs.get("sku", ())),
            "within_categories": within or None,
            "within_brands": list(said.brands) or None,
            "within_shops": list(said.shops) or None,
        }
        found |= {(row["kind"], row["id"]) for row in (yield Query("catalogue/goods_within", wanted))}
    if not (refs.get("category") or refs.get("brand") or refs.get("shop")):
        return found
    if within:
        rows = yield Query("catalogue/kinds_in_categories", {"category_ids": within})
    else:
        rows = yield Query("catalogue/kinds_of_sellers", {"brand_ids": list(said.brands), "shop_ids": list(said.shops)})
    for row in rows:
        if (not said.brands or row["brand_id"] in said.brands) and (not said.shops or row["shop_id"] in said.shops):
            found |= {(kind, row[f"{kind}_id"]) for kind in ("category", "brand", "shop") if row.get(f"{kind}_id")}
    return found


def _named_goods(promotions: Iterable[Promotion]) -> dict[str, set[str]]:
    refs: dict[str, set[str]] = {}
    for promotion in promotions:
        for scope in scopes_of(promotion):
            for ref in scope.include or []:
                if ref.id is not None:
                    refs.setdefault(ref.type, set()).add(ref.id)
    return refs


def _answer(
    frame: Frame, asker: Asker, found: list[Promotion], names: dict[tuple[str, str], str], target: str | None
) -> Decision:
    ordered = sorted(found, key=lambda one: (one.layer_number, one.promotion_id))
    listed = [
        {
            "promotion_id": one.promotion_id,
            "name": one.name,
            "from": None if one.valid.from_ is None else format_instant(one.valid.from_),
            "to": None if one.valid.to is None else format_instant(one.valid.to),
            "rule": rule_text(one, names),
        }
        for one in ordered
    ]
    graph: Graph = nx.MultiDiGraph()
    for one in ordered:
        values = {"promotion_key": one.key, "promotion_id": one.promotion_id, "name": one.name, "kind": one.kind}
        node = add_node(graph, "Promotion", values)
        for ref in one.scope.include or []:
            label = {"product": "Product", "category": "Category", "brand": "Brand", "shop": "Shop", "sku": "Sku"}.get(ref.type)
            if label is not None:
                item = {f"{ref.type}_id": ref.id, "name": names.get((ref.type, ref.id or ""))}
                add_edge(graph, node, "COVERS", add_node(graph, label, item))
    return Decision(
        "ANSWERED",
        facts={"promotions": listed},
        verdict=("YES" if listed else "NO") if yes_no(frame) else None,
        trace=[
            Step(
                rule="promotion.in_force",
                inputs={"from": item["from"], "to": item["to"], "now": format_instant(asker.now)},
                formula="from ≤ now ≤ to" if frame.period is None else "overlaps the period asked about",
                result=item["rule"],
                basis=Basis(kind="PROMOTION", id=item["promotion_id"], text=item["name"]),
            )
            for item in listed
        ],
        words={"target": target, "period": frame.period.text if frame.period else None},
        variant=None if listed else "NONE",
        graph=graph,
    )
