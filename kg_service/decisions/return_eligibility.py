"""May it come back, and until when (promotions.md section 7)."""

from __future__ import annotations

from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no
from kg_service.decisions.own_case import OwnCase, read_own_case
from kg_service.decisions.return_quote import class_bars, quote_case
from kg_service.decisions.return_words import day_words
from kg_service.decisions.told_state import state_told
from kg_service.dialogue.resolution import Resolution, not_found
from kg_service.graph.case import Case
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.after_sale import in_force
from kg_service.rules.quote import LineEligibility, ReturnQuote
from kg_service.rules.returns import build_case
from kg_service.rules.scope import covers
from kg_service.rules.windows import return_window

__all__ = ["return_eligibility"]


#: Orders whose goods have not left the seller.
_NOT_SENT = frozenset({"PLACED", "PAID"})


@decider("return_eligibility")
def return_eligibility(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Each line asked about (what remains of the order when none is named), as if it came back alone."""
    own = yield from read_own_case(frame, asker, default_role="ASKED", need_line=False)
    if isinstance(own, Decision):
        return own
    resolution, case = own.resolution, own.case
    asked = _asked(resolution)
    if not asked:
        return not_found("可以退的商品")
    quotes = {line_id: quote_case(case, {line_id: units}, frame, asker) for line_id, units in asked.items()}
    barred = class_bars(own.order, case, asked, frame) if own.order.status in _NOT_SENT else {}
    lines = [_barred(_line(line_id, quote), barred.get(line_id)) for line_id, quote in quotes.items()]
    missing = [fact for line in lines if line.eligible is None for fact in _unknown(case, line.line_id, frame, asker)]
    unknown = bool(missing) and all(line.eligible is None for line in lines)
    only = lines[0] if len(lines) == 1 else None
    facts: dict[str, Any] = {
        "order_id": resolution.sure_order,
        "placed_at": own.order.placed_at,
        "lines": [line.model_dump() for line in lines],
        "eligible": only.eligible if only else None,
        "window_ends": only.window_ends if only else None,
        "reasons": only.reasons if only else [],
    }
    trace = [step for quote in quotes.values() for step in quote.trace if step.rule == "return_window"]
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        verdict=None if unknown or not may_be_yes_no(frame) else _verdict(lines, frame),
        trace=trace,
        missing=missing if unknown else [],
        words={
            "names": case.names,
            "day": day_words(resolution.lines),
            "recent": resolution.how == "RECENT",
            "reason": frame.reason or "NO_REASON",
            "form": frame.question_form,
            "whole_line": any(one.whole_line for one in resolution.chosen),
            "order_status": own.order.status,
            "returning": [line.label for line in resolution.lines if line.returned_quantity and not line.remaining]
            if not resolution.chosen
            else [],
            **no_right_words(own, [] if barred else list(asked), frame),
            **told_words(own, frame, list(asked)),
        },
        graph=case.graph,
    )


def _barred(line: LineEligibility, code: str | None) -> LineEligibility:
    """A line that may be cancelled now, but never goes back without a reason once it has come, as the question supposes."""
    return line if code is None else line.model_copy(update={"eligible": False, "window_ends": None, "reasons": [code]})


def no_right_words(own: OwnCase, line_ids: list[str], frame: Frame) -> dict[str, Any]:
    """Goods under way that may never go back without a reason: refusing the parcel does not give that right, either."""
    found = class_bars(own.order, own.case, line_ids, frame)
    return {
        "no_right": [own.case.names.get(key, key) for key in found],
        "no_right_code": next(iter(found.values()), ""),
    }


def told_words(own: OwnCase, frame: Frame, line_ids: list[str]) -> dict[str, Any]:
    """What the wording says of a state that the question tells: the term's condition, and a record that says otherwise."""
    told = state_told(frame)
    recorded = {line.line_id: line.condition for line in (own.recorded or own.order).lines}
    ready = build_case(own.order, own.case.promotions, own.case.terms, own.case.catalogue)
    terms = [
        term.text
        for term in in_force(own.case.terms, own.order.placed_at, topic="RETURN")
        if term.basis != "STATUTE"
        and (term.values.window_days is not None or term.values.conditions)
        and any(covers(term.scope, ready.goods_of(ready.lines[key])) is True for key in line_ids)
    ]
    return {
        "told": None if told is None else told[0],
        "intact_on_record": told is not None and any(recorded.get(key) == "INTACT" for key in line_ids),
        "conditions": terms if told is not None else [],
    }


def _asked(resolution: Resolution) -> dict[str, int]:
    going = [one for one in resolution.chosen if one.role not in ("KEPT", "GIFT")] or resolution.chosen
    chosen = {one.line.line_id: one.quantity for one in going}
    if chosen:
        return chosen
    goods = [line for line in resolution.lines if line.role not in ("GIFT", "SERVICE")]
    return {line.line_id: line.remaining for line in goods if line.remaining}


def _line(line_id: str, quote: ReturnQuote) -> LineEligibility:
    found = next((line for line in quote.lines if line.line_id == line_id), None)
    if found is None:
        return LineEligibility(line_id=line_id, eligible=quote.eligible, reasons=quote.reasons)
    if "REFUSED_BY_TERM" in quote.reasons:
        reasons = ["REFUSED_BY_TERM", *(one for one in found.reasons if one != "IN_WINDOW")]
        return found.model_copy(update={"eligible": False, "reasons": reasons})
    return found


def _unknown(case: Case, line_id: str, frame: Frame, asker: Asker) -> tuple[str, ...]:
    """The facts that keep a line's eligibility from being decided."""
    if case.order is None:
        return ()
    ready = build_case(case.order, case.promotions, case.terms, case.catalogue)
    line = ready.lines[line_id]
    goods = ready.goods_of(line)
    return return_window(case.order, line, goods, case.terms, frame.reason or "NO_REASON", asker.now).missing


def _verdict(lines: list[LineEligibility], frame: Frame) -> Verdict:
    found = {line.eligible for line in lines}
    if found == {True}:
        verdict: Verdict = "YES"
    elif found == {False}:
        verdict = "NO"
    else:
        verdict = "PARTLY" if {True, False} <= found else "DEPENDS"
    if frame.asks in ("IMPOSSIBLE", "LOST"):
        return "NO" if verdict == "YES" else "YES" if verdict == "NO" else verdict
    return verdict
