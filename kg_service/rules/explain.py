"""Why an order cost what it did, and why a promotion was not applied: from its record, never repriced (promotions.md 4.7).

The lines and their shares are the recorded ones. A promotion that was in force and is not recorded is judged on the amounts
the record left when its turn came: what it lacked, what stood in its way, or that nothing did — a finding, not a correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.customer import Coupon
from kg_service.dataset.order import Order, OrderLine
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import Fen, coerce
from kg_service.money import Money
from kg_service.rules.basket import Discount, Purchase
from kg_service.rules.case import Case
from kg_service.rules.catalogue import Catalogue
from kg_service.rules.recorded_shares import ShareCheck, check_shares
from kg_service.rules.why_not import NotApplied, not_applied
from kg_service.trace import Basis, Step

__all__ = ["ExplainedLine", "OrderExplanation", "explain_order"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExplainedLine(_Part):
    """A line as it was paid; amounts are for the whole line."""

    line_id: str
    sku_id: str
    quantity: int
    list: Fen
    discounts: tuple[Discount, ...] = ()
    payable: Fen


class OrderExplanation(_Part):
    """How an order's amounts came about. Amounts are 分 in Python, decimal yuan when dumped.

    Attributes
    ----------
    total, discount, payable : of the goods: at list prices, all shares, what is left
    freight, waived : charged and waived; ``None`` where it is not recorded
    shares : for each application, which rule of allocation gives its recorded shares
    missing : facts without which the explanation is not whole
    """

    order_id: str
    lines: tuple[ExplainedLine, ...]
    total: Fen
    discount: Fen
    payable: Fen
    freight: Fen | None = None
    waived: Fen | None = None
    waived_by: str | None = None
    not_applied: tuple[NotApplied, ...] = ()
    shares: tuple[ShareCheck, ...] = ()
    missing: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()


def explain_order(
    order: Order | Mapping[str, Any],
    promotions: Iterable[Promotion | Mapping[str, Any]],
    candidates: Iterable[Promotion | Mapping[str, Any]] = (),
    *,
    coupons: Iterable[Coupon | Mapping[str, Any]] = (),
    purchase: Purchase | None = None,
    catalogue: Catalogue | None = None,
) -> OrderExplanation:
    """Explain an order from its record.

    A pure function: no store, no clock.

    Parameters
    ----------
    order : Order or mapping
    promotions : iterable of Promotion or mapping
        The versions the order's applications name.
    candidates : iterable of Promotion or mapping
        What else could have applied: the versions in force at the purchase. Those the record has are left out.
    coupons : iterable of Coupon or mapping
        All coupons of the customer.
    purchase : Purchase, optional
        Who bought and how; the time, channel, region, order type and payment method are the order's own.
    catalogue : mapping of sku_id to Goods, optional

    Returns
    -------
    OrderExplanation
        With ``missing`` naming ``Order ….applications`` where nothing is recorded of its promotions: then no line has
        discounts, and no promotion is judged.

    Examples
    --------
    >>> order = {"order_id": "O", "user_id": "U", "status": "PAID", "placed_at": "2026-11-02T10:00:00+08:00", "lines": [
    ...     {"line_id": "1", "sku_id": "a", "quantity": 1, "list_price": "80.00"}], "applications": []}
    >>> off = {"promotion_id": "P", "name": "满100减20", "kind": "AMOUNT_THRESHOLD_OFF",
    ...     "tiers": [{"value": "100.00", "effect": {"off": "20.00"}}]}
    >>> found = explain_order(order, [], [off]).not_applied[0]
    >>> found.reason, found.gap
    ('BELOW_THRESHOLD', '20.00')
    """
    the_order = coerce(Order, order)
    applied = {f"{one.promotion_id}@{one.version}": one for one in (coerce(Promotion, item) for item in promotions)}
    case = Case(the_order, applied, {}, dict(catalogue or {}))
    lines = tuple(_line(line, case) for line in the_order.lines)
    total = sum((line.list for line in lines), Money(0))
    payable = sum((line.payable for line in lines), Money(0))
    freight = the_order.freight
    found = OrderExplanation(
        order_id=the_order.order_id,
        lines=lines,
        total=total,
        discount=total - payable,
        payable=payable,
        freight=None if freight is None else freight.charged,
        waived=None if freight is None else freight.waived,
        waived_by=None if freight is None else freight.waived_by,
    )
    if the_order.applications is None:
        return found.model_copy(update={"missing": (f"Order {the_order.order_id}.applications",)})
    others = [coerce(Promotion, one) for one in candidates]
    held = [coerce(Coupon, one) for one in coupons]
    unused = tuple(not_applied(case, others, purchase or Purchase(), held))
    shares = tuple(check_shares(case))
    missing = [] if freight is not None else [f"Order {the_order.order_id}.freight"]
    missing += [fact for one in unused for fact in one.missing]
    steps = [*_line_steps(found, case), *(_share_step(one) for one in shares), *(one.step for one in unused)]
    update = {
        "not_applied": unused,
        "shares": shares,
        "missing": tuple(dict.fromkeys(missing)),
        "trace": tuple(steps),
    }
    return found.model_copy(update=update)


def _line(line: OrderLine, case: Case) -> ExplainedLine:
    worth = line.list_price * line.quantity
    shares = [
        Discount(promotion_id=one.promotion_id, share=Money(case.recorded[line.line_id][one.application_id]))
        for one in case.applications
        if case.recorded[line.line_id].get(one.application_id)
    ]
    paid = worth - sum((one.share for one in shares), Money(0))
    return ExplainedLine(
        line_id=line.line_id,
        sku_id=line.sku_id,
        quantity=line.quantity,
        list=Money(worth),
        discounts=tuple(shares),
        payable=Money(paid),
    )


def _line_steps(found: OrderExplanation, case: Case) -> Iterable[Step]:
    for line in found.lines:
        parts = [str(line.list), *(f"− {one.share}" for one in line.discounts)]
        price = case.lines[line.line_id].list_price
        yield Step(
            rule="recorded_payable",
            inputs={
                "line_id": line.line_id,
                "list_price": str(price),
                "quantity": line.quantity,
                "list": str(line.list),
                "discounts": {one.promotion_id: str(one.share) for one in line.discounts},
            },
            formula=f"{' '.join(parts)} = {line.payable}",
            result=str(line.payable),
            basis=Basis(kind="RECORD", id=f"{found.order_id}/{line.line_id}", text="下单时记录的分摊"),
        )
    inputs: dict[str, Any] = {"total": str(found.total), "discount": str(found.discount)}
    if found.freight is not None:
        inputs |= {"freight": str(found.freight), "waived": None if found.waived is None else str(found.waived)}
    yield Step(
        rule="recorded_total",
        inputs=inputs,
        formula=f"{found.total} − {found.discount} = {found.payable}",
        result=str(found.payable),
        basis=Basis(kind="RECORD", id=found.order_id, text="订单记录"),
    )


def _share_step(check: ShareCheck) -> Step:
    return Step(
        rule="recorded_shares",
        inputs={
            "promotion_id": check.promotion_id,
            "grant": str(check.grant),
            "recomputed": None if check.recomputed is None else str(check.recomputed),
        },
        formula=" + ".join(str(share) for share in check.recorded.values()) + f" = {check.grant}",
        result="explained by none" if check.explained is False else f"explained by {check.rule}" if check.rule else None,
        basis=Basis(kind="RECORDED_SHARE", id=check.application_id, text="下单时的分摊"),
    )
