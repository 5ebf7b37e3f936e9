"""Presale deposits: does the deposit come back (promotions.md section 7; terms of topic PRESALE)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.dataset.values import Fen, coerce
from kg_service.money import Money
from kg_service.rules.after_sale import term_basis
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.law import CONSUMER_LAW, SEVEN_DAYS, article
from kg_service.rules.topic_terms import topic_terms
from kg_service.trace import Basis, Step

__all__ = ["Deposit", "deposit", "deposit_terms", "recorded_deposit"]

Why = Literal["BALANCE_PAID", "SELLER_FAULT", "BY_TERM", "NOT_PRESALE"]
_FAULT = frozenset({"QUALITY", "SELLER_FAULT"})
_PAID = frozenset({"PAID", "SHIPPED", "RECEIVED", "CLOSED"})
#: What a payment's method calls a deposit.
_DEPOSIT = ("定金", "订金", "预付", "deposit")


class Deposit(BaseModel):
    """Whether a deposit is refunded.

    Attributes
    ----------
    refundable : None when a fact is missing, or the order is no presale
    reason : BALANCE_PAID: it is part of the price and refunded with it; SELLER_FAULT: it comes back in any case; BY_TERM: the
        term decides; NOT_PRESALE: there is no deposit
    deposit : as recorded among the payments, 分; None where the record has none
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    refundable: bool | None = None
    reason: Why | None = None
    deposit: Fen | None = None
    balance_paid: bool | None = None
    missing: list[str] = []
    trace: list[Step] = []


def recorded_deposit(order: Order) -> Money | None:
    """What was paid as the deposit: the payments whose method says so; None where none does."""
    found = [
        payment.amount
        for payment in order.payments or ()
        if payment.method is not None and any(word in payment.method.lower() for word in _DEPOSIT)
    ]
    return sum(found, Money(0)) if found else None


def deposit_terms(terms: Sequence[Term]) -> tuple[bool | None, Term | None]:
    """What terms say of a deposit whose balance is not paid; of several the best for the buyer. None: nothing."""
    stated = [term for term in terms if term.values.deposit_refundable is not None]
    best = max(stated, key=lambda term: bool(term.values.deposit_refundable), default=None)
    return (None, None) if best is None else (best.values.deposit_refundable, best)


def deposit(
    order: Order | Mapping[str, Any],
    promotions: Iterable[Promotion | Mapping[str, Any]],
    terms: Iterable[Term | Mapping[str, Any]],
    reason: str = "NO_REASON",
    *,
    catalogue: Catalogue | None = None,
) -> Deposit:
    """Whether an order's deposit is refunded.

    A pure function: no store, no clock. Once the balance is paid the deposit is part of the price (第十七条: what was actually
    paid comes back). Not paid: through the seller's fault the deposit comes back in any case (消费者权益保护法 第五十三条: who
    took an advance payment and does not deliver as agreed returns it); else by the terms in force when the order was placed.

    Parameters
    ----------
    promotions : iterable of Promotion
        The versions the order's applications name: a deposit's expansion tells a presale too.
    reason : {"NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER"}

    Examples
    --------
    >>> order = {"order_id": "O", "user_id": "U", "status": "PLACED", "order_type": "PRESALE", "placed_at": "2026-11-01",
    ...          "payments": [{"payment_id": "1", "kind": "CASH", "method": "定金", "amount": "100.00"}],
    ...          "lines": [{"line_id": "1", "sku_id": "K", "quantity": 1, "list_price": "999.00"}]}
    >>> term = {"term_id": "T", "topic": "PRESALE", "text": "定金不退", "basis": "MERCHANT_TERM",
    ...         "values": {"deposit_refundable": False}}
    >>> found = deposit(order, [], [term])
    >>> found.refundable, str(found.deposit)
    (False, '100.00')
    >>> deposit(order, [], [term], "SELLER_FAULT").refundable
    True
    """
    the_order = coerce(Order, order)
    kinds = {one.key: one.kind for one in (coerce(Promotion, item) for item in promotions)}
    amount = recorded_deposit(the_order)
    used = [kinds.get(f"{one.promotion_id}@{one.version}") for one in the_order.applications or ()]
    presale = the_order.order_type == "PRESALE" or amount is not None or "DEPOSIT_EXPAND" in used
    if not presale:
        if the_order.order_type is None:
            return Deposit(missing=[f"Order {the_order.order_id}.order_type"])
        record = Basis(kind="RECORD", id=the_order.order_id, text="不是预售订单")
        return Deposit(reason="NOT_PRESALE", trace=[Step(rule="presale.order_type", result=the_order.order_type, basis=record)])
    record = Basis(kind="RECORD", id=the_order.order_id, text="付款记录")
    trace = [] if amount is None else [Step(rule="presale.deposit", result=str(amount), basis=record)]
    paid = the_order.status in _PAID or (the_order.status == "CANCELLED" and the_order.paid_at is not None)
    base: dict[str, Any] = {"deposit": amount, "balance_paid": paid}
    if paid:
        step = Step(
            rule="presale.deposit_refundable",
            inputs={"status": the_order.status},
            formula="the balance is paid: the deposit is part of the price",
            result=True,
            basis=article(SEVEN_DAYS, "第十七条"),
        )
        return Deposit(**{**base, "refundable": True, "reason": "BALANCE_PAID", "trace": [*trace, step]})
    if reason in _FAULT:
        step = Step(
            rule="presale.deposit_refundable",
            inputs={"status": the_order.status, "reason": reason},
            formula="not delivered as agreed: the advance payment comes back",
            result=True,
            basis=article(CONSUMER_LAW, "第五十三条"),
        )
        return Deposit(**{**base, "refundable": True, "reason": "SELLER_FAULT", "trace": [*trace, step]})
    goods = [
        (catalogue or {}).get(line.sku_id) or Goods(line.sku_id, shop_id=the_order.shop_id if catalogue is None else None)
        for line in the_order.lines
        if line.role != "GIFT"
    ]
    found = topic_terms([coerce(Term, term) for term in terms], "PRESALE", goods, the_order.placed_at)
    refundable, term = deposit_terms(found.matching)
    if term is None or (found.unsure and not refundable):
        missing = list(found.unsure) or [f"Term PRESALE for Order {the_order.order_id}"]
        return Deposit(**{**base, "missing": missing, "trace": trace})
    step = Step(
        rule="presale.deposit_refundable",
        inputs={"status": the_order.status, "term_id": term.term_id},
        formula="the balance is not paid: by the term",
        result=refundable,
        basis=term_basis(term),
    )
    return Deposit(**{**base, "refundable": refundable, "reason": "BY_TERM", "trace": [*trace, step]})
