"""When goods were received: the one place every window and every answer about parcels counts from."""

from __future__ import annotations

from dataclasses import dataclass

from kg_service.dataset.order import Order, Shipment

__all__ = ["Receipt", "delivered_at", "receipt_of"]


@dataclass(frozen=True)
class Receipt:
    """Whether goods came, and when (epoch ms); ``at`` None: not yet, or (``came``) not recorded."""

    came: bool
    at: int | None = None


def receipt_of(order: Order, line_id: str) -> Receipt:
    """When a line of an order was received.

    The order's own receipt holds for all its lines. While it has none and is still on its way, a line whose every parcel was
    delivered came with the last of them; which parcel holds a line must be recorded, or all of them be there.

    Examples
    --------
    >>> row = {"order_id": "O", "user_id": "U", "status": "SHIPPED", "placed_at": "2026-11-01",
    ...        "lines": [{"line_id": key, "sku_id": key, "quantity": 1, "list_price": "9.00"} for key in "AB"],
    ...        "shipments": [{"shipment_id": "1", "line_ids": ["A"], "events": [{"at": "2026-11-03", "status": "DELIVERED"}]},
    ...                      {"shipment_id": "2", "line_ids": ["B"], "events": [{"at": "2026-11-03", "status": "IN_TRANSIT"}]}]}
    >>> order = Order.model_validate(row)
    >>> receipt_of(order, "A").came, receipt_of(order, "B").came
    (True, False)
    """
    if order.received_at is not None:
        return Receipt(True, order.received_at)
    if order.status in ("RECEIVED", "CLOSED"):
        return Receipt(True)
    if order.status != "SHIPPED" or not order.shipments:
        return Receipt(False)
    parcels = order.shipments
    if all(one.line_ids is not None for one in parcels):
        parcels = [one for one in parcels if line_id in (one.line_ids or ())]
    days = [delivered_at(one) for one in parcels]
    known = [day for day in days if day is not None]
    return Receipt(True, max(known)) if known and len(known) == len(days) else Receipt(False)


def delivered_at(shipment: Shipment) -> int | None:
    """The instant of a parcel's latest event, where that is its delivery (of events at one instant the one recorded last)."""
    events = shipment.events or []
    if not events:
        return None
    last = max(enumerate(events), key=lambda item: (item[1].at, item[0]))[1]
    return last.at if last.status == "DELIVERED" else None
