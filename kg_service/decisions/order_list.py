"""Which orders the customer has (answers.md, "Orders and logistics"): by time, status and goods, newest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import networkx as nx

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.dialogue.order_words import statuses_said
from kg_service.dialogue.references import said_in
from kg_service.dialogue.resolution import gate, not_found, read_own_lines
from kg_service.graph.order_graph import Graph, add_edge, add_node
from kg_service.graph.store import Row
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.order_amount import OrderAmount, order_amount
from kg_service.times import format_instant
from kg_service.trace import Basis, Step

__all__ = ["order_list"]

#: Orders that the text tells one by one.
_TOLD = 10
#: Orders of somebody else.
_OTHERS = re.compile(
    r"(?:所有|全部|全体|其他|其它|别的|每个|各个)(?:的)?(?:人|用户|顾客|客户|会员|买家)|别人|他人|全店|全平台"
    r"|(?:老公|老婆|朋友|同事|我妈|我爸|对象|室友)的?(?:账号|账户|订单|单)"
)
_STATUSES = ("PLACED", "PAID", "SHIPPED", "RECEIVED", "CLOSED", "CANCELLED")


@decider("order_list")
def order_list(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The orders that fit everything the question says; none is an answer."""
    refused = gate(asker)
    if refused is not None or asker.user_id is None:
        return refused or not_found()
    if asker.role == "customer" and _OTHERS.search(frame.text):
        return Decision("FORBIDDEN")
    rows = yield Query("order/own_orders", {"user_id": asker.user_id})
    own = yield from read_own_lines(asker.user_id)
    statuses = [one for one in _STATUSES if one in statuses_said(frame.text)]
    period = frame.period
    wanted = _with_goods(frame, own)
    found = [
        row
        for row in rows
        if (not statuses or row["item"]["status"] in statuses)
        and (period is None or period.start <= row["item"]["placed_at"] <= period.end)
        and (wanted is None or row["item"]["order_id"] in wanted)
    ]
    amounts = [_amount(row) for row in found]
    goods = [_goods(row["item"]["order_id"], own) for row in found]
    orders = [
        {
            "order_id": row["item"]["order_id"],
            "status": row["item"]["status"],
            "placed_at": format_instant(row["item"]["placed_at"]),
            "payable": amount.payable,
            "goods": names,
            "missing": list(amount.missing),
        }
        for row, amount, names in zip(found, amounts, goods, strict=True)
    ]
    listed = Step(
        rule="order.list",
        inputs={
            "statuses": statuses,
            "from": format_instant(period.start) if period else None,
            "to": format_instant(period.end) if period else None,
            "orders": len(rows),
        },
        formula="own orders that fit, newest first",
        result=[one["order_id"] for one in orders],
        basis=Basis(kind="RECORD", id=f"User:{asker.user_id}", text="账户下的订单记录"),
    )
    return Decision(
        "ANSWERED",
        facts={
            "orders": orders,
            "count": len(orders),
            "statuses": statuses,
            "period_from": format_instant(period.start) if period else None,
            "period_to": format_instant(period.end) if period else None,
        },
        verdict=("YES" if orders else "NO") if yes_no(frame) else None,
        trace=[listed, *(amount.step for amount in amounts)],
        words={"told": _TOLD, "goods": "、".join(one.text for one in said_in(frame).goods), "any": bool(rows)},
        variant=None if orders else "EMPTY",
        graph=_graph(asker.user_id, found),
    )


def _with_goods(frame: Frame, own: Sequence[OwnLine]) -> frozenset[str] | None:
    """The orders that hold all the goods (and are of the shop) the question names; None where it names none."""
    sets = [{line.order_id for line in one.fitting(own)} for one in said_in(frame).goods]
    shops = {ref.id for one in frame.mentions for ref in one.refs if ref.kind == "shop"}
    if shops:
        sets.append({line.order_id for line in own if line.shop_id in shops})
    return frozenset(set.intersection(*sets)) if sets else None


def _amount(row: Row) -> OrderAmount:
    """What an order comes to; a child that it lists and that is not there makes its part unknown."""
    item = row["item"]
    paid_up = item["status"] not in ("PLACED", "CANCELLED") and bool(item.get("payment_ids"))
    return order_amount(
        item["order_id"],
        goods=row["goods"] if row["lines"] == len(item["line_ids"]) else None,
        grants=_all(row["grants"], row["applications"], item.get("application_ids")),
        freight=row["charged"],
        paid=_all(row["paid"], row["payments"], item.get("payment_ids")) if paid_up else None,
    )


def _all(total: int, count: int, ids: Sequence[str] | None) -> int | None:
    return total if ids is not None and count == len(ids) else None


def _goods(order_id: str, own: Sequence[OwnLine]) -> list[str]:
    lines = [line for line in own if line.order_id == order_id and line.role != "GIFT"]
    return [f"{line.label}×{line.quantity}" if line.quantity > 1 else line.label for line in lines]


def _graph(owner: str, rows: Sequence[Row]) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    user = add_node(graph, "User", {"user_id": owner})
    for row in rows:
        item: dict[str, Any] = row["item"]
        add_edge(graph, user, "PLACED", add_node(graph, "Order", item))
    return graph
