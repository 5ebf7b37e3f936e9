"""What needs no graph, and preset answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import kg_service.decisions.faqs
import kg_service.decisions.service  # noqa: F401
from kg_service.decisions.decision import Decision

Ask = Callable[..., Decision]


@pytest.mark.parametrize(
    ("intent", "status"),
    [
        ("greeting", "ANSWERED"),
        ("thanks", "ANSWERED"),
        ("feedback", "ANSWERED"),
        ("human_agent", "HANDOFF"),
        ("out_of_scope", "OUT_OF_SCOPE"),
    ],
)
def test_no_query(ask: Ask, intent: str, status: str) -> None:
    assert ask(intent, "随便说点什么").status == status


def test_a_person_is_a_handoff_with_its_reason(ask: Ask) -> None:
    decision = ask("human_agent", "转人工")
    assert decision.handoff is not None
    assert decision.handoff.reason == "ASKED_FOR_PERSON"


ROW = {"faq_id": "F1", "topic": "付款", "question": "怎么付款", "answer": "支持微信和银行卡。\n也可以分期。"}


def test_a_preset_answer_verbatim(ask: Ask) -> None:
    decision = ask("faq", "可以怎么付款", {}, {"faq/by_id": [ROW]}, faq_id="F1", faq_score=0.8)
    assert decision.facts == {"faq_id": "F1", "source": "PRESET"}
    assert decision.words["text"] == ROW["answer"]


@pytest.mark.parametrize("faq_id", [None, "F9"])
def test_no_preset_answer(ask: Ask, faq_id: str | None) -> None:
    assert ask("faq", "可以怎么付款", {}, {"faq/by_id": []}, faq_id=faq_id).status == "OUT_OF_SCOPE"
