"""What a promotion's terms are: threshold, what counts, limits, and what a partial return does (answers.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg_service.answers.promotion_points import points_of
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.decisions.asked_time import when_asked
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.offers import names_of, offer_facts, offers_graph, runs_at
from kg_service.decisions.policies import term_of
from kg_service.decisions.promotions_asked import promotions_asked
from kg_service.decisions.subjects import read_products
from kg_service.graph.order_graph import add_edge, add_node, node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.after_sale import resolve
from kg_service.rules.catalogue import Goods
from kg_service.trace import Basis, Step

__all__ = ["promotion_terms"]


@decider("promotion_terms")
def promotion_terms(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Tell the terms of the promotion a question names; of several, each one's rule."""
    asked = yield from promotions_asked(frame, asker)
    if isinstance(asked, Decision):
        return asked
    at, _ = when_asked(frame, asker)
    promotions = sorted(asked.promotions, key=lambda one: (one.layer_number, one.promotion_id))
    if not promotions:
        return Decision("ANSWERED", facts={"promotions": []}, words={"target": asked.target}, variant="NONE")
    names = yield from names_of(promotions)
    named_by = [str(one) for each in promotions for one in each.stacking.conflicts_with]
    names |= yield from _promotion_names(named_by)
    terms = yield from _terms(promotions)
    goods = (yield from _goods(promotions[0])) if len(promotions) == 1 else []
    found, steps = [], []
    for one in promotions:
        points = points_of(one, resolve(one, list(terms.values()), goods, at), names)
        told = offer_facts(one, names) | {"in_force": runs_at(one, at), "terms": points}
        found.append(told)
        steps.append(
            Step(
                rule="promotion.terms",
                inputs={"from": told["from"], "to": told["to"]},
                result=told["rule"],
                basis=Basis(kind="PROMOTION", id=one.promotion_id, text=one.name),
            )
        )
        if len(promotions) == 1:
            steps += [Step(rule=f"terms.{item['topic']}", result=item["text"], basis=item["basis"]) for item in points]
    graph = offers_graph(promotions, names)
    for one in promotions:
        term = terms.get(one.after_sale.term_id or "")
        if term is not None:
            values = {"term_id": term.term_id, "topic": term.topic, "text": term.text}
            add_edge(graph, node_id("Promotion", one.key), "GOVERNED_BY", add_node(graph, "Term", values))
    coming = len(promotions) == 1 and (promotions[0].valid.from_ or 0) > at
    return Decision(
        "ANSWERED", facts={"promotions": found}, trace=steps, words={"target": asked.target, "coming": coming}, graph=graph
    )


def _promotion_names(promotion_ids: Sequence[str]) -> Flow[Mapping[tuple[str, str], str]]:
    """The names of promotions that others name in ``conflicts_with``; kinds and layers among them have none."""
    if not promotion_ids:
        return {}
    wanted: dict[str, list[str]] = {f"{kind}_ids": [] for kind in ("sku", "product", "category", "brand", "shop")}
    rows = yield Query("catalogue/names", {**wanted, "promotion_ids": sorted(set(promotion_ids))})
    return {(row["kind"], row["id"]): row["name"] for row in rows}


def _terms(promotions: Sequence[Promotion]) -> Flow[dict[str, Term]]:
    """The terms that promotions name, and those that may state something about any promotion, by id."""
    rows = yield Query("promotion/terms", {"promotion_ids": sorted({one.promotion_id for one in promotions})})
    return {row["term_id"]: term_of(row["term"]) for row in rows}


def _goods(promotion: Promotion) -> Flow[list[Goods]]:
    """Goods the promotion is about, as far as it names them: terms that cover all of them hold for it."""
    refs = promotion.scope.include or []
    products = yield from read_products([ref.id for ref in refs if ref.type == "product" and ref.id])
    found = [one.goods() for one in products]
    found += [Goods(sku_id="", shop_id=ref.id) for ref in refs if ref.type == "shop"]
    return found if len(found) == len(refs) else []
