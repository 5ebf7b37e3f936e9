"""Facts of the questions about orders as such: which there are, what is in one, may it be cancelled or changed."""

from __future__ import annotations

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Fen, Instant
from kg_service.rules.quote import KeptLine, LineQuantity

__all__ = [
    "OrderCancelFacts",
    "OrderDetailFacts",
    "OrderHelpFacts",
    "OrderListFacts",
    "OrderModifyFacts",
    "PaymentMethodsFacts",
]


class ListedOrder(Part):
    """An order of a list.

    Attributes
    ----------
    payable : what was to be paid for it, freight included; null where the record does not say
    missing : the facts without which ``payable`` is not known
    """

    order_id: str
    status: str
    placed_at: Instant
    payable: Fen | None = None
    goods: list[str] = []
    missing: list[str] = []


@facts_of("order_list")
class OrderListFacts(Facts):
    """The customer's orders that the question asks for, newest first.

    Attributes
    ----------
    statuses : the statuses asked for; empty: any
    period_from, period_to : the time asked for
    """

    orders: list[ListedOrder] = []
    count: int = 0
    statuses: list[str] = []
    period_from: Instant | None = None
    period_to: Instant | None = None


class DetailLine(Part):
    """A line of an order; amounts are for the whole line. ``discount`` and ``payable`` are null where it is not recorded."""

    line_id: str
    sku_id: str
    name: str
    role: str
    quantity: int
    unit_price: Fen
    list: Fen
    discount: Fen | None = None
    payable: Fen | None = None


class PaymentFacts(Part):
    """A payment as it was recorded."""

    payment_id: str
    kind: str
    method: str | None = None
    amount: Fen


@facts_of("order_detail")
class OrderDetailFacts(Facts):
    """What an order holds and what it came to.

    Attributes
    ----------
    payable : goods less discounts plus freight; null where the record does not say
    total, discount, freight : what it is made of; null where it is not recorded
    payments : null where they are not recorded
    """

    order_id: str
    status: str | None = None
    placed_at: Instant | None = None
    paid_at: Instant | None = None
    region: str | None = None
    lines: list[DetailLine] = []
    total: Fen | None = None
    discount: Fen | None = None
    freight: Fen | None = None
    payable: Fen | None = None
    payments: list[PaymentFacts] | None = None


class Changed(Facts):
    """Whether an order may still be cancelled or changed.

    Attributes
    ----------
    reason : NOT_PAID or NOT_SHIPPED where it is possible; else NOT_RECEIVED_REFUSE_PARCEL, RECEIVED_RETURN_INSTEAD,
        ORDER_CLOSED or ORDER_CANCELLED
    """

    order_id: str | None = None
    status: str | None = None
    possible: bool | None = None
    reason: str | None = None


@facts_of("order_cancel")
class OrderCancelFacts(Changed):
    """May an order be cancelled; of a cancelled one, when that was and whether it had been paid.

    Attributes
    ----------
    returned, refund_amount, kept : where only some of its goods are to be cancelled: these, what comes back, what stays
    """

    returned: list[LineQuantity] = []
    refund_amount: Fen | None = None
    kept: list[KeptLine] = []
    cancelled_at: Instant | None = None
    was_paid: bool | None = None


@facts_of("order_modify")
class OrderModifyFacts(Changed):
    """May an order be changed.

    Attributes
    ----------
    change : ADDRESS, CONTACT, SPEC, QUANTITY, REMARK, DELIVERY_TIME, MERGE or SPLIT; null where the question does not say
    """

    change: str | None = None


class Preset(Facts):
    """A preset answer of the data set."""

    term_id: str | None = None
    source: str | None = None


@facts_of("order_place")
class OrderHelpFacts(Preset):
    """How an order is placed."""


@facts_of("payment_methods")
class PaymentMethodsFacts(Preset):
    """How can be paid; with ``order_id``: how an order of the customer was paid."""

    order_id: str | None = None
    payments: list[PaymentFacts] | None = None
    paid: Fen | None = None
