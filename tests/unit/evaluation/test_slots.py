"""Slots of real readings against expected ones."""

import pytest

from kg_service.evaluation.slots import compare_slots
from kg_service.linking import Lexicon, LexiconEntry
from kg_service.parsing import Parser


@pytest.fixture(scope="module")
def frame():
    lexicon = Lexicon.build([LexiconEntry("手机", "category", "C1"), LexiconEntry("耳机", "category", "C2")])
    (frame,) = Parser.open(lexicon).parse("如果我退了手机,耳机的优惠还在吗")
    return frame


@pytest.mark.parametrize(
    ("expected", "counts"),
    [
        ({"asks": "KEPT"}, ("asks", 1, 0, 0)),
        ({"asks": "LOST"}, ("asks", 0, 1, 1)),
        ({"asks": None}, ("asks", 0, 1, 0)),
        ({"quantity": 2}, ("quantity", 0, 0, 1)),
        ({"whole": False}, ("whole", 0, 0, 0)),
        ({"gift_kept": False}, ("gift_kept", 0, 0, 1)),
        ({"roles": {"RETURNED": ["手机"]}}, ("roles.RETURNED", 1, 0, 0)),
        ({"roles": {"KEPT": ["手机"]}}, ("roles.KEPT", 0, 1, 1)),
        ({"exact": ["category:C1"]}, ("exact", 1, 0, 0)),
        ({"exact": ["category:C3"]}, ("exact", 0, 0, 1)),
        ({"period": ["2026-11-01", "2026-11-02"]}, ("period", 0, 0, 1)),
        ({"kinds": []}, ("kinds", 0, 0, 0)),
    ],
)
def test_values_are_counted(frame, expected, counts):
    (count,) = compare_slots(frame, expected)
    assert (count.slot, count.right, count.extra, count.lacking) == counts
    assert bool(count.problem) == bool(count.extra or count.lacking)
