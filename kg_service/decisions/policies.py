"""What the terms say about sending goods back (answers.md, "After-sales"; promotions.md section 7)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx

from kg_service.answers.answer import Verdict
from kg_service.dataset.promotion import Scope
from kg_service.dataset.term import Term
from kg_service.dataset.values import GRAPH
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import Named, ProductFacts, ask_which, goods_not_found, named, read_products
from kg_service.decisions.told_state import state_told
from kg_service.graph.order_graph import Graph, add_edge, add_node
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.after_sale import term_basis
from kg_service.rules.catalogue import Goods
from kg_service.rules.law import SEVEN_DAYS, article
from kg_service.rules.scope import covers
from kg_service.rules.windows import STATUTORY_DAYS
from kg_service.text.numbers import find_numbers
from kg_service.trace import Basis, Step

__all__ = ["Area", "areas_named", "return_policy", "term_of", "terms_in_force"]

_FIELDS = frozenset(Term.model_fields)
#: Classes that may not come back without a reason (article six), or only if it was not excluded at purchase (article seven).
_EXCLUDED = frozenset({"CUSTOM_MADE", "PERISHABLE", "PERIODICAL"})
#: Products of a category that are looked at for their classes.
_KINDS_READ = 200
_CONDITIONAL = frozenset({"OPENED_DIGITAL", "CONFIRM_REQUIRED"})


def term_of(properties: Mapping[str, Any]) -> Term:
    """A term from the properties of its node (graph encoding)."""
    fields: dict[str, Any] = {}
    for name, value in properties.items():
        if value is None or name not in _FIELDS:
            continue
        fields[name] = json.loads(value) if name in ("scope", "values") and isinstance(value, str) else value
    return Term.model_validate(fields, context=GRAPH)


def terms_in_force(topic: str, now: int) -> Flow[list[Term]]:
    """The terms of a topic in force at an instant (epoch ms), by term_id."""
    rows = yield Query("policy/terms_in_force", {"topic": topic, "now": now})
    return [term_of(row["term"]) for row in rows]


@dataclass(frozen=True)
class Area:
    """The goods a policy question is about: one product, a category, a brand, a shop, or all (``goods`` is ``None`` then).

    Attributes
    ----------
    within : categories below the one named: terms about one of them are about some of the goods
    """

    goods: Goods | None = None
    name: str | None = None
    return_class: str | None = None
    within: frozenset[str] = frozenset()

    def applies(self, scope: Scope) -> bool:
        """Whether a scope is about these goods (about some of them, for a category)."""
        if self.goods is None:
            return True
        if covers(Scope(include=scope.exclude or []), self.goods) is True:
            return False
        if covers(Scope(include=scope.include), self.goods) is True:
            return True
        return any(ref.type == "category" and ref.id in self.within for ref in scope.include or [])


@decider("return_policy")
def return_policy(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The return terms in force for what the question names, longest window first; the statute's seven days where none is."""
    said = named(frame)
    if said.unknown and (said.categories or said.brands):
        return goods_not_found("、".join(said.unknown))
    terms = yield from terms_in_force("RETURN", asker.now)
    areas = yield from areas_named(said)
    if not areas:
        return goods_not_found("、".join(one.text for one in frame.mentions) or "该商品")
    answers = {_signature(area, terms) for area in areas}
    if len(answers) > 1:
        products = yield from read_products(one for ids in said.products for one in ids)
        return ask_which(products)
    kinds = yield from _kinds_within(said)
    if len({kind["return_class"] for kind in kinds}) > 1:
        return _mixed(frame, areas[0], terms, kinds)
    area = replace(areas[0], return_class=kinds[0]["return_class"]) if kinds else areas[0]
    return _answer(frame, area, terms, many=len(areas) > 1)


def _kinds_within(said: Named) -> Flow[list[dict[str, str]]]:
    """The kinds of goods of the categories named, each with the return class its products have, by name.

    A category without a class of its own may hold kinds that have one (茶叶: 绿茶 is perishable, 茶具 is not).
    """
    if said.products or not said.categories:
        return []
    query = {
        "category_ids": list(dict.fromkeys(said.categories)),
        "brand_ids": list(said.brands) or None,
        "shop_ids": list(said.shops) or None,
        "limit": _KINDS_READ,
    }
    rows = yield Query("catalogue/in_category", query)
    products = yield from read_products(row["product_id"] for row in rows)
    found = {(str(one.categories[0]["name"]) if one.categories else one.name, one.effective_return_class) for one in products}
    return [{"name": name, "return_class": return_class} for name, return_class in sorted(found)]


def _mixed(frame: Frame, area: Area, terms: Sequence[Term], kinds: Sequence[dict[str, str]]) -> Decision:
    """The answer for goods of several return classes: it depends on the kind, and each is told."""
    decision = _answer(frame, replace(area, return_class="NORMAL"), terms, many=False)
    lifted = any(term.values.lifts_exclusions for term in _matching(area, terms))
    if lifted:
        return decision
    decision.facts |= {"return_class": None, "no_reason": None}
    decision.verdict = "DEPENDS" if yes_no(frame) else None
    decision.variant = "MIXED_CLASSES"
    decision.words["kinds"] = list(kinds)
    decision.trace += [_class_step(replace(area, return_class=kind["return_class"]), kind["return_class"] in _EXCLUDED)
                       for kind in kinds if kind["return_class"] != "NORMAL"]  # fmt: skip
    return decision


def areas_named(said: Named) -> Flow[list[Area]]:
    """What the question is about; several where a name may mean several products, none where it means nothing known."""
    if said.products:
        products = yield from read_products(one for ids in said.products for one in ids)
        products = [one for one in products if not said.categories or set(one.category_ids) & set(said.categories)] or products
        return [_of_product(one) for one in products]
    if said.categories:
        rows = yield Query("catalogue/category_lines", {"category_ids": list(said.categories)})
        below = yield Query("catalogue/category_below", {"category_ids": list(said.categories)})
        found = []
        for category_id in dict.fromkeys(said.categories):
            line = [row for row in rows if row["category_id"] == category_id]
            if line:
                inherited = next((row["return_class"] for row in line if row["return_class"]), None)
                within = frozenset(row["below_id"] for row in below if row["category_id"] == category_id)
                goods = Goods(
                    sku_id="",
                    product_id="",
                    category_ids=tuple(row["ancestor_id"] for row in line),
                    brand_id=said.brands[0] if said.brands else "",
                    shop_id=said.shops[0] if said.shops else "",
                )
                found.append(Area(goods, line[0]["name"], inherited or "NORMAL", within))
        return found
    if said.brands or said.shops:
        goods = Goods(
            sku_id="",
            product_id="",
            category_ids=(),
            brand_id=said.brands[0] if said.brands else "",
            shop_id=said.shops[0] if said.shops else "",
        )
        return [Area(goods)]
    return [Area()]


def _of_product(product: ProductFacts) -> Area:
    sku = product.skus[0] if product.skus else None
    return Area(product.goods(sku), product.name, product.effective_return_class)


def _matching(area: Area, terms: Iterable[Term]) -> list[Term]:
    found = [term for term in terms if area.applies(term.scope)]
    return sorted(found, key=lambda term: (-(term.values.window_days or 0), term.term_id))


def _signature(area: Area, terms: Iterable[Term]) -> tuple[str | None, tuple[str, ...]]:
    return area.return_class, tuple(term.term_id for term in _matching(area, terms))


def _answer(frame: Frame, area: Area, terms: Sequence[Term], *, many: bool) -> Decision:
    matching = _matching(area, terms)
    lifted = any(term.values.lifts_exclusions for term in matching)
    barred = area.return_class in _EXCLUDED and not lifted
    conditional = area.return_class in _CONDITIONAL and not lifted
    statute = article(SEVEN_DAYS, "第十条")
    usable = [term for term in matching if term.values.window_days is not None and term.values.no_reason is not False]
    longest = max([STATUTORY_DAYS, *(int(term.values.window_days or 0) for term in usable)])
    below = [
        term
        for term in matching
        if not barred
        and (
            term.values.no_reason is False or (term.values.window_days is not None and term.values.window_days < STATUTORY_DAYS)
        )
    ]
    listed: list[dict[str, Any]] = [
        {"term_id": term.term_id, "window_days": term.values.window_days, "text": term.text} for term in matching
    ]
    if not matching or (area.goods is not None and all(term in below for term in matching)):
        # no term, or none that the law lets stand: the statute's own window
        listed.insert(0, {"term_id": statute.id, "window_days": None if barred else STATUTORY_DAYS, "text": statute.text})
    steps = [
        Step(
            rule="return_policy.term",
            inputs={"term_id": term.term_id},
            formula="in force and about these goods",
            result=term.values.window_days,
            basis=term_basis(term),
        )
        for term in matching
    ]
    steps.append(Step(rule="return_policy.statute", result=STATUTORY_DAYS, basis=statute))
    steps += [
        Step(
            rule="return_policy.below_floor",
            inputs={"term_id": term.term_id, "window_days": term.values.window_days},
            formula=f"max(window_days, {STATUTORY_DAYS})",
            result=STATUTORY_DAYS,
            basis=statute,
        )
        for term in below
    ]
    if barred or conditional:
        steps.append(_class_step(area, barred))
    return Decision(
        "ANSWERED",
        facts={
            "terms": listed,
            "window_days": None if barred else longest,
            "statutory_days": STATUTORY_DAYS,
            "return_class": area.return_class,
            "no_reason": _no_reason(area, barred, conditional),
        },
        verdict=_verdict(frame, longest, barred, conditional),
        trace=steps,
        words={
            "name": area.name if not many else None,
            "general": area.goods is None,
            "terms": [_said(term) for term in matching],
            "return_class": area.return_class,
            "asked_days": _asked_days(frame),
        },
        variant="EXCLUDED_CLASS" if barred else "CONDITIONAL_CLASS" if conditional else None,
        graph=_graph(area, matching),
    )


def _no_reason(area: Area, barred: bool, conditional: bool) -> bool | None:
    if area.goods is None or conditional:
        return None
    return not barred


def _said(term: Term) -> dict[str, Any]:
    conditions = term.values.conditions
    said = [conditions] if isinstance(conditions, str) else list(conditions or [])
    return {"term_id": term.term_id, "text": term.text, "days": term.values.window_days, "conditions": said}


def _class_step(area: Area, barred: bool) -> Step:
    basis: Basis = article(SEVEN_DAYS, "第六条" if barred or area.return_class == "OPENED_DIGITAL" else "第七条")
    return Step(
        rule="return_policy.class",
        inputs={"return_class": area.return_class},
        formula="never without a reason" if barred else "depends on the goods' state or on what was confirmed at purchase",
        result=False if barred else None,
        basis=basis,
    )


_DAYS = re.compile(r"^(个工作)?[天日]")
_WEEKS = re.compile(r"^个?(周|星期|礼拜)")
_MONTHS = re.compile(r"^个?月")
#: Right before or after a number of days it is past them; 坐过了 and 用过了 only say what was done.
_OVER = re.compile(r"(超过|超出|(?<![坐睡穿戴用洗试吃喝玩拆看听开])过了|超了|满了)(?:有|都|快|整|大概|大约|约|了)*$")
_OVER_AFTER = re.compile(r"^(?:都|已经|早就|早|也)*(?:过了|超了|过完|超过)")


def _asked_days(frame: Frame) -> int | None:
    """The number of days a question names; one more where it says "more than"."""
    text = plain(frame.text)
    for number in find_numbers(text):
        rest = text[number.end :]
        scale = 1 if _DAYS.match(rest) else 7 if _WEEKS.match(rest) else 30 if _MONTHS.match(rest) else 0
        if scale and number.value.denominator == 1:
            unit = next(found for found in (one.match(rest) for one in (_DAYS, _WEEKS, _MONTHS)) if found)
            over = _OVER.search(text[: number.start]) is not None or _OVER_AFTER.match(rest[unit.end() :]) is not None
            return int(number.value) * scale + (1 if over else 0)
    return None


def _verdict(frame: Frame, longest: int, barred: bool, conditional: bool) -> Verdict | None:
    if not yes_no(frame):
        return None
    possible: Verdict = "NO" if barred else "DEPENDS" if conditional else "YES"
    asked = _asked_days(frame)
    told = state_told(frame)
    if possible == "YES" and asked is not None and asked > longest:
        possible = "NO"
    elif possible == "YES" and told is not None and told[0] == "ACTIVATED":
        # what has been used may not be intact any more
        possible = "DEPENDS"
    if frame.asks == "IMPOSSIBLE" and possible in ("YES", "NO"):
        return "NO" if possible == "YES" else "YES"
    return possible


def _graph(area: Area, terms: Iterable[Term]) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    target = None
    if area.goods is not None and area.goods.product_id:
        target = add_node(graph, "Product", {"product_id": area.goods.product_id, "name": area.name})
    elif area.goods is not None and area.goods.category_ids:
        target = add_node(graph, "Category", {"category_id": area.goods.category_ids[0], "name": area.name})
    elif area.goods is not None and area.goods.shop_id:
        target = add_node(graph, "Shop", {"shop_id": area.goods.shop_id})
    for term in terms:
        values = {"term_id": term.term_id, "topic": term.topic, "text": term.text, "basis": term.basis}
        add_edge(graph, add_node(graph, "Term", values), "APPLIES_TO", target)
    return graph
