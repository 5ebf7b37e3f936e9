"""Does a presale deposit come back (promotions.md section 7; terms of topic PRESALE)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.own_or_general import area_asked, speaks_of_own
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.term_answers import in_general, own_words, put, term_facts, terms_graph, wants_verdict
from kg_service.dialogue.choice import which_order
from kg_service.dialogue.resolution import read_own_lines
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.law import CONSUMER_LAW, article
from kg_service.rules.presale import deposit, deposit_terms
from kg_service.rules.returns import build_case
from kg_service.rules.trace import window_steps
from kg_service.rules.windows import return_window
from kg_service.trace import Step

__all__ = ["presale_deposit"]

#: The seller does not deliver: more than the reasons of a return say.
_SELLER = re.compile(
    r"(商家|卖家|店家|店铺|平台|你们|他们)[^,。?!]{0,8}(不发货|发不了|没货|缺货|无货|断货|取消|砍单|违约|责任|的错|原因|跑路|倒闭|不卖|延期)"
    r"|(一直|迟迟|到期|逾期|就是|到现在)[^,。?!]{0,4}(不发货|没发货|不发)|(缺货|没货|断货|不给发货|发不出货)"
)


@decider("presale_deposit")
def presale_deposit(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The presale order of the asker's that is meant; else the terms as such."""
    if frame.reason is None and _SELLER.search(frame.text):
        frame = frame.model_copy(update={"reason": "SELLER_FAULT"})
    order_id = None
    says_which = _says_which(frame, asker)
    if asker.user_id is not None and asker.known and not says_which:
        presales = yield Query("order/own_presales", {"user_id": asker.user_id})
        waiting = [row for row in presales if row["status"] == "PLACED"]
        meant = waiting if len(waiting) == 1 else presales
        if len(meant) > 1:
            lines = yield from read_own_lines(asker.user_id)
            several = {row["order_id"] for row in meant}
            return which_order([line for line in lines if line.order_id in several], ())
        order_id = meant[0]["order_id"] if meant else None
    if order_id is None and not says_which and not speaks_of_own(frame, asker):
        return (yield from _policy(frame, asker))
    own = yield from read_own_order(frame, asker if order_id is None else replace(asker, order_id=order_id))
    return _own(frame, asker, own) if isinstance(own, OwnCase) else own


def _says_which(frame: Frame, asker: Asker) -> bool:
    """Whether the question or the caller says which order: by its id, a time, or goods of it."""
    if asker.order_id is not None or frame.period is not None:
        return True
    return any(ref.kind in ("order", "line") for one in frame.mentions for ref in one.refs)


def _own(frame: Frame, asker: Asker, own: OwnCase) -> Decision:
    order, case = own.order, own.case
    found = deposit(order, case.promotions, case.terms, frame.reason or "NO_REASON", catalogue=case.catalogue)
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        **found.model_dump(include={"refundable", "deposit", "reason", "balance_paid"}),
    }
    trace = list(found.trace)
    returnable: bool | None = None
    if found.reason == "BALANCE_PAID":
        ready = build_case(order, case.promotions, case.terms, case.catalogue)
        lines = [line for line in order.lines if line.role != "GIFT"]
        reason = frame.reason or "NO_REASON"
        windows = [return_window(order, line, ready.goods_of(line), case.terms, reason, asker.now) for line in lines]
        trace += window_steps(windows, ready)
        open_ = [one for one in windows if one.eligible]
        returnable = True if open_ else None if any(one.eligible is None for one in windows) else False
        facts["return_eligible"] = returnable
        facts["window_ends"] = max((one.ends for one in open_ or windows if one.ends is not None), default=None)
    verdict: Verdict | None = None
    if wants_verdict(frame) and found.refundable is not None:
        verdict = put("YES" if found.refundable else "NO", frame)
        if found.reason == "BALANCE_PAID" and not returnable:
            verdict = "DEPENDS"
    # the amount is all that is asked for, and the record does not have it
    asked_amount = frame.question_form == "AMOUNT" and found.deposit is None and found.reason != "NOT_PRESALE"
    missing = [*found.missing, *([f"Order {order.order_id}.deposit"] if asked_amount else [])]
    return Decision(
        "UNKNOWN" if missing else "ANSWERED",
        facts=facts,
        verdict=None if missing else verdict,
        trace=trace,
        missing=missing,
        words=own_words(own, [line.line_id for line in order.lines if line.role != "GIFT"]),
        variant="UNKNOWN" if missing else "OWN",
        graph=case.graph,
    )


def _policy(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The terms as such; through the seller's fault a deposit comes back whatever they say."""
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    terms = [term for term in (yield from terms_in_force("PRESALE", asker.now)) if area.applies(term.scope)]
    if frame.reason in ("QUALITY", "SELLER_FAULT"):
        basis = article(CONSUMER_LAW, "第五十三条")
        step = Step(rule="presale.deposit_refundable", inputs={"reason": frame.reason}, result=True, basis=basis)
        facts: dict[str, Any] = {"refundable": True, "reason": "SELLER_FAULT", "terms": term_facts(terms)}
        return Decision("ANSWERED", facts=facts, verdict=put("YES", frame) if wants_verdict(frame) else None, trace=[step],
                        words={"name": area.name}, variant="SELLER_FAULT", graph=terms_graph(area, terms))  # fmt: skip
    stated = {term.values.deposit_refundable for term in terms if term.values.deposit_refundable is not None}
    refundable = deposit_terms(terms)[0] if area.goods is not None or len(stated) == 1 else None
    verdict: Verdict | None = None
    if wants_verdict(frame) and terms:
        verdict = "DEPENDS" if refundable is None else put("YES" if refundable else "NO", frame)
    facts = {"refundable": refundable, "reason": None if refundable is None else "BY_TERM"}
    return in_general("PRESALE", area, terms, facts, verdict)
