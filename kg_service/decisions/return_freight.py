"""Who pays the freight of a return, and what the customer may have to pay of it (promotions.md sections 6 and 7)."""

from __future__ import annotations

from typing import Any

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_case import OwnCase
from kg_service.decisions.own_or_general import area_asked, own_or_general
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.return_quote import quote_case, with_returned
from kg_service.decisions.return_words import day_words
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.freight import return_payer
from kg_service.rules.quote import ReturnQuote
from kg_service.rules.returns import build_case
from kg_service.trace import Basis, Step

__all__ = ["return_freight"]

_FREIGHT_STEPS = frozenset({"return_freight_payer", "freight_waiver_broken"})
#: The reasons that may lead to another payer, as they are told beside the one asked about.
_REASONS = ("NO_REASON", "QUALITY")


@decider("return_freight")
def return_freight(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The payer of the return leg by the reason, and what of the waived outbound freight may be deducted.

    What the courier takes for the way back is not recorded anywhere: ``min`` and ``max`` are what may be taken off the refund.
    """
    own = yield from own_or_general(with_returned(frame), asker, default_role="RETURNED", need_line=False)
    if isinstance(own, Decision):
        return own
    if own is None:
        return (yield from _in_general(frame, asker))
    return _of_order(frame, asker, own)


def _of_order(frame: Frame, asker: Asker, own: OwnCase) -> Decision:
    order, case = own.order, own.case
    chosen = {one.line.line_id: one.quantity for one in own.resolution.chosen if one.role not in ("KEPT", "GIFT")}
    left = {
        line.line_id: line.remaining
        for line in own.resolution.lines
        if line.remaining and line.role not in ("GIFT", "SERVICE")
    }  # fmt: skip
    asked = [chosen] if chosen else [{line_id: units} for line_id, units in left.items()] + ([left] if len(left) > 1 else [])
    quotes = [quote_case(case, units, frame, asker) for units in asked]
    if not quotes:
        return Decision(
            "ANSWERED",
            facts={"order_id": order.order_id, "reason": frame.reason or "NO_REASON"},
            words=_words(own, frame, "", []),
            variant="NOTHING_LEFT",
            graph=case.graph,
        )
    unshipped = any("NOT_SHIPPED_CANCEL" in quote.reasons for quote in quotes)
    payer = None if unshipped else _payer(own, frame, {line_id for units in asked for line_id in units})
    low, high = _range(quotes)
    missing = list(dict.fromkeys(fact for quote in quotes for fact in quote.missing))
    unknown = not unshipped and payer != "SELLER" and (low is None or high is None)
    nothing = unshipped or payer == "SELLER"
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "payer": payer,
        "min": "0.00" if nothing and low is None else low,
        "max": "0.00" if nothing and high is None else high,
        "reason": frame.reason or "NO_REASON",
        "refundable": _most(quotes),
        "by_reason": _by_reason(own),
    }
    trace = [step for quote in quotes for step in quote.trace if step.rule in _FREIGHT_STEPS]
    goods = "、".join(case.names.get(line_id, line_id) for line_id in chosen)
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        trace=list({step.model_dump_json(): step for step in trace}.values()),
        missing=missing if unknown else [],
        words=_words(own, frame, goods, [step.basis for step in trace if step.rule == "return_freight_payer"]),
        graph=case.graph,
        variant="UNKNOWN_OWN" if unknown else "NOT_SHIPPED" if unshipped else "OWN",
    )


def _words(own: OwnCase, frame: Frame, goods: str, bases: list[Basis]) -> dict[str, Any]:
    return {
        "goods": goods,
        "day": day_words(own.resolution.lines),
        "recent": own.resolution.how == "RECENT",
        "basis": bases[0] if bases else None,
        "reason": frame.reason or "NO_REASON",
        "by_part": not goods and len(own.resolution.lines) > 1,
    }


def _payer(own: OwnCase, frame: Frame, line_ids: set[str]) -> str:
    """The buyer as soon as one of the lines is theirs to pay for; known also where amounts are not."""
    ready = build_case(own.order, own.case.promotions, own.case.terms, own.case.catalogue)
    reason, at = frame.reason or "NO_REASON", own.order.placed_at
    goods = [ready.goods_of(ready.lines[line_id]) for line_id in sorted(line_ids)]
    return "BUYER" if any(return_payer(one, reason, own.case.terms, at)[0] == "BUYER" for one in goods) else "SELLER"


def _range(quotes: list[ReturnQuote]) -> tuple[str | None, str | None]:
    """The least and the most that may be deducted over the returns asked about; None where a fact is missing."""
    lows = [quote.freight.deductible_min for quote in quotes]
    highs = [quote.freight.deductible_max for quote in quotes]
    low = None if None in lows else str(min(one for one in lows if one is not None))
    high = None if None in highs else str(max(one for one in highs if one is not None))
    return low, high


def _most(quotes: list[ReturnQuote]) -> str | None:
    found = [quote.freight.refundable for quote in quotes if quote.freight.refundable is not None]
    return str(max(found)) if found else None


def _by_reason(own: OwnCase) -> list[dict[str, Any]]:
    case, at = own.case, own.order.placed_at
    found = []
    for reason in _REASONS:
        payers = [return_payer(goods, reason, case.terms, at) for goods in case.catalogue.values()]
        payer, basis = next((one for one in payers if one[0] == "BUYER"), payers[0])
        found.append({"reason": reason, "payer": payer, "term_id": basis.id})
    return found


def _in_general(frame: Frame, asker: Asker) -> Flow[Decision]:
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    terms = yield from terms_in_force("FREIGHT", asker.now)
    by_reason = []
    trace = []
    for reason in dict.fromkeys((frame.reason or "NO_REASON", *_REASONS)):
        payer, basis = return_payer(area.goods, reason, terms, asker.now)
        by_reason.append({"reason": reason, "payer": payer, "term_id": basis.id})
        trace.append(Step(rule="return_freight_payer", inputs={"reasons": [reason]}, result=payer, basis=basis))
    asked = by_reason[0]["payer"]
    amount = "0.00" if asked == "SELLER" else None
    return Decision(
        "ANSWERED",
        facts={
            "payer": asked,
            "min": amount,
            "max": amount,
            "reason": by_reason[0]["reason"],
            "term_id": by_reason[0]["term_id"],
            "by_reason": by_reason,
        },
        trace=trace,
        words={"goods": area.name or "", "basis": trace[0].basis, "reason": frame.reason},
        variant="GENERAL",
    )
