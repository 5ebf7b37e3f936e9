"""The files of a data set: which model each row has and what identifies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg_service.dataset.catalogue import (
    Attribute,
    Brand,
    Category,
    PricePoint,
    Product,
    ProductRelation,
    Shop,
    SizeChartRow,
    Sku,
)
from kg_service.dataset.customer import Coupon, Event, Identity, User
from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.service import Agent, Faq
from kg_service.dataset.term import Term
from kg_service.dataset.values import Row

__all__ = ["FILES", "DataFile"]


@dataclass(frozen=True)
class DataFile:
    """One file of the format.

    Attributes
    ----------
    name : the stem (``products``); the suffix may be .csv, .jsonl, each also .gz
    label : the node label its rows become (a relation row becomes edges; its label is then the edge's story in graph.yaml)
    model : the row's model
    key : the columns that together identify a row
    """

    name: str
    label: str
    model: type[Row]
    key: tuple[str, ...]

    def key_of(self, row: Row) -> str:
        """The row's key as one string, ``a/b`` for compound keys (``promotion_id@version`` for promotions)."""
        if isinstance(row, Promotion):
            return row.key
        return "/".join(str(_column(row, column)) for column in self.key)


def _column(row: Row, column: str) -> Any:
    return getattr(row, "from_" if column == "from" else column)


#: In load order: a file only refers to files above it (or to itself).
FILES: tuple[DataFile, ...] = (
    DataFile("shops", "Shop", Shop, ("shop_id",)),
    DataFile("brands", "Brand", Brand, ("brand_id",)),
    DataFile("categories", "Category", Category, ("category_id",)),
    DataFile("products", "Product", Product, ("product_id",)),
    DataFile("skus", "Sku", Sku, ("sku_id",)),
    DataFile("attributes", "Attribute", Attribute, ("product_id", "name")),
    DataFile("product_relations", "ProductRelation", ProductRelation, ("product_id", "relation", "target_type", "target_id")),
    DataFile("size_charts", "SizeChart", SizeChartRow, ("chart_id", "size", "measure")),
    DataFile("price_history", "PricePoint", PricePoint, ("sku_id", "from")),
    DataFile("users", "User", User, ("user_id",)),
    DataFile("identities", "Identity", Identity, ("channel", "external_id")),
    DataFile("terms", "Term", Term, ("term_id",)),
    DataFile("promotions", "Promotion", Promotion, ("promotion_id", "version")),
    DataFile("coupons", "Coupon", Coupon, ("coupon_id",)),
    DataFile("orders", "Order", Order, ("order_id",)),
    DataFile("faqs", "Faq", Faq, ("faq_id",)),
    DataFile("events", "Event", Event, ("user_id", "kind", "target_type", "target_id", "at")),
    DataFile("agents", "Agent", Agent, ("agent_id",)),
)
