"""Refusing a parcel: what is not yet received may be refused, with the figures of a return (promotions.md section 6)."""

from __future__ import annotations

import re
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.own_case import OwnCase, read_own_case
from kg_service.decisions.own_or_general import area_asked, speaks_of_own
from kg_service.decisions.parcels import Parcel, narrowed_by_status, parcels_of, trouble_said, without_movement_times
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.return_quote import Quoted, class_bars, quote_case, quote_facts, with_returned
from kg_service.decisions.return_words import day_words
from kg_service.decisions.term_answers import put
from kg_service.dialogue.references import said_in
from kg_service.graph.order_graph import node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.freight import return_payer
from kg_service.rules.law import CONSUMER_LAW, SEVEN_DAYS, article
from kg_service.rules.quote import ReturnQuote
from kg_service.rules.receipt import receipt_of
from kg_service.rules.returns import build_case
from kg_service.rules.settlement import FAULT
from kg_service.rules.windows import return_window
from kg_service.trace import Basis, Step

__all__ = ["reject_parcel"]

#: What the outside of a parcel or its contents are found to be at the door is the seller's to answer for.
_REASONS = {
    "DAMAGED": "QUALITY",
    "WRONG_GOODS": "SELLER_FAULT",
    "MISSING_GOODS": "SELLER_FAULT",
    "EMPTY_PARCEL": "SELLER_FAULT",
}


_UNHARMED = re.compile(r"(没有?|未|不|无)(破|坏|碎|烂|损|裂|漏|湿|问题|毛病)")


@decider("reject_parcel")
def reject_parcel(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Whether the parcel can still be refused, what comes back, and who pays the way; received: to be returned instead."""
    frame = with_returned(_with_reason(without_movement_times(frame)))
    if asker.user_id is None and asker.role == "customer" and not speaks_of_own(frame, asker):
        return (yield from _in_general(frame, asker))

    def read(asked: Frame, who: Asker) -> Flow[OwnCase | Decision]:
        return (yield from read_own_case(asked, who, default_role="RETURNED", need_line=False))

    own = yield from narrowed_by_status(frame, asker, read, ("SHIPPED",))
    if isinstance(own, OwnCase):
        return _of_order(frame, asker, own)
    if own.status == "CLARIFY" and not speaks_of_own(frame, asker) and not said_in(frame).goods:
        return (yield from _in_general(frame, asker))
    return own


def _with_reason(frame: Frame) -> Frame:
    """The frame with the reason its words give; what is said not to be damaged is no fault ("包装没破,就是不想要")."""
    if frame.reason in FAULT:
        denied = _UNHARMED.search(frame.text) is not None and trouble_said(frame, "contents") is None
        return frame.model_copy(update={"reason": None}) if denied else frame
    said = _REASONS.get(trouble_said(frame, "contents") or "")
    return frame.model_copy(update={"reason": said}) if said else frame


def _of_order(frame: Frame, asker: Asker, own: OwnCase) -> Decision:
    order, case = own.order, own.case
    reason = frame.reason or "NO_REASON"
    parcels = parcels_of(order, _named(own), own.resolution.tracking_nos)
    units = _units(own, parcels)
    action = _action(order.status, order.received_at is not None, parcels)
    if action == "NONE" or not units:
        # cancelled, or all of it gone back already
        return Decision(
            "ANSWERED",
            facts={"order_id": order.order_id, "placed_at": order.placed_at, "action": "NONE", "order_status": order.status},
            verdict=put("NO", frame) if yes_no(frame) else None,
            trace=[_step(order.status, "NONE", Basis(kind="RECORD", id=node_id("Order", order.order_id)))],
            words=_words(own, [], None),
            variant="NOTHING",
            graph=case.graph,
        )
    quote = quote_case(case, units, frame, asker)
    basis = _basis(own, units, reason, asker.now)
    if action == "RETURN_INSTEAD" and quote.eligible is False:
        action = "CONTACT_SELLER"
    quoted = Quoted(own.resolution, case, quote)
    barred = class_bars(order, case, units, frame)
    facts: dict[str, Any] = {
        **quote_facts(quoted, frame),
        "reason": reason,
        "action": action,
        "term_id": basis.id,
        "order_status": order.status,
        "freight_payer": quote.freight.return_payer if action != "CANCEL_INSTEAD" else None,
    }
    return Decision(
        "ANSWERED",
        facts=facts,
        verdict=_verdict(frame, action, quote),
        trace=[*quote.trace, _step(order.status, action, basis)],
        words={
            **_words(own, list(units), basis),
            "no_right": [case.names.get(key, key) for key in barred],
            "no_right_code": next(iter(barred.values()), ""),
            "payer_basis": next((one.basis for one in quote.trace if one.rule == "return_freight_payer"), None),
            "missing_facts": list(quote.missing) if quote.refund_amount is None else [],
        },
        variant="OWN",
        graph=case.graph,
    )


def _named(own: OwnCase) -> list[str]:
    return [one.line.line_id for one in own.resolution.chosen if one.role not in ("KEPT", "GIFT")]


def _units(own: OwnCase, parcels: list[Parcel] | None) -> dict[str, int]:
    """What goes back: whole parcels, for a parcel cannot be refused in part; gifts go with their condition."""
    inside = {line_id for one in parcels or [] for line_id in one.shipment.line_ids or ()}
    waiting = {line_id for one in parcels or [] if not one.delivered for line_id in one.shipment.line_ids or ()}
    wanted = waiting or inside
    return {
        line.line_id: line.remaining
        for line in own.resolution.lines
        if line.remaining and line.role not in ("GIFT", "SERVICE") and (not wanted or line.line_id in wanted)
    }


def _action(status: str, received: bool, parcels: list[Parcel] | None) -> str:
    if status == "CANCELLED":
        return "NONE"
    if status in ("PLACED", "PAID"):
        return "CANCEL_INSTEAD"
    came = bool(parcels) and all(one.delivered for one in parcels or [])
    if received or status in ("RECEIVED", "CLOSED") or came:
        return "RETURN_INSTEAD"
    return "REFUSE_PARCEL"


def _basis(own: OwnCase, units: dict[str, int], reason: str, now: int) -> Basis:
    ready = build_case(own.order, own.case.promotions, own.case.terms, own.case.catalogue)
    line = ready.lines[next(iter(units))]
    found = return_window(own.order, line, ready.goods_of(line), own.case.terms, reason, now)
    if reason in FAULT and not receipt_of(own.order, line.line_id).came:
        return article(CONSUMER_LAW, "第二十四条")
    return found.basis[0]


def _step(status: str, action: str, basis: Basis) -> Step:
    return Step(rule="reject_parcel", inputs={"order_status": status}, result=action, basis=basis)


def _words(own: OwnCase, line_ids: list[str], basis: Basis | None) -> dict[str, Any]:
    names = own.case.names
    all_of_it = set(line_ids) >= {line.line_id for line in own.order.lines if line.role not in ("GIFT", "SERVICE")}
    return {
        "no_right": [],
        "no_right_code": "",
        "goods": [names.get(key, key) for key in line_ids],
        "more": bool(_named(own)) and set(line_ids) > set(_named(own)),
        "all": all_of_it,
        "gifts": [names.get(line.line_id, "") for line in own.order.lines if line.role == "GIFT"],
        "basis": basis,
        "day": day_words(own.resolution.lines),
        "recent": own.resolution.how == "RECENT",
    }


def _verdict(frame: Frame, action: str, quote: ReturnQuote) -> Verdict | None:
    if not yes_no(frame):
        return None
    if action == "REFUSE_PARCEL":
        return "DEPENDS" if quote.eligible is None else put("YES" if quote.eligible else "NO", frame)
    return put("NO", frame)


def _in_general(frame: Frame, asker: Asker) -> Flow[Decision]:
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    reason = frame.reason or "NO_REASON"
    terms = yield from terms_in_force("FREIGHT", asker.now)
    payer, payer_basis = return_payer(area.goods, reason, terms, asker.now)
    basis = article(CONSUMER_LAW, "第二十四条") if reason in FAULT else article(SEVEN_DAYS, "第十条")
    return Decision(
        "ANSWERED",
        facts={"action": "REFUSE_PARCEL", "term_id": basis.id, "reason": reason, "freight_payer": payer},
        verdict=put("YES" if reason in FAULT else "DEPENDS", frame) if yes_no(frame) else None,
        trace=[
            Step(rule="reject_parcel", inputs={"reason": reason}, result="REFUSE_PARCEL", basis=basis),
            Step(rule="return_freight_payer", inputs={"reasons": [reason]}, result=payer, basis=payer_basis),
        ],
        words={"basis": basis, "payer_basis": payer_basis, "name": area.name or ""},
        variant="GENERAL",
    )
