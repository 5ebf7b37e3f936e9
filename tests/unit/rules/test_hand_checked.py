"""Hand-checked cases of the rules, their arithmetic written out; and that a wrong case cannot pass."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from kg_service.dataset.promotion import KINDS
from tests.support.arithmetic import ArithmeticProblem, check
from tests.support.rule_cases import failures, rule_cases

CASES = list(rule_cases())


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_hand_checked(case: dict[str, Any]) -> None:
    assert failures(case) == []


def test_the_cases_cover_every_kind() -> None:
    assert [key for key, count in Counter(case["id"] for case in CASES).items() if count > 1] == []
    kinds = {promotion["kind"] for case in CASES for promotion in case.get("promotions", {}).values()}
    assert kinds == set(KINDS)
    assert len(CASES) >= 150


SOUND: dict[str, Any] = {
    "id": "sound",
    "rule": "满3000减300 over both",
    "lines": {"A": "3000.00", "B": "500.00"},
    "promotions": {"P": {"kind": "AMOUNT_THRESHOLD_OFF", "condition": {"value": "3000.00"}, "effect": {"off": "300.00"}}},
    "applied": {"P": {"shares": {"A": "257.14", "B": "42.86"}}},
    "as_priced": True,
    "paid": "3200.00",
    "returned": {"A": 1},
    "expect": {"refund_amount": "2700.00"},
    "arithmetic": ["half_up(300.00 * 3000 / 3500) = 257.14", "300.00 - 257.14 = 42.86", "3200.00 - 500.00 = 2700.00"],
}


def test_a_sound_case_passes() -> None:
    assert failures(SOUND) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"arithmetic": [*SOUND["arithmetic"], "3200.00 - 500.00 = 2700.01"]}, "the left side is 2700"),
        ({"arithmetic": SOUND["arithmetic"][:2]}, "does not come to 2700.00"),
        ({"arithmetic": SOUND["arithmetic"][::2]}, "does not come to 42.86"),
        ({"arithmetic": []}, "lacks 'arithmetic'"),
        (
            {"expect": {"refund_amount": "2742.86"}, "arithmetic": [*SOUND["arithmetic"], "3200.00 - 457.14 = 2742.86"]},
            "by hand",
        ),
        ({"expect": {"refund": "2700.00"}}, "unknown expectation 'refund'"),
        ({"expect": {}}, "expects nothing"),
        ({"reson": "QUALITY"}, "unknown key 'reson'"),
        ({"channel": "app"}, "unknown key 'channel'"),
        ({"rule": ""}, "lacks 'rule'"),
        ({"applied": {"P": {"shares": {"A": "257.15", "B": "42.85"}}}, "as_priced": False}, None),
        ({"applied": {"P": {"shares": {"A": "257.14", "B": "42.86 TARGET"}}}}, "priced as"),
    ],
)
def test_a_wrong_case_fails(change: dict[str, Any], complaint: str | None) -> None:
    found = failures({**deepcopy(SOUND), **change})
    if complaint is None:
        assert found == []
    else:
        assert any(complaint in text for text in found), found


def test_an_amount_nobody_expected_fails() -> None:
    case = {**deepcopy(SOUND), "expect": {"refund_amount": "2700.00", "buyer_owes": "5.00"}}
    assert any("does not come to 5.00" in text for text in failures(case))


@pytest.mark.parametrize("key", ["lines", "promotions", "paid"])
def test_data_the_format_does_not_know_is_refused(key: str) -> None:
    wrong: dict[str, Any] = {
        "lines": {"A": {"list_price": "3000.00", "colour": "red"}, "B": "500.00"},
        "promotions": {"P": {"kind": "AMOUNT_THRESHOLD_OFF", "discount": "300.00"}},
        "paid": "3199.99",
    }
    with pytest.raises(ValueError, match=r"colour|discount|3199\.99"):
        failures({**deepcopy(SOUND), "as_priced": False, key: wrong[key]})


@pytest.mark.parametrize(
    "line",
    [
        "1.00 + 1.00 = 2.01",
        "1.00 + 1.00",
        "2.00 = 2.00",
        "__import__('os') = 1",
        "(1).real = 1",
        "2 ** 3 = 8",
        "1e2 + 0 = 100",
        "True + 0 = 1",
        "1 / 0 = 1",
        "abs(1) = 1",
        "1 + = 2",
        "1 + 1 != 3",
        "floor(1, 0) = 1",
    ],
)
def test_arithmetic_that_does_not_hold_or_is_none(line: str) -> None:
    with pytest.raises(ArithmeticProblem):
        check(line)


@pytest.mark.parametrize(
    "line",
    [
        "0.1 + 0.2 = 0.3",
        "floor(300.00 * 500 / 3500, 0.01) = 42.85",
        "half_up(0.125) = 0.13",
        "half_down(0.125) = 0.12",
        "ceil(0.121) = 0.13",
        "-(45.00 - 50.00) = 5.00",
        "500.00 < 3000.00",
        "max(0, 50.00 - 95.00) = 0",
        "floor(7 / 3, 1) = 2",
        "1 + 1 = 2 = 3 - 1",
    ],
)
def test_arithmetic_that_holds(line: str) -> None:
    check(line)
