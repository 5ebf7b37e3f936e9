"""Questions that compare ways to return (promotions.md section 8): the cheapest one, and the last safe one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_case import OwnCase, read_own_case
from kg_service.decisions.return_quote import with_returned
from kg_service.decisions.return_words import day_words
from kg_service.dialogue.references import said_in
from kg_service.dialogue.resolution import not_found
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.law import engine_default
from kg_service.rules.order_returns import OrderReturns
from kg_service.rules.quote import LineQuantity
from kg_service.rules.returns import open_returns
from kg_service.rules.what_if import ReturnSet, Ways, cheapest_returns, last_safe_returns, standing_promotions
from kg_service.trace import Basis, Step

__all__ = ["cheapest_return", "last_safe_return"]

#: What an answer weighs at most, so that it does not keep anybody waiting.
_MOST_SETS = 4_000
#: Beside what goes back anyhow: "退了耳机还能再退几件". Without it what is named is what the question is about.
_FURTHER = re.compile(r"再退|还能退|还可以退|另外|其他|其它|别的|剩下|之后|以后|的话")


@decider("cheapest_return")
def cheapest_return(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The ways to return what the question names (anything at all where it names nothing), cheapest first."""
    own = yield from read_own_case(with_returned(frame), asker, default_role="RETURNED", one_line=True, need_line=False)
    if isinstance(own, Decision):
        return own
    returns = _returns(own, frame, asker)
    wanted = {} if frame.whole_order else _left(own.resolution.returned, returns)
    if own.resolution.returned and not wanted and not frame.whole_order:
        # a gift of goods that are gone goes with them
        return not_found("可以退的商品")
    stay = {one.line.line_id for one in own.resolution.by_role("KEPT")}
    if frame.whole_order:
        stay = set()
    elif len(wanted) > 1 and "还是" in frame.text:
        # one way or another of what is named: none of it has to come back
        stay |= set(returns.left) - set(wanted)
        wanted = {}
    ways = cheapest_returns(returns, wanted, frame.reason or "NO_REASON", stay=stay, most_sets=_MOST_SETS)
    return _decision(own, frame, asker, returns, ways, wanted=wanted, keep=())


@decider("last_safe_return")
def last_safe_return(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The largest sets that can go back while the promotions the question names (else all that could be lost) stay."""
    own = yield from read_own_case(frame, asker, default_role="ASKED", need_line=False)
    if isinstance(own, Decision):
        return own
    returns = _returns(own, frame, asker)
    keep, named = _to_keep(own, frame, returns)
    if not keep:
        return _decision(
            own, frame, asker, returns, Ways(), wanted={}, keep=(), variant="NOT_USED" if named else "NOTHING_TO_LOSE"
        )
    spoken = (
        {} if frame.whole_order else {one.line.line_id: one.quantity for one in own.resolution.by_role("RETURNED", "ASKED")}
    )
    spoken = _left(spoken, returns)
    stay = {one.line.line_id for one in own.resolution.by_role("KEPT")}
    wanted: Mapping[str, int] = {}
    if spoken and _FURTHER.search(frame.text):
        wanted = spoken
    elif spoken and "单" not in frame.text:
        stay |= set(returns.left) - set(spoken)
    ways = last_safe_returns(returns, keep, wanted, frame.reason or "NO_REASON", stay=stay, most_sets=_MOST_SETS)
    return _decision(own, frame, asker, returns, ways, wanted=wanted, keep=keep, variant=None if ways.sets else "NOTHING_SAFE")


def _left(units: Mapping[str, int], returns: OrderReturns) -> dict[str, int]:
    """The units of these that can still be returned on their own."""
    left = returns.left
    return {key: min(count, left[key]) for key, count in units.items() if key in left}


def _returns(own: OwnCase, frame: Frame, asker: Asker) -> OrderReturns:
    case = own.case
    return open_returns(
        own.order,
        case.promotions,
        case.terms,
        asker.now,
        catalogue=case.catalogue,
        coupons=case.coupons,
        gift_kept=frame.gift_kept,
    )


def _to_keep(own: OwnCase, frame: Frame, returns: OrderReturns) -> tuple[tuple[str, ...], bool]:
    """The promotions that have to stay: those named, those of the kinds named, else all that could be lost."""
    standing = standing_promotions(returns)
    used = {application.promotion_id: own.case.promotion(application.promotion_id) for application in returns.case.applications}
    by_name = [one for one in said_in(frame).promotion_ids if one in used]
    if by_name:
        return tuple(dict.fromkeys(by_name)), True
    if frame.promotion_kinds:
        found = [key for key, one in used.items() if one is not None and one.kind in frame.promotion_kinds]
        return tuple(dict.fromkeys(found)), True
    return tuple(standing), False


def _decision(
    own: OwnCase,
    frame: Frame,
    asker: Asker,
    returns: OrderReturns,
    ways: Ways,
    *,
    wanted: Mapping[str, int],
    keep: Sequence[str],
    variant: str | None = None,
) -> Decision:
    missing = list(dict.fromkeys([*returns.past.missing, *ways.missing]))
    unknown = bool(missing) and not ways.sets
    trace = [_missing_step(fact, own.order.order_id) for fact in missing]
    facts: dict[str, Any] = {
        "order_id": own.order.order_id,
        "wanted": [LineQuantity(line_id=key, quantity=units) for key, units in wanted.items()],
        "keep": list(keep),
        "sets": [one.model_dump() for one in ways.sets],
        "exact": ways.exact,
    }
    if ways.sets:
        best = {one.line_id: one.quantity for one in ways.sets[0].returned}
        quote = returns.quote(best, frame.reason or "NO_REASON")
        ends = [line.window_ends for line in quote.lines if line.window_ends is not None]
        facts |= quote.model_dump(include={"eligible", "reasons", "warnings", "lines"})
        facts["window_ends"] = min(ends) if ends else None
        trace = [*(_set_step(one, frame.intent, ways) for one in ways.sets), *quote.trace]
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        trace=trace,
        missing=missing if unknown else [],
        words=_words(own, ways, wanted, keep),
        graph=own.case.graph,
        variant="UNKNOWN_FACTS" if unknown else variant,
    )


def _missing_step(fact: str, order_id: str) -> Step:
    return Step(rule="missing_fact", inputs={"fact": fact}, basis=Basis(kind="RECORD", id=order_id))


def _set_step(one: ReturnSet, intent: str, ways: Ways) -> Step:
    lost, owes, refund = one.discount_lost, one.buyer_owes, one.refund_amount
    safe = intent == "last_safe_return"
    cost = Money(int(lost) + int(owes))
    text = "优惠还在的最大退货组合,退款多的在前" if safe else "留下的商品少掉的优惠加上要补的钱最少,多退的件数最少"
    return Step(
        rule=intent,
        inputs={"returned": {part.line_id: part.quantity for part in one.returned}, "sets_weighed": ways.weighed},
        formula=f"refund {refund}, kept: {', '.join(p.promotion_id for p in one.promotions if p.outcome == 'KEPT') or '–'}"
        if safe
        else f"discount_lost {lost} + buyer_owes {owes} = {cost}",
        result={"refund_amount": str(refund), "buyer_owes": str(owes), "discount_lost": str(lost)},
        basis=engine_default(text),
    )


def _words(own: OwnCase, ways: Ways, wanted: Mapping[str, int], keep: Sequence[str]) -> dict[str, Any]:
    names = own.case.names
    lines = {line.line_id: line for line in own.order.lines}

    def named(units: Mapping[str, int]) -> list[str]:
        return [
            f"{names.get(key, key)}×{count}" if lines[key].quantity > 1 else names.get(key, key) for key, count in units.items()
        ]

    promotions = {one.promotion_id: one.name for one in own.case.promotions}
    sets = []
    for one in ways.sets:
        units = {part.line_id: part.quantity for part in one.returned}
        further = {key: count - wanted.get(key, 0) for key, count in units.items() if count > wanted.get(key, 0)}
        stays = [key for key, line in lines.items() if line.role != "GIFT" and line.quantity > units.get(key, 0)]
        lost = [
            {"name": promotions.get(p.promotion_id, p.promotion_id), "outcome": p.outcome}
            for p in one.promotions
            if p.outcome in ("LOST", "REDUCED")
        ]
        sets.append(
            {
                "returned": named(units),
                "further": named(further),
                "keeps": bool(stays),
                "lost": lost,
                "units": sum(units.values()),
            }
        )
    return {
        "ways": sets,
        "wanted": named(wanted),
        "keep_names": [promotions.get(key, key) for key in keep],
        "day": day_words(own.resolution.lines),
        "recent": own.resolution.how == "RECENT",
    }
