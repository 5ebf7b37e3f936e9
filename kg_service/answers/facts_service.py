"""Facts of the questions about an order's way, and of those that need no graph."""

from __future__ import annotations

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Instant

__all__ = ["FaqFacts", "LogisticsFacts", "NoFacts", "OrderStatusFacts"]


class ReturnUnderWay(Part):
    """A return of the order that is not finished."""

    return_id: str
    service: str
    status: str


@facts_of("order_status")
class OrderStatusFacts(Facts):
    """Where an order stands.

    Attributes
    ----------
    since : when it came into that status; null where that is not recorded
    next : PAY, SHIP, RECEIVE or CLOSE; null when nothing is to come
    returns : its returns that are not finished
    """

    order_id: str
    status: str
    since: Instant | None = None
    next: str | None = None
    returns: list[ReturnUnderWay] = []


class ShipmentFacts(Part):
    """The latest event of a parcel; ``status``, ``at`` and ``text`` are null while the carrier has recorded none."""

    carrier: str | None = None
    tracking_no: str | None = None
    status: str | None = None
    at: Instant | None = None
    text: str | None = None


@facts_of("logistics_track")
class LogisticsFacts(Facts):
    """The parcels of an order; empty when there is none yet."""

    order_id: str
    shipments: list[ShipmentFacts] = []


@facts_of("faq")
class FaqFacts(Facts):
    """A preset answer; ``source`` is PRESET, or LEARNED for one that came from an agent."""

    faq_id: str
    source: str


@facts_of("greeting", "thanks", "feedback", "out_of_scope", "human_agent")
class NoFacts(Facts):
    """These carry no facts."""
