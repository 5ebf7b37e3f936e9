"""Baskets: what is priced, and the result of pricing it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kg_service.dataset.customer import User
from kg_service.dataset.values import Fen, Id, Names, Row, Yuan
from kg_service.money import Money
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.trace import Step

__all__ = [
    "AppliedPromotion",
    "BasketLine",
    "Discount",
    "Eligibility",
    "Gap",
    "GivenGift",
    "PricedBasket",
    "PricedLine",
    "Purchase",
    "Share",
]


class BasketLine(Row):
    """A line of a basket. Where it stands in the catalogue may be said here or by a catalogue; absent means not known.

    ``category_ids`` are its category and all ancestors. ``list_price`` is per unit.
    """

    line_id: Id
    sku_id: Id
    quantity: int = Field(ge=1)
    list_price: Yuan = Field(ge=0)
    role: Literal["GOODS", "GIFT", "ADDON", "SERVICE"] = "GOODS"
    product_id: Id | None = None
    category_ids: Names | None = None
    brand_id: Id | None = None
    shop_id: Id | None = None
    tags: Names = []

    def goods(self, catalogue: Catalogue | None) -> Goods:
        """Its place in the catalogue: the catalogue's word, else the line's own."""
        if catalogue is not None and self.sku_id in catalogue:
            return catalogue[self.sku_id]
        categories = None if self.category_ids is None else tuple(self.category_ids)
        return Goods(self.sku_id, self.product_id, categories, self.brand_id, self.shop_id, tuple(self.tags))


class Purchase(Row):
    """Who buys, how and when: what the audience conditions look at. ``None`` means not known.

    ``order_number`` counts the customer's orders, this one included; ``uses`` how often a promotion was used by this customer
    (``promotion_id``) so far, ``used_in_all`` by everybody.
    """

    customer: User | None = None
    channel: str | None = None
    at: int | None = None
    order_type: str | None = None
    region: str | None = None
    payment_method: str | None = None
    order_number: int | None = None
    uses: dict[str, int] = {}
    used_in_all: dict[str, int] = {}


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Gap(Part):
    """How far from a condition; ``actual``, ``required`` and ``gap`` are decimal yuan for AMOUNT, counts otherwise."""

    code: str
    measure: str | None = None
    actual: str | int | None = None
    required: str | int | list[str] | None = None
    gap: str | int | None = None
    unit: str | None = None


class Eligibility(Part):
    """Three-valued: MATCHED, NOT_MATCHED with reasons, BLOCKED by another promotion, or UNKNOWN with the missing facts."""

    promotion_id: str
    status: Literal["MATCHED", "NOT_MATCHED", "BLOCKED", "UNKNOWN"]
    reasons: list[Gap] = []
    by: str | None = None
    rule: str | None = None
    missing: list[str] = []


class Share(Part):
    line_id: str
    role: Literal["QUALIFIER", "TARGET", "BOTH", "GIFT"]
    share: Fen


class AppliedPromotion(Part):
    """One promotion as applied; the same shape as an order's application."""

    promotion_id: str
    version: int
    kind: str
    layer: int
    coupon_id: str | None = None
    grant: Fen
    tier_index: int | None = None
    instances: int | None = None
    participants: list[Share]
    undistributed: Fen = Money(0)


class Discount(Part):
    promotion_id: str
    share: Fen


class PricedLine(Part):
    """Amounts are for the whole line."""

    line_id: str
    sku_id: str
    quantity: int
    list: Fen
    discounts: tuple[Discount, ...] = ()
    payable: Fen


class GivenGift(Part):
    promotion_id: str
    sku_id: str
    quantity: int
    declared_value: Fen | None = None


class PricedBasket(Part):
    """A basket with its promotions applied (promotions.md section 4). Amounts are 分 in Python, decimal yuan when dumped."""

    lines: list[PricedLine]
    applications: list[AppliedPromotion]
    total: Fen
    discount: Fen
    freight: Fen
    freight_waived: Fen
    freight_waived_by: str | None = None
    payable: Fen
    gifts: list[GivenGift] = []
    points: int = 0
    coupons_given: list[str] = []
    eligibility: list[Eligibility] = []
    missing: list[str] = []
    trace: list[Step] = []

    def application(self, promotion_id: str) -> AppliedPromotion | None:
        """The application of a promotion, if it was applied."""
        return next((item for item in self.applications if item.promotion_id == promotion_id), None)
