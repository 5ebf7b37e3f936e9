"""The lowest price of a basket: which promotions apply, which coupons to use, and the proof that nothing is lower."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from kg_service.answers.answer import Suggestion
from kg_service.answers.promotion_text import rule_text
from kg_service.dataset.customer import MemberLevel
from kg_service.dataset.promotion import Promotion
from kg_service.decisions.asked_time import when
from kg_service.decisions.basket import Basket, basket_graph, read_basket
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.offers import names_of
from kg_service.decisions.purchase import CHOSEN, Buying, concerning, read_buying
from kg_service.decisions.subjects import resolve_product
from kg_service.dialogue.outcome import gate
from kg_service.graph.order_graph import Graph, add_edge, add_node
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.basket import Eligibility
from kg_service.rules.best_price import BestPrice
from kg_service.rules.best_price import best_price as lowest_price
from kg_service.rules.pricing import price_basket
from kg_service.trace import Basis, Step

__all__ = ["Priced", "best_price", "priced_decision", "search_prices"]

#: "用哪张券": which of the coupons one holds.
_MY_COUPONS = re.compile(r"(哪|那|什么|啥).{0,2}(券|红包)")


@dataclass(frozen=True)
class Priced:
    """A basket at its best price; with a fact about the customer unknown, the range over what it may be.

    Attributes
    ----------
    best : at what is known
    lowest, highest : payable over every value the unknown fact may have, 分
    missing : the facts about the customer that decide
    """

    basket: Basket
    buying: Buying
    offers: tuple[Promotion, ...]
    best: BestPrice
    lowest: Money
    highest: Money
    missing: tuple[str, ...] = ()


@decider("best_price")
def best_price(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Price the goods a question names, or the cart, with the best choice of the coupons the customer holds."""
    if _MY_COUPONS.search(frame.text) and (refused := gate(asker)) is not None:
        return refused
    basket = yield from read_basket(frame, asker)
    if isinstance(basket, Decision):
        return basket
    if not basket.items:
        if basket.from_cart:
            return Decision("ANSWERED", facts={"total": "0.00", "payable": "0.00", "saved": "0.00"}, variant="EMPTY_CART")
        ask = yield from resolve_product(frame.model_copy(update={"mentions": ()}), asker)
        return ask.decision or Decision("CLARIFY")
    buying = yield from read_buying(asker, when(frame, asker))
    priced = search_prices(basket, buying)
    return (yield from priced_decision(priced))


def search_prices(basket: Basket, buying: Buying, *, freight: str = "0.00", coupons: Iterable[str] | None = None) -> Priced:
    """The best price of a basket.

    Parameters
    ----------
    freight : before waivers, decimal yuan
    coupons : coupon_ids to choose among; all that can be used when absent
    """
    offers = concerning(buying.promotions, basket.catalogue)
    known = {one.promotion_id for one in offers}
    allowed = None if coupons is None else set(coupons)
    held = [
        one for one in buying.usable_coupons() if one.promotion_id in known and (allowed is None or one.coupon_id in allowed)
    ]

    def price(level: str | None) -> BestPrice:
        purchase = buying.purchase
        if level is not None and purchase.customer is not None:
            customer = purchase.customer.model_copy(update={"member_level": level})
            purchase = purchase.model_copy(update={"customer": customer})
        return lowest_price(basket.lines, offers, held, purchase=purchase, catalogue=basket.catalogue, freight=freight)

    best = price(None)
    decisive = tuple(sorted({fact for one in best.basket.eligibility for fact in _about_customer(one, buying)}))
    payables = [best.basket.payable]
    if any(fact.endswith("member_level") for fact in decisive):
        payables = [price(level).basket.payable for level in get_args(MemberLevel)]
    limited = {one.promotion_id for one in offers if one.limit.per_user is not None}
    if buying.uncertain_uses and any(one.promotion_id in limited for one in best.basket.applications):
        decisive = (*decisive, *buying.uncertain_uses)
    same = len(set(payables)) == 1 and all(fact.endswith("member_level") for fact in decisive)
    return Priced(basket, buying, tuple(offers), best, min(payables), max(payables), () if same else decisive)


def _about_customer(verdict: Eligibility, buying: Buying) -> list[str]:
    """The facts about a known customer, or about the goods, without which a promotion cannot be judged."""
    if verdict.status != "UNKNOWN" or any(fact in CHOSEN for fact in verdict.missing):
        return []
    who = f"User {buying.purchase.customer.user_id}." if buying.purchase.customer else None
    if who is None:
        return [fact for fact in verdict.missing if fact.startswith("Sku")]
    return [fact.replace("User.", who, 1) for fact in verdict.missing]


def priced_decision(priced: Priced) -> Flow[Decision]:
    """The priced basket as an answer: list, each promotion, payable."""
    best, basket = priced.best, priced.basket
    names = yield from names_of(priced.offers)
    promotions = {one.promotion_id: one for one in priced.offers}
    facts = _facts(priced, promotions)
    claimable = [promotions[one] for one in best.claimable if one in promotions]
    suggestions = [
        Suggestion(kind="coupon", id=one.promotion_id, text=f"领取“{one.name}”", reason=rule_text(one, names))
        for one in claimable
    ]
    unknown = bool(priced.missing)
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        trace=[*best.basket.trace, _proof(priced)],
        missing=list(priced.missing),
        suggestions=suggestions,
        words={
            "goods": "、".join(f"{one.name}{f'×{one.quantity}' if one.quantity > 1 else ''}" for one in basket.items),
            "sold_out": [one.name for one in basket.sold_out()],
            "gifts": [
                {"name": names.get(("sku", one.sku_id)) or one.sku_id, "quantity": one.quantity} for one in best.basket.gifts
            ],
            "rules": {key: rule_text(one, names) for key, one in promotions.items()},
            "cart": basket.from_cart,
            "signed_in": priced.buying.signed_in,
        },
        variant="UNKNOWN_PRICE" if unknown else None,
        graph=_graph(priced, promotions),
    )


def _facts(priced: Priced, promotions: Mapping[str, Promotion]) -> dict[str, Any]:
    best, basket = priced.best, priced.basket
    result = best.basket
    labels = basket.labels
    unknown = bool(priced.missing)
    open_ones = [one for one in result.eligibility if one.status == "UNKNOWN" and _would_help(one, priced, promotions)]
    return {
        "total": result.total,
        "payable": None if unknown else result.payable,
        "payable_min": priced.lowest if unknown else None,
        "payable_max": priced.highest if unknown else None,
        "saved": None if unknown else result.discount,
        "promotions": [one.promotion_id for one in result.applications],
        "coupons": list(best.coupons),
        "certificate": {"method": best.certificate.method, "bound": best.certificate.bound},
        "lines": [
            {
                "line_id": line.line_id,
                "sku_id": line.sku_id,
                "name": labels[line.sku_id],
                "quantity": line.quantity,
                "list": line.list,
                "discounts": [{"promotion_id": one.promotion_id, "share": one.share} for one in line.discounts],
                "payable": line.payable,
            }
            for line in result.lines
        ],
        "discounts": [
            {
                "promotion_id": one.promotion_id,
                "name": promotions[one.promotion_id].name,
                "coupon_id": one.coupon_id,
                "discount": one.grant,
            }
            for one in result.applications
            if one.grant
        ],
        "gifts": [{"promotion_id": one.promotion_id, "sku_id": one.sku_id, "quantity": one.quantity} for one in result.gifts],
        "not_applied": _told((one for one in result.eligibility if one.status in ("NOT_MATCHED", "BLOCKED")), promotions),
        "conditional": _told(open_ones, promotions),
        "held": [
            {"coupon_id": one.coupon_id, "promotion_id": one.promotion_id, "used": one.coupon_id in best.coupons}
            for one in priced.buying.usable_coupons()
            if one.promotion_id in promotions
        ],
        "claimable": [{"promotion_id": one, "name": promotions[one].name} for one in best.claimable if one in promotions],
    }


def _would_help(verdict: Eligibility, priced: Priced, promotions: Mapping[str, Promotion]) -> bool:
    """Whether a promotion would lower the price if what is not known about the buyer were as it asks."""
    promotion = promotions.get(verdict.promotion_id)
    if promotion is None or any(fact.startswith("Sku") for fact in verdict.missing):
        return promotion is not None
    anybody = dict.fromkeys(("channels", "member_levels", "order_types", "regions", "payment_methods", "nth_order"))
    freed = promotion.model_copy(update={"condition": promotion.condition.model_copy(update=anybody)})
    offers = [freed if one is promotion else one for one in priced.offers]
    used = [one for one in priced.buying.coupons if one.coupon_id in priced.best.coupons]
    result = price_basket(
        priced.basket.lines,
        offers,
        used,
        purchase=priced.buying.purchase,
        catalogue=priced.basket.catalogue,
        freight=str(priced.best.basket.freight),
        choices=priced.best.add_ons,
    )
    return result.payable < priced.best.basket.payable


def _told(verdicts: Iterable[Eligibility], promotions: Mapping[str, Promotion]) -> list[dict[str, Any]]:
    return [
        {
            "promotion_id": one.promotion_id,
            "name": promotions[one.promotion_id].name,
            "status": one.status,
            "reasons": [reason.model_dump() for reason in one.reasons],
            "by": one.by,
            "missing": one.missing,
        }
        for one in verdicts
        if one.promotion_id in promotions
    ]


def _proof(priced: Priced) -> Step:
    certificate = priced.best.certificate
    result = priced.best.basket
    return Step(
        rule="best_price",
        inputs={
            "list": str(result.total),
            "discount": str(result.discount),
            "coupons": list(priced.best.coupons),
            "choices": certificate.choices,
            "priced": certificate.priced,
            "payable_min": str(priced.lowest),
            "payable_max": str(priced.highest),
        },
        formula=_formula(result.total, [one.grant for one in result.applications], result.payable),
        result=str(result.payable),
        basis=Basis(kind="ENGINE_DEFAULT", id=f"best_price.{certificate.method}", text=f"bound {Money(certificate.bound)}"),
    )


def _formula(total: int, grants: Sequence[int], payable: int) -> str:
    return " − ".join(str(Money(one)) for one in (total, *grants)) + f" = {Money(payable)}"


def _graph(priced: Priced, promotions: Mapping[str, Promotion]) -> Graph:
    graph = basket_graph(priced.basket)
    for applied in priced.best.basket.applications:
        one = promotions[applied.promotion_id]
        values = {"promotion_key": one.key, "promotion_id": one.promotion_id, "name": one.name, "kind": one.kind}
        node = add_node(graph, "Promotion", values)
        for part in applied.participants:
            item = next(line for line in priced.basket.items if line.line_id == part.line_id)
            add_edge(graph, node, "COVERS", add_node(graph, "Sku", {"sku_id": item.sku.sku_id}))
    return graph
