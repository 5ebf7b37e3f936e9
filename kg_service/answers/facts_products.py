"""Facts of the questions that choose among products: comparing, searching, fitting together, recommending, sizes."""

from __future__ import annotations

from typing import Literal

from kg_service.answers.facts import Facts, Part, facts_of
from kg_service.dataset.values import Fen

__all__ = [
    "CompatibilityFacts",
    "ProductCompareFacts",
    "ProductSearchFacts",
    "RecommendFacts",
    "SizeAdviceFacts",
]


class RowFacts(Part):
    """One thing compared; null for a product that has it not recorded. Prices in yuan, the lowest SKU's; stock of all SKUs."""

    attribute: str
    values: dict[str, str | int | None]
    unit: str | None = None


class PickedFacts(Part):
    """What was asked to be decided by one attribute, and the products that come first in it."""

    attribute: str
    product_ids: list[str]


@facts_of("product_compare")
class ProductCompareFacts(Facts):
    """Products side by side.

    Attributes
    ----------
    product_ids : in the order of the question
    rows : what is recorded of any of them, then 价格 and 库存
    picked : the answer where the question asks which is lighter, cheaper …; null where it does not or the figures do not tell
    """

    product_ids: list[str]
    rows: list[RowFacts] = []
    picked: PickedFacts | None = None


class FilterFacts(Part):
    """What a search was narrowed by; amounts in yuan, bounds inclusive."""

    price_min: Fen | None = None
    price_max: Fen | None = None
    category_ids: list[str] = []
    brand_ids: list[str] = []
    shop_ids: list[str] = []
    spec: list[str] = []
    attributes: list[str] = []
    order: Literal["CHEAPEST", "DEAREST"] | None = None


class FoundFacts(Part):
    """A product that was found; ``lacks`` are the qualities asked for of which nothing is recorded."""

    product_id: str
    name: str
    price: Fen | None = None
    stock: int | None = None
    matched: dict[str, str] = {}
    lacks: list[str] = []


@facts_of("product_search")
class ProductSearchFacts(Facts):
    """Products on sale.

    Attributes
    ----------
    product_ids : those with every quality recorded first, of them those in stock first
    products : the same with what was read of them
    lowest_price : of the kind of goods whatever the price asked for; only where nothing was found
    """

    product_ids: list[str]
    filters: FilterFacts
    products: list[FoundFacts] = []
    lowest_price: Fen | None = None


class PairFacts(Part):
    """Whether one product fits the first one named."""

    product_id: str | None = None
    category_id: str | None = None
    compatible: Literal["YES", "NO", "UNKNOWN"]
    basis: str | None = None
    note: str | None = None


@facts_of("compatibility")
class CompatibilityFacts(Facts):
    """Whether things fit.

    Attributes
    ----------
    compatible : of all the pairs; NO where some fit and some do not (the verdict is then PARTLY)
    basis : the relation as ``P1 INCOMPATIBLE_WITH product P2``; null where there is none
    note : the remark recorded with it
    product_ids : the products named, the customer's own goods included
    pairs : each other thing with the first one
    """

    compatible: Literal["YES", "NO", "UNKNOWN"]
    basis: str | None = None
    note: str | None = None
    product_ids: list[str] = []
    pairs: list[PairFacts] = []


class ItemFacts(Part):
    """A product to recommend, and why; ``relation`` is what the reason rests on."""

    product_id: str
    reason: str
    relation: Literal["ACCESSORY_OF", "COMPATIBLE_WITH", "SUBSTITUTE_OF", "SAME_CATEGORY", "FOUND"]
    name: str
    price: Fen | None = None
    stock: int | None = None


@facts_of("accessory_recommend", "product_recommend")
class RecommendFacts(Facts):
    """Products on sale and in stock; ``product_id`` is what they are recommended for, null for a kind of goods."""

    product_id: str | None = None
    items: list[ItemFacts] = []
    filters: FilterFacts | None = None


@facts_of("size_advice")
class SizeAdviceFacts(Facts):
    """The size of goods that fits a customer.

    Attributes
    ----------
    size : null where the chart has none that fits, or it cannot be told
    basis : the chart and the measures used
    agree : whether the measures said the same size; otherwise it is the larger
    outside : measures no size of the chart is made for
    measures : what the customer said, in the units of size charts
    stock : units of that size in stock; null where it is not recorded or several products are meant
    """

    product_id: str | None = None
    size: str | None = None
    basis: str | None = None
    agree: bool | None = None
    outside: list[str] = []
    measures: dict[str, str] = {}
    stock: int | None = None
