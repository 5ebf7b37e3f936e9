"""Where the parcels of an order are (answers.md, "Orders and logistics")."""

from __future__ import annotations

import json
from typing import Any

import networkx as nx

from kg_service.answers.answer import Verdict
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.milestones import asked_milestone
from kg_service.decisions.orders import goods_of
from kg_service.decisions.parcels import narrowed_by_status, without_movement_times
from kg_service.dialogue.resolution import Resolution, not_found, resolve_order
from kg_service.graph.order_graph import Graph, add_edge, add_node, node_id
from kg_service.graph.store import Row
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.times import format_instant
from kg_service.trace import Basis, Step

__all__ = ["logistics_track"]

_NOT_SHIPPED = frozenset({"PLACED", "PAID"})
_STEPS = ("PICKED_UP", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED")


@decider("logistics_track")
def logistics_track(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The latest event of each parcel. No parcel yet is an answer; parcels that are not recorded are UNKNOWN."""
    resolution = yield from narrowed_by_status(without_movement_times(frame), asker, resolve_order, ("SHIPPED",))
    if resolution.decision is not None:
        return resolution.decision
    order_id = resolution.sure_order
    rows = yield Query("logistics/shipments", {"user_id": resolution.owner, "order_id": order_id})
    if not rows:
        return not_found("这个订单")
    status, recorded = rows[0]["status"], rows[0]["shipment_ids"]
    parcels = [dict(row["shipment"]) for row in rows if row["shipment"]]
    lost = sorted(set(recorded or ()) - {one["shipment_id"] for one in parcels})
    chosen = _asked_for(parcels, resolution)
    shipments = [_latest(one) for one in chosen]
    missing = [f"Shipment {order_id}/{key}" for key in lost]
    missing += [f"Shipment {order_id}/{one['shipment_id']}.events" for one in chosen if one.get("events") is None]
    # an order that is not shipped has no parcel, whether or not an empty list was recorded
    if recorded is None and not parcels and status not in _NOT_SHIPPED and not _never_shipped(rows[0]):
        missing = [f"Order {order_id}.shipments"]
    decided = not missing or any(one["status"] for one in shipments)
    verdict = _verdict(frame, shipments, certain=not missing) if decided else None
    facts = {
        "order_id": order_id,
        "shipments": [{key: value for key, value in one.items() if key != "shipment_id"} for one in shipments],
    }
    return Decision(
        "ANSWERED" if decided else "UNKNOWN",
        facts=facts,
        verdict=verdict,
        missing=[] if decided else missing,
        trace=[
            Step(
                rule="logistics.latest_event",
                inputs={"shipment_id": one["shipment_id"]},
                formula="max(at)",
                result=one["status"],
                basis=Basis(kind="RECORD", id=node_id("Shipment", f"{order_id}/{one['shipment_id']}")),
            )
            for one in shipments
        ]
        or [
            Step(
                rule="logistics.no_parcel",
                inputs={"status": status, "shipments": recorded},
                result=[],
                basis=Basis(kind="RECORD", id=node_id("Order", order_id)),
            )
        ],
        words={
            "goods": "、".join(one.line.label for one in resolution.chosen) or goods_of(resolution),
            "how": resolution.how,
            "order_status": status,
            "parcels": shipments,
        },
        variant="NO_PARCEL" if decided and not shipments else None,
        graph=_graph(resolution.owner, order_id, rows),
    )


def _never_shipped(row: Row) -> bool:
    return row["status"] == "CANCELLED" and row["shipped_at"] is None


def _asked_for(parcels: list[dict[str, Any]], resolution: Resolution) -> list[dict[str, Any]]:
    """The parcel whose number was given, else those that hold the goods named, else all."""
    if resolution.tracking_nos:
        return [one for one in parcels if one.get("tracking_no") in resolution.tracking_nos]
    wanted = {one.line.line_id for one in resolution.chosen}
    if wanted and all(one.get("line_ids") is not None for one in parcels):
        return [one for one in parcels if wanted & set(one["line_ids"])]
    return parcels


def _latest(parcel: dict[str, Any]) -> dict[str, Any]:
    events = parcel.get("events")
    loaded: list[dict[str, Any]] = json.loads(events) if isinstance(events, str) else events or []
    last = max(enumerate(loaded), key=lambda item: (item[1]["at"], item[0]))[1] if loaded else {}
    return {
        "shipment_id": parcel["shipment_id"],
        "carrier": parcel.get("carrier"),
        "tracking_no": parcel.get("tracking_no"),
        "status": last.get("status"),
        "at": format_instant(last["at"]) if last else None,
        "text": last.get("text"),
    }


def _verdict(frame: Frame, shipments: list[dict[str, Any]], *, certain: bool) -> Verdict | None:
    wanted = asked_milestone(frame, "parcel")
    if wanted is None:
        return None
    reached = [_reached(wanted, one["status"]) for one in shipments]
    if not reached:
        return "NO"
    if all(reached):
        return "YES" if certain else "PARTLY"
    return "PARTLY" if any(reached) else "NO"


def _reached(wanted: str, status: str | None) -> bool:
    if status is None:
        return False
    if wanted in ("EXCEPTION", "OUT_FOR_DELIVERY"):
        return status == wanted
    if status in _STEPS:
        return _STEPS.index(status) >= _STEPS.index(wanted)
    return wanted == "PICKED_UP"


def _graph(owner: str, order_id: str, rows: list[Row]) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    user = add_node(graph, "User", {"user_id": owner})
    order = add_node(graph, "Order", {"order_id": order_id, "status": rows[0]["status"]})
    add_edge(graph, user, "PLACED", order)
    for row in rows:
        add_edge(graph, order, "SHIPPED_IN", add_node(graph, "Shipment", row["shipment"]))
    return graph
