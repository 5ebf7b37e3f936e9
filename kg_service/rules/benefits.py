"""What else hangs on a return: gifts and coupons (promotions.md section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from kg_service.dataset.customer import Coupon
from kg_service.dataset.order import Application
from kg_service.dataset.promotion import Promotion
from kg_service.money import Money
from kg_service.rules.after_sale import AfterSaleRules
from kg_service.rules.case import Case
from kg_service.rules.law import CONSUMER_LAW, article
from kg_service.rules.quote import CouponOutcome, GiftOutcome
from kg_service.rules.settlement import Judgement, Settlement
from kg_service.trace import Step

__all__ = ["GiftQuote", "quote_coupons", "quote_gifts", "still_earned"]

_DAY_MS = 86_400_000


@dataclass
class GiftQuote:
    """What becomes of the gifts of an order.

    Attributes
    ----------
    value_low, value_high : what keeping the gifts that should come back costs, 分; equal where it is known, and no highest
        (``None``) where a gift has neither a declared value nor a recorded price
    """

    outcomes: list[GiftOutcome] = field(default_factory=list)
    value_low: int = 0
    value_high: int | None = 0
    known: bool = True
    missing: list[str] = field(default_factory=list)
    trace: list[Step] = field(default_factory=list)

    @property
    def due(self) -> bool:
        """Some gift should come back or be paid."""
        return any(outcome.action in ("RETURN", "PAY", "UNKNOWN") for outcome in self.outcomes)


def quote_gifts(case: Case, settlement: Settlement, gift_kept: bool | None) -> GiftQuote:
    """The gifts of the order's gift promotions after a return.

    A gift whose condition breaks goes back, or its price marked beforehand is paid (暂行办法 第十二条); with ``gift_kept`` the
    customer says that it stays. Where no value is marked, the value lies between 0.00 and the gift's recorded price.
    """
    quote = GiftQuote()
    for judgement in settlement.judgements:
        application = judgement.application
        for participant in application.participants:
            line = case.lines[participant.line_id]
            if participant.role != "GIFT" or not settlement.kept[participant.line_id]:
                continue
            units = settlement.kept[participant.line_id]
            broken = judgement.state in ("DEGRADED", "BROKEN")
            rules = case.rules_of(application)
            value = _declared_value(case, application, participant.line_id)
            amount = None if value is None else Money(value * units)
            if judgement.state == "UNKNOWN" or (broken and rules is None):
                quote.outcomes.append(GiftOutcome(line_id=line.line_id, action="UNKNOWN", declared_value=amount))
                quote.missing.extend(judgement.missing)
                continue
            recorded = judgement.ruling is not None and judgement.ruling.value == "RECORDED_SHARE"
            earned = still_earned(judgement)
            due = max(0, units - int(line.quantity * earned)) if broken and not recorded else 0
            if not due or (rules is not None and rules.gift.value == "KEEP"):
                quote.outcomes.append(GiftOutcome(line_id=line.line_id, action="KEEP", declared_value=amount))
                basis = article(CONSUMER_LAW, "第二十四条") if recorded else (rules.gift.basis if rules and broken else None)
                if basis is not None:
                    quote.trace.append(Step(rule="gift", inputs={"line_id": line.line_id}, result="KEEP", basis=basis))
                continue
            assert rules is not None
            promotion = case.promotion_of(application)
            if rules.missing_term is not None and promotion is not None and promotion.after_sale.gift is None:
                quote.outcomes.append(GiftOutcome(line_id=line.line_id, action="UNKNOWN", declared_value=amount))
                quote.missing.append(f"Term {rules.missing_term}")
                quote.known = False
                quote.value_high = None
                continue
            amount = None if value is None else Money(value * due)
            action = "UNKNOWN" if rules.gift.value == "NEGOTIATE" or amount is None else "PAY" if gift_kept else "RETURN"
            if amount is None:
                price = case.goods_of(line).price
                quote.known = False
                quote.missing.append(f"OrderLine {case.order.order_id}/{line.line_id}.declared_value")
                highest = None if price is None else price * due
            else:
                quote.value_low += int(amount)
                highest = int(amount)
            quote.value_high = None if quote.value_high is None or highest is None else quote.value_high + highest
            quote.outcomes.append(GiftOutcome(line_id=line.line_id, action=action, declared_value=amount))
            quote.trace.append(
                Step(
                    rule="gift_of_broken_promotion",
                    inputs={"line_id": line.line_id, "declared_value": None if amount is None else str(amount)},
                    result=action,
                    basis=rules.gift.basis,
                )
            )
    return quote


def still_earned(judgement: Judgement) -> Fraction:
    """The part of an application's gifts that the kept units still earn: fewer steps of one gift, or none of them."""
    now, bought, promotion = judgement.now, judgement.original, judgement.promotion
    afresh = judgement.ruling is not None and judgement.ruling.value in ("REEVALUATE", "ALL_OR_NOTHING")
    if judgement.state != "DEGRADED" or not afresh or now is None or bought is None or promotion is None:
        return Fraction(0)
    application = judgement.application
    tier = bought.tier_index if application.tier_index is None else application.tier_index
    if tier is None or now.tier_index is None:
        return Fraction(0)
    effects = [promotion.levels[min(index, len(promotion.levels) - 1)].effect for index in (tier, now.tier_index)]
    if effects[0].gift_sku_id != effects[1].gift_sku_id:
        return Fraction(0)
    return Fraction(now.instances, max(1, application.instances or bought.instances))


def _declared_value(case: Case, application: Application, line_id: str) -> int | None:
    """Per unit: the line's own declared value, which wins, else the promotion's."""
    line = case.lines[line_id]
    if line.declared_value is not None:
        return int(line.declared_value)
    promotion = case.promotion_of(application)
    if promotion is None:
        return None
    index = application.tier_index or 0
    levels = promotion.levels
    value = levels[min(index, len(levels) - 1)].effect.declared_value
    return None if value is None else int(value)


def quote_coupons(
    case: Case, settlement: Settlement, coupons: Mapping[str, Coupon], at: int | None
) -> tuple[list[CouponOutcome], list[Step], list[str]]:
    """Which coupons come back: only on a full return unless the term says otherwise; an expired one is lost or extended."""
    outcomes: list[CouponOutcome] = []
    steps: list[Step] = []
    missing: list[str] = []
    goods_left = any(units for line_id, units in settlement.kept.items() if case.lines[line_id].role != "GIFT")
    for judgement in settlement.judgements:
        application = judgement.application
        if application.coupon_id is None:
            continue
        rules, promotion = case.rules_of(application), judgement.promotion or case.promotion_of(application)
        if rules is None or promotion is None:
            outcomes.append(CouponOutcome(coupon_id=application.coupon_id, returned=None, reason="UNKNOWN"))
            missing.append(f"Promotion {application.promotion_id}@{application.version}")
            continue
        members_left = any(settlement.kept[participant.line_id] for participant in application.participants)
        returned: bool | None
        returned, reason = _coupon_comes_back(rules, goods_left, members_left)
        if returned:
            fact: str | None
            returned, reason, fact = _expiry(application, promotion, rules, coupons, at, reason)
            if fact:
                missing.append(fact)
        outcomes.append(CouponOutcome(coupon_id=application.coupon_id, returned=returned, reason=reason))
        steps.append(
            Step(
                rule="coupon_return",
                inputs={"coupon_id": application.coupon_id, "rule": str(rules.coupon_return.value)},
                result={"returned": returned, "reason": reason},
                basis=rules.coupon_return.basis,
            )
        )
    return outcomes, steps, missing


def _coupon_comes_back(rules: AfterSaleRules, goods_left: bool, members_left: bool) -> tuple[bool, str]:
    match rules.coupon_return.value:
        case "NEVER":
            return False, "NEVER"
        case "WHEN_SCOPE_FULLY_RETURNED":
            return (False, "SCOPE_NOT_FULLY_RETURNED") if members_left else (True, "SCOPE_FULLY_RETURNED")
        case _:
            return (False, "NOT_FULL_RETURN") if goods_left else (True, "FULL_RETURN")


def _expiry(
    application: Application,
    promotion: Promotion,
    rules: AfterSaleRules,
    coupons: Mapping[str, Coupon],
    at: int | None,
    reason: str,
) -> tuple[bool | None, str, str | None]:
    """An expired coupon is lost, or extended by the term."""
    coupon = coupons.get(application.coupon_id or "")
    ends = coupon.valid_to if coupon is not None and coupon.valid_to is not None else promotion.valid.to
    if ends is None:
        return True, reason, None
    if at is None:
        return None, "UNKNOWN", "now"
    if at <= ends:
        return True, reason, None
    if rules.expired_coupon.value == "LOST":
        return False, "EXPIRED", None
    return True, "EXTENDED", None
