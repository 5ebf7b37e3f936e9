"""Quoting a return: what comes back, what is lost, what may be deducted, and why (promotions.md sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg_service.dataset.customer import Coupon
from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.dataset.values import coerce
from kg_service.rules.after_sale import AfterSaleRules, resolve
from kg_service.rules.case import Case
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.order_returns import OrderReturns
from kg_service.rules.quote import ReturnQuote
from kg_service.times import parse_instant

__all__ = ["build_case", "open_returns", "quote_return"]


def build_case(
    order: Order, promotions: Iterable[Promotion], terms: Sequence[Term], catalogue: Catalogue | None = None
) -> Case:
    """An order with its promotions, their after-sale rules and its goods, ready to be settled.

    Parameters
    ----------
    catalogue : mapping of sku_id to Goods, optional
        ``None`` says that there is no catalogue at all: then no class keeps goods from coming back, and the goods belong to
        the order's shop. A catalogue that lacks a SKU leaves its facts unknown.
    """
    goods: dict[str, Goods] = {}
    for line in order.lines:
        if catalogue is None:
            goods[line.sku_id] = Goods(line.sku_id, shop_id=order.shop_id, return_class="NORMAL")
        else:
            goods[line.sku_id] = catalogue.get(line.sku_id) or Goods(line.sku_id)
    by_key = {promotion.key: promotion for promotion in promotions}
    members: dict[str, list[Goods]] = {}
    lines = {line.line_id: line for line in order.lines}
    for application in order.applications or []:
        key = f"{application.promotion_id}@{application.version}"
        members.setdefault(key, []).extend(goods[lines[p.line_id].sku_id] for p in application.participants)
    rules: dict[str, AfterSaleRules] = {
        key: resolve(promotion, terms, members.get(key, list(goods.values())), order.placed_at)
        for key, promotion in by_key.items()
    }
    return Case(order, by_key, rules, goods)


def open_returns(
    order: Order | Mapping[str, Any],
    promotions: Iterable[Promotion | Mapping[str, Any]],
    terms: Iterable[Term | Mapping[str, Any]] = (),
    at: Any = None,
    *,
    catalogue: Catalogue | None = None,
    coupons: Iterable[Coupon | Mapping[str, Any]] = (),
    gift_kept: bool | None = None,
) -> OrderReturns:
    """An order with what is the same for every return of it, to quote many; parameters as of :func:`quote_return`."""
    the_terms = [coerce(Term, term) for term in terms]
    case = build_case(coerce(Order, order), [coerce(Promotion, item) for item in promotions], the_terms, catalogue)
    by_coupon = {coupon.coupon_id: coupon for coupon in (coerce(Coupon, item) for item in coupons)}
    return OrderReturns(case, the_terms, None if at is None else parse_instant(at), by_coupon, gift_kept)


def quote_return(
    order: Order | Mapping[str, Any],
    promotions: Iterable[Promotion | Mapping[str, Any]],
    terms: Iterable[Term | Mapping[str, Any]] = (),
    returned: Mapping[str, int | None] | None = None,
    reason: str | Mapping[str, str] = "NO_REASON",
    at: Any = None,
    *,
    catalogue: Catalogue | None = None,
    coupons: Iterable[Coupon | Mapping[str, Any]] = (),
    gift_kept: bool | None = None,
) -> ReturnQuote:
    """Quote the return of some units of an order.

    A pure function of its arguments: no store, no clock. Models and mappings in the data-set format are both accepted.

    Parameters
    ----------
    order : Order or mapping
        As recorded; it is never repriced. Earlier returns count as gone.
    promotions : iterable of Promotion
        At least the versions that the order's applications name, and the one that waived the freight.
    terms : iterable of Term
        After-sale terms; those in force at the purchase that cover the goods count.
    returned : mapping of line_id to units
        ``None`` as the units means all that are left. Absent: everything that is left.
    reason : str or mapping of line_id to str
        NO_REASON, QUALITY, SELLER_FAULT, SIZE or OTHER.
    at : str, datetime or int, optional
        The instant of the return request (ISO 8601, or epoch ms). Without it windows cannot be judged.
    catalogue : mapping of sku_id to Goods, optional
        Where the goods stand in the catalogue; without it goods count as of class NORMAL, and a term or component whose scope
        names products or categories cannot be matched.
    coupons : iterable of Coupon
        For their expiry.
    gift_kept : bool, optional
        The customer says that the gifts stay with them.

    Returns
    -------
    ReturnQuote
        With ``missing`` naming the facts where an amount could not be decided.

    Raises
    ------
    RuleError
        When the return names a line the order does not have, or more units than are left.
    pydantic.ValidationError
        When a mapping does not fit the data-set format.

    Examples
    --------
    >>> promotion = {"promotion_id": "P", "name": "满3000减300", "kind": "AMOUNT_THRESHOLD_OFF",
    ...              "tiers": [{"value": "3000.00", "effect": {"off": "300.00"}}]}
    >>> order = {"order_id": "O", "user_id": "U", "status": "RECEIVED", "placed_at": "2026-11-01",
    ...          "received_at": "2026-11-05", "returns": [], "freight": {"charged": "0.00"},
    ...          "lines": [{"line_id": "1", "sku_id": "phone", "quantity": 1, "list_price": "3000.00"},
    ...                    {"line_id": "2", "sku_id": "earphones", "quantity": 1, "list_price": "500.00"}],
    ...          "applications": [{"application_id": "A", "promotion_id": "P", "grant": "300.00", "tier_index": 0,
    ...                            "participants": [{"line_id": "1", "role": "BOTH", "share": "257.14"},
    ...                                             {"line_id": "2", "role": "BOTH", "share": "42.86"}]}],
    ...          "payments": [{"payment_id": "1", "kind": "CASH", "amount": "3200.00"}]}
    >>> quote = quote_return(order, [promotion], returned={"1": 1}, at="2026-11-08")
    >>> str(quote.refund_amount), quote.promotions[0].outcome, quote.eligible
    ('2700.00', 'LOST', True)
    """
    returns = open_returns(order, promotions, terms, at, catalogue=catalogue, coupons=coupons, gift_kept=gift_kept)
    return returns.quote(returned, reason)
