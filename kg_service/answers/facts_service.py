"""Facts of the questions about an order's way, and of those that need no graph."""

from __future__ import annotations

from datetime import date

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Instant

__all__ = ["FaqFacts", "HandedOverFacts", "LogisticsFacts", "NoFacts", "OrderStatusFacts", "RecordedFacts", "ShopFacts"]


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


class AttributeFact(Part):
    """An attribute as recorded."""

    attribute: str
    value: str
    unit: str | None = None


@facts_of("usage_help", "installation", "authenticity", "reviews")
class RecordedFacts(Facts):
    """What is recorded on a matter of some goods: an attribute, a term, a preset answer (``faq_id``), or several of them.

    Attributes
    ----------
    product_id : null where the question names no goods
    attribute, value, unit : the first of ``attributes``
    source : PRESET where nothing but a preset answer is recorded
    """

    product_id: str | None = None
    attribute: str | None = None
    value: str | None = None
    unit: str | None = None
    attributes: list[AttributeFact] = []
    term_id: str | None = None
    source: str | None = None


class ShopPart(Part):
    """A shop; ``kind`` is SELF_OPERATED or THIRD_PARTY, null where it is not recorded."""

    shop_id: str
    name: str
    kind: str | None = None


@facts_of("shop_info")
class ShopFacts(Facts):
    """Who sells the goods.

    Attributes
    ----------
    product_id : the goods that were named
    shop_id, name, kind, attribute, value : of the shop, where it is one; ``value`` is its kind
    shops : all that were asked about, the first of them where none was
    """

    product_id: str | None = None
    shop_id: str | None = None
    name: str | None = None
    kind: str | None = None
    attribute: str | None = None
    value: str | None = None
    shops: list[ShopPart] = []
    term_id: str | None = None


@facts_of("complaint", "dispute")
class HandedOverFacts(Facts):
    """What could be answered before a person takes over; all null where no order or goods are named.

    Attributes
    ----------
    reason : DANGER, DISPUTE or COMPLAINT, as in the handoff
    returns : those of the order, finished or not
    options, window_days, window_ends, ends, freight_payer, term_id : of faulty goods, as for quality_problem
    """

    reason: str
    order_id: str | None = None
    order_status: str | None = None
    placed_at: Instant | None = None
    line_id: str | None = None
    returns: list[ReturnUnderWay] = []
    options: list[str] = []
    window_days: int | None = None
    window_ends: date | None = None
    ends: dict[str, date] = {}
    freight_payer: str | None = None
    term_id: str | None = None


@facts_of("greeting", "thanks", "feedback", "out_of_scope", "human_agent")
class NoFacts(Facts):
    """These carry no facts."""
