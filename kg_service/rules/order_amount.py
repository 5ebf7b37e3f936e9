"""What an order comes to, from what was recorded of it (data-formats.md: payments = goods − grants + freight charged)."""

from __future__ import annotations

from dataclasses import dataclass

from kg_service.money import Money
from kg_service.trace import Basis, Step

__all__ = ["OrderAmount", "order_amount"]


@dataclass(frozen=True)
class OrderAmount:
    """The amount of an order and what it is made of.

    Attributes
    ----------
    payable : what was to be paid for it, freight included; None where the record does not say
    missing : the facts without which it is not known, as ``Order O1.applications``
    """

    payable: Money | None
    missing: tuple[str, ...]
    step: Step


def order_amount(
    order_id: str,
    *,
    goods: int | None,
    grants: int | None,
    freight: int | None,
    paid: int | None,
) -> OrderAmount:
    """The amount of an order: its goods less all grants plus freight; else what all its payments come to.

    Parameters
    ----------
    goods : 分, at purchase-time list prices; None where a line is lost
    grants : 分, of all applications; None where they are not recorded
    freight : 分, as charged; None where it is not recorded
    paid : 分, of all payments of an order that was paid in full; None where that is not known

    Examples
    --------
    >>> order_amount("O1", goods=350000, grants=30000, freight=0, paid=None).payable
    Money('3200.00')
    >>> order_amount("O1", goods=350000, grants=None, freight=0, paid=320000).step.formula
    'sum of payments'
    >>> order_amount("O1", goods=350000, grants=None, freight=0, paid=None).missing
    ('Order O1.applications',)
    """
    parts = {"goods": goods, "grants": grants, "freight": freight, "paid": paid}
    basis = Basis(kind="RECORD", id=f"Order:{order_id}", text="订单记录")
    inputs = {"order_id": order_id} | {name: None if value is None else str(Money(value)) for name, value in parts.items()}
    names = (("lines", goods), ("applications", grants), ("freight", freight))
    missing = tuple(f"Order {order_id}.{name}" for name, value in names if value is None)
    if goods is not None and grants is not None and freight is not None:
        payable = Money(goods - grants + freight)
        formula = f"{Money(goods)} − {Money(grants)} + {Money(freight)} = {payable}"
        return OrderAmount(
            payable, (), Step(rule="order.payable", inputs=inputs, formula=formula, result=str(payable), basis=basis)
        )
    if paid is not None:
        step = Step(rule="order.payable", inputs=inputs, formula="sum of payments", result=str(Money(paid)), basis=basis)
        return OrderAmount(Money(paid), (), step)
    step = Step(rule="order.payable", inputs=inputs, formula="not recorded", result=None, basis=basis)
    return OrderAmount(None, missing, step)
