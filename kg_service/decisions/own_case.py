"""The order a question about one's own purchase is about, with everything that was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg_service.dataset.order import Order
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.return_progress import read_progress
from kg_service.dialogue.resolution import Resolution, not_found, resolve_lines, resolve_order
from kg_service.graph.case import Case, read_case
from kg_service.graph.order_graph import node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.trace import Basis, Step

__all__ = ["OwnCase", "lost_facts", "read_own_case", "read_own_order"]


@dataclass(frozen=True)
class OwnCase:
    """An order of the customer: which one and which lines are meant, its subgraph, and the order itself."""

    resolution: Resolution
    case: Case
    order: Order


def read_own_case(frame: Frame, asker: Asker, *, progress: bool = True, **how: Any) -> Flow[OwnCase | Decision]:
    """Find the lines a question names and read their order; a decision where that cannot be.

    Parameters
    ----------
    progress : units that are on their way back already are answered with their return's progress
    how : as for :func:`~kg_service.dialogue.resolution.resolve_lines`
    """
    resolution = yield from resolve_lines(frame, asker, **how)
    if resolution.decision is not None:
        return resolution.decision
    if progress and resolution.on_its_way:
        return (yield from read_progress(resolution, asker.now))
    return (yield from _read(resolution))


def read_own_order(frame: Frame, asker: Asker, **how: Any) -> Flow[OwnCase | Decision]:
    """The same for an order as a whole; ``how`` as for :func:`~kg_service.dialogue.resolution.resolve_order`."""
    resolution = yield from resolve_order(frame, asker, **how)
    if resolution.decision is not None:
        return resolution.decision
    return (yield from _read(resolution))


def _read(resolution: Resolution) -> Flow[OwnCase | Decision]:
    case = yield from read_case(resolution.owner, resolution.sure_order)
    if case is None:
        return not_found(resolution.sure_order)
    if case.order is None or case.missing:
        return lost_facts(case, resolution.sure_order)
    return OwnCase(resolution, case, case.order)


def lost_facts(case: Case, order_id: str) -> Decision:
    """UNKNOWN: facts that the graph says it had are not there."""
    steps = [
        Step(rule="missing_fact", inputs={"fact": fact}, result=None, basis=Basis(kind="RECORD", id=node_id("Order", order_id)))
        for fact in case.missing
    ]
    return Decision(
        "UNKNOWN",
        facts={"order_id": order_id},
        missing=list(case.missing),
        trace=steps,
        graph=case.graph,
        variant="UNKNOWN_FACTS",
    )
