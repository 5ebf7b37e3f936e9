"""Which of the customer's orders and lines a question is about (answers.md, "Which status").

Every decider of a personal question starts here::

    resolution = yield from resolve_lines(frame, asker)
    if resolution.decision is not None:          # CLARIFY, NOT_FOUND, FORBIDDEN: nothing more to decide
        return resolution.decision
    ...                                          # resolution.order_id, .returned, .kept, .asked

Order of what is believed: an id in the text, the order the caller names, then names narrowed by everything else the question
says (goods bought together, time, promotion). What is left over: one order, or one within the last 90 days → that one; more →
CLARIFY, newest order first, then line_id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg_service.decisions.decision import Asker, Decision
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow

__all__ = ["ChosenLine", "Pool", "Resolution", "gate", "not_found", "resolve_lines", "resolve_order"]

#: OPEN: units not yet returned in orders not cancelled. ANY: every line of every order.
Pool = Literal["OPEN", "ANY"]
How = Literal["ID", "CALLER", "ONLY", "RECENT"]


@dataclass(frozen=True)
class ChosenLine:
    """A line the question speaks of.

    Attributes
    ----------
    role : RETURNED, KEPT or ASKED (also BOUGHT, COMPARED, GIFT as the frame has them)
    quantity : units the question is about; the whole line (what is not yet returned) unless it says otherwise
    whole_line : nothing was said about units, and the line has several: the text offers one
    text : what the customer called it; empty when they did not
    """

    line: OwnLine
    role: str
    quantity: int
    whole_line: bool = False
    text: str = ""


@dataclass(frozen=True)
class Resolution:
    """The chosen order and lines, or a ready decision.

    Attributes
    ----------
    decision : CLARIFY, NOT_FOUND or FORBIDDEN; nothing else is filled in then
    order_id : the chosen order
    lines : all lines of the chosen order
    chosen : the lines the question names, in the order of the message
    how : ID or CALLER (named), ONLY (nothing else fits), RECENT (the one of the last 90 days: to be said in the text)
    on_its_way : lines named by the question whose units are all on their way back already (answer with the return's progress)
    coupon_ids, return_ids, tracking_nos : the customer's own, named in the text by their ids
    elsewhere : KEPT lines that are in another order than the chosen one
    """

    decision: Decision | None = None
    order_id: str | None = None
    lines: tuple[OwnLine, ...] = ()
    chosen: tuple[ChosenLine, ...] = ()
    how: How | None = None
    on_its_way: tuple[OwnLine, ...] = ()
    coupon_ids: tuple[str, ...] = ()
    return_ids: tuple[str, ...] = ()
    tracking_nos: tuple[str, ...] = ()
    elsewhere: tuple[OwnLine, ...] = ()

    def by_role(self, *roles: str) -> tuple[ChosenLine, ...]:
        """The chosen lines of these roles."""
        return tuple(one for one in self.chosen if one.role in roles)

    @property
    def returned(self) -> dict[str, int]:
        """line_id to units of the lines with role RETURNED."""
        return {one.line.line_id: one.quantity for one in self.by_role("RETURNED")}


def gate(asker: Asker) -> Decision | None:
    """Who may ask a personal question: FORBIDDEN without a (known) user; an agent without a customer is asked which (CLARIFY)."""
    raise NotImplementedError


def not_found(what: str = "相关记录") -> Decision:
    """The one NOT_FOUND of personal data: another's and a nonexistent id are told alike."""
    raise NotImplementedError


def resolve_lines(
    frame: Frame,
    asker: Asker,
    *,
    default_role: str = "RETURNED",
    pool: Pool = "OPEN",
    one_line: bool = False,
    need_line: bool = True,
) -> Flow[Resolution]:
    """Resolve the goods a question names to lines of one of the customer's orders.

    Parameters
    ----------
    default_role : the role of mentions that have none, and of the only line when nothing is named
    pool : which lines may be meant when no id is given
    one_line : several lines in the role ``default_role`` are a clarification, not a set
    need_line : when nothing is named and the order has several lines, ask which (otherwise ``chosen`` stays empty)
    """
    raise NotImplementedError
    yield


def resolve_order(frame: Frame, asker: Asker, *, pool: Pool = "ANY") -> Flow[Resolution]:
    """Resolve which order a question is about; goods it names narrow the choice and are in ``chosen``.

    ``order_id`` is given by id, by the caller, or found as in :func:`resolve_lines`. Cancelled orders count with pool ANY.
    """
    raise NotImplementedError
    yield
