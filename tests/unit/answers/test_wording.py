"""The wording as data."""

from __future__ import annotations

import pytest

from kg_service.answers.wording import Wording
from kg_service.errors import ResourceError

COMMON = {"NOT_FOUND": "没有找到。", "FORBIDDEN": "请先登录。"}


def test_the_first_variant_that_exists_wins_wherever_it_stands() -> None:
    wording = Wording({"_common": {**COMMON, "SPECIAL": "特别。"}, "x": {"ANSWERED": "好。", "NOT_FOUND": "这里没有。"}})
    assert wording.say("x", ["SPECIAL", "ANSWERED"], {}) == "特别。"
    assert wording.say("x", ["NOT_FOUND"], {}) == "这里没有。"
    assert wording.say("y", ["NOT_FOUND"], {}) == "没有找到。"


def test_line_breaks_are_nothing_and_a_pilcrow_is_a_new_line() -> None:
    wording = Wording({"x": {"ANSWERED": "一\n  二¶三\n"}})
    assert wording.say("x", ["ANSWERED"], {}) == "一二\n三"


def test_an_undefined_name_is_an_error_that_names_the_template() -> None:
    wording = Wording({"x": {"ANSWERED": "{{ nope }}"}})
    with pytest.raises(ResourceError, match=r"x\.yaml: ANSWERED"):
        wording.say("x", ["ANSWERED"], {})


def test_a_template_that_does_not_compile_is_named() -> None:
    with pytest.raises(ResourceError, match=r"x\.yaml: ANSWERED.*line 1"):
        Wording({"x": {"ANSWERED": "{% if %}"}}).check()


def test_every_wording_of_the_installation_compiles() -> None:
    Wording.open().check()


def test_values_cannot_reach_into_python() -> None:
    wording = Wording({"x": {"ANSWERED": "{{ value.__class__.__mro__ }}"}})
    with pytest.raises(ResourceError):
        wording.say("x", ["ANSWERED"], {"value": "a"})


def test_what_a_customer_typed_is_never_a_template() -> None:
    wording = Wording({"x": {"ANSWERED": "您说的是{{ what }}。"}})
    assert wording.say("x", ["ANSWERED"], {"what": "{{ 7 * 7 }}"}) == "您说的是{{ 7 * 7 }}。"


def test_no_variant_at_all_is_an_error() -> None:
    with pytest.raises(ResourceError, match="no wording"):
        Wording({"_common": COMMON}).say("x", ["ANSWERED"], {})


def test_missing_facts_have_chinese_names() -> None:
    wording = Wording.open()
    text = wording.say(
        "refund_amount", ["UNKNOWN_FACTS"], {"facts": {"order_id": "O1"}, "missing": ["Order O1.applications", "Term T9"]}
    )
    assert "这一单用了哪些优惠、适用的售后条款" in text


def test_the_installation_s_wording_compiles_and_serves_every_status() -> None:
    wording = Wording.open()
    for variant in ("NOT_FOUND_PERSONAL", "FORBIDDEN_SIGN_IN", "FORBIDDEN"):
        assert wording.say(None, [variant], {"what": "订单"})
