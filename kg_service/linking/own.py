"""The customer's own order lines: "我买的手机" means one of these before any product of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["OwnLine", "ancestors", "own_lines"]


@dataclass(frozen=True)
class OwnLine:
    """A line of one of the customer's orders, with what the goods may be called.

    Attributes
    ----------
    category_ids, category_names : the category and all its ancestors, nearest first; names include their aliases
    spec : specification keys and values of the SKU
    returned_quantity : units of returns (service RETURN, not rejected), finished or on their way
    placed_at, received_at : epoch ms
    list_price : unit price at purchase, 分
    """

    order_id: str
    line_id: str
    sku_id: str
    quantity: int
    order_status: str
    placed_at: int
    product_id: str | None = None
    product_name: str = ""
    aliases: tuple[str, ...] = ()
    category_ids: tuple[str, ...] = ()
    category_names: tuple[str, ...] = ()
    brand_id: str | None = None
    brand_names: tuple[str, ...] = ()
    shop_id: str | None = None
    spec: tuple[tuple[str, str], ...] = ()
    returned_quantity: int = 0
    received_at: int | None = None
    role: str = "GOODS"
    list_price: int | None = None

    @property
    def key(self) -> str:
        """``order_id/line_id``, the id of a clarification's option and of a ``line`` reference."""
        return f"{self.order_id}/{self.line_id}"

    @property
    def remaining(self) -> int:
        """Units not yet returned."""
        return max(0, self.quantity - self.returned_quantity)

    @property
    def label(self) -> str:
        """What to call the goods: the product's name and the specification.

        Examples
        --------
        >>> OwnLine("O1", "L1", "S1", 1, "RECEIVED", 0, product_name="云雀耳机", spec=(("颜色", "黑"),)).label
        '云雀耳机(黑)'
        """
        values = "，".join(value for _, value in self.spec)
        return f"{self.product_name}({values})" if values else self.product_name


def own_lines(
    rows: Iterable[Mapping[str, Any]],
    categories: Iterable[Mapping[str, Any]] = (),
    returns: Iterable[Mapping[str, Any]] = (),
) -> tuple[OwnLine, ...]:
    """Rows of the templates ``order/own_lines``, ``own_categories`` and ``own_returns``: newest order first, then line_id."""
    tree = {row["category_id"]: row for row in categories}
    gone: dict[tuple[str, str], int] = {}
    for row in returns:
        if (row.get("service") or "RETURN") == "RETURN" and row.get("status") != "REJECTED":
            key = (row["order_id"], row["line_id"])
            gone[key] = gone.get(key, 0) + (row.get("quantity") or 0)
    found: dict[str, OwnLine] = {}
    for row in rows:
        line = _own_line(row, tree, gone.get((row["order_id"], row["line_id"]), 0))
        found.setdefault(line.key, line)
    return tuple(sorted(found.values(), key=lambda line: (-line.placed_at, line.order_id, line.line_id)))


def ancestors(category_id: str | None, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """A category and its ancestors, nearest first.

    Examples
    --------
    >>> ancestors("c", {"c": "b", "b": "a", "a": None})
    ('c', 'b', 'a')
    """
    chain: list[str] = []
    while category_id is not None and category_id not in chain:
        chain.append(category_id)
        category_id = parents.get(category_id)
    return tuple(chain)


def _own_line(row: Mapping[str, Any], tree: Mapping[str, Mapping[str, Any]], gone: int) -> OwnLine:
    spec = json.loads(row["spec"]) if isinstance(row.get("spec"), str) else (row.get("spec") or {})
    chain = ancestors(row.get("category_id"), {key: one.get("parent_id") for key, one in tree.items()})
    names = [name for one in chain if one in tree for name in (tree[one].get("name"), *(tree[one].get("aliases") or []))]
    return OwnLine(
        order_id=row["order_id"],
        line_id=row["line_id"],
        sku_id=row.get("sku_id") or "",
        quantity=row.get("quantity") or 0,
        order_status=row.get("order_status") or "",
        placed_at=row.get("placed_at") or 0,
        product_id=row.get("product_id"),
        product_name=row.get("product_name") or "",
        aliases=tuple(row.get("aliases") or ()),
        category_ids=chain,
        category_names=tuple(dict.fromkeys(name for name in names if name)),
        brand_id=row.get("brand_id"),
        brand_names=tuple(name for name in (row.get("brand_name"), *(row.get("brand_aliases") or [])) if name),
        shop_id=row.get("shop_id"),
        spec=tuple((str(key), str(value)) for key, value in spec.items()),
        returned_quantity=gone,
        received_at=row.get("received_at"),
        role=row.get("role") or "GOODS",
        list_price=row.get("list_price"),
    )
