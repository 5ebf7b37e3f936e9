"""An answer in a terminal and in a pipe."""

import io

import pytest
from rich.console import Console

from kg_service.answers.answer import Answer, Clarification, Evidence, Handoff, Option, QueryRecord, Suggestion
from kg_service.answers.show import answer_panel, evidence_table, facts_table, plain, trace_tree
from kg_service.trace import Basis, Step


def text_of(*renderables: object) -> str:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    for renderable in renderables:
        console.print(renderable)
    return console.file.getvalue()


@pytest.fixture
def answer() -> Answer:
    return Answer(
        answer_id="A7",
        status="ANSWERED",
        intent="refund_amount",
        confidence=0.93,
        text="退锅可退 80.00 元。[bold]不是标记[/bold]",
        verdict="PARTLY",
        facts={
            "order_id": "O5",
            "eligible": True,
            "refund_amount": "80.00",
            "window_ends": None,
            "returned": [{"line_id": "2", "quantity": 1}],
            "promotions": [{"promotion_id": "M", "outcome": "LOST", "lines": [{"line_id": "1", "discount_after": "0.00"}]}],
            "kept": [],
        },
        trace=[
            Step(
                rule="refund",
                inputs={"paid": "270.00", "kept": "190.00"},
                formula="paid − kept",
                result="80.00",
                basis=Basis(kind="STATUTE", id="第十七条", text="多退少补", source="https://example.org/17"),
            )
        ],
        evidence=Evidence(queries=[QueryRecord(template="order/case_lines", parameters={"user_id": "U5"}, rows=2, ms=1.25)]),
        suggestions=[Suggestion(kind="question", text="要看看怎么退更划算吗")],
        timings_ms={"understand": 1.0, "total": 4.2},
    )


def test_a_pipe_gets_the_text_and_one_line_about_it(answer: Answer):
    assert plain(answer).splitlines() == [answer.text, "[ANSWERED refund_amount PARTLY A7]"]


def test_options_are_numbered_with_their_ids(answer: Answer):
    choice = Clarification(about="order", options=[Option(id="O5", label="9月21日的订单"), Option(id="O4", label="8月的订单")])
    asked = answer.model_copy(update={"status": "CLARIFY", "clarification": choice, "verdict": None})
    assert plain(asked).splitlines()[1:3] == ["1. 9月21日的订单 (O5)", "2. 8月的订单 (O4)"]
    named = asked.model_copy(update={"text": "是9月21日的订单,还是8月的订单?"})
    assert len(plain(named).splitlines()) == 2
    assert "2. 8月的订单 (O4)" in text_of(answer_panel(asked))


def test_the_panel_names_status_verdict_id_and_time_and_leaves_markup_alone(answer: Answer):
    text = text_of(answer_panel(answer))
    for words in (
        "ANSWERED · refund_amount · PARTLY · 0.93",
        "[bold]不是标记[/bold]",
        "A7",
        "A7 · 4 ms",
        "→ 要看看怎么退更划算吗",
    ):
        assert words in text


def test_missing_facts_and_the_handoff_are_shown(answer: Answer):
    lacking = answer.model_copy(update={"status": "UNKNOWN", "missing": ["freight.waived"]})
    handed = answer.model_copy(update={"status": "HANDOFF", "handoff": Handoff(reason="complaint", queue="AFTER_SALES")})
    assert "missing: freight.waived" in text_of(answer_panel(lacking))
    assert "handoff: complaint · AFTER_SALES" in text_of(answer_panel(handed))


def test_every_fact_is_in_the_table(answer: Answer):
    text = text_of(facts_table(answer.facts))
    for words in ("refund_amount", "80.00", "true", "null", "window_ends", "promotion_id", "LOST", "discount_after", "[]"):
        assert words in text


def test_the_trace_shows_formula_result_inputs_and_basis(answer: Answer):
    text = text_of(trace_tree(answer))
    assert "1. refund  paid − kept  → 80.00" in text
    assert "paid = 270.00, kept = 190.00" in text
    assert "STATUTE · 第十七条 · 多退少补 <https://example.org/17>" in text


def test_each_part_brings_its_own_trace(answer: Answer):
    other = answer.model_copy(update={"answer_id": "A8", "text": "有货", "intent": "product_stock"})
    both = answer.model_copy(update={"parts": [answer, other]})
    text = text_of(trace_tree(both))
    assert text.count("1. refund") == 2
    assert "product_stock: 有货" in text


def test_an_answer_without_steps_says_so():
    assert "no steps" in text_of(trace_tree(Answer(answer_id="A", status="ANSWERED", text="您好")))


def test_queries_are_listed_with_rows_and_time(answer: Answer):
    text = text_of(evidence_table(answer.evidence, answer.timings_ms))
    assert "understand 1.0 ms · total 4.2 ms" in text
    assert "order/case_lines" in text
    assert 'user_id="U5"' in text
    assert "1.2" in text
