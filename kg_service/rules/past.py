"""An order after the returns that were made or are in progress: what is gone, and what was paid and has not come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kg_service.dataset.order import Order, OrderReturn
from kg_service.rules.balance import settle_balance
from kg_service.rules.case import Case
from kg_service.rules.instruments import Purse
from kg_service.rules.settlement import Settlement, settle
from kg_service.rules.trace import refund_step
from kg_service.trace import Step

__all__ = ["Past", "State", "earlier_returns", "past_of"]


@dataclass(frozen=True)
class State:
    """An order after some returns: what is gone, and R (promotions.md section 6), 分."""

    gone: Mapping[str, Mapping[str, int]]
    balance: int
    settlement: Settlement

    def advance(self, case: Case, units: Mapping[str, int], reasons: Mapping[str, str]) -> State:
        """The state when these units go as well; the balance is still the one before."""
        gone = {line_id: dict(by_reason) for line_id, by_reason in self.gone.items()}
        for line_id, count in units.items():
            of_line = gone.setdefault(line_id, {})
            of_line[reasons[line_id]] = of_line.get(reasons[line_id], 0) + count
        return State(gone, self.balance, settle(case, gone))


@dataclass
class Past:
    """What happened to an order before the return that is asked about.

    Attributes
    ----------
    state : None when a fact is missing without which it cannot be known
    left : units that can still be returned, by line; gifts among them
    moved : what each earlier return paid back and took in, 分: (return_id, refund, paid in)
    missing : the facts without which no amount can be given
    """

    state: State | None
    left: dict[str, int]
    moved: list[tuple[str, int, int]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    trace: list[Step] = field(default_factory=list)

    def purse(self, order: Order, without: frozenset[str] = frozenset()) -> Purse | None:
        """What each payment has not got back; None when the payments are not recorded.

        Parameters
        ----------
        without : kinds that got nothing back as long as something was kept
        """
        if order.payments is None:
            return None
        purse = Purse(order.payments)
        for return_id, refund, owes in self.moved:
            purse.refund(refund, without=without)
            purse.pay_in(f"return {return_id}", owes)
        return purse


def earlier_returns(order: Order) -> list[OrderReturn]:
    """Returns that count as gone: service RETURN in any status but REJECTED, by requested_at."""
    return sorted(
        (item for item in order.returns or [] if item.service == "RETURN" and item.status != "REJECTED"),
        key=lambda item: (item.requested_at, item.return_id),
    )


def past_of(case: Case) -> Past:
    """Go through an order's earlier returns, in order of requested_at."""
    order = case.order
    left = {line.line_id: line.quantity for line in order.lines}
    for item in earlier_returns(order):
        for part in item.lines:
            left[part.line_id] -= part.quantity
    missing = [
        f"Order {order.order_id}.{name}"
        for name, value in (("applications", order.applications), ("returns", order.returns))
        if value is None
    ]
    if order.order_type == "PRESALE" and order.status == "PLACED" and order.payments != []:
        # a deposit alone is not the price: whether it comes back is for the presale's term (rules/presale.py)
        fact = "payments" if order.payments is None else "balance"
        return Past(None, left, missing=[*missing, f"Order {order.order_id}.{fact}"])
    start = settle(case, {})
    unpaid = order.paid_at is None and order.status == "PLACED" and not order.payments
    past = Past(None, left, missing=missing)
    state = State({}, 0 if unpaid else start.total, start)
    for item in earlier_returns(order):
        units = {part.line_id: part.quantity for part in item.lines}
        after = state.advance(case, units, dict.fromkeys(units, item.reason))
        if after.settlement.missing:
            past.missing += after.settlement.missing
            return past
        refund, owes, _ = settle_balance(case, state.balance, after.settlement, [], {})
        if item.refund_amount is not None:
            refund = int(item.refund_amount)
            owes = int(item.buyer_paid) if item.buyer_paid is not None else 0 if refund else owes
        elif item.status == "REFUNDED":
            past.missing.append(f"Return {order.order_id}/{item.return_id}.refund_amount")
            return past
        past.moved.append((item.return_id, refund, owes))
        past.trace.append(refund_step(state.balance, after.settlement, refund, owes, rule="earlier_return", ref=item.return_id))
        state = replace(after, balance=state.balance - refund + owes)
    past.state = state
    return past
