"""Every kind of promotion has a rule that can be said, and says its own figures."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from kg_service.answers.promotion_text import rule_text
from kg_service.dataset.promotion import KINDS, Promotion
from kg_service.resources import resource

NAMES = {
    ("product", "P1"): "云雀手机",
    ("product", "P2"): "松果耳机",
    ("category", "C1"): "女装",
    ("shop", "H1"): "山海店",
    ("sku", "G1"): "收纳袋",
    ("promotion", "Q1"): "10元券",
}
PHONE = {"include": [{"type": "product", "id": "P1"}]}
EARPHONES = {"include": [{"type": "product", "id": "P2"}]}


def promotion(kind: str, **fields: Any) -> Promotion:
    return Promotion.model_validate({"promotion_id": "M1", "name": "活动", "kind": kind, **fields})


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        ("ITEM_FIXED_OFF", {"effect": {"off": "30.00"}, "scope": PHONE}, "云雀手机每件立减30元"),
        ("ITEM_PERCENT", {"effect": {"pay_percent": 85}}, "8.5折"),
        ("SPECIAL_PRICE", {"effect": {"price": "399.00"}, "scope": EARPHONES}, "松果耳机特价399元"),
        ("MEMBER_PRICE", {"effect": {"pay_percent": 95}, "condition": {"member_levels": ["PLUS"]}}, "会员9.5折；限PLUS会员"),
        ("NTH_ITEM_PERCENT", {"effect": {"pay_percent": 50}, "condition": {"value": 2}}, "第2件半价"),
        ("NTH_ITEM_PERCENT", {"effect": {"pay_percent": 0}, "condition": {"value": 3}, "max_steps": 1}, "第3件免费；最多1次"),
        (
            "QTY_TIERED_PERCENT",
            {"tiers": [{"value": 2, "effect": {"pay_percent": 90}}, {"value": 3, "effect": {"pay_percent": 80}}]},
            "满2件9折，满3件8折",
        ),
        ("QTY_FIXED_PRICE", {"tiers": [{"value": 3, "effect": {"price": "99"}}]}, "99元任选3件"),
        (
            "QTY_FIXED_PRICE",
            {"tiers": [{"value": 3, "effect": {"price": "99.90"}}], "tier_mode": "PER_STEP"},
            "每3件99.9元",
        ),
        (
            "BUNDLE_PRICE",
            {
                "effect": {"price": "3200"},
                "components": [{"scope": PHONE, "role": "BOTH"}, {"scope": EARPHONES, "quantity": 2, "role": "BOTH"}],
            },
            "云雀手机+松果耳机×2套装价3200元",
        ),
        (
            "BUNDLE_OFF",
            {"effect": {"off": "200"}, "components": [{"scope": PHONE, "role": "BOTH"}, {"scope": EARPHONES, "role": "BOTH"}]},
            "云雀手机+松果耳机一起买，每套减200元",
        ),
        (
            "ADDON_PRICE",
            {
                "condition": {"value": "199"},
                "effect": {"price": "9.90"},
                "components": [{"scope": EARPHONES, "role": "TARGET"}],
            },
            "满199元加9.9元换购松果耳机",
        ),
        (
            "CROSS_ITEM_OFF",
            {
                "effect": {"off": "200"},
                "components": [{"scope": PHONE, "role": "QUALIFIER"}, {"scope": EARPHONES, "role": "TARGET"}],
            },
            "买云雀手机再买松果耳机，松果耳机每件减200元",
        ),
        ("BUY_X_GET_Y", {"effect": {"free_quantity": 1}, "condition": {"value": 3}}, "买2送1"),
        ("AMOUNT_THRESHOLD_OFF", {"effect": {"off": "40"}, "condition": {"value": "300"}}, "满300减40"),
        (
            "AMOUNT_THRESHOLD_OFF",
            {
                "effect": {"off": "30"},
                "condition": {"value": "300"},
                "tier_mode": "PER_STEP",
                "max_steps": 3,
                "scope": {"include": [{"type": "category", "id": "C1"}]},
            },
            "女装每满300减30；最多3次",
        ),
        (
            "AMOUNT_THRESHOLD_OFF",
            {"effect": {"off": "40"}, "condition": {"value": 3, "measure": "QUANTITY"}},
            "满3件减40",
        ),
        ("AMOUNT_THRESHOLD_PERCENT", {"effect": {"pay_percent": 90}, "condition": {"value": "500"}}, "满500元打9折"),
        ("COUPON_FIXED", {"effect": {"off": "10"}, "condition": {"value": "99"}}, "满99元可用，减10元的优惠券"),
        (
            "COUPON_PERCENT",
            {"effect": {"pay_percent": 88}, "condition": {"value": "100"}, "cap": {"amount": "50"}},
            "满100元可用的8.8折优惠券；最多减50元",
        ),
        ("RED_PACKET", {"effect": {"off": "5"}}, "5元红包"),
        ("SUBSIDY", {"effect": {"pay_percent": 85}, "funder": "GOVERNMENT"}, "补贴后8.5折"),
        ("DEPOSIT_EXPAND", {"effect": {"off": "200"}, "scope": PHONE}, "云雀手机付定金，尾款每件再减200元"),
        ("POINTS_DEDUCT", {}, "可用积分抵现"),
        ("FREE_SHIPPING", {"condition": {"value": "88"}}, "满88元包邮"),
        ("FREIGHT_OFF", {"effect": {"off": "6"}}, "运费减6元"),
        (
            "PAYMENT_OFF",
            {"effect": {"off": "15"}, "condition": {"value": "200", "payment_methods": ["云闪付"]}},
            "满200元，用云闪付支付减15元",
        ),
        (
            "GIFT",
            {
                "effect": {"gift_sku_id": "G1", "declared_value": "29.00"},
                "condition": {"measure": "CONTAINS", "value": 1, "qualifier_scope": PHONE},
            },
            "买1件云雀手机送收纳袋（价值29元）",
        ),
        ("GIFT", {"effect": {"gift_sku_id": "G9"}, "condition": {"value": "500"}}, "满500元送赠品"),
        ("GIVE_POINTS", {"effect": {"points": 100}, "condition": {"value": "50"}}, "满50元送100积分"),
        ("GIVE_COUPON", {"effect": {"coupon_promotion_id": "Q1"}, "condition": {"value": "50"}}, "满50元送10元券"),
    ],
)
def test_rule(kind: str, fields: dict[str, Any], text: str) -> None:
    assert rule_text(promotion(kind, **fields), NAMES) == text


def test_every_kind_has_words() -> None:
    words = yaml.safe_load(resource("seed_data", "wording", "promotion_rules.yaml").read_text(encoding="utf-8"))
    assert set(words["kinds"]) == set(KINDS)


def test_goods_without_a_name_are_not_called_by_their_id() -> None:
    text = rule_text(promotion("ITEM_PERCENT", effect={"pay_percent": 90}, scope=PHONE))
    assert text == "指定商品9折"


def test_long_scopes_are_cut_short_and_exceptions_named() -> None:
    many = {"include": [{"type": "product", "id": f"P{n}"} for n in range(1, 8)], "exclude": [{"type": "product", "id": "P2"}]}
    text = rule_text(promotion("ITEM_PERCENT", effect={"pay_percent": 90}, scope=many), NAMES)
    assert text == "云雀手机、松果耳机等7项9折；松果耳机除外"
