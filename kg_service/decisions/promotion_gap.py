"""How far goods are from a promotion, what to add to reach it, and what that costs (promotions.md section 8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.answers.promotion_text import rule_text
from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion, Scope
from kg_service.decisions.asked_time import when
from kg_service.decisions.basket import Basket, BasketItem, basket_graph, names_cart, read_basket
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.offers import names_of, scopes_of
from kg_service.decisions.promotion_eligibility import coupon_for
from kg_service.decisions.promotion_names import promotions_meant, ways_to_freight, without_promotion_words
from kg_service.decisions.promotions_asked import with_figures, with_parts
from kg_service.decisions.purchase import COUPON_KINDS, Buying, concerning, read_buying, read_promotions
from kg_service.decisions.subjects import ProductFacts, read_products, resolve_product
from kg_service.money import Money, parse_yuan
from kg_service.parsing.frame import Frame
from kg_service.parsing.offer_figures import figures_in
from kg_service.queries.flow import Flow, Query
from kg_service.rules.add_on import AddOn, cheapest_add_ons
from kg_service.rules.basket import Eligibility, Gap
from kg_service.rules.lots import GIVEN
from kg_service.rules.pricing import price_basket
from kg_service.trace import Basis, Step

__all__ = ["promotion_gap"]

#: Kinds one cannot come nearer to by buying more.
_NO_GAP = frozenset(
    ("POINTS_DEDUCT", "PAYMENT_OFF", "SUBSIDY", "DEPOSIT_EXPAND", "MEMBER_PRICE", "ITEM_PERCENT", "ITEM_FIXED_OFF")
) | {"SPECIAL_PRICE"}
_FREIGHT = frozenset({"FREE_SHIPPING", "FREIGHT_OFF"})
_ENOUGH = re.compile(r"够不够|够没够|够(了|满|减)?(吗|么|不|没)|够满|够减|够得[上着到]|达没达到|达到了?[没吗]")
#: Candidates of each search, and add-ons that are told.
_CANDIDATES, _TOLD = 12, 3


@dataclass(frozen=True)
class _Distance:
    """How far a basket is from a promotion; ``ahead`` is the promotion with only the tiers not yet reached."""

    promotion: Promotion
    verdict: Eligibility
    gap: Gap | None
    reached: bool
    coupon: Coupon | None
    ahead: Promotion

    @property
    def key(self) -> tuple[int, int, int, int, str]:
        """The nearest first: to be reached before reached in part, before what cannot be; money off before what is given."""
        given = 1 if self.promotion.kind in GIVEN else 0
        if self.gap is None or self.gap.gap is None:
            return (2 if self.reached else 3, given, 0, 0, self.promotion.promotion_id)
        money = self.gap.measure == "AMOUNT"
        far = _fen(self.gap.gap) if money else int(self.gap.gap)
        return (1 if self.reached else 0, given, 0 if money else 1, far, self.promotion.promotion_id)


def _fen(text: str | int) -> int:
    return int(parse_yuan(str(text)))


@decider("promotion_gap")
def promotion_gap(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The promotion a question names, else the nearest: how far, and the cheapest add-ons that reach it."""
    buying = yield from read_buying(asker, when(frame, asker))
    about = without_promotion_words(frame, buying.promotions)
    basket = yield from read_basket(about, asker)
    if isinstance(basket, Decision):
        return basket
    if not basket.items and not names_cart(frame) and asker.user_id is not None and asker.known:
        cart = yield from read_basket(about, asker, cart=True)
        basket = cart if isinstance(cart, Basket) and cart.items else basket
    named = yield from _named(frame, buying)
    if not basket.items and not named:
        ask = yield from resolve_product(frame.model_copy(update={"mentions": ()}), asker)
        return ask.decision or Decision("CLARIFY")
    meant = [one for one in named if one in concerning(named, basket.catalogue)] or named
    if not meant:
        meant = [one for one in concerning(buying.promotions, basket.catalogue) if _may_be_reached(one, buying, frame)]
    if not meant:
        return Decision("ANSWERED", variant="NO_SUCH_PROMOTION", words={"goods": _said(basket)}, graph=basket_graph(basket))
    nearest = min((_distance(one, basket, buying) for one in meant), key=lambda one: one.key)
    advice, products = yield from _advice(nearest, basket, buying)
    return (yield from _answer(frame, basket, buying, nearest, advice, products))


def _named(frame: Frame, buying: Buying) -> Flow[list[Promotion]]:
    ids = [ref.id for mention in frame.mentions for ref in mention.refs if ref.kind == "promotion"]
    known = {one.promotion_id for one in buying.promotions}
    more = yield from read_promotions([one for one in ids if one not in known], buying.at)
    everything = [*buying.promotions, *more]
    figures = figures_in(frame.text)
    meant = with_figures(everything, figures) or with_parts(everything, frame.text)
    meant = meant or ([] if figures else promotions_meant(frame, everything))
    held = {one.promotion_id for one in buying.usable_coupons()}
    found = [one for one in meant if one.kind not in COUPON_KINDS or one.promotion_id in held]
    return found or meant


def _may_be_reached(promotion: Promotion, buying: Buying, frame: Frame) -> bool:
    if promotion.kind in COUPON_KINDS:
        return promotion.promotion_id in {one.promotion_id for one in buying.usable_coupons()}
    if promotion.kind in _FREIGHT:
        return ways_to_freight(frame)
    return promotion.kind not in _NO_GAP


def _distance(promotion: Promotion, basket: Basket, buying: Buying) -> _Distance:
    """Judge a promotion beside the automatic ones; where it holds already, the distance to its next tier."""
    coupon = coupon_for(promotion, buying)
    verdict = _verdict_of(promotion, basket, buying, coupon)
    gap = next((one for one in verdict.reasons if one.gap is not None), None)
    if verdict.status != "MATCHED":
        return _Distance(promotion, verdict, gap, False, coupon, promotion)
    for index in range(1, len(promotion.tiers)):
        ahead = promotion.model_copy(update={"tiers": promotion.tiers[index:]})
        further = _verdict_of(ahead, basket, buying, coupon)
        gap = next((one for one in further.reasons if one.gap is not None), None)
        if further.status == "NOT_MATCHED" and gap is not None:
            return _Distance(promotion, verdict, gap, True, coupon, ahead)
    return _Distance(promotion, verdict, None, True, coupon, promotion)


def _verdict_of(promotion: Promotion, basket: Basket, buying: Buying, coupon: Coupon | None) -> Eligibility:
    offers = {one.promotion_id: one for one in _automatic(basket, buying)}
    offers[promotion.promotion_id] = promotion
    priced = price_basket(
        basket.lines,
        offers.values(),
        [coupon] if coupon else [],
        purchase=buying.purchase,
        catalogue=basket.catalogue,
        choices=[promotion.promotion_id],
    )
    return next(one for one in priced.eligibility if one.promotion_id == promotion.promotion_id)


def _automatic(basket: Basket, buying: Buying) -> list[Promotion]:
    return [one for one in concerning(buying.promotions, basket.catalogue) if one.kind not in COUPON_KINDS]


def _advice(distance: _Distance, basket: Basket, buying: Buying) -> Flow[tuple[list[AddOn], dict[str, BasketItem]]]:
    """The cheapest add-ons among what is on sale and in stock in the promotion's scope."""
    gap = distance.gap
    if gap is None or gap.gap is None:
        return [], {}
    least = _fen(gap.gap) if gap.measure == "AMOUNT" else 0
    rows = []
    for floor in dict.fromkeys((least, 0)):
        rows += yield from _candidates(distance.promotion, floor)
    products = {one.product_id: one for one in (yield from read_products(row["product_id"] for row in rows))}
    items = _items(rows, products)
    if not items:
        return [], {}
    catalogue = basket.catalogue | {item.sku.sku_id: item.goods for item in items.values()}
    offers = {one.promotion_id: one for one in concerning(buying.promotions, catalogue) if one.kind not in COUPON_KINDS}
    offers[distance.promotion.promotion_id] = distance.promotion
    advice = cheapest_add_ons(
        basket.lines,
        list(offers.values()),
        distance.ahead,
        [item.line for item in items.values()],
        [distance.coupon] if distance.coupon else [],
        most=_TOLD,
        purchase=buying.purchase,
        catalogue=catalogue,
    )
    return advice, items


def _candidates(promotion: Promotion, least: int) -> Flow[list[dict[str, Any]]]:
    scopes: Iterable[Scope] = scopes_of(promotion)
    refs = [ref for scope in scopes for ref in scope.include or []]
    if not refs or any(ref.type == "all" for ref in refs):
        return (yield Query("basket/any_candidates", {"least": least, "limit": _CANDIDATES}))
    ids: dict[str, list[str]] = {kind: [] for kind in ("sku", "product", "category", "brand", "shop")}
    for ref in refs:
        if ref.type in ids and ref.id is not None:
            ids[ref.type].append(ref.id)
    parameters: dict[str, Any] = {f"{kind}_ids": found for kind, found in ids.items()}
    return (yield Query("basket/candidates", {**parameters, "least": least, "limit": _CANDIDATES}))


def _items(rows: Sequence[dict[str, Any]], products: dict[str, ProductFacts]) -> dict[str, BasketItem]:
    """Candidates by sku_id: of SKUs of one product and price one will do; what is made to order is no add-on."""
    found: dict[tuple[str, int], BasketItem] = {}
    for row in rows:
        product = products.get(row["product_id"])
        sku = next((one for one in product.skus if one.sku_id == row["sku_id"]), None) if product else None
        if product is None or sku is None or sku.price is None or product.effective_return_class == "CUSTOM_MADE":
            continue
        found.setdefault((product.product_id, sku.price), BasketItem(f"+{sku.sku_id}", product, sku, 1))
    return {item.sku.sku_id: item for item in found.values()}


def _answer(
    frame: Frame,
    basket: Basket,
    buying: Buying,
    distance: _Distance,
    advice: Sequence[AddOn],
    items: dict[str, BasketItem],
) -> Flow[Decision]:
    promotion, verdict, gap = distance.promotion, distance.verdict, distance.gap
    names = yield from names_of([promotion])
    unknown = verdict.status == "UNKNOWN"
    told = [_add_on(one, items) for one in advice]
    zero: str | int = "0.00" if promotion.measure == "AMOUNT" else 0
    facts = {
        "promotion_id": promotion.promotion_id,
        "name": promotion.name,
        "rule": rule_text(promotion, names),
        "reached": distance.reached,
        "actual": gap.actual if gap else None,
        "required": gap.required if gap else None,
        "gap": gap.gap if gap else zero if distance.reached else None,
        "unit": gap.unit if gap else None,
        "reasons": [one.model_dump() for one in verdict.reasons],
        "add_on": told,
    }
    steps = [
        Step(
            rule=f"gap.{promotion.kind}",
            inputs={
                "promotion_id": promotion.promotion_id,
                "lines": {line.sku_id: f"{line.quantity} × {Money(line.list_price)}" for line in basket.lines},
                "actual": gap.actual if gap else None,
                "required": gap.required if gap else None,
            },
            formula=f"{gap.required} − {gap.actual} = {gap.gap}" if gap else "condition holds",
            result=facts["gap"],
            basis=Basis(kind="PROMOTION", id=promotion.promotion_id, text=promotion.name),
        )
    ]
    steps += [
        Step(
            rule="add_on",
            inputs={key: value for key, value in one.items() if key != "name"},
            formula="payable with the add-on − payable without it",
            result=one["net_cost"],
            basis=Basis(kind="PROMOTION", id=promotion.promotion_id, text=promotion.name),
        )
        for one in told
    ]
    blocked = verdict.status == "BLOCKED" or (not distance.reached and gap is None)
    asked: Verdict | None = None
    if (yes_no(frame) or _ENOUGH.search(frame.text)) and not unknown:
        asked = "YES" if distance.reached else "NO"
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        verdict=asked,
        trace=steps,
        missing=list(verdict.missing) if unknown else [],
        words={
            "goods": _said(basket),
            "cart": basket.from_cart,
            "by": next((one.name for one in buying.promotions if one.promotion_id == verdict.by), verdict.by),
        },
        variant="UNKNOWN_GAP" if unknown else "NOT_REACHABLE" if blocked else "REACHED" if distance.reached else "GAP",
        graph=basket_graph(basket),
    )


def _add_on(one: AddOn, items: dict[str, BasketItem]) -> dict[str, Any]:
    return {
        "sku_id": one.sku_id,
        "name": items[one.sku_id].name,
        "quantity": one.quantity,
        "price": one.price,
        "net_cost": one.net_cost,
        "payable": one.payable,
        "refund_if_returned": one.refund_if_returned,
        "buyer_owes_if_returned": one.buyer_owes_if_returned,
    }


def _said(basket: Basket) -> str:
    return "、".join(f"{one.name}{f'×{one.quantity}' if one.quantity > 1 else ''}" for one in basket.items)
