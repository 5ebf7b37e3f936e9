"""Generated baskets: lines, promotions of any kind, groups and exclusivity, and coupons held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.rules import BasketLine, Goods, Purchase
from tests.properties.strategies import CATEGORIES, promotions, yuan

Data = dict[str, Any]


@dataclass
class Shopping:
    """A basket and what may be applied to it."""

    lines: list[BasketLine]
    promotions: list[Promotion]
    coupons: list[Coupon]
    catalogue: dict[str, Goods]

    @property
    def pricing(self) -> dict[str, Any]:
        """What pricing needs besides."""
        return {"purchase": Purchase(), "catalogue": self.catalogue}


@st.composite
def shopping(draw: st.DrawFn, max_lines: int = 5, max_promotions: int = 4, max_coupons: int = 4) -> Shopping:
    """A basket with stacking groups, exclusive offers, conflicts, coupons and an add-on to opt for."""
    count = draw(st.integers(2, max_lines))
    skus = [f"S{index}" for index in range(count)]
    lines: list[Data] = [
        {
            "line_id": str(index + 1),
            "sku_id": sku,
            "quantity": draw(st.integers(1, 3)),
            "list_price": yuan(draw(st.integers(1, 12000))),
        }
        for index, sku in enumerate(skus)
    ]
    offers: list[Data] = []
    for index in range(draw(st.integers(0, max_promotions))):
        offer = draw(promotions(index, skus).filter(lambda one: one["kind"] != "COUPON_FIXED"))
        offers.append(offer | {"stacking": draw(_stacking([one["promotion_id"] for one in offers]))})
    if draw(st.booleans()):
        offers.append(
            {
                "promotion_id": "ADD",
                "name": "换购",
                "kind": "ADDON_PRICE",
                "condition": {"measure": "AMOUNT", "value": yuan(draw(st.integers(1, 9000)))},
                "components": [{"scope": {"include": [{"type": "sku", "id": skus[0]}]}, "quantity": 1, "role": "TARGET"}],
                "effect": {"price": yuan(draw(st.integers(1, 3000)))},
            }
        )
    coupons: list[Data] = []
    for index in range(draw(st.integers(0, max_coupons))):
        key = f"C{draw(st.integers(0, index))}"
        if all(one["promotion_id"] != key for one in offers):
            offers.append(draw(_coupon(key)))
        coupons.append({"coupon_id": f"K{index}", "promotion_id": key, "user_id": "U", "status": "UNUSED"})
    catalogue = {sku: Goods(sku, product_id=f"X{sku}", category_ids=(draw(st.sampled_from(CATEGORIES)),)) for sku in skus}
    return Shopping(
        [BasketLine.model_validate(line) for line in lines],
        [Promotion.model_validate(offer) for offer in offers],
        [Coupon.model_validate(coupon) for coupon in coupons],
        catalogue,
    )


@st.composite
def _stacking(draw: st.DrawFn, others: list[str]) -> Data:
    found: Data = {"priority": draw(st.integers(0, 3))}
    if draw(st.integers(0, 2)) == 0:
        found["group"] = draw(st.sampled_from(["G", "H"]))
    if draw(st.integers(0, 5)) == 0:
        found["exclusive"] = True
    if others and draw(st.integers(0, 3)) == 0:
        found["conflicts_with"] = [draw(st.sampled_from(others))]
    return found


@st.composite
def _coupon(draw: st.DrawFn, key: str) -> Data:
    kind = draw(st.sampled_from(["COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"]))
    effect = (
        {"pay_percent": draw(st.integers(50, 99))} if kind == "COUPON_PERCENT" else {"off": yuan(draw(st.integers(1, 6000)))}
    )
    offer: Data = {
        "promotion_id": key,
        "name": key,
        "kind": kind,
        "effect": effect,
        "condition": {"measure": "AMOUNT", "value": yuan(draw(st.integers(0, 15000)))},
        "funder": draw(st.sampled_from(["MERCHANT", "PLATFORM"])),
        "stacking": draw(_stacking([])),
    }
    if kind == "COUPON_PERCENT" and draw(st.booleans()):
        offer["cap"] = {"amount": yuan(draw(st.integers(1, 5000)))}
    if draw(st.booleans()):
        offer["scope"] = {"include": [{"type": "category", "id": draw(st.sampled_from(CATEGORIES))}]}
    return offer
