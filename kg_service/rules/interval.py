"""The lowest and the highest refund when facts are missing, and the one fact that decides (promotions.md section 8).

Sound, and as tight as follows from what is recorded: refund = R − payable(K), R being what was paid and has not come back, and
a kept line costs between nothing and its price less its item-level shares. A line that no unknown fact reaches costs what it
costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg_service.money import Money
from kg_service.rules.case import Case
from kg_service.rules.past import Past, earlier_returns
from kg_service.rules.settlement import Gone, Settlement, settle
from kg_service.trace import Basis, Step

__all__ = ["Interval", "refund_interval"]

#: A range of 分, both ends possible or beyond what is.
_Range = tuple[int, int]


@dataclass(frozen=True)
class Interval:
    """Where a refund of goods lies, 分, the fact whose knowledge alone would narrow it most, and all it hangs on besides R."""

    low: int
    high: int
    decides: str
    missing: tuple[str, ...] = ()

    def step(self, order_id: str) -> Step:
        """The interval as a step of the trace."""
        low, high = Money(self.low), Money(self.high)
        return Step(
            rule="refund_interval",
            inputs={"decides": self.decides},
            formula=f"{low} ≤ refund_amount ≤ {high}",
            result={"refund_min": str(low), "refund_max": str(high)},
            basis=Basis(kind="RECORD", id=order_id, text="按已有记录能确定的范围"),
        )


def refund_interval(case: Case, past: Past, units: Mapping[str, int], reasons: Mapping[str, str]) -> Interval | None:
    """The interval of the refund of some units.

    Parameters
    ----------
    case, past : the order, and what its earlier returns made of it
    units, reasons : what is returned, by line_id

    Returns
    -------
    Interval or None
        ``None`` where no bound is honest: what was returned before is not known, so neither is what is left.
    """
    order = case.order
    if order.returns is None:
        return None
    gone = _gone(case, units, reasons)
    kept = {key: line.quantity - sum(gone.get(key, {}).values()) for key, line in case.lines.items()}
    settlement = None if order.applications is None else settle(case, gone)
    paid = _balance(case, past)
    costs = _costs(case, kept, settlement)
    low = max(0, paid[0] - sum(cost[1] for cost in costs.values()))
    high = max(low, paid[1] - sum(cost[0] for cost in costs.values()))
    missing = () if settlement is None else tuple(settlement.missing)
    return Interval(low, high, _decides(case, past, settlement, kept), missing)


def _gone(case: Case, units: Mapping[str, int], reasons: Mapping[str, str]) -> Gone:
    gone: dict[str, dict[str, int]] = {key: {} for key in case.lines}
    for item in earlier_returns(case.order):
        for part in item.lines:
            gone[part.line_id][item.reason] = gone[part.line_id].get(item.reason, 0) + part.quantity
    for key, count in units.items():
        gone[key][reasons[key]] = gone[key].get(reasons[key], 0) + count
    return gone


def _worth(case: Case, units: Mapping[str, int]) -> int:
    return sum(int(case.lines[key].list_price) * count for key, count in units.items())


def _balance(case: Case, past: Past) -> _Range:
    """R, what was paid and has not come back."""
    order = case.order
    if order.applications is not None and past.state is not None:
        return past.state.balance, past.state.balance
    if order.paid_at is None and order.status == "PLACED":
        # at most a deposit was paid
        return 0, sum(int(payment.amount) for payment in order.payments or ())
    whole = {key: line.quantity for key, line in case.lines.items()}
    # R is at most what all goods cost at list price: a refund that fell below zero counts as paid in
    most = _worth(case, whole)
    if earlier_returns(case.order):
        return 0, most
    if order.applications is not None:
        granted = sum(int(application.grant) for application in order.applications)
        return most - granted, most - granted
    if order.payments is None:
        return 0, most
    paid = sum(int(payment.amount) for payment in order.payments)
    if order.freight is None:
        return 0, min(most, paid)
    return max(0, paid - int(order.freight.charged)), max(0, paid - int(order.freight.charged))


def _costs(case: Case, kept: Mapping[str, int], settlement: Settlement | None) -> dict[str, _Range]:
    """What the kept units of each line cost, at least and at most, 分."""
    unsure = set(case.lines) if settlement is None else _reached(case, settlement)
    found: dict[str, _Range] = {}
    for key, count in kept.items():
        if not count:
            continue
        if settlement is not None and key not in unsure:
            found[key] = (settlement.payable[key],) * 2
            continue
        worth = int(case.lines[key].list_price) * count
        item = 0
        if settlement is not None:
            item = sum(
                judgement.after.get(key, 0)
                for judgement in settlement.judgements
                if judgement.application.application_id in case.item_level
            )
        found[key] = (0, worth - item)
    return found


def _reached(case: Case, settlement: Settlement) -> set[str]:
    """The lines whose shares depend on what is not known: those of the unknown promotions, and on through later ones."""
    unknown = {one.application.application_id for one in settlement.judgements if one.state == "UNKNOWN"}
    return _spread(case, unknown)


def _spread(case: Case, unknown: set[str]) -> set[str]:
    groups = {one.application_id: {part.line_id for part in one.participants} for one in case.applications}
    reached = {line_id for key in unknown for line_id in groups[key]}
    while True:
        wider = reached.union(*(group for key, group in groups.items() if key not in case.item_level and group & reached))
        if wider == reached:
            return reached
        reached = wider


def _decides(case: Case, past: Past, settlement: Settlement | None, kept: Mapping[str, int]) -> str:
    """The fact that alone would narrow most: what R hangs on, then the promotions by what the lines they reach are worth."""
    if settlement is None:
        return f"Order {case.order.order_id}.applications"
    if past.state is None and past.missing and not settlement.missing:
        return past.missing[0]
    widths: dict[str, int] = {}
    for judgement in settlement.judgements:
        reached = _spread(case, {judgement.application.application_id})
        for fact in judgement.missing:
            widths[fact] = max(widths.get(fact, 0), _worth(case, {key: kept[key] for key in reached}))
    if not widths:
        return past.missing[0]
    return min(widths, key=lambda fact: (-widths[fact], fact))
