"""What resolving a question's order and lines comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from kg_service.answers.answer import Clarification, Option
from kg_service.decisions.decision import Asker, Decision
from kg_service.linking.own import OwnLine

__all__ = ["ChosenLine", "How", "Pool", "Resolution", "clarify", "gate", "not_found"]

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
    owner : whose order it is; personal templates are bound to it (the asker's user_id, but for an analyst)
    order_id : the chosen order
    lines : all lines of the chosen order
    chosen : the lines the question names, in the order of the message
    how : ID or CALLER (named), ONLY (nothing else fits), RECENT (the one of the last 90 days: to be said in the text)
    on_its_way : lines named by the question whose units are all on their way back already (answer with the return's progress)
    coupon_ids, return_ids, tracking_nos : the customer's own, named in the text by their ids
    elsewhere : KEPT lines that are in another order than the chosen one
    """

    decision: Decision | None = None
    owner: str = ""
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

    @property
    def sure_order(self) -> str:
        """The chosen order's id, of a resolution that is no decision."""
        if self.order_id is None:
            raise ValueError("the resolution is a decision, it has no order")
        return self.order_id


def gate(asker: Asker) -> Decision | None:
    """Who may ask a personal question.

    Without a (known) user FORBIDDEN; an agent (or analyst) without a customer is asked which one (CLARIFY).
    """
    if asker.user_id is None and asker.role != "customer":
        return Decision(
            "CLARIFY", clarification=Clarification(about="customer", options=[]), variant="CLARIFY_CUSTOMER", words={}
        )
    if asker.user_id is None or not asker.known:
        return Decision("FORBIDDEN", variant="FORBIDDEN_SIGN_IN")
    return None


def not_found(what: str = "") -> Decision:
    """The one NOT_FOUND of personal data: another's and a nonexistent id are told alike.

    Parameters
    ----------
    what : what was asked for, in the customer's words
    """
    return Decision("NOT_FOUND", words={"what": what}, variant="NOT_FOUND_PERSONAL")


def clarify(about: str, options: Iterable[Option], **words: Any) -> Decision:
    """CLARIFY with real options (``about``: order, line, product, customer …)."""
    found = Clarification(about=about, options=list(options))
    return Decision("CLARIFY", clarification=found, words=words, variant=f"CLARIFY_{about.upper()}")
