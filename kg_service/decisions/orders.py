"""Where an order stands (answers.md, "Orders and logistics")."""

from __future__ import annotations

import re
from typing import Any

import networkx as nx

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.milestones import asked_milestone
from kg_service.decisions.parcels import without_movement_times
from kg_service.dialogue.resolution import Resolution, not_found, resolve_order
from kg_service.graph.order_graph import Graph, add_edge, add_node, node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.times import format_instant
from kg_service.trace import Basis, Step

__all__ = ["goods_of", "order_status"]

#: When an order came into its status, and what comes next.
_SINCE = {
    "PLACED": "placed_at",
    "PAID": "paid_at",
    "SHIPPED": "shipped_at",
    "RECEIVED": "received_at",
    "CLOSED": "closed_at",
    "CANCELLED": "closed_at",
}
_NEXT = {"PLACED": "PAY", "PAID": "SHIP", "SHIPPED": "RECEIVE", "RECEIVED": "CLOSE"}
#: Whether something will be done by a day, not whether it was done (今天发货吗, but not 今天发货了吗).
_TO_COME = re.compile(
    r"(?:今天|今晚|今儿|今日|明天|明儿|后天|这两天|周[一二三四五六日末]|星期[一二三四五六日天]|下午|晚上|月底|几天内)"
    r"(?:之?[内前]|就|还|到底|应该)?(?:能不能|会不会|可不可以|能|会|可以|给|要)*(?:发货?|寄|出库|送|到)(?!了)|会(?:不会)?(?:发货?|寄出?|出库)(?!了)"
)
_STEPS = ("PLACED", "PAID", "SHIPPED", "RECEIVED", "CLOSED")
_RETURN_OPEN = frozenset({"REQUESTED", "APPROVED", "IN_TRANSIT", "RECEIVED_BY_SELLER"})


def goods_of(resolution: Resolution) -> str:
    """What an order holds, in words: up to two goods and how many more."""
    lines = [one for one in resolution.lines if one.order_id == resolution.order_id and one.role == "GOODS"]
    names = list(dict.fromkeys(one.product_name for one in lines if one.product_name))
    said = "、".join(names[:2])
    return f"{said}等{len(names)}种商品" if len(names) > 2 else said


@decider("order_status")
def order_status(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The status of an order, since when, and what comes next; returns under way are told as well."""
    to_come = _TO_COME.search(frame.text) is not None
    if to_come or asked_milestone(frame, "order") is not None:
        # the day is that of what is asked about, not of the purchase
        frame = without_movement_times(frame)
    resolution = yield from resolve_order(frame, asker)
    if resolution.decision is not None:
        return resolution.decision
    order_id = resolution.sure_order
    owner = {"user_id": resolution.owner, "order_id": order_id}
    rows = yield Query("order/case_order", owner)
    if not rows:
        return not_found("这个订单")
    order: dict[str, Any] = rows[0]["item"]
    status = str(order["status"])
    returns: dict[str, dict[str, Any]] = {}
    for row in (yield Query("order/case_returns", owner)):
        if row["item"] and row["item"]["status"] in _RETURN_OPEN:
            returns[row["item"]["return_id"]] = row["item"]
    since = order.get(_SINCE[status])
    verdict = _verdict(asked_milestone(frame, "order"), status, order)
    if to_come and verdict == "NO" and status in ("PLACED", "PAID", "SHIPPED"):
        # whether it will be is not recorded: that it has not been yet is no answer
        verdict = "DEPENDS"
    wanted = asked_milestone(frame.model_copy(update={"question_form": "YES_NO"}), "order")
    instant = order.get(_SINCE[wanted]) if wanted and _reached(wanted, status) else since
    missing = []
    if frame.question_form == "WHEN" and instant is None and (wanted is None or _reached(wanted, status)):
        missing = [f"Order {order_id}.{_SINCE[wanted or status]}"]
    facts: dict[str, Any] = {
        "order_id": order_id,
        "status": status,
        "since": None if since is None else format_instant(since),
        "next": _NEXT.get(status),
        "returns": [
            {"return_id": key, "service": item.get("service") or "RETURN", "status": item["status"]}
            for key, item in sorted(returns.items())
        ],
    }
    return Decision(
        "UNKNOWN" if missing else "ANSWERED",
        facts=facts,
        verdict=verdict,
        missing=missing,
        trace=[
            Step(
                rule="order.status",
                inputs={"status": status, "since": facts["since"]},
                formula=f"next({status})",
                result=facts["next"],
                basis=Basis(kind="RECORD", id=node_id("Order", order_id)),
            )
        ],
        words={
            "goods": goods_of(resolution),
            "how": resolution.how,
            "asked": wanted,
            "question": frame.question_form,
            "to_come": to_come,
        },
        graph=_graph(resolution.owner, rows, returns),
    )


def _reached(wanted: str, status: str) -> bool:
    if wanted == status:
        return True
    return wanted in _STEPS and status in _STEPS and _STEPS.index(status) >= _STEPS.index(wanted)


def _verdict(wanted: str | None, status: str, order: dict[str, Any]) -> Verdict | None:
    if wanted is None:
        return None
    if status in ("CANCELLED", "CLOSED") and wanted in ("PAID", "SHIPPED", "RECEIVED"):
        # an order may be closed from any step: its own times tell how far it came
        return "YES" if order.get(_SINCE[wanted]) is not None else ("NO" if status == "CANCELLED" else "DEPENDS")
    return "YES" if _reached(wanted, status) else "NO"


def _graph(owner: str, rows: list[dict[str, Any]], returns: dict[str, dict[str, Any]]) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    user = add_node(graph, "User", {"user_id": owner})
    order = None
    for row in rows:
        order = add_node(graph, "Order", row["item"])
        add_edge(graph, user, "PLACED", order)
        add_edge(graph, order, "AT_SHOP", add_node(graph, "Shop", row["shop"]))
    for item in returns.values():
        add_edge(graph, order, "HAS_RETURN", add_node(graph, "Return", item))
    return graph
