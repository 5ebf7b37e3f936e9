"""Points: how many, what an order used and gave, what becomes of them on a return (promotions.md sections 6 and 7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from kg_service.dataset.term import Term
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.offers import in_force as promotions_in_force
from kg_service.decisions.own_case import OwnCase
from kg_service.decisions.own_or_general import own_or_general
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.return_quote import quote_case, with_returned
from kg_service.decisions.return_words import day_words
from kg_service.dialogue.resolution import gate
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.after_sale import term_basis
from kg_service.rules.law import SEVEN_DAYS, article
from kg_service.rules.points import order_points
from kg_service.rules.returns import build_case
from kg_service.rules.scope import covers_everything
from kg_service.trace import Basis, Step

__all__ = ["points"]

Matter = Literal["RETURN", "ORDER", "BALANCE", "RULE"]

_RETURN = re.compile(r"退|扣|收[回走]|追[回讨]|返[还回]|还[回给]来?|没了|作废|取消|拒收")
_ORDER = re.compile(r"送|赠|得|返|给|攒|用了|抵|花了|扣了")
_BALANCE = re.compile(r"(?:多少|几个?|几分|查|看|余额|剩|还有|我的).{0,6}积分|积分.{0,6}(?:多少|几|余额|剩|查|有吗)|积分$")
_HOW_MUCH = re.compile(r"多少|几")
#: Where the terms may speak of points.
_TOPICS = ("REFUND", "RETURN", "GIFT", "COUPON")


@decider("points")
def points(frame: Frame, asker: Asker) -> Flow[Decision]:
    """A balance where it is recorded (it never is: UNKNOWN naming it), an order's points, or the rules about them."""
    matter = _matter(frame)
    if matter == "BALANCE":
        refused = gate(asker)
        if refused is not None:
            return refused
        fact = f"User {asker.user_id}.points"
        step = Step(rule="missing_fact", inputs={"fact": fact}, basis=Basis(kind="RECORD", id=f"User:{asker.user_id}"))
        facts: dict[str, Any] = {"balance": None}
        return Decision("UNKNOWN", facts=facts, missing=[fact], trace=[step], variant="UNKNOWN_BALANCE")
    if matter == "RULE":
        return (yield from _in_general(frame, asker, matter))
    own = yield from own_or_general(with_returned(frame), asker, default_role="RETURNED", need_line=False, progress=False)
    if isinstance(own, Decision):
        return own
    if own is None:
        return (yield from _in_general(frame, asker, matter))
    return _of_order(frame, asker, own, matter)


def _matter(frame: Frame) -> Matter:
    """What of points is asked: what a return does to them, an order's, how many there are, or how they work.

    Examples
    --------
    >>> ask = lambda text: _matter(Frame(intent="points", confidence=1, text=text))
    >>> ask("退货积分还给我吗"), ask("这单送多少积分"), ask("我有多少积分"), ask("积分怎么用")
    ('RETURN', 'ORDER', 'BALANCE', 'RULE')
    """
    if _RETURN.search(frame.text):
        return "RETURN"
    if _ORDER.search(frame.text):
        return "ORDER"
    return "BALANCE" if _BALANCE.search(frame.text) else "RULE"


def _of_order(frame: Frame, asker: Asker, own: OwnCase, matter: Matter) -> Decision:
    order, case = own.order, own.case
    had = order_points(build_case(order, case.promotions, case.terms, case.catalogue))
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "balance": None,
        "points_used": had.used,
        "points_given": had.given,
        "promotions": had.promotions,
    }
    trace = list(had.trace)
    missing = list(had.missing)
    chosen = {one.line.line_id: one.quantity for one in own.resolution.chosen if one.role not in ("KEPT", "GIFT")}
    left = {line.line_id: line.remaining for line in own.resolution.lines if line.remaining and line.role != "GIFT"}
    returned = chosen or left
    said = ""
    if matter == "RETURN" and returned and (had.used or had.given) and not missing:
        quote = quote_case(case, returned, frame, asker)
        undecided = quote.refund_amount is None
        missing = list(quote.missing) if undecided else []
        steps = [step for step in quote.trace if step.rule in ("points_used", "points_given")]
        trace += steps
        basis = next((step.basis for step in steps), None)
        said = basis.text or "" if basis is not None and basis.kind != "STATUTE" else ""
        facts |= {
            "returned": [one.model_dump() for one in quote.returned],
            "used_returned": quote.points.get("used_returned"),
            "taken_back": quote.points.get("taken_back"),
            "rule": basis.text if basis else None,
            "term_id": basis.id if basis else None,
            "whole_order": set(returned.items()) >= set(left.items()),
        }
    decision = Decision(
        "UNKNOWN" if missing else "ANSWERED",
        facts=facts,
        trace=trace,
        missing=missing,
        words={
            "said": said,
            "goods": "、".join(case.names.get(line_id, line_id) for line_id in chosen),
            "day": day_words(own.resolution.lines),
            "recent": own.resolution.how == "RECENT",
            "matter": matter,
        },
        graph=case.graph,
        variant="UNKNOWN_ORDER" if missing else "ORDER" if had.used or had.given else "NO_POINTS",
    )
    if not missing and matter == "RETURN" and frame.question_form == "YES_NO" and "used_returned" in facts:
        decision.verdict = _verdict(frame, facts)
    return decision


def _verdict(frame: Frame, facts: dict[str, Any]) -> Literal["YES", "NO"] | None:
    """Does what was used come back; is what was given taken back. Both at once: neither."""
    back, taken = facts["used_returned"], facts["taken_back"]
    gone = re.search(r"扣|收[回走]|追[回讨]|没了|作废", frame.text)
    if back is not None and taken is None:
        came = back != "0.00"
        return ("NO" if came else "YES") if gone else "YES" if came else "NO"
    if taken is not None and back is None and (gone or "退" in frame.text):
        return "YES" if taken else "NO"
    return None


def _in_general(frame: Frame, asker: Asker, matter: Matter) -> Flow[Decision]:
    """What the terms say of points used and given, and the promotions that give or take them."""
    terms: list[Term] = []
    for topic in _TOPICS:
        terms += yield from terms_in_force(topic, asker.now)
    offers = [
        one for one in (yield from promotions_in_force(asker.now, asker.now)) if one.kind in ("POINTS_DEDUCT", "GIVE_POINTS")
    ]
    rules = [_rule("USED", terms), _rule("GIVEN", terms)]
    if matter == "RULE" and not offers:
        return Decision("UNKNOWN", facts={"balance": None}, missing=["Term points"], variant="UNKNOWN_RULE")
    told = rules if matter == "RETURN" else []
    bases = [basis for _, basis in rules]
    return Decision(
        "ANSWERED",
        facts={
            "balance": None,
            "rule": bases[0].text if told else "、".join(one.name or one.promotion_id for one in offers) or None,
            "term_id": bases[0].id if told else None,
            "rules": [rule for rule, _ in told],
            "promotions": [one.promotion_id for one in offers],
        },
        trace=[
            Step(rule="points_rule", inputs={"about": rule["about"]}, result=rule["rule"], basis=basis) for rule, basis in rules
        ],
        words={
            "matter": matter,
            "texts": list(dict.fromkeys(basis.text for basis in bases if basis.text and basis.kind != "STATUTE")),
            "offers": [one.name or one.promotion_id for one in offers],
        },
        variant="GENERAL",
    )


def _rule(about: Literal["USED", "GIVEN"], terms: Sequence[Term]) -> tuple[dict[str, Any], Basis]:
    name = "points_used" if about == "USED" else "points_given"
    stated = [term for term in terms if getattr(term.values, name) is not None and covers_everything(term.scope)]
    if stated:
        basis, value = term_basis(stated[0]), getattr(stated[0].values, name)
    elif about == "USED":
        basis, value = article(SEVEN_DAYS, "第十五条"), "RETURN_PRO_RATA"
    else:
        basis, value = article(SEVEN_DAYS, "第十二条"), "RE_EARN_ON_KEPT"
    return {"about": about, "rule": value, "term_id": basis.id}, basis
