"""Promotions as the graph has them: which are in force, what they cover, and what their goods are called."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx

from kg_service.answers.promotion_text import rule_text
from kg_service.dataset.promotion import Promotion, Scope
from kg_service.dataset.values import GRAPH
from kg_service.graph.order_graph import Graph, add_edge, add_node
from kg_service.graph.store import Row
from kg_service.queries.flow import Flow, Query
from kg_service.rules.catalogue import Goods
from kg_service.rules.scope import covers
from kg_service.times import format_instant

__all__ = ["breadth", "covering", "in_force", "names_of", "offer_facts", "offers_graph", "promotion_of", "runs_at", "scopes_of"]

_JSON = ("scope", "condition", "components", "tiers", "effect", "cap", "limit", "stacking", "valid", "allocation", "after_sale")
_FIELDS = frozenset(Promotion.model_fields)


def promotion_of(properties: Mapping[str, Any]) -> Promotion:
    """A promotion from the properties of its node (graph encoding)."""
    fields: dict[str, Any] = {}
    for name, value in properties.items():
        if value is None or name not in _FIELDS:
            continue
        fields[name] = json.loads(value) if name in _JSON and isinstance(value, str) else value
    return Promotion.model_validate(fields, context=GRAPH)


def in_force(since: int, until: int) -> Flow[list[Promotion]]:
    """The promotions in force at some instant from ``since`` to ``until`` (epoch ms, inclusive); of each the latest version."""
    rows = yield Query("promotion/in_force", {"since": since, "until": until})
    latest: dict[str, Row] = {}
    for row in rows:
        before = latest.get(row["promotion_id"])
        if before is None or (row["version"] or 1) >= (before["version"] or 1):
            latest[row["promotion_id"]] = row
    return [promotion_of(latest[key]["promotion"]) for key in sorted(latest)]


def scopes_of(promotion: Promotion) -> list[Scope]:
    """The scopes that say which goods a promotion is about: its own, what has to be bought, the parts of a bundle.

    Those that name goods; where none does, its own scope alone: all goods (the edges COVERS of the graph are the same goods).
    """
    scopes = [promotion.scope, promotion.condition.qualifier_scope, *(part.scope for part in promotion.components)]
    naming = [scope for scope in scopes if scope is not None and scope.include is not None]
    return naming or [promotion.scope]


def covering(promotions: Iterable[Promotion], goods: Goods) -> list[Promotion]:
    """The promotions that are about goods; what its scope excludes it is not about."""
    return [one for one in promotions if not _excludes(one, goods) and any(covers(scope, goods) for scope in scopes_of(one))]


def _excludes(promotion: Promotion, goods: Goods) -> bool:
    return bool(promotion.scope.exclude) and covers(Scope(include=promotion.scope.exclude), goods) is True


_BREADTH = {"sku": 0, "product": 0, "category": 1, "brand": 1, "tag": 1, "shop": 2, "all": 3}


def breadth(promotion: Promotion) -> int:
    """How widely a promotion applies, from 0 (named goods) to 3 (everything): what is meant for few is told first."""
    refs = [ref for scope in scopes_of(promotion) for ref in scope.include or []]
    return max((_BREADTH[ref.type] for ref in refs), default=3)


def names_of(promotions: Iterable[Promotion]) -> Flow[dict[tuple[str, str], str]]:
    """The display names of everything some promotions speak of, by (type, id)."""
    wanted: dict[str, set[str]] = {}

    def note(scope: Scope | None) -> None:
        for ref in [*(scope.include or []), *(scope.exclude or [])] if scope else []:
            if ref.id is not None:
                wanted.setdefault(ref.type, set()).add(ref.id)

    for promotion in promotions:
        note(promotion.scope)
        note(promotion.condition.qualifier_scope)
        for part in promotion.components:
            note(part.scope)
        for level in promotion.levels:
            if level.effect.gift_sku_id:
                wanted.setdefault("sku", set()).add(level.effect.gift_sku_id)
            if level.effect.coupon_promotion_id:
                wanted.setdefault("promotion", set()).add(level.effect.coupon_promotion_id)
    if not any(wanted.get(kind) for kind in ("sku", "product", "category", "brand", "shop", "promotion")):
        return {}
    rows = yield Query(
        "catalogue/names",
        {f"{kind}_ids": sorted(wanted.get(kind, ())) for kind in ("sku", "product", "category", "brand", "shop", "promotion")},
    )
    return {(row["kind"], row["id"]): row["name"] for row in rows}


def runs_at(promotion: Promotion, at: int) -> bool:
    """Whether a promotion is in force at an instant (epoch ms); both ends belong to it."""
    valid = promotion.valid
    return (valid.from_ is None or valid.from_ <= at) and (valid.to is None or at <= valid.to)


def offer_facts(promotion: Promotion, names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """A promotion as facts tell it: id, name, validity and its rule in words."""
    return {
        "promotion_id": promotion.promotion_id,
        "name": promotion.name,
        "from": None if promotion.valid.from_ is None else format_instant(promotion.valid.from_),
        "to": None if promotion.valid.to is None else format_instant(promotion.valid.to),
        "rule": rule_text(promotion, names),
    }


_LABELS = {"product": "Product", "category": "Category", "brand": "Brand", "shop": "Shop", "sku": "Sku"}


def offers_graph(promotions: Iterable[Promotion], names: Mapping[tuple[str, str], str]) -> Graph:
    """Promotions and what they cover, as evidence."""
    graph: Graph = nx.MultiDiGraph()
    for one in promotions:
        values = {"promotion_key": one.key, "promotion_id": one.promotion_id, "name": one.name, "kind": one.kind}
        node = add_node(graph, "Promotion", values)
        for scope in scopes_of(one):
            for ref in scope.include or []:
                if ref.type in _LABELS:
                    item = {f"{ref.type}_id": ref.id, "name": names.get((ref.type, ref.id or ""))}
                    add_edge(graph, node, "COVERS", add_node(graph, _LABELS[ref.type], item))
    return graph
