"""Generated promotions, baskets and orders. An order is what pricing a basket recorded, paid for by one or more instruments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from kg_service.money import Money
from kg_service.rules import Goods, PricedBasket, price_basket

Data = dict[str, Any]
CATEGORIES = ("C1", "C2")


@dataclass
class Bought:
    """An order with everything a quote needs."""

    order: Data
    promotions: list[Data]
    catalogue: dict[str, Goods]
    priced: PricedBasket = field(repr=False)


def yuan(fen: int) -> str:
    return str(Money(fen))


@st.composite
def scopes(draw: st.DrawFn, skus: list[str]) -> Data:
    kind = draw(st.sampled_from(["all", "category", "skus"]))
    if kind == "all":
        return {}
    if kind == "category":
        return {"include": [{"type": "category", "id": draw(st.sampled_from(CATEGORIES))}]}
    chosen = draw(st.lists(st.sampled_from(skus), min_size=1, unique=True))
    return {"include": [{"type": "sku", "id": sku} for sku in sorted(chosen)]}


def sku_scope(*skus: str) -> Data:
    return {"include": [{"type": "sku", "id": sku} for sku in skus]}


@st.composite
def promotions(draw: st.DrawFn, index: int, skus: list[str]) -> Data:
    kind = draw(
        st.sampled_from(
            [
                "ITEM_PERCENT",
                "ITEM_FIXED_OFF",
                "SPECIAL_PRICE",
                "NTH_ITEM_PERCENT",
                "QTY_TIERED_PERCENT",
                "QTY_FIXED_PRICE",
                "BUNDLE_PRICE",
                "BUNDLE_OFF",
                "CROSS_ITEM_OFF",
                "BUY_X_GET_Y",
                "AMOUNT_THRESHOLD_OFF",
                "AMOUNT_THRESHOLD_OFF",
                "AMOUNT_THRESHOLD_PERCENT",
                "COUPON_FIXED",
                "SUBSIDY",
            ]
        )
    )
    promotion: Data = {"promotion_id": f"P{index}", "name": f"优惠{index}", "kind": kind}
    off = st.integers(1, 8000)
    percent = st.integers(1, 99)
    if kind in ("BUNDLE_PRICE", "BUNDLE_OFF", "CROSS_ITEM_OFF"):
        first, second = draw(st.lists(st.sampled_from(skus), min_size=2, max_size=2, unique=True))
        roles = ("QUALIFIER", "TARGET") if kind == "CROSS_ITEM_OFF" else ("BOTH", "BOTH")
        promotion["components"] = [
            {"scope": sku_scope(sku), "quantity": draw(st.integers(1, 2)), "role": role}
            for sku, role in zip((first, second), roles, strict=True)
        ]
        promotion["effect"] = {"price" if kind == "BUNDLE_PRICE" else "off": yuan(draw(off))}
    else:
        promotion["scope"] = draw(scopes(skus))
    if kind in ("ITEM_PERCENT",):
        promotion["effect"] = {"pay_percent": draw(percent)}
    elif kind in ("ITEM_FIXED_OFF", "SUBSIDY"):
        promotion["effect"] = {"off": yuan(draw(off))}
    elif kind == "SPECIAL_PRICE":
        promotion["effect"] = {"price": yuan(draw(off))}
    elif kind in ("NTH_ITEM_PERCENT", "QTY_TIERED_PERCENT"):
        low = draw(st.integers(2, 3))
        tiers = [{"value": low, "effect": {"pay_percent": draw(percent)}}]
        if kind == "QTY_TIERED_PERCENT" and draw(st.booleans()):
            tiers.append({"value": low + draw(st.integers(1, 2)), "effect": {"pay_percent": draw(percent)}})
        promotion["tiers"] = tiers
    elif kind == "QTY_FIXED_PRICE":
        promotion["condition"] = {"value": draw(st.integers(2, 3))}
        promotion["effect"] = {"price": yuan(draw(off))}
        promotion["tier_mode"] = draw(st.sampled_from(["HIGHEST", "PER_STEP"]))
    elif kind == "BUY_X_GET_Y":
        size = draw(st.integers(2, 4))
        promotion["condition"] = {"value": size}
        promotion["effect"] = {"free_quantity": draw(st.integers(1, size - 1))}
    elif kind in ("AMOUNT_THRESHOLD_OFF", "AMOUNT_THRESHOLD_PERCENT", "COUPON_FIXED"):
        value = draw(st.integers(1, 20000))
        effect = {"off": yuan(draw(off))} if kind != "AMOUNT_THRESHOLD_PERCENT" else {"pay_percent": draw(percent)}
        promotion["tiers"] = [{"value": yuan(value), "effect": effect}]
        if kind == "AMOUNT_THRESHOLD_OFF":
            shape = draw(st.sampled_from(["one", "two", "step"]))
            if shape == "two":
                more = {"off": yuan(draw(off))}
                promotion["tiers"].append({"value": yuan(value + draw(st.integers(1, 20000))), "effect": more})
            elif shape == "step":
                promotion["tier_mode"] = "PER_STEP"
                promotion["max_steps"] = draw(st.integers(1, 4))
        promotion["condition"] = {"basis": draw(st.sampled_from(["RUNNING", "RUNNING", "LIST", "AFTER_ITEM"]))}
    after_sale: Data = {}
    rule = draw(st.sampled_from([None, None, "REEVALUATE", "RECORDED_SHARE", "FORFEIT_FROM_RETURNED"]))
    if rule is not None:
        after_sale["on_partial_return"] = rule
    if draw(st.integers(0, 4)) == 0:
        after_sale["reason_override"] = {"QUALITY": draw(st.sampled_from(["REEVALUATE", "RECORDED_SHARE"]))}
    promotion["after_sale"] = after_sale
    promotion["allocation"] = {
        "rule": draw(
            st.sampled_from(["LARGEST_REMAINDER"] * 3 + ["FLOOR_LAST_TAKES_REST", "FLOOR_ROUND_ROBIN", "HALF_DOWN_FIRST_FIX"])
        ),
        "weight": draw(st.sampled_from(["RUNNING", "RUNNING", "LIST", "QUANTITY"])),
    }
    promotion["stacking"] = {"priority": draw(st.integers(0, 3))}
    return promotion


@st.composite
def _quantities(draw: st.DrawFn, count: int, max_sets: int | None) -> list[int]:
    """Units of each line; the product of (units + 1) is at most ``max_sets``, if one line of each is."""
    found: list[int] = []
    left = max_sets
    for index in range(count):
        most = 4 if left is None else max(1, min(4, left // 2 ** (count - 1 - index) - 1))
        found.append(draw(st.integers(1, most)))
        left = None if left is None else left // (found[-1] + 1)
    return found


@st.composite
def orders(
    draw: st.DrawFn, max_lines: int = 5, max_promotions: int = 4, min_promotions: int = 0, max_sets: int | None = None
) -> Bought:
    """An order whose record is what its promotions granted at purchase.

    Its units make up at most ``max_sets`` sets, unless one unit of each line already makes more.
    """
    count = draw(st.integers(2, max_lines))
    skus = [f"S{index}" for index in range(count)]
    quantities = draw(_quantities(count, max_sets))
    lines: list[Data] = [
        {
            "line_id": str(index + 1),
            "sku_id": sku,
            "quantity": quantities[index],
            "list_price": yuan(draw(st.integers(1, 12000))),
        }
        for index, sku in enumerate(skus)
    ]
    catalogue = {
        sku: Goods(sku, product_id=f"X{sku}", category_ids=(draw(st.sampled_from(CATEGORIES)),), return_class="NORMAL")
        for sku in skus
    }
    offers = [draw(promotions(index, skus)) for index in range(draw(st.integers(min_promotions, max_promotions)))]
    coupons = [
        {"coupon_id": f"K{offer['promotion_id']}", "promotion_id": offer["promotion_id"], "user_id": "U", "status": "UNUSED"}
        for offer in offers
        if offer["kind"] == "COUPON_FIXED"
    ]
    priced = price_basket(lines, offers, coupons, catalogue=catalogue)
    goods = sum(int(line.payable) for line in priced.lines)
    points = draw(st.integers(0, goods)) if goods and draw(st.booleans()) else 0
    payments = [{"payment_id": "1", "kind": "CASH", "amount": yuan(goods - points)}]
    if points:
        payments.append({"payment_id": "2", "kind": "POINTS", "amount": yuan(points)})
    order: Data = {
        "order_id": "O",
        "user_id": "U",
        "status": "RECEIVED",
        "placed_at": "2026-11-01T10:00:00",
        "paid_at": "2026-11-01T10:01:00",
        "received_at": "2026-11-05T12:00:00",
        "lines": lines,
        "applications": [
            {
                "application_id": f"A{item.promotion_id}",
                "promotion_id": item.promotion_id,
                "coupon_id": item.coupon_id,
                "grant": str(item.grant),
                "tier_index": item.tier_index,
                "instances": item.instances,
                "participants": [
                    {"line_id": share.line_id, "role": share.role, "share": str(share.share)} for share in item.participants
                ],
            }
            for item in priced.applications
        ],
        "payments": payments,
        "freight": {"charged": "0.00", "waived": "0.00"},
        "returns": [],
    }
    return Bought(order, offers, catalogue, priced)


def returned_units(data: st.DataObject, bought: Bought) -> dict[str, int]:
    """A non-empty set of units to return."""
    units = {line["line_id"]: data.draw(st.integers(0, line["quantity"])) for line in bought.order["lines"]}
    wanted = {line_id: count for line_id, count in units.items() if count}
    return wanted or {bought.order["lines"][0]["line_id"]: 1}
