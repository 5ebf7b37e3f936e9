"""Facts of the questions about goods that are still to be bought: eligibility, gap, best price."""

from __future__ import annotations

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Fen

__all__ = ["BestPriceFacts", "PromotionEligibilityFacts", "PromotionGapFacts"]


class ReasonFacts(Part):
    """A condition that fails, or is only met once it is: amounts are decimal yuan, counts integers.

    ``required`` is a list where any of several values would do (member levels, channels).
    """

    code: str
    measure: str | None = None
    actual: str | int | None = None
    required: str | int | list[str] | None = None
    gap: str | int | None = None
    unit: str | None = None


class OtherEligibilityFacts(Part):
    """How it stands with another promotion that may have been meant."""

    promotion_id: str
    eligibility: str


@facts_of("promotion_eligibility")
class PromotionEligibilityFacts(Facts):
    """Whether a promotion may be used.

    Attributes
    ----------
    eligibility : MATCHED, NOT_MATCHED, BLOCKED or UNKNOWN
    reasons : what fails; of MATCHED without goods named, what is still to be met
    discount : what it takes off the goods named; null when it takes nothing off or no goods are named
    coupon_id : the customer's coupon it was judged with
    blocked_by : the promotion that stands before it
    order_id : the order whose record answers
    """

    promotion_id: str | None = None
    name: str | None = None
    rule: str | None = None
    eligibility: str
    reasons: list[ReasonFacts] = []
    discount: Fen | None = None
    coupon_id: str | None = None
    blocked_by: str | None = None
    order_id: str | None = None
    others: list[OtherEligibilityFacts] = []


class AddOnFacts(Part):
    """An add-on that reaches a promotion.

    Attributes
    ----------
    price : per unit
    net_cost : what the whole basket costs more (below zero: less) than without it
    refund_if_returned, buyer_owes_if_returned : of returning the add-on later, when the promotion is judged again
    """

    sku_id: str
    name: str
    quantity: int
    price: Fen
    net_cost: Fen
    payable: Fen
    refund_if_returned: Fen | None = None
    buyer_owes_if_returned: Fen | None = None


@facts_of("promotion_gap")
class PromotionGapFacts(Facts):
    """How far the goods are from a promotion; ``gap`` is decimal yuan where ``unit`` is 元, a count otherwise."""

    promotion_id: str | None = None
    name: str | None = None
    rule: str | None = None
    reached: bool = False
    actual: str | int | None = None
    required: str | int | None = None
    gap: str | int | None = None
    unit: str | None = None
    reasons: list[ReasonFacts] = []
    payable: Fen | None = None
    add_on: list[AddOnFacts] = []


class LineDiscountFacts(Part):
    promotion_id: str
    share: Fen


class PricedLineFacts(Part):
    """Amounts are for the whole line."""

    line_id: str
    sku_id: str
    name: str
    quantity: int
    list: Fen
    discounts: tuple[LineDiscountFacts, ...] = ()
    payable: Fen


class AppliedFacts(Part):
    """What a promotion takes off, in the order they apply."""

    promotion_id: str
    name: str
    coupon_id: str | None = None
    discount: Fen


class GiftFacts(Part):
    promotion_id: str
    sku_id: str
    quantity: int


class NotAppliedFacts(Part):
    """A promotion about these goods that did not apply; ``missing`` are the facts without which it is not known."""

    promotion_id: str
    name: str
    status: str
    reasons: list[ReasonFacts] = []
    by: str | None = None
    missing: list[str] = []


class CertificateFacts(Part):
    """Why no choice of coupons and add-ons pays less: how it was proved, and the bound no choice is below."""

    method: str
    bound: Fen


class ClaimableFacts(Part):
    """A coupon the customer does not hold that would lower the price to ``payable``."""

    promotion_id: str
    name: str


class UsableCouponFacts(Part):
    coupon_id: str
    promotion_id: str
    used: bool


@facts_of("best_price")
class BestPriceFacts(Facts):
    """The lowest price of a basket.

    Attributes
    ----------
    total : at list price
    payable : of the goods, freight not included; null when a fact that decides is not known
    payable_min, payable_max : the range it lies in then
    promotions, coupons : ids of those applied
    conditional : promotions that hang on how the buyer orders or pays, or on who signs in
    """

    total: Fen | None = None
    payable: Fen | None = None
    payable_min: Fen | None = None
    payable_max: Fen | None = None
    saved: Fen | None = None
    promotions: list[str] = []
    coupons: list[str] = []
    certificate: CertificateFacts | None = None
    lines: list[PricedLineFacts] = []
    discounts: list[AppliedFacts] = []
    gifts: list[GiftFacts] = []
    not_applied: list[NotAppliedFacts] = []
    conditional: list[NotAppliedFacts] = []
    held: list[UsableCouponFacts] = []
    claimable: list[ClaimableFacts] = []
