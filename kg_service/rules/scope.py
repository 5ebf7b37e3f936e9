"""Which goods a scope covers; three-valued, because a fact about the goods may not be known."""

from __future__ import annotations

from kg_service.dataset.promotion import Scope, ScopeRef
from kg_service.rules.catalogue import Goods

__all__ = ["covers", "covers_everything", "unknown_fact"]


def covers(scope: Scope, goods: Goods, *, discounted: bool = False) -> bool | None:
    """Whether a scope covers goods.

    Parameters
    ----------
    scope : Scope
        Absent ``include`` means all goods; a category includes its descendants; ``exclude`` wins.
    goods : Goods
    discounted : bool
        The goods already carry a discount of layer 10 (for ``exclude_discounted``).

    Returns
    -------
    bool or None
        ``None`` when a fact that decides is not known.

    Examples
    --------
    >>> phones = Scope.model_validate({"include": [{"type": "category", "id": "C1"}]})
    >>> covers(phones, Goods("S1", category_ids=("C11", "C1"))), covers(phones, Goods("S1"))
    (True, None)
    """
    if scope.exclude_discounted and discounted:
        return False
    excluded = _any(scope.exclude or [], goods)
    if excluded:
        return False
    included = True if scope.include is None else _any(scope.include, goods)
    if included is False:
        return False
    return None if excluded is None or included is None else True


def covers_everything(scope: Scope) -> bool:
    """Whether a scope covers all goods, whatever they are.

    Examples
    --------
    >>> covers_everything(Scope()), covers_everything(Scope.model_validate({"include": [{"type": "all", "id": "*"}]}))
    (True, True)
    """
    return not scope.exclude and (not scope.include or any(ref.type == "all" for ref in scope.include))


def unknown_fact(scope: Scope, goods: Goods) -> str | None:
    """The fact about the goods that the scope needs and that is not known."""
    for ref in [*(scope.exclude or []), *(scope.include or [])]:
        if _matches(ref, goods) is None:
            return f"Sku {goods.sku_id}.{_FACT[ref.type]}"
    return None


_FACT = {"product": "product_id", "category": "category_id", "brand": "brand_id", "shop": "shop_id"}


def _any(refs: list[ScopeRef], goods: Goods) -> bool | None:
    found = [_matches(ref, goods) for ref in refs]
    if True in found:
        return True
    return None if None in found else False


def _matches(ref: ScopeRef, goods: Goods) -> bool | None:
    match ref.type:
        case "all":
            return True
        case "sku":
            return goods.sku_id == ref.id
        case "tag":
            return ref.id in goods.tags
        case "category":
            return None if goods.category_ids is None else ref.id in goods.category_ids
        case "product":
            return _same(goods.product_id, ref.id)
        case "brand":
            return _same(goods.brand_id, ref.id)
        case "shop":
            return _same(goods.shop_id, ref.id)


def _same(known: str | None, wanted: str | None) -> bool | None:
    return None if known is None else known == wanted
