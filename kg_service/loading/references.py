"""What a row refers to: the ids in it that some file, or the graph, must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg_service.dataset import (
    Attribute,
    Category,
    Coupon,
    Event,
    Faq,
    Identity,
    Order,
    PricePoint,
    Product,
    ProductRelation,
    Promotion,
    Scope,
    SizeChartRow,
    Sku,
    Term,
)
from kg_service.dataset.promotion import KINDS
from kg_service.dataset.values import Row

__all__ = ["TARGETS", "Ref", "references", "target_label"]


class Ref(NamedTuple):
    """A reference.

    Attributes
    ----------
    column : where it stands (a path for nested values)
    target : what it refers to, a key of :data:`TARGETS`
    id : the id, or the key ``promotion_id@version`` where the version counts
    """

    column: str
    target: str
    id: str


#: What can be referred to: the label in the graph and the property that holds the id.
TARGETS: dict[str, tuple[str, str]] = {
    "shop": ("Shop", "shop_id"),
    "brand": ("Brand", "brand_id"),
    "category": ("Category", "category_id"),
    "product": ("Product", "product_id"),
    "sku": ("Sku", "sku_id"),
    "user": ("User", "user_id"),
    "term": ("Term", "term_id"),
    "promotion": ("Promotion", "promotion_id"),
    "promotion version": ("Promotion", "promotion_key"),
    "coupon": ("Coupon", "coupon_id"),
    "order": ("Order", "order_id"),
}
_SCOPED = frozenset({"sku", "product", "category", "brand", "shop"})
_ABOUT = frozenset({"product", "category", "brand", "shop", "promotion"})
_EVENT_TARGETS = _ABOUT | {"sku", "order", "coupon"}


def target_label(target: str) -> str:
    """The label a target has in the graph."""
    return TARGETS[target][0]


def references(row: Row) -> Iterator[Ref]:
    """All references of a row, in the order of its columns."""
    match row:
        case Category():
            yield from _plain(category=("parent_id", row.parent_id))
        case Product():
            yield from _plain(
                category=("category_id", row.category_id), brand=("brand_id", row.brand_id), shop=("shop_id", row.shop_id)
            )
        case Sku() | Attribute():
            yield Ref("product_id", "product", row.product_id)
        case ProductRelation():
            yield Ref("product_id", "product", row.product_id)
            yield Ref("target_id", row.target_type, row.target_id)
        case SizeChartRow():
            yield Ref("target_id", row.target_type, row.target_id)
        case PricePoint():
            yield Ref("sku_id", "sku", row.sku_id)
        case Identity():
            yield Ref("user_id", "user", row.user_id)
        case Term():
            yield from _scope("scope", row.scope)
        case Promotion():
            yield from _promotion(row)
        case Coupon():
            yield from _plain(
                promotion=("promotion_id", row.promotion_id),
                user=("user_id", row.user_id),
                order=("used_order_id", row.used_order_id),
            )
        case Order():
            yield from _order(row)
        case Faq():
            if row.target_type in _ABOUT and row.target_id is not None:
                yield Ref("target_id", row.target_type, row.target_id)
        case Event():
            yield Ref("user_id", "user", row.user_id)
            if row.target_type in _EVENT_TARGETS:
                yield Ref("target_id", row.target_type, row.target_id)


def _plain(**columns: tuple[str, str | None]) -> Iterator[Ref]:
    for target, (column, value) in columns.items():
        if value is not None:
            yield Ref(column, target, value)


def _scope(path: str, scope: Scope | None) -> Iterator[Ref]:
    for side in ("include", "exclude"):
        for index, entry in enumerate(getattr(scope, side, None) or ()):
            if entry.type in _SCOPED:
                yield Ref(f"{path}.{side}[{index}].id", entry.type, entry.id)


def _promotion(row: Promotion) -> Iterator[Ref]:
    yield from _scope("scope", row.scope)
    yield from _scope("condition.qualifier_scope", row.condition.qualifier_scope)
    for index, component in enumerate(row.components):
        yield from _scope(f"components[{index}].scope", component.scope)
    effects = [(f"tiers[{index}].effect", tier.effect) for index, tier in enumerate(row.tiers)]
    for path, effect in [("effect", row.effect), *effects]:
        yield from _plain(
            sku=(f"{path}.gift_sku_id", effect.gift_sku_id),
            promotion=(f"{path}.coupon_promotion_id", effect.coupon_promotion_id),
        )
    for index, other in enumerate(row.stacking.conflicts_with):
        if isinstance(other, str) and other not in KINDS and not other.isdigit():
            yield Ref(f"stacking.conflicts_with[{index}]", "promotion", other)
    yield from _plain(term=("after_sale.term_id", row.after_sale.term_id))


def _order(row: Order) -> Iterator[Ref]:
    yield from _plain(user=("user_id", row.user_id), shop=("shop_id", row.shop_id))
    for index, line in enumerate(row.lines):
        yield Ref(f"lines[{index}].sku_id", "sku", line.sku_id)
    for index, application in enumerate(row.applications or ()):
        path = f"applications[{index}]"
        yield Ref(f"{path}.promotion_id", "promotion version", f"{application.promotion_id}@{application.version}")
        if application.coupon_id is not None:
            yield Ref(f"{path}.coupon_id", "coupon", application.coupon_id)
    if row.freight is not None and row.freight.waived_by is not None:
        yield Ref("freight.waived_by", "promotion", row.freight.waived_by)
