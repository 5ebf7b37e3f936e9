"""What messages are understood as: every case of tests/cases/understanding.yaml, and that nothing breaks the parser."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg_service.linking import Lexicon, LexiconEntry
from kg_service.parsing import Context, IntentSet, Parser
from kg_service.parsing.evaluate import evaluate
from kg_service.times import parse_instant

CASES = Path(__file__).parents[2] / "cases"
CHITCHAT = Path(__file__).parents[4] / "shared" / "data" / "questions" / "chitchat.jsonl"
NOW = parse_instant("2026-11-20T10:00:00")


@pytest.fixture(scope="module")
def parser():
    return Parser.open(Lexicon.build([LexiconEntry("手机", "category", "C1"), LexiconEntry("耳机", "category", "C2")]))


@pytest.mark.parametrize(
    "name", ["understanding.yaml", "understanding_second.yaml", "understanding_third.yaml", "understanding_fourth.yaml"]
)
def test_every_case_is_understood(name):
    misses = [f"{one.question}: {'; '.join(one.wrong)}" for one in evaluate(CASES / name) if one.wrong and not one.known]
    assert misses == []


def test_examples_of_each_intent_are_understood_as_it(parser):
    """Not a measure of quality (the examples are known); a miss is a contradiction in the data."""
    misses = []
    names = sorted(
        {name for intent in IntentSet.open() for text in intent.examples for name in re.findall(r"{([^{}]*)}", text)}
    )
    reading = parser.with_lexicon(Lexicon.build([LexiconEntry(name, "category", name) for name in names]))
    for intent in IntentSet.open():
        for example in intent.examples:
            frames = reading.parse(example.replace("{", "").replace("}", ""), context=Context(now=NOW))
            if intent.intent not in {frame.intent for frame in frames}:
                misses.append((intent.intent, example, frames[0].intent))
    total = sum(len(intent.examples) for intent in IntentSet.open())
    # neighbours share wordings (return_policy and return_eligibility, faq and out_of_scope): one in ten may go next door
    assert len(misses) <= total * 0.1, misses


def test_chitchat_is_not_answered_as_business(parser):
    if not CHITCHAT.exists():
        pytest.skip("the real chit-chat of ../shared/data is not here")
    texts = [json.loads(line)["text"] for line in CHITCHAT.read_text(encoding="utf-8").splitlines()]
    polite = {"out_of_scope", "greeting", "thanks"}
    business = [text for text in texts if parser.parse(text, context=Context(now=NOW))[0].intent not in polite]
    assert len(business) <= 0.02 * len(texts), business


def test_another_catalogue_is_swapped_in_without_touching_the_first(parser):
    other = parser.with_lexicon(Lexicon.build([LexiconEntry("云豆豆", "product", "P9")]))
    assert other.parse("云豆豆多少钱")[0].mentions[0].refs[0].id == "P9"
    assert all(ref.kind == "words" for mention in parser.parse("云豆豆多少钱")[0].mentions for ref in mention.refs)


_SCRAPS = st.sampled_from(
    [
        "退",
        "手机",
        "耳机",
        "优惠",
        "吗",
        "?",
        ",",
        "的",
        "不",
        "如果",
        "两个",
        "shouji",
        "😭",
        "\x00",
        "\u202e",
        "第二个",
        "订单A12",
        "满300减30",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(_SCRAPS, max_size=25).map("".join)))
def test_no_text_breaks_the_parser(parser, text):
    frames = parser.parse(text, context=Context(now=NOW))
    assert frames
    for frame in frames:
        assert 0 <= frame.confidence <= 1
        follow = parser.parse("那耳机呢", context=Context(now=NOW, last_frame=frame))
        assert follow


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "😭😭", "退" * 10_000_000, "a" * 1_000_000, "'; DROP TABLE x; --", "\x00\x01\x02"]
)
def test_garbage_is_out_of_scope_or_harmless(parser, text):
    frames = parser.parse(text)
    assert len(frames) >= 1
