"""What to do when a parcel does not come as it should: signed for but not received, stuck, lost, sent back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.order import Order
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.own_or_general import speaks_of_own
from kg_service.decisions.parcels import (
    E_COMMERCE_LAW,
    Parcel,
    narrowed_by_status,
    parcel_facts,
    parcels_of,
    trouble_said,
    without_movement_times,
)
from kg_service.decisions.return_words import day_words
from kg_service.decisions.term_answers import put
from kg_service.graph.order_graph import node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.law import article
from kg_service.times import day_of, format_instant
from kg_service.trace import Basis, Step

__all__ = ["logistics_problem"]

#: A parcel is stuck when nothing was recorded since the day before yesterday; until then it is merely on its way.
_IDLE_DAYS = 2
_LOST = re.compile(r"丢|遗失|灭失|找不到")
_BEFORE = {"CANCELLED": ("ORDER_CANCELLED", "NONE"), "PLACED": ("NOT_PAID", "PAY"), "PAID": ("NOT_SHIPPED", "URGE_SHIPMENT")}
#: What is to be done about what the customer says, where no record is asked.
_IN_GENERAL = {
    "SIGNED_NOT_RECEIVED": "VERIFY_SIGNATURE",
    "LOST": "TRACE_PARCEL",
    "RETURNING": "CONTACT_SELLER",
    "LEFT_ELSEWHERE": "CONTACT_CARRIER",
    "MISROUTED": "CONTACT_CARRIER",
    "EXCEPTION": "CONTACT_CARRIER",
}
#: Troubles the customer tells of that the record of a parcel under way does not settle.
_SAID_COUNTS = {"LOST": "TRACE_PARCEL", "LEFT_ELSEWHERE": "CONTACT_CARRIER", "MISROUTED": "CONTACT_CARRIER"}
#: The more it needs doing something, the earlier it is told.
_URGENCY = ("LOST", "RETURNING", "EXCEPTION", "SIGNED_NOT_RECEIVED", "MISROUTED", "LEFT_ELSEWHERE", "STALLED", "NO_EVENTS")


@dataclass(frozen=True)
class _Found:
    """What is the matter with one parcel or, without one, with the order."""

    problem: str
    action: str
    parcel: Parcel | None = None
    days: int | None = None

    @property
    def urgency(self) -> int:
        return _URGENCY.index(self.problem) if self.problem in _URGENCY else len(_URGENCY)


@decider("logistics_problem")
def logistics_problem(frame: Frame, asker: Asker) -> Flow[Decision]:
    """What the record says of the parcel, and what to do by it; without a purchase of their own, the rule as such."""
    frame = without_movement_times(frame)
    said = trouble_said(frame, "journey")
    if asker.user_id is None and asker.role == "customer" and not speaks_of_own(frame, asker):
        return _in_general(said)
    statuses = ("SHIPPED", "RECEIVED") if said in ("SIGNED_NOT_RECEIVED", "LEFT_ELSEWHERE") else ("SHIPPED",)
    own = yield from narrowed_by_status(frame, asker, read_own_order, statuses)
    if isinstance(own, Decision):
        return own
    line_ids = [one.line.line_id for one in own.resolution.chosen]
    parcels = parcels_of(own.order, line_ids, own.resolution.tracking_nos)
    missing = _missing(own.order, parcels, said)
    if missing:
        return _decision(frame, own, None, parcels or [], missing)
    found = [_of_parcel(one, said, asker.now) for one in parcels or [] if one.known]
    worst = (
        min(found, key=lambda one: (one.urgency, not _handed_over(one)))
        if found
        else _without_parcel(own.order, said, asker.now)
    )
    if own.order.status in _BEFORE and not found:
        problem, action = _BEFORE[own.order.status]
        since = own.order.paid_at
        days = (day_of(asker.now) - day_of(since)).days if problem == "NOT_SHIPPED" and since is not None else None
        worst = _Found(problem, action, None, days)
    return _decision(frame, own, worst, parcels or [], [])


def _missing(order: Order, parcels: list[Parcel] | None, said: str | None) -> list[str]:
    """The facts without which nothing can be said of the parcels."""
    if order.status in _BEFORE:
        return []
    received = order.received_at is not None or order.status == "RECEIVED"
    if parcels is None:
        return [] if received and said == "SIGNED_NOT_RECEIVED" else [f"Order {order.order_id}.shipments"]
    if parcels and not any(one.known for one in parcels):
        return [f"Shipment {order.order_id}/{one.shipment.shipment_id}.events" for one in parcels]
    return []


def _of_parcel(parcel: Parcel, said: str | None, now: int) -> _Found:
    days = parcel.idle_days(now)
    last = parcel.last
    if last is None:
        return _Found("NO_EVENTS", "URGE_CARRIER", parcel)
    if last.status == "EXCEPTION":
        lost = _LOST.search(last.text or "") is not None
        return _Found("LOST", "CLAIM_LOSS", parcel, days) if lost else _Found("EXCEPTION", "CONTACT_CARRIER", parcel, days)
    if last.status == "RETURNING":
        return _Found("RETURNING", "CONTACT_SELLER", parcel, days)
    if last.status == "DELIVERED":
        if said in ("LEFT_ELSEWHERE", "MISROUTED"):
            return _Found(said, "CONTACT_CARRIER", parcel, days)
        signed = said in ("SIGNED_NOT_RECEIVED", "LOST")
        return _Found("SIGNED_NOT_RECEIVED" if signed else "DELIVERED", "VERIFY_SIGNATURE", parcel, days)
    if said in _SAID_COUNTS:
        return _Found(said, _SAID_COUNTS[said], parcel, days)
    if days is not None and days >= _IDLE_DAYS:
        return _Found("STALLED", "URGE_CARRIER", parcel, days)
    return _Found("ON_THE_WAY", "WAIT", parcel, days)


def _handed_over(found: _Found) -> bool:
    """Of several parcels a complaint about handing over is about the one that was handed over."""
    return found.parcel is not None and found.parcel.delivered


def _without_parcel(order: Order, said: str | None, now: int) -> _Found:
    """An order that has no parcel on record: received all the same, or known to have none."""
    if order.received_at is not None or order.status in ("RECEIVED", "CLOSED"):
        days = None if order.received_at is None else (day_of(now) - day_of(order.received_at)).days
        signed = said in ("SIGNED_NOT_RECEIVED", "LOST")
        return _Found("SIGNED_NOT_RECEIVED" if signed else "DELIVERED", "VERIFY_SIGNATURE", None, days)
    return _Found("NO_PARCEL", "CONTACT_SELLER")


def _basis(problem: str) -> Basis:
    """Handing over needs the customer's consent (第五十二条); what happens on the way is the seller's (第二十条)."""
    handed_over = problem in ("SIGNED_NOT_RECEIVED", "LEFT_ELSEWHERE", "DELIVERED")
    return article(E_COMMERCE_LAW, "第五十二条" if handed_over else "第二十条")


def _decision(frame: Frame, own: OwnCase, found: _Found | None, parcels: list[Parcel], missing: list[str]) -> Decision:
    order = own.order
    basis = _basis(found.problem if found else "")
    last = None if found is None or found.parcel is None else found.parcel.last
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "problem": found.problem if found else None,
        "action": found.action if found else None,
        "term_id": basis.id if found else None,
        "order_status": order.status,
        "shipments": parcel_facts(parcels),
        "last_event_at": None if last is None else format_instant(last.at),
        "received_at": None if order.received_at is None else format_instant(order.received_at),
        "days": found.days if found else None,
    }
    record = node_id("Order", order.order_id)
    if found is not None and found.parcel is not None:
        record = node_id("Shipment", f"{order.order_id}/{found.parcel.shipment.shipment_id}")
    steps = [
        Step(
            rule="logistics_problem.record",
            inputs={
                "status": order.status,
                "last_event": last.status if last else None,
                "last_event_at": facts["last_event_at"],
            },
            formula="days from the latest event to now",
            result=facts["days"],
            basis=Basis(kind="RECORD", id=record),
        ),
        Step(rule="logistics_problem.action", inputs={"problem": facts["problem"]}, result=facts["action"], basis=basis),
    ]
    return Decision(
        "UNKNOWN" if found is None else "ANSWERED",
        facts=facts,
        verdict=None if found is None else _verdict(frame, found),
        missing=missing,
        trace=steps,
        words={
            "basis": basis,
            "day": day_words(own.resolution.lines),
            "recent": own.resolution.how == "RECENT",
            "parcel": parcel_facts([found.parcel])[0] if found and found.parcel else None,
            "said": trouble_said(frame, "journey"),
        },
        graph=own.case.graph,
        variant="UNKNOWN_OWN" if found is None else "OWN",
    )


def _verdict(frame: Frame, found: _Found) -> Verdict | None:
    """Whether what is asked is so ("是不是丢了")."""
    if not yes_no(frame) or trouble_said(frame, "journey") != "LOST":
        return None
    if found.problem == "LOST" and found.action == "CLAIM_LOSS":
        return put("YES", frame)
    return put("NO" if found.parcel is not None and found.parcel.delivered else "DEPENDS", frame)


def _in_general(said: str | None) -> Decision:
    problem = said or "STALLED"
    basis = _basis(problem)
    action = _IN_GENERAL.get(problem, "URGE_CARRIER")
    return Decision(
        "ANSWERED",
        facts={"problem": problem, "action": action, "term_id": basis.id},
        trace=[Step(rule="logistics_problem.action", inputs={"problem": problem}, result=action, basis=basis)],
        words={"basis": basis},
        variant="GENERAL",
    )
