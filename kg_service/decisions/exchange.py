"""May a line be exchanged, until when, and for what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.order import Order
from kg_service.dataset.term import Term
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no
from kg_service.decisions.own_case import read_own_case
from kg_service.decisions.return_words import day_words
from kg_service.decisions.specs import matches, spec_words
from kg_service.dialogue.references import kinds_of
from kg_service.dialogue.resolution import ChosenLine
from kg_service.graph.case import Case
from kg_service.graph.store import Row
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.after_sale import in_force
from kg_service.rules.catalogue import Goods
from kg_service.rules.returns import build_case
from kg_service.rules.scope import covers
from kg_service.rules.windows import return_window
from kg_service.times import day_of
from kg_service.trace import Basis, Step

__all__ = ["exchange"]

_FAULT = frozenset({"QUALITY", "SELLER_FAULT"})


@decider("exchange")
def exchange(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The exchange window of the line, and the product's other SKUs that are in stock."""
    here, wanted = _apart(frame)
    own = yield from read_own_case(here, asker, default_role="ASKED", one_line=True)
    if isinstance(own, Decision):
        return own
    resolution, case = own.resolution, own.case
    chosen = next(iter(resolution.chosen))
    window = _Window(case, own.order, chosen, frame, asker)
    rows = yield Query("catalogue/skus", {"product_ids": [chosen.line.product_id or ""]})
    options, fitting = _options(rows, chosen, wanted)
    facts: dict[str, Any] = {
        "order_id": resolution.sure_order,
        "placed_at": own.order.placed_at,
        "line_id": chosen.line.line_id,
        "eligible": window.eligible,
        "window_ends": window.ends,
        "reasons": window.reasons,
        "options": options,
        "advice": None,
    }
    unknown = window.eligible is None and bool(window.missing)
    decision = Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        trace=[window.step],
        missing=window.missing if unknown else [],
        words={
            "goods": chosen.line.label,
            "day": day_words(resolution.lines),
            "recent": resolution.how == "RECENT",
            "wanted": "、".join(one[0] for one in spec_words(wanted)) if wanted else "",
            "fitting": fitting,
            "specs": ["，".join(one["spec"].values()) or one["sku_id"] for one in options],
            "reason": frame.reason or "NO_REASON",
            "whole_line": chosen.whole_line,
        },
        graph=case.graph,
    )
    if not unknown and may_be_yes_no(frame):
        verdict: Verdict = "DEPENDS" if window.eligible is None else "YES" if window.eligible else "NO"
        if verdict == "YES" and wanted and not fitting:
            verdict = "NO"
        if frame.asks == "IMPOSSIBLE":
            verdict = "NO" if verdict == "YES" else "YES" if verdict == "NO" else verdict
        decision.verdict = verdict
    return decision


def _apart(frame: Frame) -> tuple[Frame, Frame | None]:
    """What the customer has, and what they want for it: specifications after 换 are wishes."""
    at = frame.text.rfind("换")
    wished = [one for one in frame.mentions if at >= 0 and one.start > at and kinds_of(one) == {"spec"}]
    if not wished:
        return frame, None
    rest = tuple(one for one in frame.mentions if one not in wished)
    return frame.model_copy(update={"mentions": rest}), frame.model_copy(update={"mentions": tuple(wished)})


def _options(rows: Sequence[Row], chosen: ChosenLine, wanted: Frame | None) -> tuple[list[dict[str, Any]], list[str]]:
    """The product's other SKUs in stock, and what of them is what the customer wants."""
    options, fitting = [], []
    for row in rows:
        if row["sku_id"] == chosen.line.sku_id or not row.get("stock"):
            continue
        raw = row.get("spec")
        spec = json.loads(raw) if isinstance(raw, str) and raw else raw or {}
        options.append({"sku_id": row["sku_id"], "spec": {str(k): str(v) for k, v in spec.items()}, "stock": row["stock"]})
        if wanted is not None and all(matches(said, options[-1]["spec"]) for said in spec_words(wanted)):
            fitting.append("，".join(options[-1]["spec"].values()))
    return sorted(options, key=lambda one: one["sku_id"]), fitting


class _Window:
    """The exchange window of a line: the longest matching term, counted from receipt.

    For quality the statute's or the seller's quality window holds as well (消费者权益保护法 第二十四条).
    """

    def __init__(self, case: Case, order: Order, chosen: ChosenLine, frame: Frame, asker: Asker) -> None:
        ready = build_case(order, case.promotions, case.terms, case.catalogue)
        line = ready.lines[chosen.line.line_id]
        goods = ready.goods_of(line)
        self.eligible: bool | None = None
        self.ends: date | None = None
        self.reasons: list[str] = []
        self.missing: list[str] = []
        self.days, self.basis = self._days(case.terms, goods, order)
        if frame.reason in _FAULT:
            quality = return_window(order, line, goods, case.terms, frame.reason or "QUALITY", asker.now)
            if quality.days is not None and (self.days is None or quality.days > self.days):
                self.days, self.basis = quality.days, quality.basis[0]
        self._judge(order, goods, chosen, asker.now)
        self.step = Step(
            rule="exchange_window",
            inputs={"line_id": chosen.line.line_id, "days": self.days},
            formula="" if self.ends is None else f"received + {self.days} days = {self.ends}",
            result={"eligible": self.eligible, "reasons": self.reasons, "window_ends": str(self.ends or "")},
            basis=self.basis,
        )

    def _days(self, terms: Sequence[Term], goods: Goods, order: Order) -> tuple[int | None, Basis]:
        days, basis = None, Basis(kind="ENGINE_DEFAULT", text="没有记录换货条款")
        for term in in_force(terms, order.placed_at, topic="EXCHANGE"):
            stated = term.values.window_days
            if stated is not None and covers(term.scope, goods) is True and (days is None or stated > days):
                days, basis = stated, Basis(kind=term.basis, id=term.term_id, text=term.text, source=term.source)
        return days, basis

    def _judge(self, order: Order, goods: Goods, chosen: ChosenLine, now: int) -> None:
        if order.status == "CANCELLED":
            self.eligible, self.reasons = False, ["ORDER_CANCELLED"]
        elif self.days is None:
            self.missing = [f"Term EXCHANGE for Product {goods.product_id}"]
        elif order.received_at is None and order.status not in ("RECEIVED", "CLOSED"):
            self.eligible, self.reasons = True, ["NOT_RECEIVED"]
        elif order.received_at is None:
            self.missing = [f"Order {order.order_id}.received_at"]
        else:
            self.ends = day_of(order.received_at) + timedelta(days=self.days)
            self.eligible = day_of(now) <= self.ends
            self.reasons = ["IN_WINDOW"] if self.eligible else ["WINDOW_OVER"]
