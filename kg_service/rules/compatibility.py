"""Whether two products fit each other, by what the catalogue records (docs/data-format.md, product_relations).

Relations count in both directions; a category target covers its descendants; a relation to the product beats one to a category
(the nearest first), which beats one to a brand; ACCESSORY_OF counts as compatible (answers.md, "Products").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["Fit", "Place", "Relation", "fit"]

_SAYS: dict[str, Literal["YES", "NO"]] = {"COMPATIBLE_WITH": "YES", "ACCESSORY_OF": "YES", "INCOMPATIBLE_WITH": "NO"}
_BRAND = 1000


@dataclass(frozen=True)
class Relation:
    """A recorded relation of a product to a product, category or brand."""

    product_id: str
    relation: str
    target_type: str
    target_id: str
    note: str | None = None


@dataclass(frozen=True)
class Place:
    """Where goods stand in the catalogue; a kind of goods has no ``product_id``. ``category_ids`` nearest first."""

    product_id: str | None = None
    category_ids: tuple[str, ...] = ()
    brand_id: str | None = None


@dataclass(frozen=True)
class Fit:
    """YES, NO or UNKNOWN, and the relation it rests on."""

    compatible: Literal["YES", "NO", "UNKNOWN"]
    relation: Relation | None = None


def fit(one: Place, other: Place, relations: Iterable[Relation]) -> Fit:
    """Whether two things fit.

    Where relations at the same distance contradict each other, the one that says no counts: a purchase that does not fit is the
    worse mistake.

    Examples
    --------
    >>> cable = Place("CABLE", ("C-CABLE",))
    >>> phone = Place("PHONE", ("C-PHONE", "C-DIGITAL"))
    >>> wide = Relation("CABLE", "COMPATIBLE_WITH", "category", "C-DIGITAL")
    >>> fit(phone, cable, [wide]).compatible
    'YES'
    >>> fit(phone, cable, [wide, Relation("CABLE", "INCOMPATIBLE_WITH", "product", "PHONE", "round plug")]).compatible
    'NO'
    """
    found = [
        (level, _SAYS[relation.relation] == "YES", not relation.note, relation.product_id, relation.target_id, relation)
        for relation in relations
        if relation.relation in _SAYS
        for level in (_level(relation, one, other), _level(relation, other, one))
        if level is not None
    ]
    if not found:
        return Fit("UNKNOWN")
    nearest = min(found, key=lambda item: item[:5])[-1]
    return Fit(_SAYS[nearest.relation], nearest)


def _level(relation: Relation, holder: Place, target: Place) -> int | None:
    """How far the relation is from saying something of the target: 0 of itself, then its categories, then its brand."""
    if holder.product_id is None or relation.product_id != holder.product_id:
        return None
    if relation.target_type == "product":
        return 0 if relation.target_id == target.product_id else None
    if relation.target_type == "category" and relation.target_id in target.category_ids:
        return 1 + target.category_ids.index(relation.target_id)
    if relation.target_type == "brand" and relation.target_id == target.brand_id:
        return _BRAND
    return None
