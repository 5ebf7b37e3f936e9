"""What the files have: keys, and the few facts that other rows are checked against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kg_service.dataset import Category, Coupon, PricePoint, Product, Promotion, Sku, Term
from kg_service.dataset.files import DataFile
from kg_service.dataset.promotion import Scope, ScopeRef
from kg_service.dataset.values import Row
from kg_service.loading.references import Ref

__all__ = ["Known", "Place", "RowId"]

#: A row of the data set: the file's name and the row's key.
RowId = tuple[str, str]

_TARGET_OF_FILE = {
    "shops": "shop",
    "brands": "brand",
    "categories": "category",
    "products": "product",
    "skus": "sku",
    "users": "user",
    "terms": "term",
    "promotions": "promotion version",
    "coupons": "coupon",
    "orders": "order",
}
_FILE_OF_TARGET = {target: file for file, target in _TARGET_OF_FILE.items()}


class Place(NamedTuple):
    """Where a row stands."""

    label: str
    line: int


@dataclass
class _Waiting:
    """A reference whose target was not (yet) known to be sound when its row was read."""

    source: RowId
    place: Place
    ref: Ref


def _meant_by(row: RowId) -> list[Ref]:
    """The references (without a column) that mean this row."""
    file, key = row
    target = _TARGET_OF_FILE.get(file)
    refs = [] if target is None else [Ref("", target, key)]
    if file == "promotions":
        refs.append(Ref("", "promotion", key.rpartition("@")[0]))
    return refs


@dataclass
class Known:
    """The rows read so far and what the checks across rows need of them.

    Attributes
    ----------
    places : file name to key to place, of rows that are sound so far
    rejected : rows whose key could be read and that are rejected
    """

    places: dict[str, dict[str, Place]] = field(default_factory=dict)
    rejected: set[RowId] = field(default_factory=set)
    parents: dict[str, str | None] = field(default_factory=dict)
    products: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    skus: dict[str, tuple[str, int]] = field(default_factory=dict)
    last_prices: dict[str, tuple[int, int]] = field(default_factory=dict)
    promotions: dict[str, Promotion] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)
    coupons: dict[str, tuple[str, str, str, int | None, int | None, str | None]] = field(default_factory=dict)
    _waiting: dict[Ref, list[_Waiting]] = field(default_factory=dict)
    _uncertain: set[Ref] = field(default_factory=set)

    def place_of(self, file: str, key: str) -> Place | None:
        """Where a sound row with this key was, if there was one."""
        return self.places.get(file, {}).get(key)

    def add(self, file: DataFile, key: str, place: Place, row: Row, refs: list[Ref]) -> None:
        """Remember a sound row and what it refers to."""
        self.places.setdefault(file.name, {})[key] = place
        me = (file.name, key)
        for ref in refs:
            slim = ref._replace(column="")
            if not self.has(ref) or slim in self._uncertain:
                self._waiting.setdefault(slim, []).append(_Waiting(me, place, ref))
                self._uncertain.update(_meant_by(me))
        match row:
            case Category():
                self.parents[key] = row.parent_id
            case Product():
                self.products[key] = (row.category_id, row.brand_id, row.shop_id)
            case Sku():
                self.skus[key] = (row.product_id, row.price)
            case PricePoint():
                last = self.last_prices.get(row.sku_id)
                if last is None or row.from_ > last[0]:
                    self.last_prices[row.sku_id] = (row.from_, row.price)
            case Promotion():
                self.promotions[key] = row
                self.versions[row.promotion_id] += 1
            case Term():
                self.terms[key] = row
            case Coupon():
                self.coupons[key] = (
                    row.promotion_id,
                    row.user_id,
                    row.status,
                    row.valid_from,
                    row.valid_to,
                    row.used_order_id,
                )

    def has(self, ref: Ref) -> bool:
        """Whether a sound row of the files is what the reference means."""
        if ref.target == "promotion":
            return self.versions[ref.id] > 0
        return ref.id in self.places.get(_FILE_OF_TARGET[ref.target], {})

    def was_rejected(self, ref: Ref) -> bool:
        """Whether a rejected row of the files is what the reference means."""
        if ref.target == "promotion":
            return any(file == "promotions" and key.rpartition("@")[0] == ref.id for file, key in self.rejected)
        return (_FILE_OF_TARGET[ref.target], ref.id) in self.rejected

    def reject(self, row: RowId) -> None:
        """Take a row back that had been sound."""
        file, key = row
        self.places.get(file, {}).pop(key, None)
        self.rejected.add(row)
        if file == "promotions":
            self.versions[key.rpartition("@")[0]] -= 1
            self.promotions.pop(key, None)

    def open_references(self) -> list[Ref]:
        """References that no file satisfies; their column is empty."""
        return [ref for ref in self._waiting if not self.has(ref)]

    def settle(self, in_graph: set[Ref]) -> Iterator[tuple[RowId, Place, Ref, bool]]:
        """Reject, transitively, the rows whose references nothing satisfies.

        Parameters
        ----------
        in_graph : those of :meth:`open_references` that the graph has

        Yields
        ------
        (row, place, reference, was_rejected) : the row that is rejected now, and whether its target was there but rejected
        """
        todo = [ref for ref in self.open_references() if ref not in in_graph]
        while todo:
            target = todo.pop()
            refused = self.was_rejected(target)
            for waiting in self._waiting.get(target, ()):
                if waiting.source in self.rejected:
                    continue
                self.reject(waiting.source)
                yield waiting.source, waiting.place, waiting.ref, refused
                todo.extend(self._now_missing(waiting.source, in_graph))

    def _now_missing(self, row: RowId, in_graph: set[Ref]) -> Iterator[Ref]:
        for ref in _meant_by(row):
            if ref in self._waiting and ref not in in_graph and not self.has(ref):
                yield ref

    def cyclic_categories(self) -> list[tuple[str, list[str]]]:
        """Each category that is its own ancestor, with the way round."""
        found = []
        for start in self.parents:
            path, at = [start], self.parents.get(start)
            while at is not None and at not in path:
                path.append(at)
                at = self.parents.get(at)
            if at == start:
                found.append((start, [*path, start]))
        return found

    def ancestors(self, category: str) -> list[str]:
        """The category and what is above it, nearest first, as far as the files tell."""
        path: list[str] = []
        at: str | None = category
        while at is not None and at not in path:
            path.append(at)
            at = self.parents.get(at)
        return path

    def covers(self, scope: Scope, sku_id: str) -> bool | None:
        """Whether a scope has a SKU; ``None`` where the files do not tell."""
        sku = self.skus.get(sku_id)
        product = self.products.get(sku[0]) if sku else None
        if sku is None or product is None:
            return None
        category, brand, shop = product
        above = self.ancestors(category)
        if any(at not in self.parents for at in above):
            return None

        def hit(entry: ScopeRef) -> bool | None:
            match entry.type:
                case "all":
                    return True
                case "sku":
                    return entry.id == sku_id
                case "product":
                    return entry.id == sku[0]
                case "category":
                    return entry.id in above
                case "brand":
                    return entry.id == brand
                case "shop":
                    return entry.id == shop
            return None  # tags are not recorded

        excluded = [hit(entry) for entry in scope.exclude or ()]
        if any(excluded):
            return False
        included = [True] if scope.include is None else [hit(entry) for entry in scope.include]
        if any(included):
            return None if None in excluded else True
        return None if None in included else False
