"""The order a question about one's own purchase is about, with everything that was recorded of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kg_service.dataset.order import Order
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.return_progress import read_progress
from kg_service.decisions.told_state import state_told, with_state
from kg_service.dialogue.resolution import Resolution, not_found, resolve_lines, resolve_order
from kg_service.graph.case import Case, read_case
from kg_service.graph.order_graph import node_id
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.trace import Basis, Step

__all__ = ["OwnCase", "lost_facts", "read_own_case", "read_own_order"]


#: Roles of goods that do not go back themselves.
_STAYS = frozenset({"KEPT", "GIFT"})


@dataclass(frozen=True)
class OwnCase:
    """An order of the customer: which one and which lines are meant, its subgraph, and the order itself.

    Attributes
    ----------
    recorded : the order as it was recorded, where the question tells another state of the goods (used, opened) than it
    """

    resolution: Resolution
    case: Case
    order: Order
    recorded: Order | None = None


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
    if progress and resolution.on_its_way and frame.whole_order:
        # one of the goods that name the order is on its way back: the rest of it is meant
        whole = frame.model_copy(update={"mentions": ()})
        resolution = yield from resolve_lines(whole, replace(asker, order_id=resolution.order_id), **how)
        if resolution.decision is not None:
            return resolution.decision
    if progress:
        resolution = _still_there(resolution)
        if resolution.on_its_way:
            return (yield from read_progress(resolution, asker.now))
        found = yield from _read(resolution)
        return found if isinstance(found, Decision) else _as_told(found, frame)
    return (yield from _read(resolution))


def _as_told(own: OwnCase, frame: Frame) -> OwnCase:
    """The order in the state the question tells of the goods: a record may not know that they have been used since."""
    told = state_told(frame)
    if told is None:
        return own
    before = [mention for mention in frame.mentions if mention.start < told[1]]
    going = [one for one in own.resolution.chosen if one.role not in _STAYS]
    if before:
        # what is spoken of right before is what was used ("头灯我用过了,退帐篷")
        going = [one for one in going if max(before, key=lambda one: one.start).text in one.text or not one.text]
    lines = frozenset(one.line.line_id for one in going)
    if not own.resolution.chosen:
        lines = frozenset(line.line_id for line in _goods(own.resolution))
    order = with_state(own.order, frame, lines)
    if order == own.order:
        return own
    return replace(own, order=order, case=replace(own.case, order=order), recorded=own.order)


def _still_there(resolution: Resolution) -> Resolution:
    """The resolution without the lines of which no unit is left to speak of; ``on_its_way`` where none else is meant.

    Where an order is meant as a whole, that is what remains of it.
    """
    going = [one for one in resolution.chosen if one.role not in _STAYS]
    left = [one for one in going if one.line.remaining]
    if going and not left:
        back = tuple(one.line for one in going if one.line.returned_quantity)
    elif not resolution.chosen and not any(line.remaining for line in _goods(resolution)):
        back = tuple(line for line in _goods(resolution) if line.returned_quantity)
    else:
        back = ()
    if back and resolution.decision is None:
        return replace(resolution, on_its_way=back)
    return replace(resolution, chosen=tuple(one for one in resolution.chosen if one.role in _STAYS or one.line.remaining))


def _goods(resolution: Resolution) -> tuple[OwnLine, ...]:
    return tuple(line for line in resolution.lines if line.role not in ("GIFT", "SERVICE"))


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
