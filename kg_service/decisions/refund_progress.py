"""Where a refund stands, and by when it has to be made (promotions.md section 7)."""

from __future__ import annotations

import re

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no
from kg_service.decisions.own_return import NoReturn, OwnReturn, read_own_return
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.return_progress import progress_of
from kg_service.dialogue.references import ID_KINDS
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.refund_due import RefundDue, refund_days

__all__ = ["refund_progress"]


#: Asks whether the sum is right, not whether it has come.
_TOO_LITTLE = re.compile(r"算错|少退|退少|没退够|不对|才退")


@decider("refund_progress")
def refund_progress(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The return that is meant: its status, what is paid back, by when, and whether that day has passed.

    Somebody who is not signed in and asks how long refunds take in general is told the rule; so is who has no return.
    """
    if asker.user_id is None and asker.role == "customer" and _in_general(frame):
        rule = yield from _rule(asker)
        return Decision("ANSWERED", facts=_rule_facts(rule), trace=rule.trace, variant="RULE")
    own = yield from read_own_return(frame, asker)
    if isinstance(own, Decision):
        return own
    if isinstance(own, NoReturn):
        return (yield from _no_return(own, asker))
    return _told(frame, own, asker)


def _told(frame: Frame, own: OwnReturn, asker: Asker) -> Decision:
    item = own.item
    facts, trace, missing = progress_of(own.case, own.order, item, asker.now)
    rule = refund_days(own.case.terms, [], own.order.placed_at)
    facts |= {
        "service": item.service,
        "requested_at": item.requested_at,
        "received_by_seller_at": item.received_by_seller_at,
        "refunded_at": item.refunded_at,
        "estimated": None if facts["refund_amount"] is None else item.refund_amount is None,
    }
    days = next((step for step in trace if step.rule == "refund_days"), None)
    facts |= {"days": days.result if days else rule.days, "term_id": days.basis.id if days else rule.term_id}
    decision = Decision(
        "UNKNOWN" if missing else "ANSWERED",
        facts=facts,
        trace=trace,
        missing=missing,
        words={"goods": own.goods, "basis": days.basis if days else None},
        graph=own.case.graph,
        variant="UNKNOWN_DUE" if missing else None,
    )
    asked = may_be_yes_no(frame) and frame.question_form == "YES_NO" and _TOO_LITTLE.search(frame.text) is None
    if not missing and asked and item.service == "RETURN":
        decision.verdict = "YES" if item.status == "REFUNDED" else "NO"
    return decision


def _no_return(own: NoReturn, asker: Asker) -> Flow[Decision]:
    rule = yield from _rule(asker)
    cancelled = own.order_status == "CANCELLED"
    if cancelled and not own.unpaid:
        return Decision(
            "UNKNOWN",
            facts={"order_id": own.order_id},
            missing=[f"Order {own.order_id}.refund"],
            words={"goods": own.goods},
            variant="UNKNOWN_CANCELLED",
        )
    return Decision(
        "ANSWERED",
        facts={"order_id": own.order_id, **_rule_facts(rule)},
        trace=rule.trace,
        words={"goods": own.goods, "unpaid": cancelled and own.unpaid},
        variant="NO_RETURN",
    )


def _rule(asker: Asker) -> Flow[RefundDue]:
    terms = yield from terms_in_force("REFUND", asker.now)
    return refund_days(terms, [], asker.now)


def _rule_facts(rule: RefundDue) -> dict[str, object]:
    return {"days": rule.days, "term_id": rule.trace[0].basis.id}


def _in_general(frame: Frame) -> bool:
    """Whether a question is about refunds as such: how long they take, and nothing of one's own."""
    named = any(ref.kind in ID_KINDS for mention in frame.mentions for ref in mention.refs)
    return frame.question_form in ("WHEN", "WHICH", "HOW", "WHAT") and not named and "我" not in frame.text
