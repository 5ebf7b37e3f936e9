"""One quote for every question about returning: the order and lines, the subgraph, the rules' answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.own_case import read_own_case
from kg_service.dialogue.resolution import Resolution
from kg_service.graph.case import Case
from kg_service.parsing.frame import Frame, Mention
from kg_service.queries.flow import Flow
from kg_service.rules.after_sale import in_force
from kg_service.rules.quote import PromotionOutcome, ReturnQuote
from kg_service.rules.receipt import receipt_of
from kg_service.rules.returns import build_case, quote_return
from kg_service.rules.scope import covers
from kg_service.rules.settlement import FAULT
from kg_service.trace import Step

__all__ = ["Quoted", "class_bars", "quote_case", "quote_facts", "read_quote", "with_returned"]

#: Roles that mean the goods that go back, where nothing else says what goes back.
_GOES_BACK = frozenset({None, "ASKED", "BOUGHT"})

#: A receipt that is still to come: 要是收到了不喜欢.
_SUPPOSED = re.compile(r"(?:收到|签收|到货|到手|拿到)(?:货|东西)?(?:了|后|以后|之后)")
_UNITS = {"AMOUNT": "YUAN", "QUANTITY": "PIECES", "DISTINCT_SKU": "KINDS"}


@dataclass
class Quoted:
    """A return of the customer, quoted.

    Attributes
    ----------
    one_unit : the quote for one unit alone, where a line with several was taken whole without being told so
    """

    resolution: Resolution
    case: Case
    quote: ReturnQuote
    one_unit: ReturnQuote | None = None

    @property
    def returned_ids(self) -> list[str]:
        return [one.line_id for one in self.quote.returned]


def read_quote(frame: Frame, asker: Asker) -> Flow[Quoted | Decision]:
    """Find what is returned, read its order and quote the return; a decision where that cannot be."""
    frame = with_returned(frame)
    own = yield from read_own_case(frame, asker, default_role="RETURNED", one_line=True)
    if isinstance(own, Decision):
        return own
    resolution, case = own.resolution, own.case
    returned = resolution.returned
    quote = quote_case(case, returned, frame, asker)
    whole = [one for one in resolution.by_role("RETURNED") if one.whole_line]
    one_unit = None
    if len(whole) == 1 and len(returned) == 1:
        one_unit = quote_case(case, {whole[0].line.line_id: 1}, frame, asker)
    return Quoted(resolution, case, quote, one_unit)


def with_returned(frame: Frame) -> Frame:
    """Give the role RETURNED to what is asked about where nothing is said to go back: "手机能退多少钱"."""
    if any(mention.role == "RETURNED" for mention in frame.mentions) or frame.whole_order:
        return _others_kept(frame)
    return frame.model_copy(
        update={"mentions": tuple(_as(one, "RETURNED") if one.role in _GOES_BACK else one for one in frame.mentions)}
    )


def _others_kept(frame: Frame) -> Frame:
    """Beside something returned, what else is asked about stays: "手机退了, 耳机呢"."""
    return frame.model_copy(
        update={"mentions": tuple(_as(one, "KEPT") if one.role == "ASKED" else one for one in frame.mentions)}
    )


def _as(mention: Mention, role: str) -> Mention:
    return mention.model_copy(update={"role": role})


def quote_case(case: Case, returned: Mapping[str, int], frame: Frame, asker: Asker) -> ReturnQuote:
    """Ask the rules about a return of a case that lacks nothing."""
    if case.order is None:
        raise ValueError("the case lacks facts")
    return quote_return(
        case.order,
        case.promotions,
        case.terms,
        returned=dict(returned),
        reason=frame.reason or "NO_REASON",
        at=asker.now,
        catalogue=case.catalogue,
        coupons=case.coupons,
        gift_kept=frame.gift_kept,
    )


def class_bars(order: Order, case: Case, line_ids: Iterable[str], frame: Frame) -> dict[str, str]:
    """By line the class (as the code of a reason) of what is under way, or supposed to come, and may never go back as such."""
    if not (order.status == "SHIPPED" or _SUPPOSED.search(frame.text)) or frame.reason in FAULT:
        return {}
    ready = build_case(order, case.promotions, case.terms, case.catalogue)
    found = {}
    for key in line_ids:
        goods = ready.goods_of(ready.lines[key])
        lifted = any(
            term.values.lifts_exclusions and covers(term.scope, goods) is True
            for term in in_force(case.terms, order.placed_at, topic="RETURN")
        )
        if goods.return_class in ("CUSTOM_MADE", "PERISHABLE", "PERIODICAL") and not lifted and not receipt_of(order, key).came:
            found[key] = f"CLASS_{goods.return_class}"
    return found


def quote_facts(quoted: Quoted, frame: Frame) -> dict[str, Any]:
    """The quote as the facts of promotion_after_return and its kin."""
    quote, order = quoted.quote, quoted.case.order
    ends = [line.window_ends for line in quote.lines if line.window_ends is not None]
    steps = {step.inputs.get("promotion_id"): step for step in quote.trace if step.rule == "promotion_condition"}
    facts = quote.model_dump(exclude={"missing", "trace", "promotions"})
    return {
        **facts,
        "placed_at": order.placed_at if order else None,
        "reason": frame.reason or "NO_REASON",
        "window_ends": min(ends) if ends else None,
        "promotions": [
            _promotion_facts(one, quoted.case.promotion(one.promotion_id), steps.get(one.promotion_id), quote.trace)
            for one in quote.promotions
            if one.outcome != "NOT_APPLICABLE"
        ],
        "one_unit_refund": quoted.one_unit.refund_amount if quoted.one_unit else None,
    }


def _promotion_facts(
    outcome: PromotionOutcome, promotion: Promotion | None, step: Step | None, trace: list[Step]
) -> dict[str, Any]:
    found: dict[str, Any] = outcome.model_dump()
    found["lines"] = [line for line in found["lines"] if line["outcome"] != "NOT_APPLICABLE"]
    if step is not None:
        found["state"] = step.result
        # what has no threshold of its own (a bundle, a gift of something bought) has only a condition to meet
        threshold = promotion is not None and promotion.levels[0].value > 0
        if step.result in ("BROKEN", "DEGRADED") and promotion is not None and threshold and promotion.measure in _UNITS:
            actual, required = str(step.inputs.get("actual")), str(step.inputs.get("required"))
            if Decimal(actual) < Decimal(required):
                found |= {"actual": actual, "required": required, "unit": _UNITS[promotion.measure]}
    ruling = [
        one
        for one in trace
        if one.inputs.get("promotion_id") == outcome.promotion_id and one.rule != "promotion_condition" and one.basis.kind
    ]
    if ruling:
        found["basis"] = ruling[-1].basis
    return found
