"""How goods are sent back, step by step: as the order stands, or in general."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg_service.dataset.term import Term
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_case import OwnCase
from kg_service.decisions.own_or_general import area_asked, own_or_general
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.return_quote import with_returned
from kg_service.decisions.return_words import day_words
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.after_sale import in_force, term_basis
from kg_service.rules.catalogue import Goods
from kg_service.rules.freight import return_payer
from kg_service.rules.law import SEVEN_DAYS, article
from kg_service.rules.refund_due import refund_days
from kg_service.rules.returns import build_case
from kg_service.rules.scope import covers, covers_everything
from kg_service.rules.windows import STATUTORY_DAYS, Window, return_window
from kg_service.trace import Basis, Step

__all__ = ["return_process"]

_NEVER = frozenset({"CUSTOM_MADE", "PERISHABLE", "PERIODICAL"})


@decider("return_process")
def return_process(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The steps: cancel what is not shipped, refuse what is under way, apply and send back what was received."""
    own = yield from own_or_general(with_returned(frame), asker, default_role="RETURNED", need_line=False)
    if isinstance(own, Decision):
        return own
    if own is None:
        return (yield from _in_general(frame, asker))
    return _of_order(frame, asker, own)


def _of_order(frame: Frame, asker: Asker, own: OwnCase) -> Decision:
    order, case = own.order, own.case
    ready = build_case(order, case.promotions, case.terms, case.catalogue)
    reason = frame.reason or "NO_REASON"
    chosen = [one.line.line_id for one in own.resolution.chosen if one.role not in ("KEPT", "GIFT")]
    lines = [line for line in order.lines if line.line_id in chosen] or [
        line for line in order.lines if line.role not in ("GIFT", "SERVICE")
    ]
    windows = [return_window(order, line, ready.goods_of(line), case.terms, reason, asker.now) for line in lines]
    window = next((one for one in windows if one.eligible), None) or next(
        (w for w in windows if w.eligible is None), windows[0]
    )
    goods = [ready.goods_of(line) for line in lines]
    term = _return_term(case.terms, goods, order.placed_at)
    refund = refund_days(case.terms, goods, order.placed_at)
    payers = {return_payer(one, reason, case.terms, order.placed_at) for one in goods}
    payer, payer_basis = next((one for one in payers if one[0] == "BUYER"), None) or next(iter(payers))
    steps = _steps(window, paid=bool(order.payments) or order.paid_at is not None)
    sent = "SEND_BACK" in steps
    ends = [one.ends for one in windows if one.eligible and one.ends is not None]
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "steps": steps,
        "term_id": term.id,
        "eligible": window.eligible,
        "reasons": list(window.reasons),
        "window_ends": min(ends) if ends else window.ends,
        "refund_days": refund.days if "REFUND" in steps else None,
        "freight_payer": payer if sent else None,
    }
    return Decision(
        "ANSWERED",
        facts=facts,
        trace=[_step(steps, order.status, window, term), *refund.trace, _payer_step(payer, reason, payer_basis)],
        words={
            "goods": "、".join(case.names.get(line.line_id, line.line_id) for line in lines) if chosen else "",
            "day": day_words(own.resolution.lines),
            "recent": own.resolution.how == "RECENT",
            "gifts": [case.names.get(line.line_id, "") for line in order.lines if line.role == "GIFT"] if sent else [],
            "undecided": list(window.missing),
            "reason": reason,
        },
        graph=case.graph,
        variant="OWN",
    )


def _in_general(frame: Frame, asker: Asker) -> Flow[Decision]:
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    terms = yield from terms_in_force("RETURN", asker.now)
    refund_terms = yield from terms_in_force("REFUND", asker.now)
    freight_terms = yield from terms_in_force("FREIGHT", asker.now)
    goods = [area.goods] if area.goods is not None else []
    reason = frame.reason or "NO_REASON"
    term = _return_term(terms, goods, asker.now)
    refund = refund_days(refund_terms, goods, asker.now)
    payer, payer_basis = return_payer(area.goods, reason, freight_terms, asker.now)
    lifted = any(one.values.lifts_exclusions and covers(one.scope, area.goods) for one in terms) if area.goods else False
    barred = reason == "NO_REASON" and area.return_class in _NEVER and not lifted
    steps = ["CONTACT_SELLER"] if barred else ["APPLY", "SEND_BACK", "REFUND"]
    facts: dict[str, Any] = {
        "steps": steps,
        "term_id": term.id,
        "eligible": False if barred else None,
        "reasons": [f"CLASS_{area.return_class}"] if barred else [],
        "window_days": None if barred else _window_days(terms, goods, asker.now),
        "refund_days": None if barred else refund.days,
        "freight_payer": None if barred else payer,
    }
    return Decision(
        "ANSWERED",
        facts=facts,
        trace=[
            Step(rule="return_process", inputs={"return_class": area.return_class}, result=steps, basis=term),
            *refund.trace,
            _payer_step(payer, reason, payer_basis),
        ],
        words={"goods": area.name or "", "reason": reason},
        variant="GENERAL",
    )


def _steps(window: Window, *, paid: bool) -> list[str]:
    """What to do, by why and whether the goods may come back."""
    back = ["REFUND"] if paid else []
    if "ORDER_CANCELLED" in window.reasons:
        return []
    if "NOT_SHIPPED_CANCEL" in window.reasons:
        return ["CANCEL_ORDER", *back]
    if "NOT_RECEIVED_REFUSE_PARCEL" in window.reasons:
        return ["REFUSE_PARCEL", *back]
    if window.eligible is False:
        return ["CONTACT_SELLER"]
    return ["APPLY", "SEND_BACK", "REFUND"]


def _return_term(terms: Sequence[Term], goods: Sequence[Goods], at: int) -> Basis:
    """Who says it: the term with the longest window that covers the goods, else the statute."""
    found = _covering(terms, goods, at)
    best = max(found, key=lambda term: (term.values.window_days or 0, term.term_id), default=None)
    if best is None or (best.values.window_days or 0) < STATUTORY_DAYS:
        return article(SEVEN_DAYS, "第十条")
    return term_basis(best)


def _window_days(terms: Sequence[Term], goods: Sequence[Goods], at: int) -> int:
    return max([STATUTORY_DAYS, *(term.values.window_days or 0 for term in _covering(terms, goods, at))])


def _covering(terms: Sequence[Term], goods: Sequence[Goods], at: int) -> list[Term]:
    return [
        term
        for term in in_force(terms, at, topic="RETURN")
        if term.values.window_days is not None
        and term.values.no_reason is not False
        and (all(covers(term.scope, one) is True for one in goods) if goods else covers_everything(term.scope))
    ]


def _step(steps: Sequence[str], status: str, window: Window, term: Basis) -> Step:
    inputs = {"status": status, "reasons": list(window.reasons), "window_ends": str(window.ends or "")}
    return Step(rule="return_process", inputs=inputs, result=list(steps), basis=term)


def _payer_step(payer: str, reason: str, basis: Basis) -> Step:
    return Step(rule="return_freight_payer", inputs={"reasons": [reason]}, result=payer, basis=basis)
