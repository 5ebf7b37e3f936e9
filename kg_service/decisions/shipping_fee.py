"""What the freight of a purchase is: by the terms and the promotions in force, or what an order was charged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.decisions.asked_time import when
from kg_service.decisions.basket import read_alternatives
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no
from kg_service.decisions.offers import covering, runs_at
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.own_or_general import speaks_of_own
from kg_service.decisions.places import clauses_about, place_said
from kg_service.decisions.policies import Area, areas_named, terms_in_force
from kg_service.decisions.purchase import Buying, read_buying
from kg_service.decisions.return_words import day_words
from kg_service.decisions.specs import plain
from kg_service.decisions.subjects import Named, ProductFacts, goods_not_found, named, read_products
from kg_service.decisions.term_answers import terms_graph
from kg_service.graph.order_graph import node_id
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.after_sale import in_force, term_basis
from kg_service.rules.audience import audience_gaps
from kg_service.rules.returns import build_case
from kg_service.rules.scope import covers, covers_everything
from kg_service.text.numbers import find_numbers
from kg_service.trace import Basis, Step

__all__ = ["areas_sold", "shipping_fee"]

#: "要运费吗" asks the opposite of "包邮吗".
_FREE = re.compile(
    r"包[邮郵]|免[运邮運郵费]|不(?:要|收|用|付|出|需要|扣)[^,。?]{0,4}(?:运费|邮费|邮资|快递费|路费)|免费(?:送|寄|发|配)"
)
_A_NOT_A = re.compile(r"(要|收|用|付|出|需要|扣)不(?:\1)")
_WHERE_FREE = re.compile(
    r"(?:满|买|够|凑|超过|达到)(?:到)?(?:多少|几|好多|啥)|多少钱?(?:才|可以|能|起|以上)?(?:包邮|免)|门槛|条件"
)
_AMOUNT = re.compile(r"多少|几块|几元|几毛|怎么算|怎么收|咋算|咋收|如何收|什么价|贵不贵|收费")
#: Products of a kind that are looked at for their shops.
_READ = 200
#: A clause that treats a place like any other: what is charged is what is charged elsewhere.
_ALIKE = re.compile(r"同价|同样|一样|相同|一致|不另|不额外|不加收|不分|无差别")
_MONEY = re.compile(r"^\s*(?:块钱|块|元|rmb|¥)")


@dataclass(frozen=True)
class _Rule:
    """The freight of one shop's (or one scope's) goods: the best of its terms and promotions, per value."""

    shop: str | None
    charge: Money | None = None
    free_over: Money | None = None
    off: Money | None = None
    off_over: Money | None = None
    term: Term | None = None
    promotion: Promotion | None = None
    unsure: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[Money | None, Money | None, Money | None]:
        return self.charge, self.free_over, self.off

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "term_id": self.term.term_id if self.term else None,
            "promotion_id": self.promotion.promotion_id if self.promotion else None,
            "shop": self.shop,
            "charge": self.charge,
            "free_over": self.free_over,
            "off": self.off,
        }

    def amount(self, value: Money | None) -> Money | None:
        """What goods worth so much are charged; None where it depends or is not recorded."""
        if self.free_over is not None and (self.free_over == 0 or (value is not None and value >= self.free_over)):
            return Money(0)
        if value is None and self.free_over is not None:
            return None
        if self.charge is None or self.charge == 0:
            return self.charge
        if self.off is not None and self.off_over is not None:
            if value is None:
                return None
            return Money(max(0, self.charge - self.off)) if value >= self.off_over else self.charge
        return self.charge


@decider("shipping_fee")
def shipping_fee(frame: Frame, asker: Asker) -> Flow[Decision]:
    """What an order was charged, where the question is about one; else the rule for the goods or the sum it names."""
    if speaks_of_own(frame, asker):
        own = yield from read_own_order(frame, asker)
        return own if isinstance(own, Decision) else _of_order(frame, own)
    said = named(frame)
    if said.unknown and (said.categories or said.brands):
        return goods_not_found("、".join(said.unknown))
    areas = yield from areas_named(said)
    if not areas:
        return goods_not_found("、".join(one.text for one in frame.mentions) or "该商品")
    products = yield from read_products(one for ids in said.products for one in ids)
    kind = areas[0].name
    if not products and (said.categories or said.brands):
        areas = (yield from areas_sold(said)) or areas
    buying = yield from read_buying(asker, when(frame, asker))
    terms = yield from terms_in_force("FREIGHT", buying.at)
    rules = yield from _rules(areas, products, terms, buying)
    worth = yield from _worth(frame, asker, named_goods=bool(said.products or said.categories or said.brands))
    return _answer(frame, areas, products, rules, terms, worth, kind if len(areas) == 1 or not products else None)


def areas_sold(said: Named) -> Flow[list[Area]]:
    """What is sold of a kind or brand, one product of each shop: freight is the shop's."""
    more = {"shop_ids": list(said.shops) or None, "limit": _READ}
    if said.categories:
        query = Query(
            "catalogue/in_category", {"category_ids": list(said.categories), "brand_ids": list(said.brands) or None, **more}
        )
    else:
        query = Query("catalogue/of_brand", {"brand_ids": list(said.brands), **more})
    rows = yield query
    products = yield from read_products(row["product_id"] for row in rows)
    by_shop = {(one.shop_id, one.shop_name): one for one in products if one.on_sale}
    return [Area(one.goods(), one.shop_name, one.effective_return_class) for one in by_shop.values()]


def _of_order(frame: Frame, own: OwnCase) -> Decision:
    order, freight = own.order, own.order.freight
    rule = _rule_then(own)
    charged = None if freight is None else Money(freight.charged)
    waived = None if freight is None or not freight.waived else Money(freight.waived)
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "amount": charged,
        "waived": waived,
        "waived_by": freight.waived_by if freight else None,
        "charge": rule.charge if rule else None,
        "free_over": rule.free_over if rule else None,
        "term_id": rule.term.term_id if rule and rule.term else None,
    }
    basis = Basis(kind="RECORD", id=node_id("Freight", order.order_id))
    verdict = None
    if charged is not None and may_be_yes_no(frame) and not _asks_amount(frame):
        verdict = _verdict(frame, charged)
    return Decision(
        "UNKNOWN" if charged is None else "ANSWERED",
        facts=facts,
        verdict=verdict,
        missing=[f"Order {order.order_id}.freight"] if charged is None else [],
        trace=[
            Step(
                rule="shipping_fee.recorded",
                inputs={"order_id": order.order_id, "waived": str(waived or "0.00")},
                formula="freight.charged",
                result=None if charged is None else str(charged),
                basis=basis,
            )
        ],
        words={
            "day": day_words(own.resolution.lines),
            "recent": own.resolution.how == "RECENT",
            "waived_name": _waiver_name(own),
        },
        variant="UNKNOWN_OWN" if charged is None else "OWN",
        graph=own.case.graph,
    )


def _waiver_name(own: OwnCase) -> str:
    freight = own.order.freight
    found = own.case.promotion(freight.waived_by) if freight is not None and freight.waived_by else None
    return found.name if found is not None else ""


def _rule_then(own: OwnCase) -> _Rule | None:
    """The rule that was in force for the order's goods; None where the goods differ in it."""
    ready = build_case(own.order, own.case.promotions, own.case.terms, own.case.catalogue)
    goods = [ready.goods_of(line) for line in own.order.lines if line.role not in ("GIFT", "SERVICE")]
    terms = [
        term
        for term in in_force(own.case.terms, own.order.placed_at, topic="FREIGHT")
        if all(covers(term.scope, one) is True for one in goods)
    ]
    return _of_terms(terms, None)


def _of_terms(terms: Iterable[Term], shop: str | None) -> _Rule | None:
    """Several terms: per value the best for the buyer (promotions.md section 7)."""
    outbound = [term for term in terms if term.values.charge is not None or term.values.outbound_free_over is not None]
    if not outbound:
        return None
    charges = [Money(term.values.charge) for term in outbound if term.values.charge is not None]
    limits = [Money(term.values.outbound_free_over) for term in outbound if term.values.outbound_free_over is not None]
    charge, limit = min(charges, default=None), min(limits, default=None)
    saying = next((one for one in outbound if limit is not None and one.values.outbound_free_over == limit), outbound[0])
    return _Rule(shop, charge, limit, term=saying)


def _rules(areas: Sequence[Area], products: Sequence[ProductFacts], terms: Sequence[Term], buying: Buying) -> Flow[list[_Rule]]:
    """One rule for each shop (or other scope) the question may be about."""
    found: list[_Rule] = []
    for area in areas:
        if area.goods is not None and (area.goods.product_id or area.goods.shop_id):
            shop = next((one.shop_name for one in products if one.product_id == area.goods.product_id), None) or area.name
            covered = [term for term in terms if covers(term.scope, area.goods) is True]
            offers = covering(buying.promotions, area.goods)
            found.append(_with_offers(_of_terms(covered, shop) or _Rule(shop), offers, buying))
            continue
        scoped = [term for term in terms if area.applies(term.scope)]
        by_scope: dict[str, list[Term]] = {}
        for term in scoped:
            by_scope.setdefault(_key(term.scope.include), []).append(term)
        offers = [one for one in buying.promotions if one.kind in ("FREE_SHIPPING", "FREIGHT_OFF") and area.applies(one.scope)]
        keys = dict.fromkeys([*by_scope, *(_key(one.scope.include) for one in offers)])
        for key in keys:
            # what holds for all goods holds for those of a shop, too
            wider = dict.fromkeys((key, ""))
            rule = _of_terms([term for one in wider for term in by_scope.get(one, [])], None) or _Rule(None)
            rule = _with_offers(rule, [one for one in offers if _key(one.scope.include) in wider], buying)
            if rule.figures != (None, None, None):
                found.append(rule)
    return (yield from _called(list({rule.facts.__repr__(): rule for rule in found}.values())))


def _key(include: Any) -> str:
    refs = [ref for ref in include or [] if ref.type != "all"]
    return "|".join(sorted(f"{ref.type}:{ref.id}" for ref in refs))


def _called(rules: list[_Rule]) -> Flow[list[_Rule]]:
    """The rules with the names of the shops they are of."""
    ids = sorted({ref.id for rule in rules for ref in _shops(rule) if ref.id is not None})
    if not ids or all(rule.shop for rule in rules):
        return rules
    kinds = ("sku", "product", "category", "brand", "promotion")
    rows = yield Query("catalogue/names", {**{f"{kind}_ids": [] for kind in kinds}, "shop_ids": ids})
    names = {row["id"]: row["name"] for row in rows}
    return [
        rule if rule.shop else replace(rule, shop="、".join(names[ref.id] for ref in _shops(rule) if ref.id in names) or None)
        for rule in rules
    ]


def _shops(rule: _Rule) -> list[Any]:
    scope = rule.term.scope if rule.term else rule.promotion.scope if rule.promotion else None
    return [ref for ref in (scope.include or [] if scope else []) if ref.type == "shop"]


def _with_offers(rule: _Rule, offers: Iterable[Promotion], buying: Buying) -> _Rule:
    """A rule with the promotions on freight that are open to the buyer; those it cannot be told of are named."""
    for offer in offers:
        if offer.kind not in ("FREE_SHIPPING", "FREIGHT_OFF") or not runs_at(offer, buying.at):
            continue
        gaps, missing = audience_gaps(offer, buying.purchase)
        if gaps or offer.condition.measure not in (None, "AMOUNT"):
            continue
        level = offer.levels[0]
        over = Money(level.value or 0)
        if missing:
            rule = replace(rule, unsure=(*rule.unsure, offer.name))
        elif offer.kind == "FREE_SHIPPING" and (rule.free_over is None or over <= rule.free_over):
            rule = replace(rule, free_over=over, promotion=offer)
        elif offer.kind == "FREIGHT_OFF" and level.effect.off is not None:
            rule = replace(rule, off=Money(level.effect.off), off_over=over, promotion=rule.promotion or offer)
    return rule


def _worth(frame: Frame, asker: Asker, *, named_goods: bool) -> Flow[tuple[Money | None, Money | None]]:
    """The least and the most the goods or the sum of the question come to; None where that is not known."""
    text = plain(frame.text)
    for number in find_numbers(text):
        whole_fen = (number.value * 100).denominator == 1
        if _MONEY.match(text[number.end :]) and whole_fen and not text[: number.start].endswith(("满", "滿")):
            # a sum after 满 is a threshold, not what is to be bought ("满99块包邮吗")
            said = Money(int(number.value * 100))
            return said, said
    if not named_goods:
        return None, None
    baskets = yield from read_alternatives(frame, asker)
    if isinstance(baskets, Decision) or not all(basket.items for basket in baskets):
        return None, None
    totals = [basket.total for basket in baskets]
    return min(totals), max(totals)


def _answer(
    frame: Frame,
    areas: Sequence[Area],
    products: Sequence[ProductFacts],
    rules: Sequence[_Rule],
    terms: Sequence[Term],
    worth: tuple[Money | None, Money | None],
    name: str | None,
) -> Decision:
    place = place_said(frame.text)
    regional = [
        (term, clause)
        for term, clause in (clauses_about(terms, place.names) if place else [])
        if any(area.applies(term.scope) if area.goods is not None else covers_everything(term.scope) for area in areas)
    ]
    local = _local(rules, clauses_about(terms, place.names)) if place and not regional else []
    alike = bool(regional) and all(_ALIKE.search(clause) for _, clause in regional)
    apart = bool(regional) and not alike
    figures = {rule.figures for rule in rules}
    rule = rules[0] if len(figures) == 1 else None
    low, high = worth
    amounts = {one.amount(value) for one in rules for value in (low, high)}
    amount = amounts.pop() if len(amounts) == 1 and not apart and not local else None
    asks_amount = _asks_amount(frame)
    known = any(one.charge is not None or one.free_over is not None for one in rules)
    lacking = [_lacks(one, low) for one in rules]
    some = any(lacking) if products or len(rules) == 1 else all(lacking)
    unknown = not apart and (not known or (amount is None and asks_amount and some))
    free_over = rule.free_over if rule else None
    facts: dict[str, Any] = {
        "amount": amount,
        "free_over": free_over,
        "charge": rule.charge if rule else None,
        "value": low if low == high else None,
        "gap": Money(free_over - low)
        if free_over is not None and low is not None and low == high and low < free_over
        else None,
        "term_id": regional[0][0].term_id if apart else rule.term.term_id if rule and rule.term else None,
        "promotion_id": rule.promotion.promotion_id if rule and rule.promotion else None,
        "product_id": products[0].product_id if len(products) == 1 else None,
        "region": place.region if place else None,
        "rules": [one.facts for one in rules],
    }
    verdict: Verdict | None = None
    if not unknown and may_be_yes_no(frame) and not asks_amount:
        verdict = "DEPENDS" if amount is None else _verdict(frame, amount)
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        verdict=verdict,
        missing=_missing(rules, areas) if unknown else [],
        trace=[_rule_step(one, low, high) for one in rules],
        words={
            "name": name or "",
            "shop": rule.shop if rule else "",
            "place": place.said if place else "",
            "clause": regional[0][1].strip() if regional else "",
            "local": local,
            "unsure": list(dict.fromkeys(one for found in rules for one in found.unsure)),
            "promotion_name": rule.promotion.name if rule and rule.promotion else "",
        },
        variant="UNKNOWN" if unknown else "REGION" if apart else "RULES" if rule is None else "RULE",
        graph=terms_graph(areas[0], [one.term for one in rules if one.term is not None]),
    )


def _local(rules: Sequence[_Rule], clauses: Iterable[tuple[Term, str]]) -> list[str]:
    """What single shops say of a place, with their names."""
    names = {ref.id: rule.shop for rule in rules for ref in _shops(rule)}
    found = []
    for term, clause in clauses:
        shops = [names.get(ref.id) for ref in term.scope.include or [] if ref.type == "shop"]
        found += [f"{shop}：{clause.strip().rstrip('。')}" for shop in shops if shop]
    return found


def _asks_amount(frame: Frame) -> bool:
    """Whether the question wants the charge ("运费多少"), not where it becomes free ("满多少包邮")."""
    return _AMOUNT.search(frame.text) is not None and _WHERE_FREE.search(frame.text) is None


def _lacks(rule: _Rule, value: Money | None) -> bool:
    """Whether what is charged below the threshold is not recorded."""
    return rule.charge is None and rule.amount(value) is None


def _missing(rules: Sequence[_Rule], areas: Sequence[Area]) -> list[str]:
    lacking = [one.shop for one in rules if one.charge is None and one.shop]
    names = lacking or [one.name for one in areas if one.name]
    return [f"Term.charge of {name}" for name in dict.fromkeys(names)] or ["Term.charge"]


def _rule_step(rule: _Rule, low: Money | None, high: Money | None) -> Step:
    basis = term_basis(rule.term) if rule.term else Basis(kind="ENGINE_DEFAULT", text="没有记录运费条款")
    if rule.promotion is not None and (rule.term is None or rule.free_over != _stated(rule.term)):
        basis = Basis(kind="PROMOTION", id=rule.promotion.promotion_id, text=rule.promotion.name)
    return Step(
        rule="shipping_fee",
        inputs={
            "shop": rule.shop,
            "charge": _text(rule.charge),
            "free_over": _text(rule.free_over),
            "off": _text(rule.off),
            "value": [_text(low), _text(high)],
        },
        formula="value ≥ free_over: 0.00; else charge less off",
        result=[_text(rule.amount(low)), _text(rule.amount(high))],
        basis=basis,
    )


def _stated(term: Term) -> Money | None:
    return None if term.values.outbound_free_over is None else Money(term.values.outbound_free_over)


def _text(amount: Money | None) -> str | None:
    return None if amount is None else str(amount)


def _verdict(frame: Frame, amount: Money) -> Verdict:
    asks_free = _FREE.search(_A_NOT_A.sub(r"\1", plain(frame.text))) is not None
    return "YES" if (amount == 0) is asks_free else "NO"
