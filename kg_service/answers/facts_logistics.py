"""Facts of the questions about parcels that went wrong, and about delivery before one buys."""

from __future__ import annotations

from datetime import date
from typing import Literal

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.answers.facts_returns import AfterSale, ReturnFacts
from kg_service.answers.facts_service import ShipmentFacts
from kg_service.dataset.values import Fen, Instant
from kg_service.rules.quality import Remedy

__all__ = [
    "DeliveryScopeFacts",
    "DeliveryTimeFacts",
    "LogisticsProblemFacts",
    "ParcelProblemFacts",
    "RejectParcelFacts",
    "ShippingFeeFacts",
]

Payer = Literal["BUYER", "SELLER"]


class ParcelFacts(Facts):
    """What is the matter with the parcel of an order and what to do; without ``order_id`` the rule as such.

    Attributes
    ----------
    problem : what was decided from the record and from what the customer says
    action : what to do; NONE where there is nothing to do
    term_id : the term or article it rests on
    """

    order_id: str | None = None
    placed_at: Instant | None = None
    problem: str | None = None
    action: str | None = None
    term_id: str | None = None
    order_status: str | None = None
    shipments: list[ShipmentFacts] = []


@facts_of("logistics_problem")
class LogisticsProblemFacts(ParcelFacts):
    """A parcel that does not come as it should.

    Attributes
    ----------
    action : VERIFY_SIGNATURE, CONTACT_CARRIER, URGE_CARRIER, TRACE_PARCEL, CLAIM_LOSS, CONTACT_SELLER, URGE_SHIPMENT, PAY,
        WAIT or NONE
    days : calendar days since the latest event (or, not shipped yet, since payment)
    """

    last_event_at: Instant | None = None
    received_at: Instant | None = None
    days: int | None = None


@facts_of("parcel_problem")
class ParcelProblemFacts(ParcelFacts, AfterSale):
    """A parcel with the wrong goods, too few, or damaged ones.

    Attributes
    ----------
    action : RESEND, RETURN_OR_EXCHANGE, REFUSE_PARCEL, INSPECT_ON_DELIVERY, WAIT_FOR_PARCEL, CONTACT_SELLER, URGE_SHIPMENT,
        PAY, NO_GIFT_RECORDED or NONE
    line_ids : the lines it is about
    options : what is still open for them, in the order RETURN, EXCHANGE, REPAIR; ``window_ends`` the first one's last day
    """

    line_ids: list[str] = []
    options: list[Remedy] = []
    window_ends: date | None = None
    window_days: int | None = None
    freight_payer: Payer | None = None


@facts_of("reject_parcel")
class RejectParcelFacts(ReturnFacts):
    """Refusing a parcel: the same figures as a return. Without ``order_id`` the rule as such.

    Attributes
    ----------
    action : REFUSE_PARCEL, RETURN_INSTEAD (received), CANCEL_INSTEAD (not shipped), CONTACT_SELLER or NONE
    freight_payer : of the way back; null where nothing is sent back
    """

    order_id: str | None = None  # type: ignore[assignment]
    action: str | None = None
    term_id: str | None = None
    order_status: str | None = None
    freight_payer: Payer | None = None


@facts_of("delivery_time")
class DeliveryTimeFacts(Facts):
    """When goods come: of an order, or to a region.

    Attributes
    ----------
    expected : a date where the record or a term gives one; in the term's own words where it counts from something not known
    delivered : the parcels have come already, on the day ``expected``
    """

    order_id: str | None = None
    placed_at: Instant | None = None
    region: str | None = None
    expected: str | None = None
    delivered: bool | None = None
    term_id: str | None = None
    order_status: str | None = None
    shipped_at: Instant | None = None
    shipments: list[ShipmentFacts] = []


@facts_of("delivery_scope")
class DeliveryScopeFacts(Facts):
    """Whether goods are delivered to a place or in a way.

    Attributes
    ----------
    possible : null where it is not recorded or depends
    order_id : an order of the customer's own that was delivered there
    """

    possible: bool | None = None
    term_id: str | None = None
    region: str | None = None
    way: str | None = None
    order_id: str | None = None


class FreightRuleFacts(Part):
    """A rule for the freight: ``charge`` below ``free_over``; null where it does not say."""

    term_id: str | None = None
    promotion_id: str | None = None
    shop: str | None = None
    charge: Fen | None = None
    free_over: Fen | None = None
    off: Fen | None = None


@facts_of("shipping_fee")
class ShippingFeeFacts(Facts):
    """What the freight of a purchase is.

    Attributes
    ----------
    amount : of the goods or sum asked about, or what the order was charged; null where it depends or is not recorded
    charge : what is charged below ``free_over``
    free_over : from this sum on it is free; "0.00": always
    value : the sum the question is about; ``gap`` what it lacks to ``free_over``
    waived : what the order was spared, by ``waived_by``
    rules : every rule that counts, where they differ from shop to shop
    """

    amount: Fen | None = None
    free_over: Fen | None = None
    charge: Fen | None = None
    value: Fen | None = None
    gap: Fen | None = None
    term_id: str | None = None
    promotion_id: str | None = None
    order_id: str | None = None
    placed_at: Instant | None = None
    product_id: str | None = None
    region: str | None = None
    waived: Fen | None = None
    waived_by: str | None = None
    rules: list[FreightRuleFacts] = []
