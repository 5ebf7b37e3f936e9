"""What the kept units of an order cost after a partial return (promotions.md section 6).

:func:`settle` is a pure function of the original order, of which units are gone, and of why. It judges every recorded
application on its recorded participants among the units that stay, with the promotion version and the prices of the purchase.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from kg_service.dataset.order import Application, OrderLine
from kg_service.dataset.promotion import Promotion
from kg_service.money import Money
from kg_service.rules.after_sale import AfterSaleRules, Ruling
from kg_service.rules.allocation import Claim, largest_remainder
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

    The units' payable is ⌊P·r/N⌋; what they carry is shared by largest remainder over the applications, by their shares.

    Parameters
    ----------
    shares : the line's recorded shares by application_id, 分
    units : r, of the line's N

    Examples
    --------
    >>> line = OrderLine.model_validate({"line_id": "1", "sku_id": "S", "quantity": 3, "list_price": "10.00"})
    >>> split_shares(line, {"A": 100}, 1), split_shares(line, {"A": 750, "B": 31}, 1)
    ({'A': 34}, {'A': 251, 'B': 10})
    """
    if units == 0 or not any(shares.values()):
        return dict.fromkeys(shares, 0)
    payable = int(line.list_price) * line.quantity - sum(shares.values())
    carried = int(line.list_price) * units - payable * units // line.quantity
    return largest_remainder(carried, [Claim(key, Fraction(share)) for key, share in shares.items()])


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
    counted = {line_id: units + _faulty(gone, line_id) for line_id, units in kept.items()}
    ledger = _Ledger(case)
    judgements: list[Judgement] = []
    for application in case.applications:
        judgement, fresh = _judge(case, application, gone, kept, counted, ledger)
        ledger.enter(application, fresh)
        after = {m: ledger.at(m, kept[m])[application.application_id] for m in judgement.before}
        judgements.append(replace(judgement, after=after))
    payable = {line_id: ledger.payable(line_id, units) for line_id, units in kept.items() if units}
    counted_payable = {line_id: ledger.payable(line_id, units) for line_id, units in counted.items() if units}
    return Settlement(kept, payable, counted, counted_payable, judgements)


def _faulty(gone: Gone, line_id: str) -> int:
    return sum(units for reason, units in gone.get(line_id, {}).items() if reason in FAULT)


class _Ledger:
    """The shares of the applications judged so far, for any number of a line's units.

    A recorded share follows the units (:func:`split_shares`); a share computed afresh over some units belongs to those first
    (inside one line ⌊share × units / those units⌋). No share is above what is left of its line (0 ≤ share ≤ base): an earlier
    promotion, computed afresh, may leave a line less than a later one's recorded share.
    """

    def __init__(self, case: Case) -> None:
        self._lines = case.lines
        self.recorded = case.recorded
        self._entered: list[str] = []
        self._fresh: dict[str, dict[str, tuple[int, int]]] = {}
        self._records = case.splits
        # what is left of a line and how many entries were counted, by line and units: entries are never taken back
        self._sums: dict[tuple[str, int], tuple[int, int, dict[str, int]]] = {}

    def enter(self, application: Application, fresh: dict[str, tuple[int, int]] | None) -> None:
        """Note an application as judged; ``fresh`` is (share, units it was computed over) by line, where it was."""
        self._entered.append(application.application_id)
        if fresh is not None:
            self._fresh[application.application_id] = fresh

    def kept_of_record(self, line_id: str, units: int) -> Mapping[str, int]:
        """The recorded shares of ``units`` units of a line, by application."""
        if (line_id, units) not in self._records:
            line, shares = self._lines[line_id], self.recorded[line_id]
            carried = split_shares(line, shares, line.quantity - units)
            self._records[line_id, units] = {key: share - carried[key] for key, share in shares.items()}
        return self._records[line_id, units]

    def at(self, line_id: str, units: int) -> dict[str, int]:
        """The shares of ``units`` units of a line in the applications judged so far."""
        record = self.kept_of_record(line_id, units)
        start: tuple[int, int, dict[str, int]] = (0, int(self._lines[line_id].list_price) * units, {})
        done, room, shares = self._sums.get((line_id, units), start)
        for key in self._entered[done:]:
            if key not in record:
                continue
            share = record[key]
            if key in self._fresh:
                whole, over = self._fresh[key].get(line_id, (0, 0))
                share = whole if units >= over else whole * units // over
            shares[key] = min(share, room)
            room -= shares[key]
        self._sums[line_id, units] = (len(self._entered), room, shares)
        return dict(shares)

    def payable(self, line_id: str, units: int) -> int:
        """What ``units`` units of a line cost, 分."""
        return int(self._lines[line_id].list_price) * units - sum(self.at(line_id, units).values())

    def unchanged(self, line_id: str, units: int) -> bool:
        """Whether so many units still carry their recorded shares in all that was judged so far."""
        record = self.kept_of_record(line_id, units)
        return all(record[key] == share for key, share in self.at(line_id, units).items())

    def original(self, line_id: str) -> dict[str, int]:
        """The whole line's recorded shares in the applications judged so far."""
        return {key: self.recorded[line_id][key] for key in self._entered if key in self.recorded[line_id]}


def _judge(
    case: Case,
    application: Application,
    gone: Gone,
    kept: Mapping[str, int],
    counted: Mapping[str, int],
    ledger: _Ledger,
) -> tuple[Judgement, dict[str, tuple[int, int]] | None]:
    """One application: the judgement, and its fresh shares with the units they are for; ``None`` where the record stands."""
    lines = case.lines
    key = application.application_id
    members = [participant.line_id for participant in application.participants]
    promotion = case.promotion_of(application)
    rules = case.rules_of(application)
    before = {m: ledger.kept_of_record(m, kept[m])[key] for m in members}
    base_stands = all(ledger.unchanged(m, counted[m]) for m in members)
    if base_stands and all(kept[m] == lines[m].quantity for m in members):
        return Judgement(application, promotion, "UNTOUCHED", before, {}), None
    if promotion is None or rules is None:
        fact = f"Promotion {application.promotion_id}@{application.version}"
        return Judgement(application, None, "UNKNOWN", before, {}, missing=(fact,)), None
    if promotion.layer_number == 10:
        return Judgement(application, promotion, "QUALIFIED", before, {}), None

    ruling, counting = _ruling(rules, gone, members)
    as_kept = {m: sum(units for reason, units in gone.get(m, {}).items() if reason in counting) for m in members}
    standing = {m: kept[m] + as_kept[m] for m in members}
    judged = Judgement(application, promotion, "QUALIFIED", before, {}, ruling, counted=as_kept)
    if base_stands and all(standing[m] == lines[m].quantity for m in members):
        return judged, None
    if not any(standing.values()):
        return replace(judged, state="BROKEN"), None
    shares = {m: ledger.at(m, standing[m]) for m in members}
    original = _as_bought(case, promotion, application, members, ledger)
    current = evaluate_recorded(case, promotion, application, standing, shares, case.item_level)
    if isinstance(original, str) or isinstance(current, str):
        if ruling.value == "RECORDED_SHARE":
            return judged, None
        fact = original if isinstance(original, str) else str(current)
        return replace(judged, state="UNKNOWN", missing=(fact,)), None
    level = _recorded_level(application, original)
    state: State = "QUALIFIED" if current.level >= level else "DEGRADED" if current.holds else "BROKEN"
    mismatch = None
    if original.grant != application.grant:
        mismatch = f"recorded {application.grant}, recomputed {Money(original.grant)}"
    judged = replace(judged, state=state, original=original, now=current, mismatch=mismatch)
    if state == "QUALIFIED" or ruling.value == "RECORDED_SHARE":
        return judged, None
    granted = current.grant if ruling.value in ("REEVALUATE", "ALL_OR_NOTHING") and current.holds else 0
    new = share_out(case, promotion, application, granted, current, standing, shares)
    return replace(judged, granted=granted), {m: (new.get(m, 0), standing[m]) for m in members}


def _as_bought(
    case: Case, promotion: Promotion, application: Application, members: Sequence[str], ledger: _Ledger
) -> Evaluation | str:
    """What the promotion granted at the purchase: the same in every settlement of the order."""
    key = application.application_id
    if key not in case.as_bought:
        bought = {m: case.lines[m].quantity for m in members}
        shares = {m: ledger.original(m) for m in members}
        case.as_bought[key] = evaluate_recorded(case, promotion, application, bought, shares, case.item_level)
    return case.as_bought[key]


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
