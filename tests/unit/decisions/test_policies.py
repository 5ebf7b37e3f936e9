"""Return terms: which apply, how long, and what the law says where they do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import kg_service.decisions.policies  # noqa: F401
from kg_service.decisions.decision import Decision

Ask = Callable[..., Decision]
Rows = dict[str, Any]
P1 = {"云雀手机": [("product", "P1")]}
STATUTE = "网络购买商品七日无理由退货暂行办法#第十条"


def term(term_id: str, days: int | None, scope: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
    stated = {**({} if days is None else {"window_days": days}), **values}
    properties = {
        "term_id": term_id,
        "topic": "RETURN",
        "text": f"条款{term_id}。",
        "basis": "MERCHANT_TERM",
        "values": json.dumps(stated),
        "scope": json.dumps(scope or {}),
        "recorded": ["term_id"],
        "row": "x",
    }
    return {"term_id": term_id, "term": properties}


def given(shop: Rows, *terms: dict[str, Any]) -> Rows:
    lines = [
        {"category_id": "C2", "name": "手机", "ancestor_id": key, "return_class": None, "depth": depth}
        for depth, key in enumerate(("C2", "C1"))
    ]
    return {
        **shop,
        "policy/terms_in_force": list(terms),
        "catalogue/category_lines": lines,
        "catalogue/category_below": [{"category_id": "C2", "below_id": "C21"}],
    }


def scope(kind: str, key: str) -> dict[str, Any]:
    return {"include": [{"type": kind, "id": key}]}


def ids(decision: Decision) -> list[tuple[str, int | None]]:
    return [(one["term_id"], one["window_days"]) for one in decision.facts["terms"]]


def test_longest_matching_first(ask: Ask, shop: Rows) -> None:
    rows = given(shop, term("T1", 7), term("T2", 15, scope("category", "C1")), term("T3", 30, scope("brand", "B9")))
    decision = ask("return_policy", "云雀手机的退货政策", P1, rows)
    assert ids(decision) == [("T2", 15), ("T1", 7)]
    assert decision.facts["window_days"] == 15


def test_exclusions_win(ask: Ask, shop: Rows) -> None:
    rows = given(shop, term("T1", 15, {"exclude": [{"type": "product", "id": "P1"}]}), term("T2", 10))
    assert ids(ask("return_policy", "云雀手机的退货政策", P1, rows)) == [("T2", 10)]


def test_the_statute_where_no_term_is(ask: Ask, shop: Rows) -> None:
    decision = ask("return_policy", "云雀手机能退吗", P1, given(shop), question_form="YES_NO")
    assert (ids(decision), decision.verdict) == ([(STATUTE, 7)], "YES")


def test_a_term_below_the_floor_is_flagged_and_the_floor_applied(ask: Ask, shop: Rows) -> None:
    decision = ask("return_policy", "云雀手机的退货政策", P1, given(shop, term("T1", 3)))
    assert ids(decision) == [(STATUTE, 7), ("T1", 3)]
    assert decision.facts["window_days"] == 7
    assert "return_policy.below_floor" in [step.rule for step in decision.trace]


def test_everything_when_no_goods_are_named(ask: Ask, shop: Rows) -> None:
    rows = given(shop, term("T1", 7), term("T2", 15, scope("category", "C1")))
    decision = ask("return_policy", "退货政策是什么", {}, rows)
    assert ids(decision) == [("T2", 15), ("T1", 7)]


def test_a_category_and_what_is_below_it(ask: Ask, shop: Rows) -> None:
    rows = given(shop, term("T1", 15, scope("category", "C21")), term("T2", 10, scope("category", "C9")))
    assert ids(ask("return_policy", "手机的退货政策", {"手机": [("category", "C2")]}, rows)) == [("T1", 15)]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("云雀手机支持七天无理由吗", "YES"),
        ("云雀手机15天内能退吗", "YES"),
        ("云雀手机超过15天还能退吗", "NO"),
        ("云雀手机一个月内能退吗", "NO"),
    ],
)
def test_days_named_in_the_question(ask: Ask, shop: Rows, text: str, verdict: str) -> None:
    assert ask("return_policy", text, P1, given(shop, term("T1", 15)), question_form="YES_NO").verdict == verdict


class TestClasses:
    @staticmethod
    def of(shop: Rows, return_class: str) -> Rows:
        rows = shop["catalogue/products"]({"product_ids": ["P1"]})
        return {**shop, "catalogue/products": [{**rows[0], "return_class": return_class}]}

    @pytest.mark.parametrize("return_class", ["CUSTOM_MADE", "PERISHABLE", "PERIODICAL"])
    def test_never_without_a_reason(self, ask: Ask, shop: Rows, return_class: str) -> None:
        rows = given(self.of(shop, return_class), term("T1", 15))
        decision = ask("return_policy", "云雀手机支持七天无理由吗", P1, rows, question_form="YES_NO")
        assert (decision.verdict, decision.facts["no_reason"], decision.facts["window_days"]) == ("NO", False, None)

    def test_a_promise_that_lifts_it(self, ask: Ask, shop: Rows) -> None:
        rows = given(self.of(shop, "CUSTOM_MADE"), term("T1", 15, lifts_exclusions=True))
        decision = ask("return_policy", "云雀手机支持七天无理由吗", P1, rows, question_form="YES_NO")
        assert (decision.verdict, decision.facts["window_days"]) == ("YES", 15)

    @pytest.mark.parametrize("return_class", ["OPENED_DIGITAL", "CONFIRM_REQUIRED"])
    def test_it_depends(self, ask: Ask, shop: Rows, return_class: str) -> None:
        decision = ask("return_policy", "云雀手机能退吗", P1, given(self.of(shop, return_class)), question_form="YES_NO")
        assert (decision.verdict, decision.facts["no_reason"]) == ("DEPENDS", None)


def test_a_shared_name_is_asked_only_where_the_answer_differs(ask: Ask, shop: Rows) -> None:
    names = {"小云": [("product", "P1"), ("product", "P3")]}
    assert ask("return_policy", "小云能退吗", names, given(shop, term("T1", 15))).status == "ANSWERED"
    rows = given(shop, term("T1", 15, scope("category", "C2")))
    assert ask("return_policy", "小云能退吗", names, rows).status == "CLARIFY"
