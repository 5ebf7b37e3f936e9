"""Measures, worked out by hand."""

import pytest

from kg_service.evaluation.measures import Outcome, Reading, measure
from kg_service.evaluation.slots import SlotCount


def read(expected, intent, confidence, name="x"):
    return Outcome("f:1", "?", (Reading(expected, name, intent, confidence),), 1.0)


def test_confident_mistakes_leave_out_what_is_harmless():
    found = measure(
        [
            read(("a",), "a", 0.9),
            read(("a", "b"), "b", 0.8),
            read(("a",), "c", 0.95),  # the one mistake
            read(("a",), "c", 0.5),  # not confident
            read(("a",), "faq", 0.9),  # harmless
            read((), "out_of_scope", 0.9),  # right: nothing of ours
            read((), "a", 0.2),
            read(None, "a", 0.9),  # not measured
        ]
    )
    assert (found.cases, found.questions, found.right, found.accuracy) == (8, 7, 3, 3 / 7)
    assert (found.confidence.confident, found.confidence.wrong) == (5, 1)
    assert (found.confidence.rate, found.confidence.rate_of_confident) == (1 / 7, 1 / 5)
    assert measure([read(("a",), "faq", 0.9)], harmless=()).confidence.wrong == 1


def test_the_calibration_is_by_tenths_and_without_the_harmless():
    found = measure([read(("a",), "a", 0.95), read(("a",), "b", 0.93), read(("a",), "a", 1.0), read(("a",), "faq", 0.1)])
    (top,) = found.calibration.bins
    assert (top.low, top.high, top.questions, top.right) == (0.9, 1.0, 3, 2)
    assert top.confidence == pytest.approx(0.96)
    assert found.calibration.error == pytest.approx(0.96 - 2 / 3)


def test_confusions_and_accuracy_by_name():
    found = measure([read(("a",), "b", 0.9, "A"), read(("a",), "b", 0.9, "A"), read(("a",), "a", 0.9, "A")])
    assert [(one.name, one.taken_for, one.times) for one in found.confusions] == [("A", "b", 2)]
    assert [(one.name, one.questions, one.right, one.confident_wrong) for one in found.intents] == [("A", 3, 1, 2)]


def test_slots_over_all_cases():
    counts = (SlotCount("a", 2, 1, 0), SlotCount("a", 1, 0, 1), SlotCount("b", 0, 0, 1))
    found = measure([Outcome("f:1", "?", (), 1.0, slots=counts)])
    assert [(one.name, one.right, one.extra, one.lacking) for one in found.slots] == [("a", 3, 1, 1), ("b", 0, 0, 1)]
    assert found.all_slots.f1 == 2 * 3 / (2 * 3 + 1 + 2)


def test_evidence_overlap():
    found = measure([Outcome("f:1", "?", (), 1.0, evidence=(4, 2, 2)), Outcome("f:2", "?", (), 1.0, evidence=(0, 2, 0))])
    assert (found.evidence.nodes.recall, found.evidence.nodes.precision) == (0.5, 0.5)
    assert (found.evidence.overlap, found.evidence.complete) == (0.25, 1)


def test_time_and_nothing_at_all():
    found = measure([Outcome("f:1", "?", (), float(ms)) for ms in range(1, 101)])
    assert (found.latency.p50, found.latency.p95, found.latency.p99, found.latency.most) == (51, 96, 100, 100)
    empty = measure([])
    assert (empty.accuracy, empty.confidence, empty.calibration, empty.latency) == (None, None, None, None)
