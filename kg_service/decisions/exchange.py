"""May a line be exchanged, until when, and for what."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.catalogue import SizeChartRow
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no
from kg_service.decisions.measures import measures_said
from kg_service.decisions.own_case import read_own_case
from kg_service.decisions.return_words import day_words
from kg_service.decisions.specs import matches, spec_words
from kg_service.dialogue.references import kinds_of
from kg_service.dialogue.resolution import ChosenLine
from kg_service.graph.store import Row
from kg_service.parsing.frame import EntityRef, Frame, Mention
from kg_service.queries.flow import Flow, Query
from kg_service.rules.catalogue import Goods
from kg_service.rules.quality import exchange_window
from kg_service.rules.returns import build_case
from kg_service.rules.size import SizeFit, fit_size
from kg_service.trace import Basis, Step

__all__ = ["exchange"]


@decider("exchange")
def exchange(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The exchange window of the line, and the product's other SKUs that are in stock."""
    here, wanted = _apart(frame)
    own = yield from read_own_case(here, asker, default_role="ASKED", one_line=True)
    if isinstance(own, Decision):
        return own
    resolution, case = own.resolution, own.case
    chosen = next(iter(resolution.chosen))
    ready = build_case(own.order, case.promotions, case.terms, case.catalogue)
    line = ready.lines[chosen.line.line_id]
    goods = ready.goods_of(line)
    window = exchange_window(own.order, line, goods, case.terms, frame.reason or "NO_REASON", asker.now)
    advice = yield from _advice(chosen, goods, frame)
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
        "advice": None if advice is None else {"size": advice.size, "basis": advice.basis},
    }
    # what is not shipped yet is changed in the order: no term has to allow that
    before = own.order.status in ("PLACED", "PAID")
    if before:
        facts |= {"eligible": True, "reasons": ["NOT_SHIPPED"], "window_ends": None}
    unknown = not before and window.eligible is None and bool(window.missing)
    decision = Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        trace=[*window.trace, *([_advice_step(advice)] if advice else [])],
        missing=window.missing if unknown else [],
        words={
            "fits": [one for one in options if advice is not None and advice.size in one["spec"].values()],
            "worn": advice is not None and advice.size in dict(chosen.line.spec).values(),
            "agree": advice is None or advice.agree,
            "goods": chosen.line.label,
            "day": day_words(resolution.lines),
            "recent": resolution.how == "RECENT",
            "order_status": own.order.status,
            "wanted": "、".join(one[0] for one in spec_words(wanted)) if wanted else "",
            "fitting": fitting,
            "specs": ["，".join(one["spec"].values()) or one["sku_id"] for one in options],
            "reason": frame.reason or "NO_REASON",
            "whole_line": chosen.whole_line,
        },
        graph=case.graph,
        variant="NOT_SHIPPED" if before else None,
    )
    if not unknown and may_be_yes_no(frame):
        eligible = facts["eligible"]
        verdict: Verdict = "DEPENDS" if eligible is None else "YES" if eligible else "NO"
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
    bare = _BARE.search(frame.text)
    if bare is not None:
        # a measure is one word, whatever of it the catalogue knows
        said = [one for one in wished if one.start >= bare.end(1) + 1 or one.end <= bare.start(1)]
        rest = tuple(one for one in frame.mentions if one not in wished)
        wanted = frame.model_copy(update={"mentions": (*said, _spec(bare))})
        return frame.model_copy(update={"mentions": rest}), wanted
    if not wished:
        return frame, None
    rest = tuple(one for one in frame.mentions if one not in wished)
    return frame.model_copy(update={"mentions": rest}), frame.model_copy(update={"mentions": tuple(wished)})


#: A measure, with or without its unit: "换1.8的", "换成42码", "换成1.8米的".
_UNIT = "毫米|厘米|公分|米|毫升|升|公斤|千克|克|mm|cm|ml|kg|m|g"
_BARE = re.compile(rf"换成?(?:个|一个|一套|一双|一件)?(\d+(?:\.\d+)?(?:{_UNIT})?)(?=的|号|码|款|床|宽|长|[?!,。 ]|$)")


def _spec(found: re.Match[str]) -> Mention:
    ref = EntityRef(kind="spec", id=found[1])
    return Mention(text=found[1], start=found.start(1), end=found.end(1), refs=(ref,))


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


def _advice_step(advice: SizeFit) -> Step:
    basis = Basis(kind="RECORD", id=f"SizeChart:{advice.chart_id}")
    return Step(rule="size_chart", formula=advice.basis or "", result=advice.size, basis=basis)


def _advice(chosen: ChosenLine, goods: Goods, frame: Frame) -> Flow[SizeFit | None]:
    """The size that fits what the customer says of themselves; None where they say nothing or no chart tells."""
    said = measures_said(frame.text)
    if not said:
        return None
    query = {
        "product_ids": [goods.product_id or ""],
        "category_ids": list(goods.category_ids or ()),
        "brand_ids": [goods.brand_id] if goods.brand_id else [],
    }
    rows = yield Query("catalogue/size_charts", query)
    near = {key: place for place, key in enumerate(goods.category_ids or ())}
    charts = [SizeChartRow.model_validate(dict(row)) for row in rows]
    fit = fit_size(sorted(charts, key=lambda row: near.get(row.target_id, 0)), said)
    return fit if fit.size is not None else None
