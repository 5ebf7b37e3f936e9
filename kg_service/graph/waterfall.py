"""The discount waterfall as a picture: one row per step, the order and what a return leaves side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg_service.graph.canvas import save_figure
from kg_service.graph.display import Language
from kg_service.graph.picture import wrapped

if TYPE_CHECKING:
    from kg_service.rules.waterfall import Waterfall, WaterfallRow

__all__ = ["draw_waterfall"]

_COLOURS = {"LIST": "#5b8db8", "PROMOTION": "#58a57b", "FREIGHT": "#d9a441", "PAYABLE": "#3f4a5a"}
_LESS = "#e3b7b0"
_NAMES = {
    "zh": {"LIST": "商品原价", "PROMOTION": "优惠减免", "FREIGHT": "运费", "PAYABLE": "应付", "LESS": "比下单时少减"},
    "id": {
        "LIST": "list price",
        "PROMOTION": "discount",
        "FREIGHT": "freight",
        "PAYABLE": "payable",
        "LESS": "less than ordered",
    },
}
_ROW, _LABEL, _PANEL, _AMOUNT, _MARGIN = 0.42, 3.1, 3.4, 1.0, 0.35


def draw_waterfall(waterfall: Waterfall, path: str | Path, *, title: str | None = None) -> Path:
    """Draw a waterfall into an ``.svg`` or ``.png`` file; errors and warnings as of :func:`kg_service.graph.picture.draw`."""
    return save_figure(path, lambda language: _figure(waterfall, title, language))


def _figure(waterfall: Waterfall, title: str | None, language: Language) -> Any:
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    zh = language == "zh"
    sides = [False, True] if waterfall.returned else [False]
    wide = 2 * _MARGIN + _LABEL + len(sides) * (_PANEL + _AMOUNT) + (len(sides) - 1) * 0.3
    labels = [_label(row, language) for row in waterfall.rows]
    heights = [_ROW if "\n" not in label else _ROW + 0.14 for label in labels]
    tall = sum(heights) + 0.55 + 0.6 + (0.5 if title and zh else 0.1) + (0.3 if waterfall.refund_amount is not None else 0)
    figure = Figure(figsize=(wide, tall), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, wide)
    axes.set_ylim(0, tall)
    axes.axis("off")
    top = tall - (0.55 if title and zh else 0.15)
    if title and zh:
        axes.text(_MARGIN, tall - 0.32, wrapped(title, int(wide * 9), 1)[0], fontsize=12, va="center")
    most = max((end for side in sides for _, end in waterfall.spans(after=side)), default=1) or 1
    heads = ("下单时", "退货后") if zh else ("ordered", "after return")
    for number, after in enumerate(sides):
        left = _MARGIN + _LABEL + number * (_PANEL + _AMOUNT + 0.3)
        axes.text(left, top - 0.2, heads[number] if len(sides) > 1 else "", fontsize=10, va="center")
        axes.text(
            left + _PANEL + _AMOUNT, top - 0.2, "元" if zh else "yuan", fontsize=9, va="center", ha="right", color="#666666"
        )
        y = top - 0.4
        spans = waterfall.spans(after=after)
        for index, (row, height) in enumerate(zip(waterfall.rows, heights, strict=True)):
            middle = y - height / 2
            if index % 2 == 0 and number == 0:
                axes.axhspan(y - height, y, color="#f6f7f9", zorder=0)
            if number == 0:
                axes.text(_MARGIN, middle, labels[index], fontsize=9.5, va="center", linespacing=1.15)
            amount = row.after if after else row.before
            start, end = spans[index]
            lost = int(row.before) - int(row.after or 0) if after and row.kind == "PROMOTION" else 0
            if lost > 0:
                _bar(axes, left, middle, max(0, start - lost), start, most, _LESS)  # what it takes off no more
            _bar(axes, left, middle, start, end, most, _COLOURS[row.kind])
            if index + 1 < len(spans):
                level = start if row.kind == "PROMOTION" else end
                x = left + level / most * _PANEL
                axes.plot([x, x], [middle - 0.11, middle - height + 0.05], color="#b8bec8", linewidth=0.7, zorder=1)
            axes.text(
                left + _PANEL + _AMOUNT,
                middle,
                _signed(row, amount),
                fontsize=9.5,
                va="center",
                ha="right",
            )
            y -= height
        axes.plot([left, left], [y, top - 0.4], color="#888888", linewidth=0.8, zorder=1)
    if waterfall.refund_amount is not None:
        axes.text(wide - _MARGIN, y - 0.22, _outcome(waterfall, zh), fontsize=10, va="center", ha="right")
    kinds = [kind for kind in _COLOURS if any(row.kind == kind for row in waterfall.rows)]
    handles = [Patch(facecolor=_COLOURS[kind], label=_NAMES[language][kind]) for kind in kinds]
    if any(row.kind == "PROMOTION" and row.after is not None and row.before > row.after for row in waterfall.rows):
        handles.append(Patch(facecolor=_LESS, label=_NAMES[language]["LESS"]))
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(_MARGIN / wide, 0.1 / tall),
        borderaxespad=0,
        borderpad=0,
        ncol=len(handles),
        frameon=False,
        fontsize=8.5,
        handlelength=1.2,
        columnspacing=1.4,
    )
    return figure


def _label(row: WaterfallRow, language: Language) -> str:
    if language == "zh":
        return "\n".join(wrapped(row.label, 40, 2))
    return row.promotion_id or _NAMES["id"][row.kind]


def _signed(row: WaterfallRow, amount: object) -> str:
    sign = "−" if row.kind == "PROMOTION" and amount else "+" if row.kind == "FREIGHT" and amount else ""
    return f"{sign}{amount}"


def _outcome(waterfall: Waterfall, zh: bool) -> str:
    if waterfall.buyer_owes:
        return f"需补 {waterfall.buyer_owes} 元" if zh else f"buyer owes {waterfall.buyer_owes}"
    return f"退款 {waterfall.refund_amount} 元" if zh else f"refund {waterfall.refund_amount}"


def _bar(axes: Any, left: float, middle: float, start: int, end: int, most: int, colour: str) -> None:
    from matplotlib.patches import Rectangle

    if end <= start:
        return
    wide = max((end - start) / most * _PANEL, 0.015)
    axes.add_patch(
        Rectangle((left + start / most * _PANEL, middle - 0.11), wide, 0.22, facecolor=colour, linewidth=0, zorder=3)
    )
