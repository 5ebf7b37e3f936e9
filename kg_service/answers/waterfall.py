"""The discount waterfall of an answer, from its own evidence; and how it looks in a terminal and in a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx
from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from kg_service.answers.answer import Answer
from kg_service.dataset.promotion import Promotion
from kg_service.graph.display import label_of, subgraph_of, type_of
from kg_service.money import Money, parse_yuan
from kg_service.rules.waterfall import Waterfall, WaterfallRow, build_rows

__all__ = ["answer_waterfall", "plain_waterfall", "waterfall_table"]

_BAR = 24
_COLOURS = {"LIST": "blue", "PROMOTION": "green", "FREIGHT": "yellow", "PAYABLE": "bold"}


def answer_waterfall(answer: Answer) -> Waterfall | None:
    """The waterfall of the order an answer is about, with its return where it quotes one.

    Returns
    -------
    Waterfall or None
        ``None`` when the answer's evidence has no order with its lines.
    """
    graph = subgraph_of(answer.evidence.subgraph)
    order_id = answer.facts.get("order_id")
    name = f"Order:{order_id}"
    lines = {node: data["properties"] for node, data in graph.nodes(data=True) if label_of(data) == "OrderLine"}
    lines = {node: data for node, data in lines.items() if node.startswith(f"OrderLine:{order_id}/")}
    if name not in graph or not lines or any("list_price" not in data or "quantity" not in data for data in lines.values()):
        return None
    if graph.nodes[name]["properties"].get("application_ids") is None and "application_ids" in graph.nodes[name]["properties"]:
        return None
    price = {str(data["line_id"]): _fen(data["list_price"]) for data in lines.values()}
    total = sum(_fen(data["list_price"]) * int(data["quantity"]) for data in lines.values())
    after = answer.facts.get("refund_amount") is not None and "kept" in answer.facts
    kept = answer.facts.get("kept", []) if after else []
    now = {one["promotion_id"]: _fen(one["discount_after"]) for one in answer.facts.get("promotions", [])} if after else {}
    granted = _granted(graph, str(order_id))
    freight = graph.nodes.get(f"Freight:{order_id}", {}).get("properties", {}).get("charged")
    rows = build_rows(
        (total, sum(price[one["line_id"]] * one["quantity"] for one in kept) if after else None),
        [(key, label, grant, now.get(key, 0) if after else None) for key, label, grant in granted],
        None if freight is None else _fen(freight),
        (total - sum(grant for _, _, grant in granted), sum(_fen(one["payable"]) for one in kept) if after else None),
    )
    return Waterfall(
        order_id=str(order_id),
        rows=rows,
        refund_amount=answer.facts.get("refund_amount") if after else None,
        buyer_owes=answer.facts.get("buyer_owes") if after else None,
    )


def _fen(value: Any) -> int:
    return int(parse_yuan(str(value)))


def _granted(graph: nx.MultiDiGraph[str], order_id: str) -> list[tuple[str, str, int]]:
    """Promotion, name and grant of the order's applications, in the order they applied."""
    found: dict[str, tuple[tuple[int, str], str, int]] = {}
    for node, data in graph.nodes(data=True):
        if label_of(data) != "PromotionApplication" or not node.startswith(f"PromotionApplication:{order_id}/"):
            continue
        grant = _fen(data["properties"].get("grant", "0.00"))
        for _, target, edge in graph.out_edges(node, data=True):
            if type_of(edge) == "OF":
                promotion: Mapping[str, Any] = graph.nodes[target]["properties"]
                key = str(promotion.get("promotion_id"))
                before = found[key][2] if key in found else 0
                found[key] = ((_layer(promotion), key), str(promotion.get("name") or key), before + grant)
    return [(key, label, grant) for key, (_, label, grant) in sorted(found.items(), key=lambda item: item[1][0])]


def _layer(promotion: Mapping[str, Any]) -> int:
    if promotion.get("kind") is None:
        return 1000
    layer, kind = promotion.get("layer"), promotion["kind"]
    known = Promotion.model_construct(promotion_id="", name="", kind=kind, layer=layer, funder=promotion.get("funder"))
    return known.layer_number


def waterfall_table(waterfall: Waterfall) -> Table:
    """Bars, amounts aligned; before and after the return side by side."""
    table = Table(title=f"优惠瀑布 {waterfall.order_id}", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1))
    table.add_column("", overflow="fold", min_width=8)
    table.add_column("下单时" if waterfall.returned else "", no_wrap=True, width=_BAR)
    table.add_column("元", justify="right", no_wrap=True)
    if waterfall.returned:
        table.add_column("退货后", no_wrap=True, width=_BAR)
        table.add_column("元", justify="right", no_wrap=True)
    most = max((end for _, end in waterfall.spans()), default=1) or 1
    sides = [waterfall.spans(), waterfall.spans(after=True)]
    for number, row in enumerate(waterfall.rows):
        cells: list[Text] = [Text(row.label, style="bold" if row.kind == "PAYABLE" else "")]
        for side, amount in zip(sides, (row.before, row.after), strict=True):
            if amount is None:
                continue
            cells += [_bar(side[number], most, _COLOURS[row.kind]), Text(_signed(row, amount), style=_COLOURS[row.kind])]
        table.add_row(*cells)
    return table


def plain_waterfall(waterfall: Waterfall) -> str:
    """The same as lines of text for a pipe: label, before, after; aligned.

    Examples
    --------
    >>> row = WaterfallRow(kind="LIST", label="商品原价", before=350000, after=50000)
    >>> print(plain_waterfall(Waterfall(order_id="O1", rows=[row])))
    优惠瀑布 O1   下单时  退货后
    商品原价     3500.00  500.00
    """
    head = [f"优惠瀑布 {waterfall.order_id}", "下单时", *(["退货后"] if waterfall.returned else [])]
    lines = [head]
    for row in waterfall.rows:
        lines.append([row.label, *(_signed(row, amount) for amount in (row.before, row.after) if amount is not None)])
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        (line[0] + " " * (widths[0] - cell_len(line[0])))
        + "".join(f"  {' ' * (width - cell_len(cell))}{cell}" for cell, width in zip(line[1:], widths[1:], strict=True))
        for line in lines
    )


def _signed(row: WaterfallRow, amount: Money) -> str:
    sign = "−" if row.kind == "PROMOTION" and amount else "+" if row.kind == "FREIGHT" and amount else ""
    return f"{sign}{amount}"


def _bar(span: tuple[int, int], most: int, style: str) -> Text:
    start, end = (round(value * _BAR / most) for value in span)
    if end == start and span[1] > span[0]:
        start, end = (start, start + 1) if start < _BAR else (start - 1, start)
    return Text(" " * start + "█" * (end - start), style=style)
