"""What is said to be wrong with a parcel, where goods go, and what freight is: the parts that need no store."""

from __future__ import annotations

from datetime import date

import pytest

from kg_service.dataset.term import Term
from kg_service.decisions.delivery import _PROMISE, _announced, _most_special
from kg_service.decisions.parcels import trouble_said
from kg_service.decisions.places import clauses_about, delivered_there, place_said, province_of, way_said
from kg_service.decisions.shipping_fee import _of_terms, _Rule
from kg_service.money import Money
from kg_service.parsing.frame import Frame


def _said(text: str, of: str) -> str | None:
    return trouble_said(Frame(intent="parcel_problem", confidence=1, text=text), of)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("物流写着派送成功可是我没见到东西", "SIGNED_NOT_RECEIVED"),
        ("包裹会不会弄丢了", "LOST"),
        ("快递自己又退回了", "RETURNING"),
        ("招呼不打就塞快递柜", "LEFT_ELSEWHERE"),
        ("货跑错城市了", "MISROUTED"),
        ("四天了还不更新", "STALLED"),
        ("帮我看下", None),
    ],
)
def test_what_went_wrong_on_the_way(text: str, trouble: str | None) -> None:
    assert _said(text, "journey") == trouble


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("拆开是空盒", "EMPTY_PARCEL"),
        ("礼品怎么没有", "MISSING_GIFT"),
        ("三瓶只收到两瓶", "MISSING_GOODS"),
        ("漏了一瓶", "MISSING_GOODS"),
        ("面霜漏了一地", "DAMAGED"),
        ("寄错型号了", "WRONG_GOODS"),
        ("角磕掉了", "DAMAGED"),
    ],
)
def test_what_is_wrong_inside(text: str, trouble: str) -> None:
    assert _said(text, "contents") == trouble


def test_a_city_lies_in_its_province_and_a_place_in_what_is_wider() -> None:
    city = place_said("寄喀什要多久")
    assert city is not None
    assert (city.said, city.region) == ("喀什", "新疆")
    assert "新疆" in city.names
    hong_kong = place_said("香港发吗")
    assert hong_kong is not None
    assert "港澳台" in hong_kong.names
    assert province_of("内蒙古呼和浩特") == "内蒙古"
    assert province_of(None) is None
    assert way_said("能去店里拿吗") == "自提"


@pytest.mark.parametrize(
    ("clause", "name", "goes"),
    [
        ("港澳台和海外暂不配送", "海外", False),
        ("大件送货上门,不支持自提", "送货上门", True),
        ("大件送货上门,不支持自提", "自提", False),
        ("除西藏外全国包邮", "西藏", None),
        ("西藏另收 20 元运费", "西藏", True),
    ],
)
def test_what_a_clause_says_of_a_place(clause: str, name: str, goes: bool | None) -> None:
    assert delivered_there(clause, [name]) is goes


def _term(term_id: str, text: str = "运费", **values: object) -> Term:
    return Term.model_validate(
        {"term_id": term_id, "topic": "FREIGHT", "text": text, "basis": "MERCHANT_TERM", "values": values}
    )


def test_the_clause_that_names_the_place_comes_first() -> None:
    term = _term("T1", "发货后 3 天内送达。新疆发货后 9 天内送达。")
    place = place_said("新疆")
    assert place is not None
    (_, first), *_ = _most_special([term], place)
    found = _PROMISE.search(first)
    assert found is not None
    assert found[2] == "9"
    assert clauses_about([term], ["西藏"]) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("预计后天送达", date(2026, 11, 14)),
        ("预计13日到达", date(2026, 11, 13)),
        ("已到达网点", None),
        ("预计2月30日送达", None),
    ],
)
def test_the_day_a_carrier_announces(text: str, day: date | None) -> None:
    assert _announced(text, date(2026, 11, 12)) == day


def test_of_several_freight_terms_the_best_for_the_buyer_counts() -> None:
    rule = _of_terms(
        [_term("T1", charge="9.00", outbound_free_over="80.00"), _term("T2", charge="7.00", outbound_free_over="120.00")], "店"
    )
    assert rule is not None
    assert (rule.charge, rule.free_over) == (Money(700), Money(8000))
    assert _of_terms([_term("T3", return_payer={"NO_REASON": "SELLER"})], "店") is None


@pytest.mark.parametrize(
    ("rule", "value", "amount"),
    [
        (_Rule("店", Money(800), Money(6800)), Money(6800), Money(0)),
        (_Rule("店", Money(800), Money(6800)), Money(6799), Money(800)),
        (_Rule("店", Money(800), Money(6800)), None, None),
        (_Rule("店", None, Money(0)), None, Money(0)),
        (_Rule("店", None, Money(6800)), Money(100), None),
        (_Rule("店", Money(800), None), None, Money(800)),
        (_Rule("店", Money(800), None, Money(600), Money(3900)), Money(3900), Money(200)),
        (_Rule("店", Money(500), None, Money(600), Money(3900)), Money(5000), Money(0)),
    ],
)
def test_what_goods_are_charged(rule: _Rule, value: Money | None, amount: Money | None) -> None:
    assert rule.amount(value) == amount
