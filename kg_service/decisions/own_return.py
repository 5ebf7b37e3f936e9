"""Which of the customer's returns a question is about, with everything that was recorded of its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg_service.answers.answer import Option
from kg_service.dataset.order import Order, OrderReturn
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.own_case import lost_facts
from kg_service.dialogue.references import id_tokens, said_in
from kg_service.dialogue.resolution import RECENT_MS, clarify, gate, not_found, read_own_lines, resolve_order
from kg_service.graph.case import Case, read_case
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.times import day_of

__all__ = ["NoReturn", "OwnReturn", "read_own_return"]

_OPEN = frozenset({"REQUESTED", "APPROVED", "IN_TRANSIT", "RECEIVED_BY_SELLER"})


@dataclass(frozen=True)
class OwnReturn:
    """A return of the customer, its order, and what to call the goods that go back."""

    case: Case
    order: Order
    item: OrderReturn
    goods: str


@dataclass(frozen=True)
class NoReturn:
    """The customer has no return of what the question is about.

    Attributes
    ----------
    order_id, order_status, goods : the order it names, if it names one
    unpaid : that order was never paid: there is nothing to give back
    """

    order_id: str | None = None
    order_status: str | None = None
    goods: str = ""
    unpaid: bool = False


@dataclass(frozen=True)
class _Found:
    return_id: str
    order_id: str
    service: str
    status: str
    requested_at: int
    lines: tuple[OwnLine, ...]

    @property
    def goods(self) -> str:
        return "、".join(line.label for line in self.lines)


def read_own_return(frame: Frame, asker: Asker) -> Flow[OwnReturn | NoReturn | Decision]:
    """Find the return a question is about and read its order; a decision where that cannot be.

    What the question names (a return's or an order's id, goods, a time) narrows the choice; those still under way come before
    those that are done, returns before exchanges; of several done ones the only recent one is meant. Several left: CLARIFY.
    """
    refused = gate(asker)
    if refused is not None or asker.user_id is None:
        # an analyst names the order, and with it whose it is
        resolution = yield from resolve_order(frame, asker)
        if resolution.decision is not None:
            return resolution.decision if asker.role == "analyst" else refused or resolution.decision
        owner, order_id = resolution.owner, resolution.order_id
    else:
        owner, order_id = asker.user_id, asker.order_id
    own = yield from read_own_lines(owner)
    rows = yield Query("order/own_returns", {"user_id": owner})
    found = _returns(rows, own)
    narrowed = yield from _narrowed(frame, owner, order_id, own, found)
    if isinstance(narrowed, Decision):
        return narrowed
    if not narrowed:
        return (yield from _without(frame, asker, owner))
    chosen = _chosen(narrowed, asker.now)
    if chosen is None:
        options = [
            Option(id=one.return_id, label=f"{one.goods}（{_day(one.requested_at)}申请，售后单{one.return_id}）")
            for one in sorted(narrowed, key=lambda one: (-one.requested_at, one.return_id))
        ]
        return clarify("return", options)
    case = yield from read_case(owner, chosen.order_id)
    if case is None:
        return not_found(chosen.return_id)
    if case.order is None or case.missing:
        return lost_facts(case, chosen.order_id)
    item = next((one for one in case.order.returns or [] if one.return_id == chosen.return_id), None)
    if item is None:
        return not_found(chosen.return_id)
    return OwnReturn(case, case.order, item, chosen.goods)


def _returns(rows: Sequence[dict[str, object]], own: Sequence[OwnLine]) -> list[_Found]:
    lines = {line.key: line for line in own}
    found: dict[tuple[str, str], _Found] = {}
    for row in rows:
        key = (str(row["order_id"]), str(row["return_id"]))
        line = lines.get(f"{row['order_id']}/{row['line_id']}")
        before = found[key].lines if key in found else ()
        at = row["requested_at"]
        found[key] = _Found(
            return_id=key[1],
            order_id=key[0],
            service=str(row.get("service") or "RETURN"),
            status=str(row["status"]),
            requested_at=at if isinstance(at, int) else 0,
            lines=(*before, *([line] if line else [])),
        )
    return list(found.values())


def _narrowed(
    frame: Frame, owner: str, order_id: str | None, own: Sequence[OwnLine], found: list[_Found]
) -> Flow[list[_Found] | Decision]:
    """The returns that fit everything the question names."""
    said = said_in(frame)
    loose = id_tokens(frame.text)
    if said.ids or loose:
        ids = list(dict.fromkeys((*said.ids, *loose)))
        rows = yield Query("order/own_ids", {"user_id": owner, "ids": ids})
        if said.ids and not rows:
            return not_found("、".join(said.id_texts))
        returns = {row["id"] for row in rows if row["kind"] == "return"}
        orders = {row["order_id"] for row in rows}
        if returns:
            return [one for one in found if one.return_id in returns]
        if rows:
            found = [one for one in found if one.order_id in orders]
    if order_id is not None:
        if all(line.order_id != order_id for line in own):
            return not_found(order_id)
        found = [one for one in found if one.order_id == order_id]
    for reference in said.goods:
        fitting = [one for one in found if reference.fitting(one.lines)]
        if not fitting and "单" in frame.text:
            # the goods only say which order: "买连衣裙那单的退款"
            orders = {line.order_id for line in reference.fitting(own)}
            fitting = [one for one in found if one.order_id in orders]
        found = fitting
    period = frame.period
    if period is not None:
        inside = [
            one
            for one in found
            if period.start <= one.requested_at <= period.end
            or any(period.start <= line.placed_at <= period.end for line in one.lines)
        ]
        found = inside or found
    return found


def _chosen(found: Sequence[_Found], now: int) -> _Found | None:
    """The one that is meant: the only one under way, else the only one, else the only recent one."""
    for pool in (
        [one for one in found if one.status in _OPEN and one.service == "RETURN"],
        [one for one in found if one.status in _OPEN],
    ):
        if pool:
            return pool[0] if len(pool) == 1 else None
    recent = [one for one in found if now - RECENT_MS <= one.requested_at <= now]
    return found[0] if len(found) == 1 else recent[0] if len(recent) == 1 else None


def _without(frame: Frame, asker: Asker, owner: str) -> Flow[NoReturn | Decision]:
    """No return fits: of the order that is named, or at all; UNKNOWN where an order's returns are not recorded."""
    said = said_in(frame)
    if said.goods or said.ids or said.promotion_ids or asker.order_id is not None:
        resolution = yield from resolve_order(frame, asker)
        if resolution.decision is not None:
            return resolution.decision
        order_id: str | None = resolution.sure_order
        goods = "、".join(one.line.label for one in resolution.chosen)
    else:
        order_id, goods = None, ""
    rows = yield Query("order/return_records", {"user_id": owner, "order_id": order_id or ""})
    unknown = [row["order_id"] for row in rows if not row["recorded"] and row["status"] not in ("PLACED", "PAID", "SHIPPED")]
    if unknown:
        return Decision(
            "UNKNOWN",
            facts={"order_id": order_id},
            missing=[f"Order {one}.returns" for one in unknown],
            variant="UNKNOWN_RETURNS",
            words={"orders": unknown},
        )
    if order_id is None:
        return NoReturn()
    row = next((one for one in rows if one["order_id"] == order_id), {})
    return NoReturn(order_id, row.get("status"), goods, unpaid=row.get("paid_at") is None)


def _day(at: int) -> str:
    day = day_of(at)
    return f"{day.year}年{day.month}月{day.day}日"
