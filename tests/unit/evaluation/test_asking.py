"""Cases put to the real parser, and to a real engine over the demo data."""

from pathlib import Path

import pytest

from kg_service.evaluation.answers import differences
from kg_service.evaluation.asking import answered, understood
from kg_service.evaluation.cases import read_cases
from kg_service.evaluation.measures import measure
from kg_service.parsing import IntentSet, Parser
from kg_service.parsing.evaluate import evaluate
from tests.support.cases import DATA
from tests.support.engines import embedded

CASES = Path(__file__).parents[2] / "cases"


@pytest.fixture(scope="module")
def parser():
    return Parser.open()


def file_of(folder, text, name="a.jsonl"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_cases(path, IntentSet.open())


def test_a_file_with_its_own_shop_is_read_as_the_other_check_reads_it(parser):
    path = CASES / "understanding_fourth.yaml"
    outcomes = understood(read_cases(path, IntentSet.open()), parser)
    found = measure(outcomes)
    wrong = {one.question for one in outcomes if one.wrong or any(read.intent not in read.expected for read in one.readings)}
    assert wrong == {one.question for one in evaluate(path) if one.wrong}
    assert found.cases == len(outcomes) > 20
    assert found.all_slots.right > 10


def test_several_right_intents_and_several_questions(tmp_path, parser):
    done = []
    rows = (
        '{"question": "运费谁出", "intents": ["return_freight", "shipping_fee"]}\n'
        '{"question": "运费谁出", "intent": "greeting"}\n'
        '{"question": "运费谁出", "intent": "greeting", "now": "someday"}\n'
    )
    file = file_of(tmp_path, rows)
    outcomes = understood(file, parser, lambda *at: done.append(at))
    assert [one.readings[0].intent in one.readings[0].expected for one in outcomes] == [True, False]
    assert [problem.line for problem in file.problems] == [3]
    assert done == [(1, 3), (2, 3), (3, 3)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with embedded(tmp_path_factory.mktemp("evaluation") / "store", DATA["demo"]) as opened:
        yield opened


def test_answers_are_checked(tmp_path, engine):
    asked = '"question": "我退手机能退多少钱", "user_id": "U1001", "intent": "refund_amount"'
    rows = (
        f'{{{asked}, "status": "ANSWERED", "facts": {{"refund_amount": "2700.00"}}, "evidence": ["Order:O20261108001"]}}\n'
        f'{{{asked}, "status": "UNKNOWN", "facts": {{"refund_amount": "1.00"}}, "evidence": ["User:U1001", "User:U1002"]}}\n'
        f'{{{asked}, "role": "king"}}\n'
    )
    file = file_of(tmp_path, rows)
    right, wrong = answered(file, engine)
    assert (right.wrong, right.evidence[1:]) == ((), (1, 1))
    assert dict(wrong.checks) == {"status": False, "facts": False}
    assert wrong.evidence[1:] == (2, 1)
    assert [problem.line for problem in file.problems] == [3]
    found = measure([right, wrong])
    assert (found.right, found.evidence.complete) == (2, 1)
    assert [(one.name, one.questions, one.right) for one in found.answers] == [("facts", 2, 1), ("status", 2, 1)]


def test_lists_match_by_their_ids():
    kept = [{"line_id": "L1", "payable": "1.00"}, {"line_id": "L2", "payable": "2.00"}]
    assert differences("kept", kept, [{"line_id": "L2", "payable": "2.00"}]) == []
    assert differences("kept", kept, [{"line_id": "L2", "payable": "1.00"}]) == [
        "kept{'line_id': 'L2'}.payable is '2.00', expected '1.00'"
    ]
    assert len(differences("kept", kept, [{"line_id": "L3"}])) == 1
    assert len(differences("kept", kept, [])) == 1
