"""A promotion's rule in Chinese, from its fields (promotions.md section 3) and the wording in ``seed_data/wording``.

The words are data (``promotion_rules.yaml``), by kind; this module only gives them their values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from kg_service.dataset.promotion import Component, Promotion, Scope, ScopeRef, Tier
from kg_service.money import Money
from kg_service.resources import read_yaml, resource

__all__ = ["Names", "rule_text", "short_yuan", "spoken_percent"]

#: Display names of the entities a promotion speaks of, by (type, id) as in its scope: ``("product", "P1")`` …
Names = Mapping[tuple[str, str], str]

#: How many goods a rule names one by one before it says "… and so on".
_NAMED = 3


@cache
def _wording() -> dict[str, Any]:
    path = resource("seed_data", "wording", "promotion_rules.yaml")
    loaded: dict[str, Any] = read_yaml(path)
    return loaded


_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False)


@cache
def _template(text: str) -> Template:
    return _ENVIRONMENT.from_string(text)


def _say(text: str, **values: Any) -> str:
    return _template(text).render(**values)


def short_yuan(amount: int) -> str:
    """An amount in 分 as people say yuan: no superfluous zeros.

    Examples
    --------
    >>> short_yuan(30000), short_yuan(9990), short_yuan(9999)
    ('300', '99.9', '99.99')
    """
    text = str(Money(amount))
    return text.rstrip("0").rstrip(".")


def spoken_percent(pay_percent: Decimal) -> str:
    """What the buyer pays, in percent, as it is said: 80 is 8折, 50 半价, 0 免费.

    Examples
    --------
    >>> spoken_percent(Decimal(80)), spoken_percent(Decimal(85)), spoken_percent(Decimal(50)), spoken_percent(Decimal(0))
    ('8折', '8.5折', '半价', '免费')
    """
    percents: dict[str, str] = _wording()["percents"]
    plain = _plain(pay_percent)
    return percents.get(plain) or _say(_wording()["fold"], fold=_plain(pay_percent / 10))


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rule_text(promotion: Promotion, names: Names | None = None) -> str:
    """The rule of a promotion: what has to be done and what one gets.

    Parameters
    ----------
    promotion : Promotion
    names : mapping, optional
        Names of the goods, shops, gifts and coupons it speaks of; without them the rule says 指定商品.

    Examples
    --------
    >>> rule_text(Promotion.model_validate({"promotion_id": "M1", "name": "x", "kind": "AMOUNT_THRESHOLD_OFF",
    ...     "tiers": [{"value": "300", "effect": {"off": "40"}}, {"value": "500", "effect": {"off": "80"}}]}))
    '满300减40，满500减80'
    >>> rule_text(Promotion.model_validate({"promotion_id": "M2", "name": "x", "kind": "NTH_ITEM_PERCENT",
    ...     "condition": {"value": 2}, "effect": {"pay_percent": 50}, "cap": {"amount": "100"}}))
    '第2件半价；最多减100元'
    """
    names = names or {}
    words = _wording()
    kind = words["kinds"][promotion.kind]
    levels = promotion.levels
    repeats = promotion.steps_mode == "PER_STEP" and "per_step" in kind
    said = []
    for index, level in enumerate(levels):
        values = _values(promotion, level, names, first=index == 0)
        said.append(_say(kind["per_step" if repeats else "level"], **values))
    notes = [_say(words["notes"][name], **{name: value}) for name, value in _notes(promotion, names).items() if value]
    notes_by: str = words["notes_by"]
    tiers_by: str = words["tiers_by"]
    return notes_by.join([tiers_by.join(said), *notes])


def _values(promotion: Promotion, level: Tier, names: Names, *, first: bool) -> dict[str, Any]:
    words = _wording()
    effect = level.effect
    measure = promotion.measure
    value = level.value if level.value else None
    threshold = "" if value is None else short_yuan(value) if measure == "AMOUNT" else str(int(value))
    free = effect.free_quantity or 0
    declared = effect.declared_value
    goods = _goods(promotion.scope, names)
    gift = names.get(("sku", effect.gift_sku_id or "")) or words["goods"]["gift"]
    coupon = names.get(("promotion", effect.coupon_promotion_id or "")) or words["goods"]["coupon"]
    targets = [part for part in promotion.components if part.role != "QUALIFIER"]
    methods = promotion.condition.payment_methods
    return {
        "value": threshold,
        "unit": words["units"][measure],
        "counted": "" if measure == "AMOUNT" else words["units"][measure],
        "off": "" if effect.off is None else short_yuan(effect.off),
        "price": "" if effect.price is None else short_yuan(effect.price),
        "percent": "" if effect.pay_percent is None else spoken_percent(effect.pay_percent),
        "free": str(free) if free else "",
        "bought": str(int(level.value) - free) if free else "",
        "points": "" if effect.points is None else str(effect.points),
        "gift": gift,
        "coupon": coupon,
        "worth": "" if declared is None else short_yuan(declared),
        # the goods are named once, not again on every tier
        "goods": goods if first else "",
        "need": _need(promotion, threshold, goods, names),
        "target": "、".join(_part(part, names) for part in targets),
        "parts": "+".join(_part(part, names) for part in promotion.components),
        "methods": "、".join(methods or ()),
    }


def _need(promotion: Promotion, threshold: str, goods: str, names: Names) -> str:
    """What has to be bought first, for gifts, add-ons and cross-item offers."""
    words = _wording()
    qualifiers = [part for part in promotion.components if part.role == "QUALIFIER"]
    if qualifiers:
        return _say(words["goods"]["buy"], what="、".join(_part(part, names) for part in qualifiers))
    scope = promotion.condition.qualifier_scope
    what = _goods(scope, names) if scope is not None else goods
    if promotion.measure == "CONTAINS":
        return _say(words["goods"]["contains"], count=threshold or "1", what=what or words["goods"]["some"])
    if threshold:
        return f"{what}满{threshold}{words['units'][promotion.measure]}"
    return _say(words["goods"]["buy"], what=what) if what else ""


def _part(part: Component, names: Names) -> str:
    words = _wording()
    what = _goods(part.scope, names) or words["goods"]["some"]
    return what if part.quantity == 1 else f"{what}×{part.quantity}"


def _goods(scope: Scope, names: Names) -> str:
    """What a scope covers, in words; nothing for all goods."""
    if scope.include is None or any(ref.type == "all" for ref in scope.include):
        return ""
    return _listed(scope.include, names) or str(_wording()["goods"]["some"])


def _listed(refs: Iterable[ScopeRef], names: Names) -> str:
    words = _wording()["goods"]
    found: list[str] = []
    total = 0
    for ref in refs:
        total += 1
        name = names.get((ref.type, ref.id or ""))
        if name:
            found.append(_say(words["whole_shop"], name=name) if ref.type == "shop" else name)
    if not found:
        return ""
    if total > _NAMED or len(found) < total:
        return _say(words["many"], first="、".join(found[:_NAMED]), count=total)
    return "、".join(found)


def _notes(promotion: Promotion, names: Names) -> dict[str, Any]:
    words = _wording()
    condition = promotion.condition
    limit = promotion.limit
    capped = promotion.cap.amount
    excluded = promotion.scope.exclude or []

    def joined(values: Iterable[str] | None, labels: str | None = None) -> str:
        return "、".join(words[labels].get(value, value) if labels else value for value in values or ())

    return {
        "max_steps": promotion.max_steps if promotion.steps_mode == "PER_STEP" else None,
        "cap_amount": None if capped is None else short_yuan(capped),
        "cap_units": promotion.cap.units,
        "per_order": limit.per_order,
        "per_user": limit.per_user,
        "levels": joined(condition.member_levels, "member_levels"),
        "nth_order": condition.nth_order,
        "channels": joined(condition.channels, "channels"),
        "payment": "" if promotion.kind == "PAYMENT_OFF" else joined(condition.payment_methods),
        "order_types": joined(condition.order_types, "order_types"),
        "regions": joined(condition.regions),
        "except": (_listed(excluded, names) or words["goods"]["some"]) if excluded else None,
        "exclude_discounted": promotion.scope.exclude_discounted,
        "exclusive": promotion.stacking.exclusive,
    }
