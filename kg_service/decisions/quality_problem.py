"""What to do about faulty goods: return, exchange, repair, and who pays the freight (消费者权益保护法 第二十四条)."""

from __future__ import annotations

from typing import Any

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.own_or_general import area_asked, own_or_general
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.return_words import day_words
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.rules.after_sale import term_basis
from kg_service.rules.law import CONSUMER_LAW, article
from kg_service.rules.quality import quality_remedies
from kg_service.rules.returns import build_case
from kg_service.rules.scope import covers, covers_everything
from kg_service.rules.windows import STATUTORY_DAYS
from kg_service.trace import Step

__all__ = ["quality_problem"]


@decider("quality_problem")
def quality_problem(frame: Frame, asker: Asker) -> Flow[Decision]:
    """What is still open for the goods, until when; of goods in general how long they may be returned for their quality."""
    # whatever is said of the goods, they are what the question is about
    frame = frame.model_copy(update={"mentions": tuple(one.model_copy(update={"role": "ASKED"}) for one in frame.mentions)})
    own = yield from own_or_general(frame, asker, must_choose=True, default_role="ASKED", one_line=True)
    if isinstance(own, Decision):
        return own
    if own is None:
        return (yield from _in_general(frame, asker))
    case, order = own.case, own.order
    chosen = own.resolution.chosen[0]
    ready = build_case(order, case.promotions, case.terms, case.catalogue)
    line = ready.lines[chosen.line.line_id]
    found = quality_remedies(order, line, ready.goods_of(line), case.terms, asker.now)
    unknown = not found.options and bool(found.missing)
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "line_id": line.line_id,
        "options": found.options,
        "window_ends": found.window_ends,
        "ends": found.ends,
        "freight_payer": found.freight_payer,
        "order_status": order.status,
    }
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        trace=found.trace,
        missing=found.missing if unknown else [],
        words={
            "goods": chosen.line.label,
            "day": day_words(own.resolution.lines),
            "recent": own.resolution.how == "RECENT",
            "undecided": found.missing,
        },
        graph=case.graph,
        variant="UNKNOWN_OWN" if unknown else "OWN",
    )


def _in_general(frame: Frame, asker: Asker) -> Flow[Decision]:
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    terms = yield from terms_in_force("RETURN", asker.now)
    days, basis = STATUTORY_DAYS, article(CONSUMER_LAW, "第二十四条")
    for term in terms:
        promised = term.values.quality_window_days
        fits = covers_everything(term.scope) if area.goods is None else covers(term.scope, area.goods) is True
        if promised is not None and fits and promised > days:
            days, basis = promised, term_basis(term)
    options = ["RETURN", "EXCHANGE", "REPAIR"]
    return Decision(
        "ANSWERED",
        facts={"options": options, "window_days": days, "freight_payer": "SELLER", "term_id": basis.id},
        trace=[
            Step(rule="quality_window", inputs={"statutory_days": STATUTORY_DAYS}, result=days, basis=basis),
            Step(rule="quality_freight_payer", result="SELLER", basis=article(CONSUMER_LAW, "第二十四条")),
        ],
        words={"goods": area.name or "", "basis": basis},
        variant="GENERAL",
    )
