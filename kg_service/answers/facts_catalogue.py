"""Facts of the questions about the public catalogue: attributes, prices, stock, return policy."""

from __future__ import annotations

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Fen

__all__ = [
    "ProductAttributeFacts",
    "ProductPriceFacts",
    "ProductStockFacts",
    "ReturnPolicyFacts",
]


class AttributeFacts(Part):
    """One recorded attribute; ``value`` as recorded."""

    attribute: str
    value: str
    unit: str | None = None


@facts_of("product_attribute")
class ProductAttributeFacts(Facts):
    """What is recorded about a product.

    Attributes
    ----------
    attribute : the name it is recorded under; what was asked for where nothing is; null when the question names none
    value : as recorded
    attributes : everything recorded, when the question names no attribute
    """

    product_id: str
    attribute: str | None = None
    value: str | None = None
    unit: str | None = None
    attributes: list[AttributeFacts] = []


class SkuPriceFacts(Part):
    """The current price of a specification and the promotions in force that cover it."""

    sku_id: str
    spec: dict[str, str] = {}
    price: Fen | None = None
    offers: list[str] = []


class OfferFacts(Part):
    """What the ids of ``offers`` stand for."""

    promotion_id: str
    name: str
    rule: str


@facts_of("product_price")
class ProductPriceFacts(Facts):
    """``price`` is the lowest of the SKUs asked about; null for a product off the shelf."""

    product_id: str
    price: Fen | None = None
    skus: list[SkuPriceFacts] = []
    promotions: list[OfferFacts] = []


class SkuStockFacts(Part):
    """Units in stock; null where it is not recorded."""

    sku_id: str
    spec: dict[str, str] = {}
    stock: int | None = None


@facts_of("product_stock")
class ProductStockFacts(Facts):
    """The stock of the SKUs asked about; empty for a product off the shelf or a specification there is not."""

    product_id: str
    skus: list[SkuStockFacts] = []


class ReturnTermFacts(Part):
    """A return term, or the statute's article where there is none; ``window_days`` null where it states none."""

    term_id: str
    window_days: int | None = None
    text: str | None = None


@facts_of("return_policy")
class ReturnPolicyFacts(Facts):
    """The terms in force for what was asked, longest window first.

    Attributes
    ----------
    window_days : how long goods like these may come back without a reason; null where they may not
    statutory_days : the statute's window, the least there is
    return_class : of the goods named; null where none are
    no_reason : whether they may come back without a reason; null when it depends or no goods are named
    """

    terms: list[ReturnTermFacts] = []
    window_days: int | None = None
    statutory_days: int
    return_class: str | None = None
    no_reason: bool | None = None
