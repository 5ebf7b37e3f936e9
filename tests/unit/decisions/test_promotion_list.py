"""Which promotions there are, for everything, for goods, for a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import kg_service.decisions.promotion_list  # noqa: F401
from kg_service.decisions.decision import Decision
from kg_service.parsing.frame import Period
from kg_service.times import parse_instant

Ask = Callable[..., Decision]
Rows = dict[str, Any]
DAY = 86_400_000


@pytest.fixture
def rows(shop: Rows, promotion_row: Callable[..., dict[str, Any]]) -> Rows:
    def scope(kind: str, key: str, **more: Any) -> dict[str, Any]:
        return {"include": [{"type": kind, "id": key}], **more}

    found = [
        promotion_row("M1", "AMOUNT_THRESHOLD_OFF", condition={"value": 30000}, effect={"off": 4000}),
        promotion_row("M2", "ITEM_PERCENT", effect={"pay_percent": 80}, scope=scope("category", "C2")),
        promotion_row("M3", "ITEM_FIXED_OFF", effect={"off": 1000}, scope=scope("product", "P1")),
        promotion_row("M4", "ITEM_FIXED_OFF", effect={"off": 1000}, scope=scope("shop", "H9")),
        promotion_row("M5", "ITEM_PERCENT", effect={"pay_percent": 90}, scope={"exclude": [{"type": "category", "id": "C2"}]}),
        promotion_row("M6", "ITEM_PERCENT", effect={"pay_percent": 90}, scope=scope("product", "P3")),
    ]

    def in_force(given: dict[str, Any]) -> list[dict[str, Any]]:
        rows["asked"] = (given["since"], given["until"])
        return found

    rows = {
        **shop,
        "promotion/in_force": in_force,
        "catalogue/names": [
            {"kind": "product", "id": "P1", "name": "云雀手机"},
            {"kind": "category", "id": "C2", "name": "手机"},
        ],
        "catalogue/category_lines": lambda given: [
            {"category_id": "C2", "name": "手机", "ancestor_id": key, "return_class": None, "depth": depth}
            for depth, key in enumerate(("C2", "C1"))
            if "C2" in given["category_ids"]
        ],
        "catalogue/category_below": [],
        "catalogue/kinds_in_categories": [{"brand_id": "B1", "shop_id": "H1"}],
        "catalogue/kinds_of_sellers": [{"category_id": "C2", "brand_id": "B1", "shop_id": "H9"}],
        "catalogue/goods_within": lambda given: [
            {"kind": "product", "id": key} for key in given["product_ids"] if key == "P1" and given["within_shops"] is None
        ],
    }
    return rows


def ids(decision: Decision) -> list[str]:
    return sorted(one["promotion_id"] for one in decision.facts["promotions"])


def test_all_of_them_with_their_rules(ask: Ask, rows: Rows) -> None:
    decision = ask("promotion_list", "有什么活动", {}, rows)
    assert ids(decision) == ["M1", "M2", "M3", "M4", "M5", "M6"]
    rules = {one["promotion_id"]: one["rule"] for one in decision.facts["promotions"]}
    assert (rules["M1"], rules["M2"]) == ("满300减40", "手机8折")


@pytest.mark.parametrize(
    ("name", "ref", "expected"),
    [
        ("云雀手机", ("product", "P1"), ["M1", "M2", "M3"]),
        ("手机", ("category", "C2"), ["M1", "M2", "M3"]),
        ("山河店", ("shop", "H9"), ["M1", "M2", "M4", "M5"]),
        ("松果耳机", ("product", "P3"), ["M1", "M5", "M6"]),
    ],
)
def test_narrowed(ask: Ask, rows: Rows, name: str, ref: tuple[str, str], expected: list[str]) -> None:
    assert ids(ask("promotion_list", f"{name}有什么活动", {name: [ref]}, rows)) == expected


def test_by_name(ask: Ask, rows: Rows) -> None:
    assert ids(ask("promotion_list", "狂欢满减是什么", {"狂欢满减": [("promotion", "M1")]}, rows)) == ["M1"]


def test_at_another_time(ask: Ask, rows: Rows) -> None:
    start = parse_instant("2026-12-12")
    period = Period(text="双十二", start=start, end=start + DAY - 1)
    decision = ask("promotion_list", "双十二有什么活动", {}, rows, period=period)
    assert rows["asked"] == (period.start, period.end)
    assert "双十二" in decision.words["text"]


def test_none(ask: Ask, rows: Rows) -> None:
    decision = ask("promotion_list", "有活动吗", {}, {**rows, "promotion/in_force": []}, question_form="YES_NO")
    assert (decision.status, decision.verdict, decision.facts["promotions"]) == ("ANSWERED", "NO", [])


def test_goods_nobody_sells(ask: Ask, rows: Rows) -> None:
    assert ask("promotion_list", "缝纫机有什么活动", {"缝纫机": [("words", "缝纫机")]}, rows).status == "NOT_FOUND"


def test_a_shared_name_with_different_offers_is_asked(ask: Ask, rows: Rows) -> None:
    decision = ask("promotion_list", "小云有什么活动", {"小云": [("product", "P1"), ("product", "P3")]}, rows)
    assert decision.status == "CLARIFY"
