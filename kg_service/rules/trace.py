"""The steps of a return as they are shown: formula, inputs, result and what each rests on."""

from __future__ import annotations

from collections.abc import Sequence

from kg_service.money import Money
from kg_service.rules.case import Case
from kg_service.rules.law import SEVEN_DAYS, article
from kg_service.rules.settlement import Judgement, Settlement
from kg_service.rules.windows import Window
from kg_service.trace import Basis, Step

__all__ = ["judgement_steps", "refund_step", "window_steps"]


def window_steps(windows: Sequence[Window], case: Case) -> list[Step]:
    """One step per line: may it come back, until when."""
    return [
        Step(
            rule="return_window",
            inputs={
                "line_id": window.line_id,
                "days": window.days,
                "return_class": case.goods_of(case.lines[window.line_id]).return_class,
            },
            formula="" if window.ends is None else f"received + {window.days} days = {window.ends}",
            result={"eligible": window.eligible, "reasons": list(window.reasons), "window_ends": str(window.ends or "")},
            basis=window.basis[0],
        )
        for window in windows
        if window.basis
    ]


def judgement_steps(case: Case, settlement: Settlement) -> list[Step]:
    """For each application: is its condition still met, and what the kept units keep of it."""
    steps: list[Step] = []
    for judgement in settlement.judgements:
        steps.append(_condition_step(judgement))
        steps.extend(_share_step(judgement, line_id, settlement) for line_id in judgement.before if settlement.kept[line_id])
    for line_id, payable in settlement.payable.items():
        price = case.lines[line_id].list_price
        units = settlement.kept[line_id]
        shares = int(price) * units - payable
        steps.append(
            Step(
                rule="payable_of_kept_line",
                inputs={"line_id": line_id, "units": units, "list_price": str(price)},
                formula=f"{price} × {units} − {Money(shares)} = {Money(payable)}",
                result=str(Money(payable)),
                basis=Basis(kind="RECORD", id=f"{case.order.order_id}/{line_id}", text="购买时价格"),
            )
        )
    return steps


def _condition_step(judgement: Judgement) -> Step:
    application, promotion, now = judgement.application, judgement.promotion, judgement.now
    formula = ""
    inputs: dict[str, object] = {"promotion_id": application.promotion_id, "grant": str(application.grant)}
    if now is not None and promotion is not None:
        money = promotion.measure == "AMOUNT" and not now.of_components
        actual, required = ((str(Money(v)) if money else str(v)) for v in (now.actual, now.required))
        formula = f"{actual} {'≥' if now.holds else '<'} {required}"
        inputs |= {"actual": actual, "required": required}
    if judgement.counted and any(judgement.counted.values()):
        inputs["counted_as_kept"] = {line_id: units for line_id, units in judgement.counted.items() if units}
    if judgement.mismatch:
        inputs["mismatch"] = judgement.mismatch
    name = promotion.name if promotion is not None else None
    return Step(
        rule="promotion_condition",
        inputs=inputs,
        formula=formula,
        result=judgement.state,
        basis=Basis(kind="PROMOTION", id=application.promotion_id, text=name),
    )


def _share_step(judgement: Judgement, line_id: str, settlement: Settlement) -> Step:
    before, after = Money(judgement.before[line_id]), Money(judgement.after[line_id])
    recorded = judgement.granted is None
    basis = Basis(kind="RECORDED_SHARE", id=judgement.application.application_id, text="下单时的分摊")
    if judgement.ruling is not None and judgement.state in ("DEGRADED", "BROKEN"):
        basis = judgement.ruling.basis
    return Step(
        rule="kept_share" if recorded else str(judgement.ruling.value if judgement.ruling else "REEVALUATE"),
        inputs={
            "promotion_id": judgement.application.promotion_id,
            "line_id": line_id,
            "units": settlement.kept[line_id],
            "discount_before": str(before),
        },
        formula=f"{before} → {after}" if recorded else f"new grant {Money(judgement.granted or 0)}: {before} → {after}",
        result=str(after),
        basis=basis,
    )


def refund_step(
    balance: int, settlement: Settlement, refund: int, owes: int, *, rule: str = "refund", ref: str | None = None
) -> Step:
    """refund(X) = R − payable(K)."""
    difference = Money(balance) - settlement.total
    inputs: dict[str, object] = {"R": str(Money(balance)), "payable_kept": str(settlement.total)}
    if ref is not None:
        inputs["return_id"] = ref
    return Step(
        rule=rule,
        inputs=inputs,
        formula=f"{Money(balance)} − {settlement.total} = {difference}",
        result={"refund_amount": str(Money(refund)), "buyer_owes": str(Money(owes))},
        basis=article(SEVEN_DAYS, "第十七条"),
    )
