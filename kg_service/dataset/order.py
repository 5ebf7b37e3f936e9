"""Orders: lines, promotion applications, payments, freight, shipments and returns.

In an order an absent ``applications``, ``payments``, ``freight`` or ``returns`` means *not known*; an empty list, ``0`` or
``null`` means *known to be none*.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from kg_service.dataset.values import Contradictions, Id, Instant, Row, Yuan
from kg_service.money import Money

__all__ = [
    "Application",
    "Freight",
    "Order",
    "OrderLine",
    "OrderReturn",
    "Participant",
    "Payment",
    "Reason",
    "ReturnedLine",
    "Shipment",
    "ShipmentEvent",
]

Reason = Literal["NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER"]
OrderStatus = Literal["PLACED", "PAID", "SHIPPED", "RECEIVED", "CLOSED", "CANCELLED"]
ReturnStatus = Literal["REQUESTED", "APPROVED", "IN_TRANSIT", "RECEIVED_BY_SELLER", "REFUNDED", "REJECTED"]
PaymentKind = Literal["CASH", "BALANCE", "POINTS", "GIFT_CARD", "PAY_COUPON", "SUBSIDY"]
Amount = Annotated[Yuan, Field(ge=0)]
Quantity = Annotated[int, Field(ge=1)]


def _null_means_none(data: Any, lists: tuple[str, ...] = (), amounts: tuple[str, ...] = ()) -> Any:
    """``null`` is "known to be none": an empty list or an amount of zero."""
    if not isinstance(data, dict):
        return data
    data = dict(data)
    for key in lists:
        if key in data and data[key] is None:
            data[key] = []
    for key in amounts:
        if key in data and data[key] is None:
            data[key] = "0.00"
    return data


class OrderLine(Row):
    """``list_price`` is the unit price at purchase before promotions; a gift has 0.00 and a ``declared_value``."""

    line_id: Id
    sku_id: Id
    quantity: Quantity
    list_price: Amount
    role: Literal["GOODS", "GIFT", "ADDON", "SERVICE"] = "GOODS"
    declared_value: Amount | None = None
    no_return_confirmed: bool | None = None
    condition: Literal["INTACT", "OPENED", "ACTIVATED", "DAMAGED"] | None = None


class Participant(Row):
    line_id: Id
    role: Literal["QUALIFIER", "TARGET", "BOTH", "GIFT"]
    share: Amount


class Application(Row):
    """One promotion as it was applied to an order; ``participants`` carry the recorded shares."""

    application_id: Id
    promotion_id: Id
    version: Annotated[int, Field(ge=1)] = 1
    coupon_id: Id | None = None
    grant: Amount
    tier_index: Annotated[int, Field(ge=0)] | None = None
    instances: Annotated[int, Field(ge=0)] | None = None
    participants: list[Participant]


class Payment(Row):
    payment_id: Id
    kind: PaymentKind
    method: str | None = None
    amount: Amount
    funder: str | None = None


class Freight(Row):
    charged: Amount
    waived: Amount | None = None
    waived_by: Id | None = None
    outbound_cost: Amount | None = None

    @model_validator(mode="before")
    @classmethod
    def _null(cls, data: Any) -> Any:
        return _null_means_none(data, amounts=("charged", "waived", "outbound_cost"))


class ShipmentEvent(Row):
    at: Instant
    status: Literal["PICKED_UP", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED", "EXCEPTION", "RETURNING"]
    text: str | None = None


class Shipment(Row):
    shipment_id: Id
    carrier: str | None = None
    tracking_no: str | None = None
    line_ids: list[Id] | None = None
    events: list[ShipmentEvent] | None = None


class ReturnedLine(Row):
    line_id: Id
    quantity: Quantity


class OrderReturn(Row):
    return_id: Id
    service: Literal["RETURN", "EXCHANGE", "REPAIR"] = "RETURN"
    reason: Reason = "NO_REASON"
    lines: list[ReturnedLine]
    status: ReturnStatus
    requested_at: Instant
    received_by_seller_at: Instant | None = None
    refund_amount: Amount | None = None
    buyer_paid: Amount | None = None
    refunded_at: Instant | None = None


def _or_zero(schema: dict[str, Any]) -> None:
    """In the JSON Schema: a freight may also be ``0``, known to be none."""
    schema["anyOf"].append({"const": 0})


class Order(Row):
    order_id: Id
    user_id: Id
    shop_id: Id | None = None
    channel: str | None = None
    order_type: Literal["NORMAL", "PRESALE", "GROUPON", "SECKILL"] | None = None
    status: OrderStatus
    placed_at: Instant
    paid_at: Instant | None = None
    shipped_at: Instant | None = None
    received_at: Instant | None = None
    closed_at: Instant | None = None
    region: str | None = None
    parent_order_id: Id | None = None
    lines: Annotated[list[OrderLine], Field(min_length=1)]
    applications: list[Application] | None = None
    payments: list[Payment] | None = None
    freight: Annotated[Freight | None, Field(json_schema_extra=_or_zero)] = None
    shipments: list[Shipment] | None = None
    returns: list[OrderReturn] | None = None

    @model_validator(mode="before")
    @classmethod
    def _null(cls, data: Any) -> Any:
        data = _null_means_none(data, lists=("applications", "payments", "shipments", "returns"))
        if isinstance(data, dict) and "freight" in data and data["freight"] in (None, 0, "0", "0.00"):
            data["freight"] = {"charged": "0.00", "waived": "0.00", "outbound_cost": "0.00"}
        return data

    @model_validator(mode="after")
    def _sound(self) -> Order:
        problems = order_problems(self)
        if problems:
            raise Contradictions(problems)
        return self


def goods_total(order: Order) -> int:
    """Purchase-time list price of all lines, 分."""
    return sum(int(line.list_price) * line.quantity for line in order.lines)


def order_problems(order: Order) -> list[str]:
    """What makes an order contradict itself; each text names the order and both figures (data-formats.md)."""
    found: list[str] = []
    name = f"order {order.order_id}"
    ids = [line.line_id for line in order.lines]
    for line_id in sorted({line_id for line_id in ids if ids.count(line_id) > 1}):
        found.append(f"{name}: line {line_id} occurs {ids.count(line_id)} times, must be unique")
    bought = {line.line_id: line.quantity for line in order.lines}
    shared: dict[str, int] = {}
    for application in order.applications or []:
        total = sum(int(participant.share) for participant in application.participants)
        if total != application.grant:
            found.append(
                f"{name}: shares of application {application.application_id} sum to {Money(total)}, "
                f"its grant is {application.grant}"
            )
        for participant in application.participants:
            shared[participant.line_id] = shared.get(participant.line_id, 0) + participant.share
            if participant.line_id not in bought:
                found.append(
                    f"{name}: application {application.application_id} names line {participant.line_id}, "
                    "which the order does not have"
                )
    for line in order.lines:
        worth = int(line.list_price) * line.quantity
        if shared.get(line.line_id, 0) > worth:
            found.append(
                f"{name}: line {line.line_id} is worth {Money(worth)}, its shares sum to {Money(shared[line.line_id])}"
            )
    if order.payments and order.applications is not None and order.freight is not None:
        paid = sum(int(payment.amount) for payment in order.payments)
        grants = sum(int(application.grant) for application in order.applications)
        due = int(goods_total(order)) - grants + int(order.freight.charged)
        if paid != due:
            found.append(f"{name}: payments sum to {Money(paid)}, goods less grants plus freight are {Money(due)}")
    returned: dict[str, int] = {}
    for item in order.returns or []:
        for part in item.lines:
            if part.line_id not in bought:
                found.append(f"{name}: return {item.return_id} names line {part.line_id}, which the order does not have")
            elif item.service == "RETURN" and item.status != "REJECTED":
                returned[part.line_id] = returned.get(part.line_id, 0) + part.quantity
    for line_id, quantity in returned.items():
        if quantity > bought[line_id]:
            found.append(f"{name}: line {line_id} was bought {bought[line_id]} times and returned {quantity} times")
    for shipment in order.shipments or []:
        for line_id in shipment.line_ids or []:
            if line_id not in bought:
                found.append(f"{name}: shipment {shipment.shipment_id} names line {line_id}, which the order does not have")
    return found
