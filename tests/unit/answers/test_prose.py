"""Chinese text folded to a terminal's width."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.panel import Panel

from kg_service.answers.prose import Prose, folded

TEXT = "· 「厨具每满200减30」：留下的锅是190.00元，不到要求的200.00元（依据《某办法》第十七条），原来的30.00元优惠不再享受。"


@pytest.mark.parametrize("width", [10, 17, 24, 40, 80, 200])
def test_lines_fit_keep_amounts_whole_and_begin_with_no_closing_mark(width: int):
    lines = folded(TEXT, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == TEXT.replace(" ", "")
    for line in lines:
        assert line[0] not in "，。：）》」"
        assert line[-1] not in "（《「"
    for amount in ("190.00", "200.00"):
        assert any(amount in line for line in lines)


@given(st.text(max_size=80), st.integers(2, 30))
def test_nothing_is_lost_whatever_the_text(text: str, width: int):
    lines = folded(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_panel_holds_the_text_with_its_paragraphs():
    console = Console(file=io.StringIO(), width=30, color_system=None)
    console.print(Panel(Prose("第一段，比一行要长得多得多得多得多。\n第二段[bold]。")))
    lines = console.file.getvalue().splitlines()
    assert all(cell_len(line) == 30 for line in lines)
    assert "第二段[bold]。" in console.file.getvalue()
