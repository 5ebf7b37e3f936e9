"""What the wording of a quote says beside its facts: names for ids, one row per thing to tell."""

from __future__ import annotations

from typing import Any

from kg_service.decisions.return_quote import Quoted
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import Frame
from kg_service.times import day_of

__all__ = ["quote_words"]


def quote_words(quoted: Quoted, frame: Frame, relevant: list[str]) -> dict[str, Any]:
    """Names and rows for the wording.

    Parameters
    ----------
    relevant : promotion ids the question is about, first in the text
    """
    quote, order = quoted.quote, quoted.case.order
    names = quoted.case.names
    lines = {line.line_id: line for line in order.lines} if order else {}

    def named(line_id: str, units: int) -> str:
        whole = line_id in lines and units > 1
        return f"{names.get(line_id, line_id)}×{units}" if whole else names.get(line_id, line_id)

    coupon_names = {}
    for application in order.applications or [] if order else []:
        promotion = quoted.case.promotion(application.promotion_id)
        if application.coupon_id is not None and promotion is not None:
            coupon_names[application.coupon_id] = promotion.name
    back = {one.line_id for one in quote.returned}
    subsidies = [
        promotion.name
        for application in (order.applications or [] if order else [])
        if (promotion := quoted.case.promotion(application.promotion_id)) is not None
        and promotion.kind == "SUBSIDY"
        and any(participant.line_id in back for participant in application.participants)
    ]
    gift_lines = {gift.line_id for gift in quote.gifts}
    return {
        "returned": [named(one.line_id, one.quantity) for one in quote.returned if one.line_id not in gift_lines],
        "kept": [
            {"name": named(one.line_id, one.quantity), "payable": str(one.payable)}
            for one in quote.kept
            if one.line_id not in gift_lines
        ],
        "names": {**names},
        "promotion_names": {one.promotion_id: one.name or one.promotion_id for one in quote.promotions},
        "coupon_names": coupon_names,
        "subsidies": list(dict.fromkeys(name for name in subsidies if name)),
        "asked": [one.text or one.line.label for one in quoted.resolution.by_role("KEPT", "GIFT")],
        "asked_names": list(dict.fromkeys(one.line.label for one in quoted.resolution.by_role("KEPT", "GIFT"))),
        "elsewhere": list(dict.fromkeys(line.label for line in quoted.resolution.elsewhere)),
        "elsewhere_orders": list(dict.fromkeys(line.order_id for line in quoted.resolution.elsewhere)),
        "relevant": relevant,
        "day": day_words(quoted.resolution.lines),
        "recent": quoted.resolution.how == "RECENT",
        "only": quoted.resolution.how == "ONLY",
        "whole_line": quoted.one_unit is not None,
        "asks": frame.asks,
        "form": frame.question_form,
        "gift_kept": frame.gift_kept,
        "order_status": order.status if order else "",
        "gone": list(quote.missing),
        "smallest": [named(one.line_id, one.quantity) for one in quote.smallest_return],
        "full": not any(one.line_id not in gift_lines for one in quote.kept if one.quantity),
    }


def day_words(lines: tuple[OwnLine, ...]) -> str:
    """The day of an order: 11月3日."""
    if not lines:
        return ""
    day = day_of(lines[0].placed_at)
    return f"{day.year}年{day.month}月{day.day}日"
