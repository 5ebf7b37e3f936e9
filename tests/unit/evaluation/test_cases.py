"""Case files: what is read of them, and what is said of rows that are no cases."""

from pathlib import Path

import pytest

from kg_service.errors import DataError
from kg_service.evaluation.cases import read_cases, read_labels

KNOWN = ("refund_amount", "return_policy", "product_stock")
CASES = Path(__file__).parents[2] / "cases"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_line_of_json_is_a_case(tmp_path):
    line = (
        '{"question": "退多少", "intents": ["refund_amount"], "slots": {"quantity": 1}, "user_id": "U1", "evidence": ["S:1"]}\n'
    )
    found = read_cases(written(tmp_path, "a.jsonl", line), KNOWN)
    (case,) = found.cases
    assert (case.parts[0].intents, dict(case.parts[0].slots)) == (("refund_amount",), {"quantity": 1})
    assert (dict(case.asked), case.evidence) == ({"user_id": "U1"}, {"S:1"})
    assert not found.problems


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("3", "a case is a mapping"),
        ('{"intent": "refund_amount"}', "no question"),
        ('{"question": "退多少", "intent": "refund"}', "no intent 'refund'"),
        ('{"question": "退多少", "label": "X"}', "--labels"),
        ('{"question": "退多少", "slots": {"colour": "red"}}', "no slot 'colour'"),
        ('{"question": "退多少", "slots": {"amount": 1.5}}', "broken number"),
        ('{"question": "退多少", "slots": {"roles": {"KEPT": "手机"}}}', "roles"),
        ('{"question": "退多少", "facts": [1]}', "facts is no mapping"),
        ('{"question": "退多少", "evidence": "SKU:1"}', "evidence"),
        ('{"question": "退多少", "parts": []}', "parts"),
        ('{"question": "退多少", "expect": []}', "expect"),
    ],
)
def test_a_bad_line_is_named_and_the_good_ones_stay(tmp_path, line, said):
    good = '{"question": "退多少", "intent": "refund_amount"}'
    found = read_cases(written(tmp_path, "a.jsonl", f"{good}\n\n{line}\n{good}\n"), KNOWN)
    assert [case.where.rpartition(":")[2] for case in found.cases] == ["1", "4"]
    (problem,) = found.problems
    assert problem.line == 3
    assert "a.jsonl:3: " in str(problem)
    assert said in str(problem)
    assert str(problem).endswith(")"), "what to do"


def test_bytes_that_are_no_text_lose_one_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"question": "a"}\n{"question": "\xff"}\n')
    found = read_cases(path, KNOWN)
    assert (len(found.cases), [one.line for one in found.problems]) == (1, [2])


def test_yaml_rows_know_their_lines(tmp_path):
    text = "# a remark\n- {question: 退多少, expect: {intent: refund_amount, facts: {refund_amount: '1.00'}}}\n- question: 3\n"
    found = read_cases(written(tmp_path, "a.yaml", text), KNOWN)
    assert [case.where for case in found.cases] == [f"{found.path}:2"]
    assert found.cases[0].answer == {"facts": {"refund_amount": "1.00"}}
    assert [one.line for one in found.problems] == [3]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "- {question: a\n- b", r"a\.yaml:\d: not YAML"),
        ("a.yaml", "", "empty"),
        ("a.yaml", "3", "no list"),
        ("a.yaml", "now: someday\ncases: []", "a.yaml:1: "),
        ("a.txt", "", ".jsonl or .yaml"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name, text, said):
    with pytest.raises(DataError, match=said):
        read_cases(written(tmp_path, name, text), KNOWN)


@pytest.mark.parametrize("name", ["none.jsonl", "none.yaml"])
def test_a_file_that_is_not_there_is_refused(tmp_path, name):
    with pytest.raises(DataError, match="cannot be read"):
        read_cases(tmp_path / name, KNOWN)


def test_labels(tmp_path):
    labels = read_labels(written(tmp_path, "l.yaml", "退款: [refund_amount, return_policy]\n机票: []\n"), KNOWN)
    rows = (
        '{"text": "退多少", "label": "退款"}\n{"text": "机票呢", "label": "机票"}\n{"text": "?", "label": "别的", "day": 3}\n'
    )
    found = read_cases(written(tmp_path, "a.jsonl", rows), KNOWN, labels)
    assert [(case.parts[0].name, case.parts[0].intents) for case in found.cases] == [
        ("退款", ("refund_amount", "return_policy")),
        ("机票", ()),
    ]
    assert dict(found.unmapped) == {"别的": 1}
    assert not found.problems


def test_a_label_with_an_unknown_intent_is_named(tmp_path):
    with pytest.raises(DataError, match=r"l\.yaml:2: there is no intent 'refund'"):
        read_labels(written(tmp_path, "l.yaml", "a: [refund_amount]\nb: [refund]\n"), KNOWN)


def test_all_cases_of_the_project_are_cases():
    from kg_service.parsing.intents import IntentSet

    known = IntentSet.open()
    for path in sorted(CASES.glob("*.yaml")):
        found = read_cases(path, known)
        assert found.cases, path.name
        assert not found.problems, path.name
        assert not found.ignored, path.name
