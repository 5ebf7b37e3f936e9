"""Where an after-sale rule of a promotion comes from (promotions.md section 7): the first source that states it.

The promotion's own values win over the term it names; then terms whose scope covers its goods, per value the best for the
buyer; then the default of its kind. What a merchant states yields to a platform's term that is better for the buyer: only a
better promise of a merchant stands above it. Mandatory law stands above them all: its floor depends on the day
of the return and is applied in :mod:`kg_service.rules.returns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kg_service.dataset.promotion import AfterSaleValues, Promotion
from kg_service.dataset.term import Term
from kg_service.rules.catalogue import Goods
from kg_service.rules.law import SEVEN_DAYS, article, engine_default
from kg_service.rules.scope import covers
from kg_service.trace import Basis

__all__ = ["AfterSaleRules", "Ruling", "in_force", "resolve", "term_basis"]

#: Per value, from best to worst for the buyer.
_BEST_FOR_BUYER: dict[str, tuple[str, ...]] = {
    "on_partial_return": ("RECORDED_SHARE", "REEVALUATE", "FORFEIT_FROM_RETURNED", "ALL_OR_NOTHING"),
    "negative_settlement": ("FLOOR_ZERO", "CHARGE_BUYER", "REFUSE_ALONE"),
    "coupon_return": ("WHEN_SCOPE_FULLY_RETURNED", "FULL_RETURN_ONLY", "NEVER"),
    "gift": ("KEEP", "NEGOTIATE", "RETURN_OR_PAY_DECLARED"),
    "points_used": ("RETURN_PRO_RATA", "NO_RETURN_ON_PARTIAL"),
    "points_given": ("RE_EARN_ON_KEPT", "TAKE_BACK_PRO_RATA"),
    "freight": ("KEEP_WAIVER", "DEDUCT_IF_WAIVER_BROKEN"),
}
_RECORDED_BY_DEFAULT = frozenset(
    {"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET", "SUBSIDY", "DEPOSIT_EXPAND", "POINTS_DEDUCT", "PAYMENT_OFF"}
)
_BY_LAW = frozenset({"AMOUNT_THRESHOLD_OFF", "BUNDLE_PRICE", "BUNDLE_OFF"})


@dataclass(frozen=True)
class Ruling:
    """A value and what it rests on."""

    value: Any
    basis: Basis


@dataclass(frozen=True)
class AfterSaleRules:
    """The after-sale rules of one promotion on one order.

    ``freight`` is ``None`` where nothing states it: then what may be deducted is a range (promotions.md section 6).
    ``missing_term`` names the promotion's own term where it is not given: what the promotion does not state itself is then not
    known.
    """

    on_partial_return: Ruling
    reason_override: dict[str, Ruling]
    negative_settlement: Ruling
    coupon_return: Ruling
    expired_coupon: Ruling
    gift: Ruling
    points_used: Ruling
    points_given: Ruling
    freight: Ruling | None
    missing_term: str | None = None


def term_basis(term: Term) -> Basis:
    """The basis of a term."""
    return Basis(kind=term.basis, id=term.term_id, text=term.text, source=term.source)


def in_force(terms: Iterable[Term], at: int, *, topic: str | None = None) -> list[Term]:
    """The terms in force at an instant (epoch ms), by term_id."""
    return sorted(
        (
            term
            for term in terms
            if (topic is None or term.topic == topic)
            and (term.effective_from is None or term.effective_from <= at)
            and (term.effective_to is None or at <= term.effective_to)
        ),
        key=lambda term: term.term_id,
    )


def resolve(promotion: Promotion, terms: Sequence[Term], goods: Sequence[Goods], at: int) -> AfterSaleRules:
    """The after-sale rules of a promotion.

    Parameters
    ----------
    promotion : Promotion
        The version in force at purchase.
    terms : sequence of Term
        The promotion's own term is found by ``after_sale.term_id``; others count where they cover all of ``goods``. All of
        them only where they were in force at the purchase.
    goods : sequence of Goods
        What took part.
    at : int
        The purchase, epoch ms: terms in force then.
    """
    sources: list[tuple[AfterSaleValues, Basis]] = [
        (promotion.after_sale, Basis(kind="PROMOTION", id=promotion.promotion_id, text=promotion.name))
    ]
    named = promotion.after_sale.term_id
    own = next((term for term in in_force(terms, at) if term.term_id == named), None)
    if own is not None:
        # a value stated inline rests on the term it belongs to
        sources = [(promotion.after_sale, term_basis(own)), (own.values, term_basis(own))]
    general = [
        term
        for term in in_force(terms, at)
        if term is not own and goods and all(covers(term.scope, item) is True for item in goods)
    ]

    above = [term for term in general if term.basis != "MERCHANT_TERM"] if _by_merchant(promotion, own) else []

    def ruling(name: str, default: Ruling) -> Ruling:
        for values, basis in sources:
            value = getattr(values, name)
            if value is not None:
                return _better(name, Ruling(value, basis), _best(name, above))
        return _best(name, general) or default

    default = _default_on_partial_return(promotion.kind)
    overrides: dict[str, Ruling] = {}
    for reason in ("QUALITY", "SELLER_FAULT"):
        for values, basis in sources:
            value = getattr(values.reason_override, reason, None)
            if value is not None:
                overrides[reason] = Ruling(value, basis)
                break
    nothing = Ruling(None, engine_default(""))
    freight = ruling("freight", nothing)
    return AfterSaleRules(
        on_partial_return=ruling("on_partial_return", default),
        reason_override=overrides,
        negative_settlement=ruling("negative_settlement", Ruling("CHARGE_BUYER", article(SEVEN_DAYS, "第十七条"))),
        coupon_return=ruling("coupon_return", Ruling("FULL_RETURN_ONLY", article(SEVEN_DAYS, "第十五条"))),
        expired_coupon=ruling("expired_coupon", Ruling("LOST", engine_default("过期的券不再退回"))),
        gift=ruling("gift", Ruling("RETURN_OR_PAY_DECLARED", article(SEVEN_DAYS, "第十二条"))),
        points_used=ruling("points_used", Ruling("RETURN_PRO_RATA", article(SEVEN_DAYS, "第十五条"))),
        points_given=ruling("points_given", Ruling("RE_EARN_ON_KEPT", article(SEVEN_DAYS, "第十二条"))),
        freight=freight if freight.value is not None else None,
        missing_term=None if named is None or any(term.term_id == named for term in terms) else named,
    )


def _by_merchant(promotion: Promotion, own: Term | None) -> bool:
    return (own.basis if own is not None else promotion.after_sale.basis) == "MERCHANT_TERM"


def _better(name: str, stated: Ruling, other: Ruling | None) -> Ruling:
    """The other value where it is better for the buyer."""
    order = _BEST_FOR_BUYER.get(name)
    if other is None or order is None or stated.value not in order:
        return stated
    return other if order.index(other.value) < order.index(stated.value) else stated


def _default_on_partial_return(kind: str) -> Ruling:
    if kind in _BY_LAW:
        return Ruling("REEVALUATE", article(SEVEN_DAYS, "第十七条"))
    if kind in _RECORDED_BY_DEFAULT:
        return Ruling("RECORDED_SHARE", engine_default("券、补贴、积分和支付优惠按下单时的分摊结算"))
    return Ruling("REEVALUATE", engine_default("比照《网络购买商品七日无理由退货暂行办法》第十七条,按购买时价格结算,多退少补"))


def _best(name: str, terms: Sequence[Term]) -> Ruling | None:
    """The best value for the buyer among merchants' promises and platform terms; a platform term beats an equal merchant's."""
    order = _BEST_FOR_BUYER.get(name)
    stated = [(term, getattr(term.values, name)) for term in terms if getattr(term.values, name) is not None]
    if not stated:
        return None
    if order is None:
        term, value = stated[0]
        return Ruling(value, term_basis(term))
    term, value = min(stated, key=lambda item: (order.index(item[1]), item[0].basis == "MERCHANT_TERM", item[0].term_id))
    return Ruling(value, term_basis(term))
