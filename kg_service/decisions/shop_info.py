"""Who sells the goods, and what kind of shop it is (answers.md, "Products": shop_info)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.knowledge import find_preset, find_term, preset_step, preset_words, term_step
from kg_service.decisions.matters import Matter, matter_of, says_any
from kg_service.decisions.own_or_general import speaks_of_own
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import ProductFacts, named, read_products, resolve_product
from kg_service.dialogue.resolution import resolve_order
from kg_service.graph.order_graph import Graph, add_node, node_id
from kg_service.graph.store import Row
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.trace import Basis, Step

__all__ = ["shop_info"]

#: Shops that are told at most, and one more to know whether there are others.
_TOLD = 8
#: Kinds of shops that platforms write into the names of shops.
_IN_NAMES = ("旗舰店", "专营店", "专卖店")


@decider("shop_info")
def shop_info(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The shop that is named, that sells the goods named, or of the order spoken of; else the shops there are.

    What no data set records of a shop (its address, telephone or papers) is answered by a preset answer or is UNKNOWN.
    """
    matter = matter_of(frame.intent)
    text = plain(frame.text)
    shop_ids, product, decision = yield from _shop_ids(frame, asker)
    if decision is not None:
        return decision
    asked = next((name for name, words in matter.unrecorded.items() if says_any(text, words)), None)
    compared = says_any(text, matter.compared)
    preset = yield from find_preset(frame, matter, [f"shop/{one}" for one in shop_ids])
    term = yield from find_term(frame, matter, asker, product)
    if shop_ids:
        shops = yield Query("shop/by_ids", {"shop_ids": shop_ids})
    else:
        shops = yield Query("shop/overview", {"limit": _TOLD + 1})
    steps = [_step(shop) for shop in shops[:_TOLD]]
    steps += [term_step(term)] if term else []
    steps += [preset_step(preset)] if preset else []
    missing = _missing(asked, compared, shops, bool(preset or term))
    by_text = compared or asked is not None
    return Decision(
        "UNKNOWN" if missing else "ANSWERED",
        facts={
            **_facts(shops, product),
            "term_id": term.term_id if term else None,
            "faq_id": preset.faq_id if preset else None,
        },
        verdict=None if by_text or missing else _verdict(frame, matter, shops),
        trace=steps,
        missing=missing,
        words={
            "product": product.name if product else "",
            "answer": preset_words(preset),
            "term": term.text if term else "",
            "more": len(shops) > _TOLD,
            "asked": asked,
        },
        variant="UNKNOWN" if missing else "TOLD" if by_text else "ONE" if len(shops) == 1 else "SEVERAL",
        graph=_graph(shops),
    )


def _shop_ids(frame: Frame, asker: Asker) -> Flow[tuple[list[str], ProductFacts | None, Decision | None]]:
    """The shops a question is about, the product it names if any, or a decision on which goods are meant."""
    said = named(frame)
    if said.products or said.skus or said.own or said.unknown or ((said.categories or said.brands) and not said.shops):
        subject = yield from resolve_product(frame, asker)
        if subject.decision is not None or subject.product is None:
            return [], None, subject.decision
        return [subject.product.shop_id] if subject.product.shop_id else [], subject.product, None
    if said.shops:
        return list(dict.fromkeys(said.shops)), None, None
    if asker.user_id is not None and asker.known and speaks_of_own(frame, asker):
        found = yield from resolve_order(frame, asker)
        if found.decision is not None:
            return [], None, found.decision
        products = yield from read_products(line.product_id for line in found.lines if line.product_id)
        return list(dict.fromkeys(one.shop_id for one in products if one.shop_id)), None, None
    return [], None, None


def _missing(asked: str | None, compared: bool, shops: Sequence[Row], told: bool) -> list[str]:
    if told:
        return []
    if asked is not None:
        return [f"Shop {shop['shop_id']}.{asked}" for shop in shops[:_TOLD]] or [f"Shop.{asked}"]
    if compared:
        return ["Faq shop_info"]
    if not shops:
        return ["Shop"]
    return [f"Shop {shop['shop_id']}.kind" for shop in shops if shop["kind"] is None] if len(shops) == 1 else []


def _verdict(frame: Frame, matter: Matter, shops: Sequence[Row]) -> Verdict | None:
    """Yes or no to "自营吗", "是第三方吗", "是旗舰店吗"; whether the shops are of several kinds, it depends."""
    if not yes_no(frame) or not shops:
        return None
    text = plain(frame.text)
    kinds = _kinds_said(matter, text)
    if kinds:
        return _together([shop["kind"] == kinds[0] for shop in shops]) if len(kinds) == 1 else None
    said = next((word for word in _IN_NAMES if word in text), None)
    return _together([said in shop["name"] for shop in shops]) if said is not None else None


def _kinds_said(matter: Matter, text: str) -> list[str]:
    """The kinds of shops a question speaks of: 非自营 is no word for 自营."""
    found: list[str] = []
    for kind, words in matter.kinds.items():
        if says_any(text, words):
            found.append(kind)
            for word in words:
                text = text.replace(word, "")
    return found


def _together(answers: Sequence[bool]) -> Verdict:
    return "YES" if all(answers) else "DEPENDS" if any(answers) else "NO"


def _facts(shops: Sequence[Row], product: ProductFacts | None) -> dict[str, Any]:
    only = shops[0] if len(shops) == 1 else None
    return {
        "product_id": product.product_id if product else None,
        "shop_id": only["shop_id"] if only else None,
        "name": only["name"] if only else None,
        "kind": only["kind"] if only else None,
        "attribute": "店铺类型" if only and only["kind"] else None,
        "value": only["kind"] if only else None,
        "shops": [{"shop_id": one["shop_id"], "name": one["name"], "kind": one["kind"]} for one in shops[:_TOLD]],
    }


def _step(shop: Row) -> Step:
    basis = Basis(kind="RECORD", id=node_id("Shop", shop["shop_id"]), text=shop["name"])
    return Step(rule="shop.kind", inputs={"shop_id": shop["shop_id"]}, formula="as recorded", result=shop["kind"], basis=basis)


def _graph(shops: Sequence[Row]) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    for shop in shops[:_TOLD]:
        add_node(graph, "Shop", {"shop_id": shop["shop_id"], "name": shop["name"], "kind": shop["kind"]})
    return graph
