"""What is recorded on a matter of goods, and who sells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import kg_service.decisions.complaint
import kg_service.decisions.knowledge
import kg_service.decisions.shop_info  # noqa: F401
from kg_service.decisions.decision import Decision
from kg_service.decisions.matters import matters

Ask = Callable[..., Decision]
P1 = {"云雀手机": [("product", "P1")]}


def preset(faq_id: str, question: str, *similar: str, target: tuple[str, str] | None = None) -> dict[str, Any]:
    kind, key = target or (None, None)
    row = {"faq_id": faq_id, "topic": None, "question": question, "similar_questions": list(similar), "answer": f"答{faq_id}"}
    return {**row, "target_type": kind, "target_id": key}


def rows(shop: dict[str, Any], *presets: dict[str, Any], attributes: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """The shop with preset answers (those whose target is asked for) and attributes."""

    def fitting(given: Any) -> list[dict[str, Any]]:
        return [
            one for one in presets if not one["target_id"] or f"{one['target_type']}/{one['target_id']}" in given["targets"]
        ]

    recorded = [{"name": name, "value": value, "unit": None} for name, value in attributes]
    return {**shop, "faq/of_targets": fitting, "policy/terms_saying": [], "catalogue/attributes": recorded}


def test_every_matter_of_goods_names_what_is_missing() -> None:
    assert all(matter.attributes for matter in matters().values() if matter.about == "product")


class TestRecorded:
    def test_an_attribute_comes_first_and_the_preset_is_named(self, ask: Ask, shop: dict[str, Any]) -> None:
        given = rows(shop, preset("F1", "云雀手机怎么开机", target=("product", "P1")), attributes=(("使用方法", "长按电源键"),))
        decision = ask("usage_help", "云雀手机怎么用", P1, given)
        assert (decision.status, decision.facts["attribute"], decision.facts["faq_id"]) == ("ANSWERED", "使用方法", "F1")
        assert "长按电源键" in decision.words["text"]
        assert "答F1" in decision.words["text"]

    def test_a_preset_about_something_else_of_the_goods_is_none(self, ask: Ask, shop: dict[str, Any]) -> None:
        given = rows(shop, preset("F1", "云雀手机怎么配对", target=("product", "P1")))
        decision = ask("usage_help", "云雀手机怎么清洗", P1, given)
        assert (decision.status, decision.missing) == ("UNKNOWN", ["Attribute P1/使用方法"])

    def test_how_to_use_goods_is_no_general_preset(self, ask: Ask, shop: dict[str, Any]) -> None:
        assert ask("usage_help", "云雀手机怎么用", P1, rows(shop, preset("F1", "优惠券怎么使用"))).status == "UNKNOWN"

    def test_a_general_preset_answers_for_any_goods(self, ask: Ask, shop: dict[str, Any]) -> None:
        decision = ask("authenticity", "云雀手机是真货吗", P1, rows(shop, preset("F1", "你们卖正品吗", "有没有假货")))
        assert (decision.facts["faq_id"], decision.facts["product_id"], decision.facts["source"]) == ("F1", "P1", "PRESET")

    def test_what_is_asked_of_an_attribute_decides_which(self, ask: Ask, shop: dict[str, Any]) -> None:
        given = rows(shop, attributes=(("安装方式", "挂墙"), ("安装费", "80 元")))
        assert ask("installation", "云雀手机安装费多少", P1, given).facts["attribute"] == "安装费"
        assert ask("installation", "云雀手机怎么安装", P1, given).facts["attribute"] == "安装方式"

    @pytest.mark.parametrize(("value", "verdict"), [("不支持", "NO"), ("支持", "YES"), ("台面放置", None)])
    def test_a_verdict_only_where_yes_or_no_is_recorded(
        self, ask: Ask, shop: dict[str, Any], value: str, verdict: str | None
    ) -> None:
        given = rows(shop, attributes=(("上门安装", value),))
        assert ask("installation", "云雀手机上门安装吗", P1, given, question_form="YES_NO").verdict == verdict

    def test_no_goods_are_asked_for(self, ask: Ask, shop: dict[str, Any]) -> None:
        assert ask("usage_help", "怎么用", {}, rows(shop)).status == "CLARIFY"

    def test_how_to_write_a_review_needs_no_goods(self, ask: Ask, shop: dict[str, Any]) -> None:
        decision = ask("reviews", "怎么写评价", {}, rows(shop))
        assert (decision.status, decision.missing) == ("UNKNOWN", ["Faq reviews"])


SHOPS = [
    {"shop_id": "H1", "name": "山海旗舰店", "kind": "THIRD_PARTY"},
    {"shop_id": "H2", "name": "自家店", "kind": "SELF_OPERATED"},
]


class TestShop:
    def given(self, shop: dict[str, Any], *presets: dict[str, Any]) -> dict[str, Any]:
        by_ids = [one for one in SHOPS if one["shop_id"] == "H1"]
        return {**rows(shop, *presets), "shop/by_ids": by_ids, "shop/overview": SHOPS}

    @pytest.mark.parametrize(
        ("text", "verdict"),
        [
            ("云雀手机是自营吗", "NO"),
            ("云雀手机是不是自营", "NO"),
            ("云雀手机是第三方吗", "YES"),
            ("云雀手机是非自营吗", "YES"),
            ("云雀手机是旗舰店卖的吗", "YES"),
            ("云雀手机是自营还是第三方", None),
        ],
    )
    def test_the_kind_as_it_was_asked(self, ask: Ask, shop: dict[str, Any], text: str, verdict: str | None) -> None:
        decision = ask("shop_info", text, P1, self.given(shop), question_form="YES_NO")
        assert (decision.verdict, decision.facts["kind"], decision.facts["name"]) == (verdict, "THIRD_PARTY", "山海旗舰店")

    def test_of_all_shops_it_depends(self, ask: Ask, shop: dict[str, Any]) -> None:
        decision = ask("shop_info", "你们是自营吗", {}, self.given(shop), question_form="YES_NO")
        assert (decision.verdict, len(decision.facts["shops"])) == ("DEPENDS", 2)

    def test_an_address_is_not_recorded(self, ask: Ask, shop: dict[str, Any]) -> None:
        decision = ask("shop_info", "山海店地址在哪", {"山海店": [("shop", "H1")]}, self.given(shop))
        assert (decision.status, decision.missing) == ("UNKNOWN", ["Shop H1.address"])

    def test_a_preset_may_tell_it(self, ask: Ask, shop: dict[str, Any]) -> None:
        given = self.given(shop, preset("F1", "山海店有实体店吗", target=("shop", "H1")))
        decision = ask("shop_info", "山海店的实体店在哪", {"山海店": [("shop", "H1")]}, given)
        assert (decision.status, decision.facts["faq_id"]) == ("ANSWERED", "F1")


class TestHandedOver:
    @pytest.mark.parametrize(
        ("intent", "text", "reason"),
        [
            ("complaint", "我要投诉你们", "COMPLAINT"),
            ("dispute", "申请平台介入", "DISPUTE"),
            ("complaint", "插上电就冒烟了", "DANGER"),
            ("complaint", "孩子被烫伤了", "DANGER"),
        ],
    )
    def test_the_reason(self, ask: Ask, intent: str, text: str, reason: str) -> None:
        decision = ask(intent, text, {}, {"policy/terms_in_force": []})
        assert decision.status == "HANDOFF"
        assert decision.handoff is not None
        assert (decision.handoff.reason, decision.facts["reason"]) == (reason, reason)

    def test_harm_tells_what_may_be_done_with_the_goods(self, ask: Ask) -> None:
        facts = ask("complaint", "充电的时候爆炸了", {}, {"policy/terms_in_force": []}).facts
        assert (facts["options"], facts["window_days"], facts["freight_payer"]) == (
            ["RETURN", "EXCHANGE", "REPAIR"],
            7,
            "SELLER",
        )
