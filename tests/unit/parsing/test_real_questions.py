"""Real customers' questions: how often a confident answer is wrong, and whether confidence means what it says."""

import json
import math
from pathlib import Path

import pytest

from kg_service.parsing import ACCEPT, Parser
from kg_service.resources import read_yaml

QUESTIONS = Path(__file__).parents[4] / "shared" / "data" / "questions" / "jd_customer_questions.jsonl"
LABELS = Path(__file__).parents[2] / "questions" / "labels.yaml"
#: Never a wrong reading that is answered with confidence (labels.yaml).
HARMLESS = {"human_agent", "complaint", "faq", "out_of_scope"}


@pytest.fixture(scope="module")
def read():
    """(confidence, right, harmless) of every question whose label is mapped."""
    if not QUESTIONS.is_file():
        pytest.skip(f"no real questions in {QUESTIONS}")
    labels = read_yaml(LABELS)
    parser = Parser.open()
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    found = []
    for row in rows:
        if row["label"] in labels:
            frames = parser.parse(row["text"])
            right = any(frame.intent in labels[row["label"]] for frame in frames)
            found.append((frames[0].confidence, right, frames[0].intent in HARMLESS))
    return found


@pytest.mark.parametrize("half", [0, 1], ids=["looked at", "held out"])
def test_a_confident_answer_is_seldom_wrong(read, half):
    rows = read[half::2]
    wrong = sum(confidence >= ACCEPT and not right and not harmless for confidence, right, harmless in rows)
    assert wrong <= 0.05 * len(rows)


@pytest.mark.parametrize("half", [0, 1], ids=["looked at", "held out"])
@pytest.mark.parametrize(("least", "most"), [(0.5, 0.7), (0.7, 0.85), (0.85, 0.95)])
def test_as_many_are_right_as_the_confidence_says(read, half, least, most):
    near = [(confidence, right) for confidence, right, harmless in read[half::2] if least <= confidence < most and not harmless]
    assert len(near) >= 100
    said, right = (sum(values) / len(near) for values in zip(*near, strict=True))
    # a twentieth, and twice what chance makes of so many
    assert abs(said - right) <= 0.05 + 2 * math.sqrt(said * (1 - said) / len(near))
