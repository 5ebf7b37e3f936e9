"""The data-set format as pydantic models (data-formats.md); usable without any store."""

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
from kg_service.dataset.files import FILES, DataFile
from kg_service.dataset.order import Order, OrderLine
from kg_service.dataset.promotion import Promotion, Scope
from kg_service.dataset.service import Agent, Faq, Manifest
from kg_service.dataset.term import Term

__all__ = [
    "FILES",
    "Agent",
    "Attribute",
    "Brand",
    "Category",
    "Coupon",
    "DataFile",
    "Event",
    "Faq",
    "Identity",
    "Manifest",
    "Order",
    "OrderLine",
    "PricePoint",
    "Product",
    "ProductRelation",
    "Promotion",
    "Scope",
    "Shop",
    "SizeChartRow",
    "Sku",
    "Term",
    "User",
]
