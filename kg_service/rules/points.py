"""Points of an order: used and given at the purchase, and what becomes of them on a return (promotions.md sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.order import Application
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.dataset.values import Fen
from kg_service.money import Money
from kg_service.rules.after_sale import AfterSaleRules, Ruling, in_force, term_basis
from kg_service.rules.case import Case
from kg_service.rules.kinds import EVALUATORS, Lot, Position
from kg_service.rules.law import SEVEN_DAYS, article
from kg_service.rules.quote import InstrumentAmount
from kg_service.rules.scope import covers
from kg_service.rules.settlement import Settlement, settle
from kg_service.trace import Basis, Step

__all__ = ["OrderPoints", "order_points", "points_used_ruling", "quote_points"]


class OrderPoints(BaseModel):
    """Points of an order as it was bought.

    Attributes
    ----------
    used : what points paid or took off, in money's worth; None where it is not recorded
    given : points the order earned; None where that is not recorded
    promotions : the promotions that gave or took points, by id
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    used: Fen | None = None
    given: int | None = None
    promotions: list[str] = []
    missing: list[str] = []
    trace: list[Step] = []


def order_points(case: Case) -> OrderPoints:
    """The points used and given on an order. They are recorded as an application or as a payment, never as both."""
    order = case.order
    key = f"Order {order.order_id}"
    missing = [f"{key}.{name}" for name in ("applications", "payments") if getattr(order, name) is None]
    deducted = list(_of_kind(case, "POINTS_DEDUCT"))
    gives = list(_of_kind(case, "GIVE_POINTS"))
    paid = [payment for payment in order.payments or [] if payment.kind == "POINTS"]
    missing += [
        f"Promotion {one.promotion_id}@{one.version}" for one in order.applications or [] if case.promotion_of(one) is None
    ]
    used = sum(int(payment.amount) for payment in paid) + sum(int(application.grant) for application in deducted)
    as_bought = settle(case, {})
    given = sum(_earned(case, application, as_bought) for application in gives)
    steps = [
        Step(
            rule="points_used",
            inputs={"payments": [payment.payment_id for payment in paid], "applications": [a.application_id for a in deducted]},
            result=str(Money(used)),
            basis=Basis(kind="RECORD", id=f"Order:{order.order_id}"),
        )
    ]
    steps += [
        Step(
            rule="points_earned",
            inputs={"promotion_id": application.promotion_id},
            result=_earned(case, application, as_bought),
            basis=Basis(kind="PROMOTION", id=application.promotion_id),
        )
        for application in gives
    ]
    return OrderPoints(
        used=None if missing else Money(used),
        given=None if missing else given,
        promotions=[application.promotion_id for application in (*deducted, *gives)],
        missing=missing,
        trace=steps,
    )


def points_used_ruling(case: Case, terms: Iterable[Term]) -> Ruling:
    """What becomes of used points when part of the order comes back.

    The promotions of the order say it; an order without one is ruled by the terms that cover all its goods (the best for the
    buyer), else by 暂行办法 第十五条.
    """
    said = [rules.points_used for rules in case.rules.values()]
    if said:
        return next((one for one in said if one.value == "NO_RETURN_ON_PARTIAL"), said[0])
    found = [
        Ruling(term.values.points_used, term_basis(term))
        for term in in_force(terms, case.order.placed_at)
        if term.values.points_used is not None
        and all(covers(term.scope, case.goods_of(line)) is True for line in case.order.lines)
    ]
    best = next((one for one in found if one.value == "RETURN_PRO_RATA"), None)
    return best or next(iter(found), None) or Ruling("RETURN_PRO_RATA", article(SEVEN_DAYS, "第十五条"))


def quote_points(
    case: Case, before: Settlement, after: Settlement, instruments: Sequence[InstrumentAmount], used: Ruling
) -> tuple[dict[str, Any], list[Step]]:
    """Points of a return: those used come back with the refund (in money's worth), those given are earned anew on what is kept.

    Parameters
    ----------
    before, after : Settlement
        Without and with the return.
    instruments : sequence of InstrumentAmount
        The refund by instrument.
    used : Ruling
        What becomes of used points, as :func:`points_used_ruling` says.
    """
    points: dict[str, Any] = {}
    steps: list[Step] = []
    paid = sum(int(payment.amount) for payment in case.order.payments or [] if payment.kind == "POINTS")
    deducted = list(_of_kind(case, "POINTS_DEDUCT"))
    if paid or deducted:
        back = sum(int(part.amount) for part in instruments if part.kind == "POINTS")
        full = not any(units for line_id, units in after.kept.items() if not case.is_gift(line_id))
        if full or used.value == "RETURN_PRO_RATA":
            back += sum(_share(before, one) - _share(after, one) for one in deducted)
        points["used_returned"] = str(Money(back))
        inputs = {"used": str(Money(paid + sum(int(one.grant) for one in deducted))), "rule": str(used.value)}
        steps.append(Step(rule="points_used", inputs=inputs, result=points["used_returned"], basis=used.basis))
    for application in _of_kind(case, "GIVE_POINTS"):
        rules = case.rules_of(application)
        if rules is None:
            continue
        taken, step = _taken_back(case, application, rules, before, after)
        points["taken_back"] = points.get("taken_back", 0) + taken
        steps.append(step)
    return points, steps


def _taken_back(
    case: Case, application: Application, rules: AfterSaleRules, before: Settlement, after: Settlement
) -> tuple[int, Step]:
    members = [participant.line_id for participant in application.participants]
    had, has = (_earned(case, application, settlement) for settlement in (before, after))
    if rules.points_given.value == "TAKE_BACK_PRO_RATA":
        whole = sum(before.payable.get(line_id, 0) for line_id in members)
        left = sum(after.payable.get(line_id, 0) for line_id in members)
        has = had if whole == 0 else had - (had * (whole - left) // whole)
    taken = max(0, had - has)
    return taken, Step(
        rule="points_given",
        inputs={"promotion_id": application.promotion_id, "before": had, "after": has},
        formula=f"{had} − {has} = {taken}",
        result=taken,
        basis=rules.points_given.basis,
    )


def _of_kind(case: Case, kind: str) -> Iterable[Application]:
    for application in case.order.applications or []:
        promotion = case.promotion_of(application)
        if promotion is not None and promotion.kind == kind:
            yield application


def _share(settlement: Settlement, application: Application) -> int:
    """What an application takes off the kept units, 分."""
    found = (one for one in settlement.judgements if one.application.application_id == application.application_id)
    return sum(sum(one.after.values()) for one in found)


def _earned(case: Case, application: Application, settlement: Settlement) -> int:
    """The points a promotion gives on what is kept."""
    promotion = case.promotion_of(application)
    assert promotion is not None
    return _points(case, promotion, [participant.line_id for participant in application.participants], settlement)


def _points(case: Case, promotion: Promotion, members: Sequence[str], settlement: Settlement) -> int:
    positions = tuple(
        Position(
            line_id,
            case.lines[line_id].sku_id,
            settlement.kept[line_id],
            int(case.lines[line_id].list_price) * settlement.kept[line_id],
            settlement.payable[line_id],
            settlement.payable[line_id],
        )
        for line_id in sorted(members)
        if settlement.kept[line_id]
    )
    result = EVALUATORS[promotion.kind](promotion, Lot(positions, positions))
    if result.tier_index is None or not positions:
        return 0
    return (promotion.levels[result.tier_index].effect.points or 0) * result.instances
