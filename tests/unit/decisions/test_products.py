"""Attributes, prices and stock of the public catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import kg_service.decisions.products  # noqa: F401  (registers its deciders)
from kg_service.decisions.decision import Decision

Ask = Callable[..., Decision]
Shop = dict[str, Any]
Row = Callable[..., dict[str, Any]]
P1 = {"云雀手机": [("product", "P1")]}


def given_attributes(shop: Shop, *attributes: tuple[str, str, str | None]) -> Shop:
    rows = [{"name": name, "value": value, "unit": unit} for name, value, unit in attributes]
    return {**shop, "catalogue/attributes": rows}


class TestWhichProduct:
    def test_shared_alias_is_asked(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_price", "小云多少钱", {"小云": [("product", "P1"), ("product", "P3")]}, shop)
        assert decision.status == "CLARIFY"
        assert decision.clarification is not None
        assert [option.id for option in decision.clarification.options] == ["P1", "P3"]

    def test_category_narrows_a_shared_alias(self, ask: Ask, shop: Shop) -> None:
        names = {"小云": [("product", "P1"), ("product", "P3")], "手机": [("category", "C2")]}
        assert ask("product_price", "小云手机多少钱", names, shop).facts["product_id"] == "P1"

    def test_specification_narrows_a_category(self, ask: Ask, shop: Shop) -> None:
        names = {"蓝色": [("spec", "颜色=蓝")], "手机": [("category", "C2")]}
        assert ask("product_price", "蓝色的手机多少钱", names, shop).facts["product_id"] == "P2"

    def test_brand_narrows_a_category(self, ask: Ask, shop: Shop) -> None:
        names = {"灰鹭": [("brand", "B2")], "手机": [("category", "C2")]}
        assert ask("product_price", "灰鹭手机多少钱", names, shop).facts["product_id"] == "P2"

    def test_several_of_a_category_are_asked_without_those_off_the_shelf(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_price", "手机多少钱", {"手机": [("category", "C2")]}, shop)
        assert decision.clarification is not None
        assert [option.id for option in decision.clarification.options] == ["P1", "P2"]

    @pytest.mark.parametrize("match", ["TYPO", "PINYIN"])
    def test_a_name_that_is_only_close_is_asked(self, ask: Ask, shop: Shop, match: str) -> None:
        decision = ask("product_price", "云却手机多少钱", {"云却手机": [("product", "P1")]}, shop, match=match)
        assert decision.status == "CLARIFY"

    def test_goods_nobody_sells(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_price", "缝纫机多少钱", {"缝纫机": [("words", "缝纫机")]}, shop)
        assert (decision.status, decision.words["what"]) == ("NOT_FOUND", "缝纫机")

    def test_unknown_word_beside_a_category_names_other_goods(self, ask: Ask, shop: Shop) -> None:
        names = {"诺西亚": [("words", "诺西亚")], "手机": [("category", "C2")]}
        decision = ask("product_price", "诺西亚手机多少钱", names, shop)
        assert (decision.status, decision.words["what"]) == ("NOT_FOUND", "诺西亚手机")

    def test_a_product_that_is_not_in_the_graph_any_more(self, ask: Ask, shop: Shop) -> None:
        assert ask("product_price", "云雀手机多少钱", {"云雀手机": [("product", "P9")]}, shop).status == "NOT_FOUND"

    def test_nothing_named_is_asked(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_price", "多少钱", {}, shop)
        assert decision.clarification is not None
        assert [option.id for option in decision.clarification.options] == ["C1"]

    def test_a_sku_by_its_id(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_price", "S12多少钱", {"S12": [("sku", "S12")]}, shop)
        assert decision.facts["price"] == "3400.00"


class TestPrice:
    def test_lowest_sku_and_all_of_them(self, ask: Ask, shop: Shop) -> None:
        facts = ask("product_price", "云雀手机多少钱", P1, shop).facts
        assert facts["price"] == "3000.00"
        assert [(one["sku_id"], one["price"]) for one in facts["skus"]] == [("S11", "3000.00"), ("S12", "3400.00")]

    def test_specification_narrows_the_skus(self, ask: Ask, shop: Shop) -> None:
        facts = ask("product_price", "云雀手机512G的多少钱", {**P1, "512G": [("spec", "容量=512GB")]}, shop).facts
        assert (facts["price"], [one["sku_id"] for one in facts["skus"]]) == ("3400.00", ["S12"])

    def test_a_specification_it_has_not_is_asked_with_those_it_has(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_price", "云雀手机蓝色的多少钱", {**P1, "蓝色": [("spec", "颜色=蓝")]}, shop)
        assert decision.clarification is not None
        assert [option.id for option in decision.clarification.options] == ["S11", "S12"]

    def test_off_the_shelf(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_price", "旧款手机多少钱", {"旧款手机": [("product", "P4")]}, shop)
        assert (decision.status, decision.variant) == ("ANSWERED", "OFF_SHELF")
        assert decision.facts == {"product_id": "P4", "price": None, "skus": []}

    @pytest.mark.parametrize(("amount", "verdict"), [(300000, "YES"), (299900, "NO")])
    def test_is_it_this_price(self, ask: Ask, shop: Shop, amount: int, verdict: str) -> None:
        decision = ask("product_price", "云雀手机是3000吗", P1, shop, question_form="YES_NO", amount=amount)
        assert decision.verdict == verdict

    def test_offers_are_those_that_cover_the_sku(self, ask: Ask, shop: Shop, promotion_row: Row) -> None:
        def scope(*refs: tuple[str, str], exclude: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
            found: dict[str, Any] = {"include": [{"type": kind, "id": key} for kind, key in refs]}
            return {**found, "exclude": [{"type": kind, "id": key} for kind, key in exclude]} if exclude else found

        shop["promotion/in_force"] = [
            promotion_row("M1", "ITEM_FIXED_OFF", effect={"off": 1000}, scope=scope(("sku", "S11"))),
            promotion_row("M2", "ITEM_FIXED_OFF", effect={"off": 1000}, scope=scope(("category", "C1"))),
            promotion_row(
                "M3", "ITEM_FIXED_OFF", effect={"off": 1000}, scope=scope(("category", "C1"), exclude=(("product", "P1"),))
            ),
            promotion_row("M4", "ITEM_FIXED_OFF", effect={"off": 1000}, scope=scope(("shop", "H9"))),
            promotion_row("M5", "AMOUNT_THRESHOLD_OFF", condition={"value": 30000}, effect={"off": 4000}),
            promotion_row(
                "M6",
                "CROSS_ITEM_OFF",
                effect={"off": 1000},
                components=[
                    {"scope": scope(("product", "P1")), "role": "QUALIFIER"},
                    {"scope": scope(("product", "P3")), "role": "TARGET"},
                ],
            ),
            promotion_row("M7", "ITEM_FIXED_OFF", effect={"off": 1000}, scope=scope(("brand", "B2"))),
        ]
        skus = ask("product_price", "云雀手机多少钱", P1, shop).facts["skus"]
        assert [(one["sku_id"], one["offers"]) for one in skus] == [
            ("S11", ["M1", "M2", "M5", "M6"]),
            ("S12", ["M2", "M5", "M6"]),
        ]

    def test_of_several_versions_the_latest_counts(self, ask: Ask, shop: Shop, promotion_row: Row) -> None:
        shop["promotion/in_force"] = [
            promotion_row("M1", "ITEM_FIXED_OFF", effect={"off": 1000}),
            promotion_row("M1", "ITEM_FIXED_OFF", effect={"off": 2000}, version=2),
        ]
        decision = ask("product_price", "云雀手机多少钱", P1, shop)
        assert decision.facts["skus"][0]["offers"] == ["M1"]
        assert [one["rule"] for one in decision.words["offers"]] == ["每件立减20元"]


class TestStock:
    def test_in_stock_as_soon_as_one_sku_is(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_stock", "云雀手机有货吗", P1, shop, question_form="YES_NO")
        assert decision.verdict == "YES"
        assert [(one["sku_id"], one["stock"]) for one in decision.facts["skus"]] == [("S11", 3), ("S12", 0)]

    @pytest.mark.parametrize(("name", "verdict"), [("黑色", "NO"), ("白色", "YES")])
    def test_asked_the_other_way_round(self, ask: Ask, shop: Shop, name: str, verdict: str) -> None:
        value = {"黑色": "曜石黑", "白色": "云白"}[name]
        names = {**P1, name: [("spec", f"颜色={value}")]}
        assert ask("product_stock", f"云雀手机{name}断货了吗", names, shop, question_form="YES_NO").verdict == verdict

    def test_narrowed_to_the_specification(self, ask: Ask, shop: Shop) -> None:
        names = {**P1, "白色": [("spec", "颜色=云白")]}
        decision = ask("product_stock", "云雀手机白色有货吗", names, shop, question_form="YES_NO")
        assert (decision.verdict, [one["sku_id"] for one in decision.facts["skus"]]) == ("NO", ["S12"])

    def test_not_recorded(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_stock", "灰鹭手机有货吗", {"灰鹭手机": [("product", "P2")]}, shop, question_form="YES_NO")
        assert (decision.status, decision.missing, decision.verdict) == ("UNKNOWN", ["Sku S21.stock"], None)

    def test_a_colour_there_is_not(self, ask: Ask, shop: Shop) -> None:
        names = {**P1, "红色": [("spec", "颜色=红")]}
        decision = ask("product_stock", "云雀手机有没有红色", names, shop, question_form="YES_NO")
        assert (decision.verdict, decision.variant, decision.facts["skus"]) == ("NO", "NO_SUCH_SPEC", [])

    def test_more_than_there_is(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_stock", "云雀手机有4台吗", P1, shop, question_form="YES_NO", quantity=4)
        assert decision.verdict == "NO"

    def test_off_the_shelf(self, ask: Ask, shop: Shop) -> None:
        names = {"旧款手机": [("product", "P4")]}
        decision = ask("product_stock", "旧款手机还有货吗", names, shop, question_form="YES_NO")
        assert (decision.status, decision.verdict, decision.variant) == ("ANSWERED", "NO", "OFF_SHELF")


class TestAttribute:
    @pytest.mark.parametrize(
        ("text", "name", "value"),
        [
            ("云雀手机电池容量多大", "电池容量", "5000"),
            ("云雀手机续航怎么样", "电池容量", "5000"),
            ("云雀手机多重", "净重", "190"),
            ("云雀手机屏幕几寸", "屏幕尺寸", "6.5"),
            ("云雀手机什么颜色的", "颜色", "曜石黑、云白"),
            ("云雀手机什么牌子", "品牌", "云雀"),
            ("云雀手机保修期多长", "保修期", "12"),
            ("云雀手机的指纹解锁方式是什么", "指纹解锁方式", "屏下"),
        ],
    )
    def test_by_its_name_or_another_word_for_it(self, ask: Ask, shop: Shop, text: str, name: str, value: str) -> None:
        rows = given_attributes(
            shop, ("电池容量", "5000", "mAh"), ("净重", "190", "g"), ("屏幕尺寸", "6.5", "英寸"), ("指纹解锁方式", "屏下", None)
        )
        decision = ask("product_attribute", text, P1, rows)
        assert (decision.facts["attribute"], decision.facts["value"]) == (name, value)

    @pytest.mark.parametrize("text", ["云雀手机防水吗", "云雀手机支持防水吗"])
    def test_not_recorded_is_named(self, ask: Ask, shop: Shop, text: str) -> None:
        decision = ask("product_attribute", text, P1, given_attributes(shop, ("净重", "190", "g")), question_form="YES_NO")
        assert (decision.status, decision.missing, decision.verdict) == ("UNKNOWN", ["Attribute P1/防水"], None)

    def test_a_word_no_lexicon_has_is_still_named(self, ask: Ask, shop: Shop) -> None:
        decision = ask("product_attribute", "云雀手机有没有卫星通信", P1, given_attributes(shop), question_form="YES_NO")
        assert decision.missing == ["Attribute P1/卫星通信"]

    @pytest.mark.parametrize(
        ("text", "name", "value", "unit", "verdict"),
        [
            ("云雀手机防水吗", "防水等级", "IP68", None, "YES"),
            ("云雀手机防水吗", "防水", "不支持", None, "NO"),
            ("云雀手机支持无线充电吗", "无线充电", "支持", None, "YES"),
            ("云雀手机电池有6000毫安吗", "电池容量", "5000", "mAh", "NO"),
            ("云雀手机电池是5000毫安吗", "电池容量", "5000mAh", None, "YES"),
            ("云雀手机是陶瓷的吗", "后盖", "陶瓷", None, "YES"),
            ("云雀手机电池大吗", "电池容量", "5000", "mAh", "DEPENDS"),
        ],
    )
    def test_yes_or_no(self, ask: Ask, shop: Shop, text: str, name: str, value: str, unit: str | None, verdict: str) -> None:
        decision = ask("product_attribute", text, P1, given_attributes(shop, (name, value, unit)), question_form="YES_NO")
        assert (decision.facts["value"], decision.verdict) == (value, verdict)

    def test_everything_there_is(self, ask: Ask, shop: Shop) -> None:
        rows = given_attributes(shop, ("净重", "190", "g"), ("屏幕尺寸", "6.5", "英寸"))
        decision = ask("product_attribute", "介绍一下云雀手机的参数", P1, rows)
        assert decision.variant == "OVERVIEW"
        assert [one["attribute"] for one in decision.facts["attributes"]] == ["净重", "屏幕尺寸"]

    def test_off_the_shelf_is_still_described(self, ask: Ask, shop: Shop) -> None:
        rows = given_attributes(shop, ("净重", "150", "g"))
        decision = ask("product_attribute", "旧款手机多重", {"旧款手机": [("product", "P4")]}, rows)
        assert (decision.facts["value"], decision.words["off_shelf"]) == ("150", True)
