"""What an order holds and what it came to, from its record (answers.md, "Orders and logistics")."""

from __future__ import annotations

import re
from typing import Any

from kg_service.dataset.order import Order
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.own_or_general import names_order
from kg_service.decisions.term_answers import own_words
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.explain import explain_order
from kg_service.rules.order_amount import OrderAmount, order_amount
from kg_service.times import format_instant

__all__ = ["amount_of", "order_detail", "payments_of"]


#: An order pointed at: the goods named beside it say which one.
_THAT_ORDER = re.compile(r"(?:那|这|上|哪)(?:一|个|几)?(?:单|笔|次|回)")


@decider("order_detail")
def order_detail(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The lines of an order, its amounts and payments; what is not recorded is null, and said.

    Asked for an amount that the record does not give, the answer is UNKNOWN and names the fact.
    """
    own = yield from read_own_order(frame, asker)
    if isinstance(own, Decision):
        return own
    order = own.order
    amount = amount_of(order)
    explained = explain_order(order, own.case.promotions, catalogue=own.case.catalogue)
    known = order.applications is not None
    lines = {line.line_id: line for line in explained.lines}
    unknown = frame.question_form == "AMOUNT" and amount.payable is None
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts={
            "order_id": order.order_id,
            "status": order.status,
            "placed_at": format_instant(order.placed_at),
            "paid_at": None if order.paid_at is None else format_instant(order.paid_at),
            "region": order.region,
            "lines": [
                {
                    "line_id": line.line_id,
                    "sku_id": line.sku_id,
                    "name": own.case.names.get(line.line_id, line.sku_id),
                    "role": line.role,
                    "quantity": line.quantity,
                    "unit_price": line.list_price,
                    "list": lines[line.line_id].list,
                    "discount": Money(lines[line.line_id].list - lines[line.line_id].payable) if known else None,
                    "payable": lines[line.line_id].payable if known else None,
                }
                for line in order.lines
            ],
            "total": explained.total,
            "discount": explained.discount if known else None,
            "freight": explained.freight,
            "payable": amount.payable,
            "payments": payments_of(order),
        },
        trace=[*(step for step in explained.trace if known and step.rule == "recorded_payable"), amount.step],
        missing=list(amount.missing) if unknown else [],
        words=_words(frame, own, order),
        variant="UNKNOWN_FACTS" if unknown else None,
        graph=own.case.graph,
    )


def amount_of(order: Order) -> OrderAmount:
    """What an order comes to."""
    grants = None if order.applications is None else sum(one.grant for one in order.applications)
    paid = sum(one.amount for one in order.payments or []) if order.payments else None
    return order_amount(
        order.order_id,
        goods=sum(line.list_price * line.quantity for line in order.lines),
        grants=grants,
        freight=None if order.freight is None else order.freight.charged,
        # the deposit of an order that waits for its balance is not what the order comes to
        paid=None if order.status in ("PLACED", "CANCELLED") else paid,
    )


def payments_of(order: Order) -> list[dict[str, Any]] | None:
    """The payments of an order as facts; None where they are not recorded."""
    if order.payments is None:
        return None
    return [one.model_dump(include={"payment_id", "kind", "method", "amount"}) for one in order.payments]


def _words(frame: Frame, own: OwnCase, order: Order) -> dict[str, Any]:
    named = list(dict.fromkeys(one.line.line_id for one in own.resolution.chosen if not names_order(frame, one.text)))
    absent = [
        f"Order {order.order_id}.{name}"
        for name, value in (("applications", order.applications), ("payments", order.payments), ("freight", order.freight))
        if value is None
    ]
    return {**own_words(own, []), "asked": [] if _only_identify(frame) else named, "absent": absent}


def _only_identify(frame: Frame) -> bool:
    """Whether goods are named to say which order is meant ("地毯那单买了些啥"), not to be told of them alone."""
    return _THAT_ORDER.search(frame.text) is not None
