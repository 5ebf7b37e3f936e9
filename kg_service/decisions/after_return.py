"""What a return does to promotions, money, gifts and coupons: four questions, one quote (promotions.md section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import NOT_YES_NO, may_be_yes_no
from kg_service.decisions.polarity import asks_whether_kept, asks_whether_lost
from kg_service.decisions.return_quote import Quoted, quote_facts, read_quote
from kg_service.decisions.return_words import quote_words
from kg_service.decisions.specs import plain
from kg_service.dialogue.references import said_in
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.quote import PromotionOutcome
from kg_service.trace import Basis, Step

__all__ = ["coupon_after_return", "gift_after_return", "promotion_after_return", "refund_amount"]

#: Of gifts and coupons one asks what becomes of them: must it go back, does it come back.
_NOT_WHETHER = NOT_YES_NO - {"WHAT"}


#: Asks whether a sum is right, not whether so much comes back.
_RIGHT = re.compile(r"对不对|对[吗么吧嘛]|没错|是不是退|算错")
#: Asks for money that an offer was worth.
_TO_ME = re.compile(r"(?:退|还|返|补|打)?给我|归我|我能拿|拿得?到")
#: From so many characters on a part of a promotion's name calls it.
_CALLED = 3


@decider("promotion_after_return")
def promotion_after_return(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Does the offer on what stays survive? The verdict answers as put: "会不会没了" YES = gone."""
    quoted = yield from read_quote(frame, asker)
    if isinstance(quoted, Decision):
        return quoted
    asked = [one.line.line_id for one in quoted.resolution.by_role("KEPT", "GIFT")]
    relevant = _relevant(quoted, asked, said_in(frame).promotion_ids or _spoken_of(quoted, frame))
    outcomes = _outcomes(relevant, asked)
    undecided = quoted.quote.refund_amount is None or "UNKNOWN" in outcomes
    decision = _decision(quoted, frame, relevant, unknown=undecided)
    if quoted.resolution.elsewhere and not asked:
        decision.verdict = _as_put("YES", frame)
        decision.variant = "OTHER_ORDER"
    elif not undecided and not relevant:
        decision.variant = "NO_PROMOTION"
        if decision.words["subsidies"] and _TO_ME.search(frame.text):
            # what a programme paid goes back to it (promotions.md section 6)
            decision.verdict = "NO"
    elif not undecided:
        decision.verdict = _as_put(_kept_verdict(outcomes), frame)
        decision.words["outcome"] = _kept_verdict(outcomes)
    return decision


@decider("refund_amount")
def refund_amount(frame: Frame, asker: Asker) -> Flow[Decision]:
    """How much comes back; asked "能退2700吗", whether that much does."""
    quoted = yield from read_quote(frame, asker)
    if isinstance(quoted, Decision):
        return quoted
    amount = quoted.quote.refund_amount
    decision = _decision(quoted, frame, quoted.quote.promotions, unknown=amount is None)
    if amount is not None and frame.amount is not None and _RIGHT.search(frame.text):
        # whether a sum is right, of a return that may be another one than this: only the same sum says yes
        decision.verdict = "YES" if amount == frame.amount else None
    elif amount is not None and frame.amount is not None and frame.question_form == "YES_NO":
        decision.verdict = "YES" if amount >= frame.amount else "PARTLY" if amount > 0 else "NO"
    elif amount is not None and frame.question_form == "YES_NO" and frame.asks == "LOST":
        # 要补钱吗
        decision.verdict = "YES" if quoted.quote.buyer_owes else "NO"
    return decision


@decider("gift_after_return")
def gift_after_return(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Must the gift go back? Asked whether it may stay, that."""
    quoted = yield from read_quote(frame, asker)
    if isinstance(quoted, Decision):
        return quoted
    actions = [gift.action for gift in quoted.quote.gifts]
    undecided = quoted.quote.refund_amount is None or "UNKNOWN" in actions
    decision = _decision(quoted, frame, quoted.quote.promotions, unknown=undecided)
    if undecided:
        decision.variant = "UNKNOWN_GIFT" if "UNKNOWN" in actions else decision.variant
    elif not actions:
        decision.variant = "NO_GIFT"
    elif frame.question_form not in _NOT_WHETHER:
        stays = [action == "KEEP" for action in actions]
        may_stay: Verdict = "YES" if all(stays) else "PARTLY" if any(stays) else "NO"
        decision.verdict = may_stay if asks_whether_kept(frame) else _opposite(may_stay)
    return decision


@decider("coupon_after_return")
def coupon_after_return(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Does the coupon come back?"""
    quoted = yield from read_quote(frame, asker)
    if isinstance(quoted, Decision):
        return quoted
    coupons = quoted.quote.coupons
    back = [coupon.returned for coupon in coupons]
    undecided = quoted.quote.refund_amount is None or None in back
    decision = _decision(quoted, frame, quoted.quote.promotions, unknown=undecided)
    if not undecided and not back:
        decision.variant = "NO_COUPON"
    elif not undecided and frame.question_form not in _NOT_WHETHER:
        verdict: Verdict = "YES" if all(back) else "PARTLY" if any(back) else "NO"
        decision.verdict = _opposite(verdict) if asks_whether_lost(frame) else verdict
    return decision


def _decision(quoted: Quoted, frame: Frame, relevant: Sequence[PromotionOutcome], *, unknown: bool) -> Decision:
    quote = quoted.quote
    gaps = [
        Step(rule="missing_fact", inputs={"fact": fact}, basis=Basis(kind="RECORD", id=quote.order_id))
        for fact in quote.missing
    ]
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=quote_facts(quoted, frame),
        trace=[*quote.trace, *gaps],
        missing=list(quote.missing) if unknown else [],
        words=quote_words(quoted, frame, [one.promotion_id for one in relevant]),
        graph=quoted.case.graph,
        variant="UNKNOWN_QUOTE" if unknown else None,
    )


def _relevant(quoted: Quoted, asked: Sequence[str], named: Sequence[str]) -> list[PromotionOutcome]:
    """The promotions the question is about: those on the lines it says are kept, else all; those it names, if any is."""
    found = [one for one in quoted.quote.promotions if one.outcome != "NOT_APPLICABLE"]
    if asked:
        order = quoted.case.order
        gifts = {
            (application.promotion_id, participant.line_id)
            for application in (order.applications if order else None) or []
            for participant in application.participants
            if participant.role == "GIFT"
        }
        found = [
            one
            for one in found
            if any(line.line_id in asked and line.outcome != "NOT_APPLICABLE" for line in one.lines)
            or any((one.promotion_id, line_id) in gifts for line_id in asked)
        ]
    return [one for one in found if one.promotion_id in named] or found


def _spoken_of(quoted: Quoted, frame: Frame) -> list[str]:
    """The promotions of the order that a question calls by a part of their name (套装价, 立减100), else by their kind."""
    text = _without_goods(frame)
    known = [quoted.case.promotion(one.promotion_id) for one in quoted.quote.promotions if one.outcome != "NOT_APPLICABLE"]
    shared = {one.promotion_id: _shared(text, plain(one.name)) for one in known if one is not None}
    most = max(shared.values(), default=0)
    called = [key for key, length in shared.items() if length == most]
    if most >= _CALLED and len(called) == 1:
        return called
    return [one.promotion_id for one in known if one is not None and one.kind in frame.promotion_kinds]


def _without_goods(frame: Frame) -> str:
    text = frame.text
    for mention in frame.mentions:
        if mention.end > mention.start:
            text = text[: mention.start] + "|" * (mention.end - mention.start) + text[mention.end :]
    return plain(text)


def _shared(text: str, name: str) -> int:
    """The length of the longest part that two texts share."""
    return SequenceMatcher(None, text, name, autojunk=False).find_longest_match().size


def _outcomes(promotions: Iterable[PromotionOutcome], asked: Sequence[str]) -> list[str]:
    """The outcomes on the lines asked about, else of the promotions."""
    found: list[str] = []
    for one in promotions:
        of_lines = [line.outcome for line in one.lines if line.line_id in asked and line.outcome != "NOT_APPLICABLE"]
        found.extend(of_lines or [one.outcome])
    return found


def _kept_verdict(outcomes: Sequence[str]) -> Verdict:
    if all(outcome == "KEPT" for outcome in outcomes):
        return "YES"
    if all(outcome == "LOST" for outcome in outcomes):
        return "NO"
    return "PARTLY"


def _opposite(verdict: Verdict) -> Verdict:
    return {"YES": "NO", "NO": "YES"}.get(verdict, verdict)  # type: ignore[return-value]


def _as_put(verdict: Verdict, frame: Frame) -> Verdict | None:
    if frame.asks in ("LOST", "IMPOSSIBLE"):
        return _opposite(verdict)
    if frame.asks is None and not may_be_yes_no(frame):
        return None
    return verdict
