"""The terms of a promotion point by point, each with what it rests on; the words are data (``promotion_terms.yaml``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined

from kg_service.answers.promotion_text import Names, short_yuan
from kg_service.dataset.promotion import Promotion
from kg_service.resources import read_yaml, resource
from kg_service.rules.after_sale import AfterSaleRules, Ruling
from kg_service.rules.law import engine_default
from kg_service.trace import Basis

__all__ = ["points_of"]

_COUPONS = frozenset({"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"})
_FREIGHT = frozenset({"FREE_SHIPPING", "FREIGHT_OFF"})
_SHARED = frozenset({20, 30, 40, 50, 60})
_ENVIRONMENT = Environment(undefined=StrictUndefined, autoescape=False)


@cache
def _points() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(resource("seed_data", "wording", "promotion_terms.yaml"))["points"]
    return loaded


def points_of(promotion: Promotion, rules: AfterSaleRules, names: Names) -> list[dict[str, Any]]:
    """The points of a promotion's terms.

    Returns
    -------
    list of dict
        ``topic`` (THRESHOLD, TIERS, EXCLUDED, LIMIT, STACKING, SHARING, PARTIAL_RETURN …), ``text`` and ``basis``.

    Examples
    --------
    >>> from kg_service.rules.after_sale import resolve
    >>> off = Promotion.model_validate({"promotion_id": "P", "name": "满300减40", "kind": "AMOUNT_THRESHOLD_OFF",
    ...     "tiers": [{"value": "300.00", "effect": {"off": "40.00"}}]})
    >>> [point["topic"] for point in points_of(off, resolve(off, [], [], 0), {})]
    ['THRESHOLD', 'SHARING', 'PARTIAL_RETURN']
    """
    own = Basis(kind="PROMOTION", id=promotion.promotion_id, text=promotion.name)
    found = [
        {"topic": topic, "text": _say(_points()[topic], **values), "basis": own}
        for topic, values in _own_points(promotion, names)
    ]
    return [*found, *_return_points(promotion, rules)]


def _say(text: str, **values: Any) -> str:
    return _ENVIRONMENT.from_string(text).render(**values)


def _own_points(promotion: Promotion, names: Names) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the promotion itself states, topic by topic."""
    levels = promotion.levels
    if promotion.measure == "AMOUNT" and levels[0].value and not promotion.components:
        yield "THRESHOLD", {"basis": promotion.condition.basis or "RUNNING", "value": short_yuan(levels[0].value)}
    if len(levels) > 1 or (promotion.steps_mode == "PER_STEP" and promotion.measure == "AMOUNT"):
        yield "TIERS", {"mode": promotion.steps_mode, "steps": promotion.max_steps}
    excluded = [names.get((ref.type, ref.id or "")) for ref in promotion.scope.exclude or []]
    if any(excluded):
        yield "EXCLUDED", {"goods": [name for name in excluded if name]}
    limit = promotion.limit
    if limit.total is not None or limit.budget is not None:
        yield "LIMIT", {"total": limit.total, "budget": None if limit.budget is None else short_yuan(limit.budget)}
    if promotion.valid.basis == "PAID_AT":
        yield "TIME", {}
    stacking = promotion.stacking
    others = [names.get(("promotion", str(one))) for one in stacking.conflicts_with]
    if stacking.exclusive or stacking.group is not None or stacking.conflicts_with:
        within = stacking.within_group or "BEST_ONE"
        grouped = within if stacking.group is not None and within != "ALL" else None
        yield "STACKING", {"exclusive": stacking.exclusive, "within": grouped, "others": [name for name in others if name]}
    if promotion.layer_number in _SHARED:
        yield "SHARING", {"weight": promotion.allocation.weight}


def _return_points(promotion: Promotion, rules: AfterSaleRules) -> Iterator[dict[str, Any]]:
    """What a return does to it."""
    kind = promotion.kind
    if kind in _COUPONS:
        yield _ruled("COUPON_RETURN", rules.coupon_return)
    if kind == "GIFT":
        yield _ruled("GIFT_RETURN", rules.gift)
    elif kind == "GIVE_POINTS":
        yield _ruled("POINTS_RETURN", rules.points_given)
    elif kind in _FREIGHT:
        yield _ruled("FREIGHT_RETURN", rules.freight or Ruling("RANGE", engine_default("")))
    elif kind == "POINTS_DEDUCT":
        yield _ruled("POINTS_USED_RETURN", rules.points_used)
    elif promotion.layer_number == 10:
        yield {"topic": "PARTIAL_RETURN", "text": _points()["ITEM_RETURN"], "basis": engine_default("单品优惠不看其他商品")}
    elif kind != "GIVE_COUPON":
        yield _ruled("PARTIAL_RETURN", rules.on_partial_return)


def _ruled(topic: str, ruling: Ruling) -> dict[str, Any]:
    texts: dict[str, str] = _points()[topic]
    return {"topic": topic, "text": texts.get(str(ruling.value), str(ruling.value)), "basis": ruling.basis}
