"""Facts of the questions about promotions: terms, stacking, coupons to claim, bundles, members, why an order cost so much."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Fen, Instant
from kg_service.trace import Basis

__all__ = [
    "BundleContentsFacts",
    "CouponObtainFacts",
    "MemberBenefitFacts",
    "PromotionExplainFacts",
    "PromotionFacts",
    "PromotionListFacts",
    "PromotionStackingFacts",
    "PromotionTermsFacts",
]


class PromotionFacts(Part):
    """A promotion: ``from`` and ``to`` bound its validity (null: open), ``rule`` says what one gets for what."""

    # ``from`` is a word of Python's: the field has another name than the fact
    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    promotion_id: str
    name: str
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    rule: str


@facts_of("promotion_list")
class PromotionListFacts(Facts):
    promotions: list[PromotionFacts] = []


class TermFacts(Part):
    """One point of a promotion's terms, and what it rests on."""

    topic: str
    text: str
    basis: Basis


class PromotionTermFacts(PromotionFacts):
    """A promotion with its terms; ``in_force`` at the time asked about."""

    in_force: bool
    terms: list[TermFacts] = []


@facts_of("promotion_terms")
class PromotionTermsFacts(Facts):
    promotions: list[PromotionTermFacts] = []


class StackingFacts(Part):
    """Whether two promotions can be used on one order; ``stackable`` null: it depends, and ``rule`` says on what."""

    a: str
    b: str
    stackable: bool | None
    rule: str


@facts_of("promotion_stacking")
class PromotionStackingFacts(Facts):
    """``promotions`` says what the ids of the pairs stand for."""

    pairs: list[StackingFacts] = []
    promotions: list[PromotionFacts] = []


class WayFacts(PromotionFacts):
    """A promotion that gives a coupon: ``gives`` is the coupon's promotion."""

    gives: str


@facts_of("coupon_obtain")
class CouponObtainFacts(Facts):
    """Coupons that can be claimed.

    Attributes
    ----------
    promotions : ids of the coupon promotions in force that the customer does not hold
    offers : what the ids stand for
    ways : promotions that give a coupon for buying
    held : ids of those the customer holds already, unused
    """

    promotions: list[str] = []
    offers: list[PromotionFacts] = []
    ways: list[WayFacts] = []
    held: list[str] = []


class ComponentFacts(Part):
    """A part of a bundle; ``price`` is what its units cost alone now, the lowest of its SKUs; null where it is not known."""

    name: str
    type: str
    id: str
    quantity: int
    role: str
    price: Fen | None = None


@facts_of("bundle_contents")
class BundleContentsFacts(Facts):
    """What a bundle holds and costs.

    Attributes
    ----------
    price : of one bundle: the promotion's, or what its parts cost less what it takes off
    list_price : what the parts cost alone now
    from_lowest : the prices are the lowest of several specifications
    in_force : at the time asked about
    """

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    promotion_id: str
    name: str
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    rule: str
    in_force: bool
    components: list[ComponentFacts] = []
    price: Fen | None = None
    list_price: Fen | None = None
    saving: Fen | None = None
    from_lowest: bool = False


@facts_of("member_benefit")
class MemberBenefitFacts(Facts):
    """What a member level brings; ``level`` null: none is meant, and the promotions are those of any level."""

    level: str | None = None
    promotions: list[str] = []
    offers: list[PromotionFacts] = []


class DiscountFacts(Part):
    """A promotion's share on a line."""

    promotion_id: str
    share: Fen


class PaidLineFacts(Part):
    """A line as it was paid; ``list`` and ``payable`` are for the whole line."""

    line_id: str
    quantity: int
    list: Fen
    # inside a class with a field ``list`` that name is no type
    discounts: tuple[DiscountFacts, ...] = ()
    payable: Fen


class NotAppliedFacts(Part):
    """A promotion that was not applied, and why.

    Attributes
    ----------
    reason : the condition that failed (BELOW_THRESHOLD, NOT_IN_SCOPE, MEMBER_LEVEL, NO_COUPON_HELD …), BLOCKED, UNKNOWN, or
        NOT_RECORDED: its conditions were met and the record does not have it
    gap : what was lacking: yuan for amounts, a count otherwise; ``unit`` YUAN, PIECES, KINDS or SETS
    by : the promotion that stood in its way
    """

    promotion_id: str
    name: str
    reason: str
    gap: str | int | None = None
    unit: str | None = None
    measure: str | None = None
    actual: str | int | None = None
    required: str | int | list[str] | None = None
    by: str | None = None
    missing: list[str] = []
    would_grant: Fen | None = None


class AppliedFacts(PromotionFacts):
    """A promotion the order used.

    Attributes
    ----------
    grant : all its shares
    explained : whether a rule of allocation gives the recorded shares; null where that is not known
    allocation : that rule
    """

    grant: Fen
    coupon_id: str | None = None
    explained: bool | None = None
    allocation: str | None = None


@facts_of("promotion_explain")
class PromotionExplainFacts(Facts):
    """Why an order cost what it did, from its record.

    Attributes
    ----------
    total, discount, payable : of the goods
    freight, freight_waived : null where they are not recorded
    """

    order_id: str
    placed_at: Instant | None = None
    lines: list[PaidLineFacts] = []
    not_applied: list[NotAppliedFacts] = []
    promotions: list[AppliedFacts] = []
    total: Fen | None = None
    discount: Fen | None = None
    payable: Fen | None = None
    freight: Fen | None = None
    freight_waived: Fen | None = None
    freight_waived_by: str | None = None
