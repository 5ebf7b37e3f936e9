"""Shops, brands, categories, products, SKUs and what is recorded about them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from kg_service.dataset.values import Id, Instant, Names, Pairs, Row, Yuan

__all__ = [
    "Attribute",
    "Brand",
    "Category",
    "PricePoint",
    "Product",
    "ProductRelation",
    "ReturnClass",
    "Shop",
    "SizeChartRow",
    "Sku",
]

ReturnClass = Literal["NORMAL", "CUSTOM_MADE", "PERISHABLE", "OPENED_DIGITAL", "PERIODICAL", "CONFIRM_REQUIRED"]
Name = Annotated[str, Field(min_length=1)]
Price = Annotated[Yuan, Field(ge=0)]


class Shop(Row):
    shop_id: Id
    name: Name
    aliases: Names = []
    kind: Literal["SELF_OPERATED", "THIRD_PARTY"] | None = None


class Brand(Row):
    brand_id: Id
    name: Name
    aliases: Names = []


class Category(Row):
    category_id: Id
    name: Name
    aliases: Names = []
    parent_id: Id | None = None
    return_class: ReturnClass | None = None


class Product(Row):
    product_id: Id
    name: Name
    aliases: Names = []
    category_id: Id
    brand_id: Id | None = None
    shop_id: Id | None = None
    status: Literal["ON_SALE", "OFF_SHELF"] | None = None
    return_class: ReturnClass | None = None
    warranty_months: Annotated[int, Field(ge=0)] | None = None
    description: str | None = None


class Sku(Row):
    sku_id: Id
    product_id: Id
    spec: Pairs = {}
    price: Price
    stock: Annotated[int, Field(ge=0)] | None = None


class Attribute(Row):
    product_id: Id
    name: Name
    value: Annotated[str, Field(min_length=1)]
    unit: str | None = None


class ProductRelation(Row):
    product_id: Id
    relation: Literal["COMPATIBLE_WITH", "INCOMPATIBLE_WITH", "ACCESSORY_OF", "SUBSTITUTE_OF"]
    target_type: Literal["product", "category", "brand"]
    target_id: Id
    note: str | None = None


class SizeChartRow(Row):
    chart_id: Id
    size: Name
    measure: Name
    target_type: Literal["product", "category", "brand"]
    target_id: Id
    min: Decimal | None = None
    max: Decimal | None = None


class PricePoint(Row):
    sku_id: Id
    price: Price
    from_: Annotated[Instant, Field(alias="from")]
