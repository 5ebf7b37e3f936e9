"""Preset answers found by meaning."""

import pytest

from kg_service.parsing import FaqIndex

INDEX = FaqIndex.build(
    [
        {"faq_id": "F1", "question": "如何开具发票", "similar_questions": ["可以开发票吗", "发票怎么申请"]},
        {"faq_id": "F2", "question": "退货的运费由谁承担", "similar_questions": ["退货邮费谁出"]},
        {"faq_id": "F3", "question": "支持哪些付款方式", "similar_questions": ["能用花呗吗"]},
        {"faq_id": "F4", "question": "怎么修改收货地址", "similar_questions": ["地址填错了怎么改"]},
    ]
)


@pytest.mark.parametrize(
    ("text", "faq_id"),
    [
        ("发票咋开呀", "F1"),
        ("想要张发票", "F1"),
        ("退货运费我出还是你们出", "F2"),
        ("可以用花呗付款么", "F3"),
        ("收货地址写错了能改吗", "F4"),
    ],
)
def test_paraphrases_find_their_answer(text, faq_id):
    found, score = INDEX.match(text)[0]
    assert found == faq_id
    assert FaqIndex.band(score) != "NONE"


@pytest.mark.parametrize("text", ["今天天气不错", "手机能退吗", "你叫什么", ""])
def test_what_is_not_there_is_not_found(text):
    assert all(FaqIndex.band(score) != "SURE" for _, score in INDEX.match(text))


def test_order_of_words_and_words_for_the_same_do_not_matter():
    index = FaqIndex.build(
        [
            {"faq_id": "A", "question": "可以开专票吗", "similar_questions": []},
            {"faq_id": "B", "question": "你们的营业时间", "similar_questions": []},
            {"faq_id": "C", "question": "人工客服什么时候在", "similar_questions": []},
        ]
    )
    assert index.match("专票能开不")[0][0] == "A"
    assert FaqIndex.band(index.match("专票能开不")[0][1]) == "SURE"
    assert index.match("几点下班")[0][0] == "B"
    assert index.match("人工客服什么时候在?")[0] == ("C", 1.0)


def test_a_question_is_a_preset_one_whatever_makes_it_a_question():
    index = FaqIndex.build([{"faq_id": "F1", "question": "可以送小样吗", "similar_questions": ["晚霜一周用几次"]}])
    for text in ("送小样不", "你们送小样吗", "夜间晚霜一周用几次"):
        found, score = index.match(text)[0]
        assert (found, FaqIndex.band(score)) == ("F1", "SURE")
    for text in ("不送小样", "送货吗"):
        assert all(FaqIndex.band(score) != "SURE" for _, score in index.match(text))
