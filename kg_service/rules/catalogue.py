"""What the rules need to know of goods: where a SKU stands in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Catalogue", "Goods"]


@dataclass(frozen=True)
class Goods:
    """A SKU's place in the catalogue.

    ``None`` means the fact is not known, which is never read as "none".

    Attributes
    ----------
    category_ids : its category and all ancestors, nearest first
    return_class : the product's, else its nearest category ancestor's, else NORMAL
    price : the current unit price, 分
    """

    sku_id: str
    product_id: str | None = None
    category_ids: tuple[str, ...] | None = None
    brand_id: str | None = None
    shop_id: str | None = None
    tags: tuple[str, ...] = ()
    return_class: str | None = None
    warranty_months: int | None = None
    price: int | None = None
    name: str | None = None


#: Goods by sku_id.
Catalogue: TypeAlias = Mapping[str, Goods]
