"""A basket priced for a person who looks at every line: list, each promotion, payable, and what a return would lose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from kg_service.answers.answer import Option, Status
from kg_service.answers.facts_basket import BestPriceFacts
from kg_service.dataset.term import Term
from kg_service.dataset.values import Fen
from kg_service.decisions.basket import Basket, items_of_skus, read_basket
from kg_service.decisions.best_price import Priced, priced_decision, search_prices
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.policies import term_of
from kg_service.decisions.purchase import read_buying
from kg_service.errors import DataError
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.best_price import BestPrice, Certificate
from kg_service.rules.bought import as_order
from kg_service.rules.pricing import price_basket
from kg_service.rules.returns import quote_return
from kg_service.trace import Step

__all__ = ["LostOnReturn", "LostPromotion", "PriceQuote", "price_quote"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LostPromotion(Part):
    """What becomes of a promotion; the discounts are those of the lines that stay."""

    promotion_id: str
    outcome: str
    discount_before: Fen
    discount_after: Fen | None = None


class LostOnReturn(Part):
    """What returning a whole line without a reason, right after the purchase, comes to.

    ``refund_amount`` is null where it could not be decided; ``missing`` names the facts.
    """

    line_id: str
    sku_id: str
    name: str
    quantity: int
    paid: Fen
    refund_amount: Fen | None = None
    buyer_owes: Fen | None = None
    promotions: list[LostPromotion] = []
    missing: list[str] = []


class PriceQuote(Part):
    """A priced basket.

    Attributes
    ----------
    status : ANSWERED; UNKNOWN when a fact that decides is not known (``missing`` names it, ``price`` has the range); CLARIFY
        and NOT_FOUND when goods are not clear or not sold: ``text`` says which, ``options`` what may be meant
    price : as the answer to a question about the best price
    freight, freight_waived, to_pay : freight before the waiver, what is waived, and goods with freight
    on_return : line by line, what is lost when it comes back
    """

    status: Status
    text: str = ""
    options: list[Option] = []
    price: BestPriceFacts | None = None
    freight: Fen = Money(0)
    freight_waived: Fen = Money(0)
    to_pay: Fen | None = None
    on_return: list[LostOnReturn] = []
    missing: list[str] = []
    trace: list[Step] = []


def price_quote(
    lines: Mapping[str, int],
    asker: Asker,
    *,
    read: Callable[[str], Frame],
    coupons: Sequence[str] | None = None,
    best: bool = True,
    freight: str = "0.00",
) -> Flow[PriceQuote | Decision]:
    """Price goods named by sku_id or by name.

    Parameters
    ----------
    lines : units by sku_id or name
    read : understands a name as a question does
    coupons : coupon_ids to use (with ``best``: to choose among); none given: all the customer holds with ``best``, else none
    best : choose the coupons and add-ons that pay least; else every coupon given is used

    Returns
    -------
    PriceQuote or Decision
        A decision when goods are not clear (CLARIFY), not sold (NOT_FOUND), or a price is not recorded (UNKNOWN).

    Raises
    ------
    DataError
        When a coupon is not the customer's or cannot be used now, or a quantity is not positive.
    """
    for name, count in lines.items():
        if count < 1:
            raise DataError(f"{name}: {count} units cannot be bought", do="give a whole number of units from 1 up")
    basket = yield from _basket(lines, asker, read)
    if isinstance(basket, Decision):
        return basket
    buying = yield from read_buying(asker, asker.now)
    usable = {one.coupon_id for one in buying.usable_coupons()}
    for coupon_id in coupons or ():
        if coupon_id not in usable:
            raise DataError(
                f"coupon {coupon_id} is none that {asker.user_id or 'a visitor'} can use at this time",
                do="name one of " + ", ".join(sorted(usable)) if usable else "leave it out",
            )
    wanted = list(coupons) if coupons else None if best else []
    priced = search_prices(basket, buying, freight=freight, coupons=wanted)
    if not best:
        priced = _as_given(priced, list(coupons or ()), freight)
    decision = yield from priced_decision(priced)
    terms = yield from _terms(basket)
    result = priced.best.basket
    unknown = decision.status == "UNKNOWN"
    return PriceQuote(
        status="UNKNOWN" if unknown else "ANSWERED",
        price=BestPriceFacts.model_validate(decision.facts),
        freight=result.freight,
        freight_waived=result.freight_waived,
        to_pay=None if unknown else result.payable,
        on_return=[] if unknown else list(_losses(priced, terms)),
        missing=decision.missing,
        trace=decision.trace,
    )


def _basket(lines: Mapping[str, int], asker: Asker, read: Callable[[str], Frame]) -> Flow[Basket | Decision]:
    """SKUs by id where there are such, everything else by its name."""
    known = {row["sku_id"] for row in (yield Query("basket/skus", {"sku_ids": list(lines)}))}
    units: dict[str, int] = {}
    for name, count in lines.items():
        if name in known:
            units[name] = units.get(name, 0) + count
            continue
        found = yield from read_basket(read(name), asker)
        if isinstance(found, Decision):
            return found
        if not found.items:
            return Decision("NOT_FOUND", words={"what": name}, variant="NOT_FOUND_GOODS")
        for item in found.items:
            units[item.sku.sku_id] = units.get(item.sku.sku_id, 0) + item.quantity * count
    return (yield from items_of_skus(units))


def _as_given(priced: Priced, coupons: Sequence[str], freight: str) -> Priced:
    """The price with exactly the coupons given and no add-on: what is, not what is best."""
    held = [one for one in priced.buying.coupons if one.coupon_id in coupons]
    result = price_basket(
        priced.basket.lines,
        priced.offers,
        held,
        purchase=priced.buying.purchase,
        catalogue=priced.basket.catalogue,
        freight=freight,
    )
    used = [one.coupon_id for one in result.applications if one.coupon_id]
    given = Certificate(method="AS_GIVEN", bound=result.payable, choices=1, priced=1)
    best = BestPrice(basket=result, coupons=tuple(used), certificate=given, claimable=priced.best.claimable)
    return Priced(priced.basket, priced.buying, priced.offers, best, result.payable, result.payable, priced.missing)


def _terms(basket: Basket) -> Flow[list[Term]]:
    goods = list(basket.catalogue.values())
    rows = yield Query(
        "order/case_terms",
        {
            "sku_ids": [one.sku_id for one in goods],
            "product_ids": [one.product_id for one in goods if one.product_id],
            "category_ids": [key for one in goods for key in one.category_ids or ()],
            "brand_ids": [one.brand_id for one in goods if one.brand_id],
            "shop_ids": [one.shop_id for one in goods if one.shop_id],
        },
    )
    found = {row["term_id"]: row["term"] for row in rows if row["term"] is not None}
    return [term_of(found[key]) for key in sorted(found)]


def _losses(priced: Priced, terms: Sequence[Term]) -> Any:
    """Each line returned whole from the order that the basket would become."""
    result, buying = priced.best.basket, priced.buying
    user_id = buying.purchase.customer.user_id if buying.purchase.customer else "-"
    order = as_order(result, at=buying.at, user_id=user_id)
    labels = priced.basket.labels
    held = [one for one in buying.coupons if one.coupon_id in priced.best.coupons]
    for line in result.lines:
        quote = quote_return(
            order,
            priced.offers,
            terms,
            {line.line_id: line.quantity},
            at=buying.at,
            catalogue=priced.basket.catalogue,
            coupons=held,
        )
        yield LostOnReturn(
            line_id=line.line_id,
            sku_id=line.sku_id,
            name=labels[line.sku_id],
            quantity=line.quantity,
            paid=line.payable,
            refund_amount=quote.refund_amount,
            buyer_owes=quote.buyer_owes,
            promotions=[
                LostPromotion(
                    promotion_id=one.promotion_id,
                    outcome=one.outcome,
                    discount_before=one.discount_before,
                    discount_after=one.discount_after,
                )
                for one in quote.promotions
                if one.outcome in ("LOST", "REDUCED", "UNKNOWN")
            ],
            missing=list(quote.missing),
        )
