"""Freight of a return: who pays the way back, and what may be deducted when a waiver breaks (promotions.md section 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.money import Money
from kg_service.rules.after_sale import AfterSaleRules, in_force, term_basis
from kg_service.rules.case import Case
from kg_service.rules.catalogue import Goods
from kg_service.rules.kinds import EVALUATORS, Lot, Position
from kg_service.rules.law import CONSUMER_LAW, SEVEN_DAYS, article
from kg_service.rules.quote import FreightOutcome
from kg_service.rules.scope import covers, covers_everything
from kg_service.rules.settlement import FAULT, Gone, Settlement
from kg_service.trace import Basis, Step

__all__ = ["Payer", "quote_freight", "return_payer"]

Payer: TypeAlias = Literal["BUYER", "SELLER"]


def quote_freight(
    case: Case,
    before: Settlement,
    after: Settlement,
    gone: Gone,
    reasons: Mapping[str, str],
    terms: Sequence[Term],
) -> tuple[FreightOutcome, list[Step], list[str]]:
    """The freight part of a return.

    Parameters
    ----------
    before, after : Settlement
        Without and with this return.
    gone : Gone
        All units gone after this return.
    reasons : mapping
        line_id to reason of the lines of this return.
    terms : sequence of Term

    Returns
    -------
    (FreightOutcome, trace, missing facts)
    """
    order = case.order
    payer, payer_basis = _return_payer(case, reasons, terms)
    steps = [
        Step(rule="return_freight_payer", inputs={"reasons": sorted(set(reasons.values()))}, result=payer, basis=payer_basis)
    ]
    freight = order.freight
    if freight is None:
        return FreightOutcome(return_payer=payer), steps, [f"Order {order.order_id}.freight"]
    full = not any(units for line_id, units in after.kept.items() if case.lines[line_id].role != "GIFT")
    all_fault = all(reason in FAULT for units in gone.values() for reason in units)
    refundable = Money(freight.charged if full and all_fault else 0)
    low, high, missing = 0, 0, []
    waived = int(freight.waived or 0)
    if waived and not full:
        broken, fact = _waiver_breaks(case, before, after)
        if fact is not None:
            missing.append(fact)
        elif broken:
            low, high, missing = _deduction(case, waived, order)
            steps.append(
                Step(
                    rule="freight_waiver_broken",
                    inputs={"waived": str(Money(waived)), "outbound_cost": str(freight.outbound_cost)},
                    formula=f"0.00 ≤ deductible ≤ min({Money(waived)}, {freight.outbound_cost})",
                    result={"deductible_min": str(Money(low)), "deductible_max": str(Money(high))},
                    basis=article(SEVEN_DAYS, "第十八条"),
                )
            )
    known = not missing
    outcome = FreightOutcome(
        return_payer=payer,
        deductible_min=Money(low) if known else None,
        deductible_max=Money(high) if known else None,
        refundable=refundable,
    )
    return outcome, steps, missing


def return_payer(goods: Goods | None, reason: str, terms: Sequence[Term], at: int) -> tuple[Payer, Basis]:
    """Who pays the freight of the return leg: the buyer for their own reasons, the seller for his; a term may be better for
    the buyer, never worse.

    Parameters
    ----------
    goods : Goods or None
        None: goods in general; then only a term without a scope counts.
    reason : {"NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER"}
    terms : sequence of Term
    at : int
        The purchase, epoch ms: the terms in force then.

    Examples
    --------
    >>> return_payer(None, "QUALITY", [], 0)[0], return_payer(None, "SIZE", [], 0)[0]
    ('SELLER', 'BUYER')
    """
    if reason in FAULT:
        return "SELLER", article(CONSUMER_LAW, "第二十四条")
    for term in in_force(terms, at, topic="FREIGHT"):
        promised = term.values.return_payer
        fits = covers_everything(term.scope) if goods is None else covers(term.scope, goods) is True
        if promised is not None and promised.NO_REASON == "SELLER" and fits:
            return "SELLER", term_basis(term)
    return "BUYER", article(SEVEN_DAYS, "第十八条")


def _return_payer(case: Case, reasons: Mapping[str, str], terms: Sequence[Term]) -> tuple[Payer, Basis]:
    """Of several lines the buyer pays for their part as soon as one of them is theirs to pay."""
    found = [
        return_payer(case.goods_of(case.lines[line_id]), reason, terms, case.order.placed_at)
        for line_id, reason in sorted(reasons.items())
    ]
    promised = [one for one in found if one[1].kind != "STATUTE"]
    return next((one for one in found if one[0] == "BUYER"), None) or (
        promised[-1] if promised else ("SELLER", article(CONSUMER_LAW, "第二十四条"))
    )


def _waiver_breaks(case: Case, before: Settlement, after: Settlement) -> tuple[bool, str | None]:
    """Whether this return is the one that breaks the waiver's condition; a fact that is missing."""
    order = case.order
    assert order.freight is not None
    name = order.freight.waived_by
    if name is None:
        return False, f"Freight {order.order_id}.waived_by"
    promotion = next((item for key, item in sorted(case.promotions.items()) if item.promotion_id == name), None)
    if promotion is None:
        return False, f"Promotion {name}"
    holds_before = _holds(case, promotion, before)
    holds_after = _holds(case, promotion, after)
    if isinstance(holds_before, str) or isinstance(holds_after, str):
        return False, holds_after if isinstance(holds_after, str) else str(holds_before)
    return holds_before and not holds_after, None


def _holds(case: Case, promotion: Promotion, settlement: Settlement) -> bool | str:
    """The waiver's condition, measured on what the kept and counted units cost."""
    positions = []
    for line_id, payable in sorted(settlement.counted_payable.items()):
        line = case.lines[line_id]
        if line.role == "GIFT":
            continue
        goods = case.goods_of(line)
        inside = covers(promotion.scope, goods)
        if inside is None:
            return f"scope of promotion {promotion.promotion_id} for Sku {line.sku_id}"
        if inside:
            units = settlement.counted_units[line_id]
            worth = int(line.list_price) * units
            positions.append(Position(line_id, line.sku_id, units, worth, payable, payable))
    lot = Lot(tuple(positions), tuple(positions))
    return EVALUATORS[promotion.kind](promotion, lot).holds


def _deduction(case: Case, waived: int, order: Order) -> tuple[int, int, list[str]]:
    """The range that may be deducted: 0 to min(waived, outbound cost), or what the promotion's term fixes."""
    assert order.freight is not None
    rule = _freight_rule(case, order.freight.waived_by)
    if rule == "KEEP_WAIVER":
        return 0, 0, []
    if order.freight.outbound_cost is None:
        return 0, 0, [f"Freight {order.order_id}.outbound_cost"]
    most = min(waived, int(order.freight.outbound_cost))
    return (most if rule == "DEDUCT_IF_WAIVER_BROKEN" else 0), most, []


def _freight_rule(case: Case, promotion_id: str | None) -> str | None:
    for key, promotion in sorted(case.promotions.items()):
        if promotion.promotion_id == promotion_id:
            rules: AfterSaleRules = case.rules[key]
            return None if rules.freight is None else str(rules.freight.value)
    return None
