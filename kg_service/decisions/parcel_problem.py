"""What to do when the wrong goods came, too few, or damaged ones (消费者权益保护法 第二十四条, 第四十八条)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.order import Order
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.own_case import OwnCase, read_own_case
from kg_service.decisions.own_or_general import area_asked, speaks_of_own
from kg_service.decisions.parcels import (
    E_COMMERCE_LAW,
    Parcel,
    narrowed_by_status,
    parcel_facts,
    parcels_of,
    trouble_said,
    without_movement_times,
)
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.return_words import day_words
from kg_service.decisions.term_answers import put
from kg_service.dialogue.references import ID_KINDS, kinds_of
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.after_sale import term_basis
from kg_service.rules.law import CONSUMER_LAW, article
from kg_service.rules.quality import QualityRemedies, quality_remedies
from kg_service.rules.returns import build_case
from kg_service.rules.scope import covers, covers_everything
from kg_service.rules.windows import STATUTORY_DAYS, return_window
from kg_service.trace import Basis, Step

__all__ = ["parcel_problem"]

_TOO_FEW = frozenset({"MISSING_GOODS", "MISSING_GIFT", "EMPTY_PARCEL"})
_BEFORE = {"CANCELLED": "NONE", "PLACED": "PAY", "PAID": "URGE_SHIPMENT"}
#: What came instead of what was ordered is said after these; it is in no order.
_GOT = re.compile(r"(发|寄|送|给|换|变|弄|配|拿|装)(来|成|错成|了个|了件|我)|收到的?(是|却)|来的(是|却)|结果(是|来)")


@decider("parcel_problem")
def parcel_problem(frame: Frame, asker: Asker) -> Flow[Decision]:
    """What is open by the record: the rest is still on its way, it can be refused, made up for, exchanged or sent back."""
    problem = trouble_said(frame, "contents") or "DAMAGED"
    frame = _about_what_was_ordered(without_movement_times(frame), problem)
    if asker.user_id is None and asker.role == "customer" and not speaks_of_own(frame, asker):
        return (yield from _in_general(frame, asker, problem))

    def read(asked: Frame, who: Asker) -> Flow[OwnCase | Decision]:
        return (yield from read_own_case(asked, who, default_role="ASKED", need_line=False))

    own = yield from narrowed_by_status(frame, asker, read, ("SHIPPED", "RECEIVED"))
    if isinstance(own, Decision) and own.status == "NOT_FOUND" and problem in _TOO_FEW:
        # what is missing may be a part of the goods that the catalogue also has on its own ("手机少了充电头")
        bare = _without_what_lacks(frame)
        own = own if bare is None else (yield from narrowed_by_status(bare, asker, read, ("SHIPPED", "RECEIVED")))
    if isinstance(own, Decision):
        return own
    return _of_order(frame, asker, own, problem)


def _about_what_was_ordered(frame: Frame, problem: str) -> Frame:
    """Without what came by mistake, which no order holds; whatever else is named is what the question is about."""
    cut = _GOT.search(frame.text) if problem == "WRONG_GOODS" else None
    kept = [one for one in frame.mentions if cut is None or one.start < cut.start()]
    if problem == "WRONG_GOODS":
        kept = [one for one in kept if kinds_of(one) != {"spec"}]
    if problem in _TOO_FEW:
        # a part the catalogue does not know ("少了螺丝") belongs to the goods and names none
        kept = [one for one in kept if kinds_of(one) != {"words"}]
    return frame.model_copy(
        update={"mentions": tuple(one.model_copy(update={"role": "ASKED"}) for one in kept), "quantity": None}
    )


_LACKS = re.compile(r"少|漏|缺|没|补")


def _without_what_lacks(frame: Frame) -> Frame | None:
    """The frame without what is said to be missing; None where nothing is."""
    cut = _LACKS.search(frame.text)
    kept = tuple(one for one in frame.mentions if cut is None or one.start < cut.start() or kinds_of(one) & ID_KINDS)
    return frame.model_copy(update={"mentions": kept}) if len(kept) < len(frame.mentions) else None


def _of_order(frame: Frame, asker: Asker, own: OwnCase, problem: str) -> Decision:
    order, case = own.order, own.case
    named = [one.line.line_id for one in own.resolution.chosen]
    gifts = [line.line_id for line in order.lines if line.role == "GIFT"]
    asked = named or (gifts if problem == "MISSING_GIFT" else [])
    line_ids = asked or [line.line_id for line in order.lines if line.role not in ("GIFT", "SERVICE")]
    parcels = parcels_of(order, asked, own.resolution.tracking_nos)
    ready = build_case(order, case.promotions, case.terms, case.catalogue)
    remedies = [
        quality_remedies(order, ready.lines[key], ready.goods_of(ready.lines[key]), case.terms, asker.now) for key in line_ids
    ]
    window_basis = _window_basis(own, line_ids, asker.now)
    remedy = _soonest(remedies)
    if problem == "MISSING_GIFT" and not gifts and not named and order.status not in _BEFORE:
        action = "NO_GIFT_RECORDED"
    else:
        action = _action(order, problem, parcels or [], remedy, named=bool(asked))
    basis = _basis(problem, action, window_basis)
    unknown = action == "CONTACT_SELLER" and bool(remedy.missing)
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "problem": problem,
        "action": None if unknown else action,
        "term_id": basis.id,
        "order_status": order.status,
        "shipments": parcel_facts(parcels or []),
        "line_ids": line_ids,
        "options": remedy.options if action in ("RESEND", "RETURN_OR_EXCHANGE") else [],
        "window_ends": remedy.window_ends if action in ("RESEND", "RETURN_OR_EXCHANGE") else None,
        "freight_payer": "SELLER" if action in ("RESEND", "RETURN_OR_EXCHANGE", "REFUSE_PARCEL") else None,
    }
    step = Step(
        rule="parcel_problem.action",
        inputs={
            "problem": problem,
            "order_status": order.status,
            "parcels": [one.status for one in parcels or []],
            "options": list(remedy.options),
            "window_ends": str(remedy.window_ends or ""),
        },
        result=facts["action"],
        basis=basis,
    )
    waiting = [one for one in parcels_of(order) or [] if not one.delivered]
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        verdict=None if unknown else _verdict(frame, action),
        missing=remedy.missing if unknown else [],
        trace=[*(one for found in remedies for one in found.trace), step],
        words={
            "goods": [case.names.get(key, key) for key in asked],
            "day": day_words(own.resolution.lines),
            "recent": own.resolution.how == "RECENT",
            "basis": basis,
            "waiting": parcel_facts(waiting),
        },
        graph=case.graph,
        variant="UNKNOWN_OWN" if unknown else "OWN",
    )


def _soonest(remedies: Sequence[QualityRemedies]) -> QualityRemedies:
    """Of several lines what is open for one that has anything open, by the window that ends first."""
    open_ones = [one for one in remedies if one.options]
    if not open_ones:
        return next((one for one in remedies if one.missing), remedies[0])
    return min(open_ones, key=lambda one: (one.window_ends or date.max, -len(one.options)))


def _window_basis(own: OwnCase, line_ids: Sequence[str], now: int) -> Basis:
    """What gives the longest window for returning the lines for their quality."""
    ready = build_case(own.order, own.case.promotions, own.case.terms, own.case.catalogue)
    line = ready.lines[line_ids[0]]
    found = return_window(own.order, line, ready.goods_of(line), own.case.terms, "QUALITY", now)
    if found.days is None or found.days <= STATUTORY_DAYS:
        return article(CONSUMER_LAW, "第二十四条")
    return found.basis[0]


def _action(order: Order, problem: str, parcels: Sequence[Parcel], remedy: QualityRemedies, *, named: bool) -> str:
    if order.status in _BEFORE:
        return _BEFORE[order.status]
    delivered = [one for one in parcels if one.delivered]
    waiting = [one for one in parcels if one.known and not one.delivered]
    received = order.received_at is not None or order.status in ("RECEIVED", "CLOSED")
    if problem in _TOO_FEW:
        if waiting and (delivered or named):
            return "WAIT_FOR_PARCEL"
        if waiting and not received:
            return "INSPECT_ON_DELIVERY"
        return "RESEND"
    if not received and not delivered:
        return "REFUSE_PARCEL"
    return "RETURN_OR_EXCHANGE" if remedy.options else "CONTACT_SELLER"


def _basis(problem: str, action: str, window: Basis) -> Basis:
    if action in ("WAIT_FOR_PARCEL", "URGE_SHIPMENT", "PAY", "NONE", "NO_GIFT_RECORDED"):
        return article(E_COMMERCE_LAW, "第二十条")
    if action in ("REFUSE_PARCEL", "INSPECT_ON_DELIVERY"):
        return article(E_COMMERCE_LAW, "第五十二条")
    if problem in _TOO_FEW:
        return article(CONSUMER_LAW, "第四十八条")
    return window


def _verdict(frame: Frame, action: str) -> Verdict | None:
    """Whether something is done about it ("能补发吗", "可以换吗")."""
    if not yes_no(frame):
        return None
    if action in ("RESEND", "RETURN_OR_EXCHANGE", "REFUSE_PARCEL"):
        return put("YES", frame)
    return "DEPENDS"


def _in_general(frame: Frame, asker: Asker, problem: str) -> Flow[Decision]:
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    days, basis = STATUTORY_DAYS, article(CONSUMER_LAW, "第二十四条")
    for term in (yield from terms_in_force("RETURN", asker.now)):
        promised = term.values.quality_window_days
        fits = covers_everything(term.scope) if area.goods is None else covers(term.scope, area.goods) is True
        if promised is not None and fits and promised > days:
            days, basis = promised, term_basis(term)
    action = "RESEND" if problem in _TOO_FEW else "RETURN_OR_EXCHANGE"
    if problem in _TOO_FEW:
        basis = article(CONSUMER_LAW, "第四十八条")
    return Decision(
        "ANSWERED",
        facts={
            "problem": problem,
            "action": action,
            "term_id": basis.id,
            "options": ["RETURN", "EXCHANGE"] if action == "RETURN_OR_EXCHANGE" else [],
            "window_days": days if action == "RETURN_OR_EXCHANGE" else None,
            "freight_payer": "SELLER",
        },
        verdict=_verdict(frame, action),
        trace=[
            Step(rule="parcel_problem.action", inputs={"problem": problem, "window_days": days}, result=action, basis=basis)
        ],
        words={"basis": basis, "name": area.name or ""},
        variant="GENERAL",
    )
