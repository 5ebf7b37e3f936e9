"""What the kept units of an order cost after a partial return (promotions.md section 6).

:func:`settle` is a pure function of the original order, of which units are gone, and of why. It judges every recorded
application on its recorded participants among the units that stay, with the promotion version and the prices of the purchase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from kg_service.dataset.order import Application, Order, OrderLine
from kg_service.dataset.promotion import Promotion
from kg_service.money import Money
from kg_service.rules.after_sale import AfterSaleRules, Ruling
from kg_service.rules.case import Case
from kg_service.rules.kinds import Evaluation
from kg_service.rules.law import engine_default
from kg_service.rules.participation import evaluate_recorded, share_out

__all__ = ["FAULT", "Gone", "Judgement", "Settlement", "settle", "split_shares"]

#: Reasons that lie with the seller.
FAULT = frozenset({"QUALITY", "SELLER_FAULT"})
#: line_id → reason → units that are gone.
Gone: TypeAlias = Mapping[str, Mapping[str, int]]
State = Literal["UNTOUCHED", "QUALIFIED", "DEGRADED", "BROKEN", "UNKNOWN"]


@dataclass(frozen=True)
class Judgement:
    """What became of one application.

    Attributes
    ----------
    state : UNTOUCHED (none of its units is gone), QUALIFIED, DEGRADED or BROKEN; UNKNOWN when a fact is missing
    ruling : the rule that settled it, where its conditions hold no longer in full
    before, after : the kept units' shares by line, 分: as recorded, and now
    granted : the new grant over kept and counted units, where it was computed afresh
    counted : units that came back through the seller's fault and still count, by line
    """

    application: Application
    promotion: Promotion | None
    state: State
    before: dict[str, int]
    after: dict[str, int]
    ruling: Ruling | None = None
    original: Evaluation | None = None
    now: Evaluation | None = None
    granted: int | None = None
    counted: dict[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    mismatch: str | None = None


@dataclass(frozen=True)
class Settlement:
    """What the kept units cost.

    Attributes
    ----------
    kept : units kept by line
    payable : 分 by line for the kept units; lines without kept units are left out
    counted_units, counted_payable : units kept or returned through the seller's fault, and what they cost in 分, by line
        (the condition of a freight waiver looks at them)
    """

    kept: dict[str, int]
    payable: dict[str, int]
    counted_units: dict[str, int]
    counted_payable: dict[str, int]
    judgements: list[Judgement]

    @property
    def total(self) -> Money:
        """payable(K), 分."""
        return Money(sum(self.payable.values()))

    @property
    def missing(self) -> list[str]:
        return sorted({fact for judgement in self.judgements for fact in judgement.missing})


def split_shares(line: OrderLine, shares: Mapping[str, int], units: int) -> dict[str, int]:
    """The shares that ``units`` of a line's equal units carry away when they are returned, by application.

    The units' payable is ⌊P·r/N⌋; the shares follow by largest remainder over the applications, so that they add up.

    Parameters
    ----------
    shares : the line's recorded shares by application_id, 分
    units : r, of the line's N

    Examples
    --------
    >>> line = OrderLine.model_validate({"line_id": "1", "sku_id": "S", "quantity": 3, "list_price": "10.00"})
    >>> split_shares(line, {"A": 100}, 1)
    {'A': 34}
    """
    if units == 0 or not shares:
        return dict.fromkeys(shares, 0)
    payable = int(line.list_price) * line.quantity - sum(shares.values())
    carried = int(line.list_price) * units - payable * units // line.quantity
    floors = {key: share * units // line.quantity for key, share in shares.items()}
    rest = carried - sum(floors.values())
    order = sorted(
        shares,
        key=lambda key: (floors[key] - Fraction(shares[key] * units, line.quantity), -shares[key], key),
    )
    for key in order[:rest]:
        floors[key] += 1
    return floors


def settle(case: Case, gone: Gone) -> Settlement:
    """Judge every application on the units that stay and compute what they cost.

    Parameters
    ----------
    case : Case
    gone : Gone
        All units that have come back or are to come back, earlier returns included, by line and reason.

    Returns
    -------
    Settlement
    """
    lines = case.lines
    out = {line_id: sum(gone.get(line_id, {}).values()) for line_id in lines}
    kept = {line_id: line.quantity - out[line_id] for line_id, line in lines.items()}
    recorded = _recorded_shares(case.order)
    now: dict[str, dict[str, int]] = {line_id: {} for line_id in lines}  # shares of kept units by application
    both: dict[str, dict[str, int]] = {line_id: {} for line_id in lines}  # of kept and faultily returned units
    judgements: list[Judgement] = []
    earlier: list[Application] = []
    for application in case.applications():
        judgement, shares_both = _judge(case, application, gone, kept, recorded, both, earlier)
        # an earlier promotion, computed afresh, may have left a line less than a later one's recorded share
        after = _within(judgement.after, lines, kept, now)
        judgements.append(replace(judgement, after=after))
        for line_id, share in after.items():
            now[line_id][application.application_id] = share
        standing = {line_id: units + _faulty(gone, line_id) for line_id, units in kept.items()}
        for line_id, share in _within(shares_both, lines, standing, both).items():
            both[line_id][application.application_id] = share
        earlier.append(application)
    payable = {
        line_id: int(lines[line_id].list_price) * units - sum(now[line_id].values()) for line_id, units in kept.items() if units
    }
    counted = {line_id: units + _faulty(gone, line_id) for line_id, units in kept.items()}
    counted_payable = {
        line_id: int(lines[line_id].list_price) * units - sum(both[line_id].values())
        for line_id, units in counted.items()
        if units
    }
    return Settlement(kept, payable, counted, counted_payable, judgements)


def _within(
    shares: Mapping[str, int], lines: Mapping[str, OrderLine], units: Mapping[str, int], taken: Mapping[str, Mapping[str, int]]
) -> dict[str, int]:
    """No share above what is left of its line (0 ≤ share ≤ base)."""
    return {
        line_id: min(share, int(lines[line_id].list_price) * units[line_id] - sum(taken[line_id].values()))
        for line_id, share in shares.items()
    }


def _faulty(gone: Gone, line_id: str) -> int:
    return sum(units for reason, units in gone.get(line_id, {}).items() if reason in FAULT)


def _recorded_shares(order: Order) -> dict[str, dict[str, int]]:
    shares: dict[str, dict[str, int]] = {line.line_id: {} for line in order.lines}
    for application in order.applications or []:
        for participant in application.participants:
            shares[participant.line_id][application.application_id] = int(participant.share)
    return shares


def _judge(
    case: Case,
    application: Application,
    gone: Gone,
    kept: Mapping[str, int],
    recorded: Mapping[str, Mapping[str, int]],
    both: Mapping[str, Mapping[str, int]],
    earlier: Sequence[Application],
) -> tuple[Judgement, dict[str, int]]:
    """One application: the judgement, and the shares of kept and faultily returned units by line."""
    lines = case.lines
    key = application.application_id
    members = [participant.line_id for participant in application.participants]
    promotion = case.promotion_of(application)
    rules = case.rules_of(application)
    before = {m: recorded[m][key] - split_shares(lines[m], recorded[m], lines[m].quantity - kept[m])[key] for m in members}
    with_fault = {m: kept[m] + _faulty(gone, m) for m in members}
    recorded_both = {
        m: recorded[m][key] - split_shares(lines[m], recorded[m], lines[m].quantity - with_fault[m])[key] for m in members
    }
    unchanged_base = all(
        both[m].get(item.application_id, 0)
        == recorded[m].get(item.application_id, 0)
        - split_shares(lines[m], recorded[m], lines[m].quantity - with_fault[m]).get(item.application_id, 0)
        for m in members
        for item in earlier
        if item.application_id in recorded[m]
    )
    if all(kept[m] == lines[m].quantity for m in members) and unchanged_base:
        return Judgement(application, promotion, "UNTOUCHED", before, dict(before)), recorded_both
    if promotion is None or rules is None:
        fact = f"Promotion {application.promotion_id}@{application.version}"
        return Judgement(application, None, "UNKNOWN", before, dict(before), missing=(fact,)), recorded_both
    if promotion.layer_number == 10:
        return Judgement(application, promotion, "QUALIFIED", before, dict(before)), recorded_both

    ruling, counting = _ruling(rules, gone, members)
    counted = {m: sum(units for reason, units in gone.get(m, {}).items() if reason in counting) for m in members}
    standing = {m: kept[m] + counted[m] for m in members}
    if unchanged_base and all(standing[m] == lines[m].quantity for m in members):
        judgement = Judgement(application, promotion, "QUALIFIED", before, dict(before), ruling, counted=counted)
        return judgement, recorded_both
    if not any(standing.values()):
        return Judgement(application, promotion, "BROKEN", before, dict(before), ruling), recorded_both
    if standing != with_fault:
        # an override lets some faulty units count as gone: their earlier shares are taken off by the same proportion
        base_shares = {
            m: {
                item.application_id: both[m].get(item.application_id, 0) * standing[m] // with_fault[m] if with_fault[m] else 0
                for item in earlier
            }
            for m in members
        }
    else:
        base_shares = {m: {item.application_id: both[m].get(item.application_id, 0) for item in earlier} for m in members}
    item_level = {
        item.application_id for item in earlier if (its := case.promotion_of(item)) is not None and its.layer_number == 10
    }
    original = evaluate_recorded(
        case,
        promotion,
        application,
        {m: lines[m].quantity for m in members},
        {m: {i.application_id: recorded[m].get(i.application_id, 0) for i in earlier} for m in members},
        item_level,
    )
    current = evaluate_recorded(case, promotion, application, standing, base_shares, item_level)
    if isinstance(original, str) or isinstance(current, str):
        fact = original if isinstance(original, str) else str(current)
        if ruling.value != "RECORDED_SHARE":
            return Judgement(application, promotion, "UNKNOWN", before, dict(before), ruling, missing=(fact,)), recorded_both
        return Judgement(application, promotion, "QUALIFIED", before, dict(before), ruling), recorded_both
    level = _recorded_level(application, original)
    mismatch = None
    if original.grant != application.grant:
        mismatch = f"recorded {application.grant}, recomputed {Money(original.grant)}"
    state: State = "QUALIFIED" if current.level >= level else "DEGRADED" if current.holds else "BROKEN"
    if state == "QUALIFIED" or ruling.value == "RECORDED_SHARE":
        return (
            Judgement(
                application, promotion, state, before, dict(before), ruling, original, current, None, counted, mismatch=mismatch
            ),
            recorded_both,
        )
    granted = current.grant if ruling.value in ("REEVALUATE", "ALL_OR_NOTHING") and current.holds else 0
    shares = share_out(case, promotion, application, granted, current, standing, base_shares)
    after = {m: shares.get(m, 0) * kept[m] // standing[m] if standing[m] else 0 for m in members}
    judgement = Judgement(
        application, promotion, state, before, after, ruling, original, current, granted, counted, mismatch=mismatch
    )
    new_both = {m: shares.get(m, 0) for m in members}
    return judgement, new_both


def _ruling(rules: AfterSaleRules, gone: Gone, members: Sequence[str]) -> tuple[Ruling, frozenset[str]]:
    """The rule for the units gone from an application, and the reasons whose units still count as kept.

    ``on_partial_return`` as soon as one unit is gone without the seller's fault; else the reason's override, else the recorded
    share. A reason whose override is another rule than RECORDED_SHARE counts as gone.
    """
    reasons = {reason for m in members for reason, units in gone.get(m, {}).items() if units}
    counting = frozenset(
        reason
        for reason in FAULT
        if reason not in rules.reason_override or rules.reason_override[reason].value == "RECORDED_SHARE"
    )
    if reasons - FAULT:
        return rules.on_partial_return, counting
    overriding = [rules.reason_override[reason] for reason in sorted(reasons - counting) if reason in rules.reason_override]
    if overriding:
        strictness = ("REEVALUATE", "FORFEIT_FROM_RETURNED", "ALL_OR_NOTHING")
        return max(overriding, key=lambda item: strictness.index(item.value)), counting
    stated = [rules.reason_override[reason] for reason in sorted(reasons) if reason in rules.reason_override]
    return (stated[0] if stated else _fault_default()), counting


def _fault_default() -> Ruling:
    return Ruling("RECORDED_SHARE", engine_default("因质量问题或商家责任退货,保留的商品继续享受优惠"))


def _recorded_level(application: Application, original: Evaluation) -> tuple[int, int]:
    tier = application.tier_index if application.tier_index is not None else original.level[0]
    instances = application.instances if application.instances is not None else original.level[1]
    return (max(tier, 0), max(instances, 1))
