"""Normalisation: one written form, and the way back to what was typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg_service.text import MAX_LENGTH, normalise


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("退了手機，耳機的優惠還在嗎？", "退了手机,耳机的优惠还在吗?"),
        ("ＭＡＴＥ　７０　Ｐｒｏ", "mate70pro"),
        ("退\u200b货\x00吗😭😭", "退货吗"),
        ("好好好好好!!!!", "好!"),
        ("11.11买的 1000元", "11.11买的1000元"),
        ("", ""),
        ("👍🏽\ufe0f", ""),
    ],
)
def test_one_written_form(typed, text):
    assert normalise(typed).text == text


def test_offsets_lead_back_to_what_was_typed():
    form = normalise("把【Mate 70】退了😀吧")
    start = form.text.index("mate70")
    assert form.typed(start, start + 6) == "Mate 70"


def test_script_is_that_of_the_question():
    assert normalise("這個還能退嗎").script == "traditional"
    assert normalise("著名品牌能退吗").script == "simplified"
    assert normalise("ok").script == "simplified"


def test_a_very_long_message_is_cut_and_says_so():
    form = normalise("退" * 10_000_000)
    assert form.too_long
    assert len(form.original) == MAX_LENGTH


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_anything_normalises_and_normalising_twice_changes_nothing(text):
    form = normalise(text)
    assert len(form.text) == len(form.offsets)
    assert all(0 <= at < len(form.original) for at in form.offsets)
    assert list(form.offsets) == sorted(form.offsets)
