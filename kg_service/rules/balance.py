"""What a return comes to in money, and whether a term refuses it (promotions.md section 6).

A term below the statutory floor is not applied: inside the seven days no term may refuse the return (section 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg_service.rules.case import Case
from kg_service.rules.settlement import Judgement, Settlement
from kg_service.rules.windows import Window

__all__ = ["refused_by_all_or_nothing", "settle_balance"]

_STRICTEST = ("FLOOR_ZERO", "CHARGE_BUYER", "REFUSE_ALONE")


def settle_balance(
    case: Case, balance: int, settlement: Settlement, windows: Sequence[Window], units: Mapping[str, int]
) -> tuple[int, int, bool]:
    """refund_amount and buyer_owes, 分, and whether a term refuses the return on its own.

    Parameters
    ----------
    balance : R, what was paid and has not come back, 分
    settlement : after the return
    windows, units : of the lines that come back now
    """
    if balance == 0 and case.order.status == "PLACED" and not case.order.payments:
        return 0, 0, False
    refund = balance - settlement.total
    if refund >= 0:
        return refund, 0, False
    strictest = "FLOOR_ZERO"
    found = False
    for judgement in settlement.judgements:
        rules = case.rules_of(judgement.application)
        if judgement.state not in ("DEGRADED", "BROKEN") or not judgement.application.grant or rules is None:
            continue
        if judgement.ruling is not None and judgement.ruling.value == "RECORDED_SHARE":
            continue  # as if qualified: it takes nothing back
        found = True
        value = rules.negative_settlement.value
        if value == "REFUSE_ALONE" and _protected(windows, _members(judgement) & set(units)):
            value = "CHARGE_BUYER"
        strictest = max(strictest, value, key=_STRICTEST.index)
    if not found:
        strictest = "CHARGE_BUYER"
    if strictest == "FLOOR_ZERO":
        return 0, 0, False
    return 0, -refund, strictest == "REFUSE_ALONE"


def refused_by_all_or_nothing(settlement: Settlement, windows: Sequence[Window], units: Mapping[str, int]) -> bool:
    """Whether a promotion's term refuses the return unless every participating unit comes back."""
    for judgement in settlement.judgements:
        if judgement.ruling is None or judgement.ruling.value != "ALL_OR_NOTHING":
            continue
        members = _members(judgement)
        # a gift comes back, or is paid, by the rule for gifts: it is no part of a return that lacks only it
        goods = {participant.line_id for participant in judgement.application.participants if participant.role != "GIFT"}
        if judgement.state not in ("DEGRADED", "BROKEN") or not any(settlement.kept[line_id] for line_id in goods):
            continue
        if members & set(units) and not _protected(windows, members & set(units)):
            return True
    return False


def _members(judgement: Judgement) -> set[str]:
    return {participant.line_id for participant in judgement.application.participants}


def _protected(windows: Sequence[Window], line_ids: set[str]) -> bool:
    """Some returned line is inside the statutory seven days and may come back: no term may refuse it (第十七条)."""
    return any(window.statutory for window in windows if window.line_id in line_ids)
