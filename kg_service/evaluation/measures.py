"""Measures over outcomes: accuracy, confident mistakes, calibration, slots, answers, evidence, time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from pydantic import BaseModel, ConfigDict

from kg_service.evaluation.slots import SlotCount
from kg_service.parsing.intents import ACCEPT

__all__ = [
    *("HARMLESS", "Bin", "Calibration", "Confidence", "Confusion", "Evidence", "Group", "Latency", "Measures", "Outcome"),
    *("Reading", "Score", "measure"),
]

#: Readings that answer nothing wrongly, however sure they are: a person, a complaint, a preset answer, "not our business".
HARMLESS = ("human_agent", "complaint", "faq", "out_of_scope")
_BINS = 10


@dataclass(frozen=True)
class Reading:
    """One question of a message as it was understood.

    Attributes
    ----------
    expected : the intents that are right; empty: only a harmless one is; ``None``: not measured
    name : what it is counted under
    intent, confidence : what it was taken for, and how surely
    """

    expected: tuple[str, ...] | None
    name: str
    intent: str
    confidence: float


@dataclass(frozen=True)
class Outcome:
    """One case and what became of it.

    Attributes
    ----------
    checks : what was expected of the answer (status, facts, …), and whether it was so
    evidence : node ids found, expected, and both; ``None``: none were expected
    wrong : what is not as expected, beside the intents
    ms : how long it took
    """

    where: str
    question: str
    readings: tuple[Reading, ...]
    ms: float
    slots: tuple[SlotCount, ...] = ()
    checks: tuple[tuple[str, bool], ...] = ()
    evidence: tuple[int, int, int] | None = None
    wrong: tuple[str, ...] = ()


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(_Part):
    """What is expected under one name, and how much of it is right; ``confident_wrong`` as in :class:`Confidence`."""

    name: str
    questions: int
    right: int
    confident_wrong: int = 0

    @property
    def accuracy(self) -> float:
        return self.right / self.questions


class Confusion(_Part):
    name: str
    taken_for: str
    times: int


class Confidence(_Part):
    """Confident: at or above ``accept``. Wrong: neither an expected intent nor a harmless one."""

    accept: float
    harmless: tuple[str, ...]
    confident: int
    wrong: int
    rate: float
    rate_of_confident: float


class Bin(_Part):
    """Questions whose confidence is between ``low`` and ``high``: what it says on average, and how many were right."""

    low: float
    high: float
    questions: int
    right: int
    confidence: float

    @property
    def accuracy(self) -> float:
        return self.right / self.questions


class Calibration(_Part):
    """Whether confidence means what it says; ``error`` is the mean distance between both (ECE), each question counting once."""

    questions: int
    error: float
    bins: list[Bin]


class Score(_Part):
    """Values found against values expected."""

    name: str
    right: int
    extra: int
    lacking: int
    precision: float
    recall: float
    f1: float


class Evidence(_Part):
    """Nodes of the answers' subgraphs against the expected ones; ``overlap`` is the mean of common by all (Jaccard)."""

    questions: int
    nodes: Score
    overlap: float
    complete: int


class Latency(_Part):
    """Milliseconds a question; ``per_second`` one after the other."""

    p50: float
    p95: float
    p99: float
    most: float
    per_second: float


class Measures(_Part):
    """Everything that was measured; ``None`` where nothing was there to be measured."""

    cases: int
    questions: int
    right: int
    accuracy: float | None
    intents: list[Group]
    confusions: list[Confusion]
    confidence: Confidence | None
    calibration: Calibration | None
    slots: list[Score]
    all_slots: Score | None
    answers: list[Group]
    evidence: Evidence | None
    latency: Latency | None


def is_right(reading: Reading, harmless: Collection[str]) -> bool:
    """Whether a question was taken for what it is."""
    return reading.intent in (reading.expected or harmless)


def measure(outcomes: Sequence[Outcome], *, accept: float = ACCEPT, harmless: Sequence[str] = HARMLESS) -> Measures:
    """Count what became of cases.

    Parameters
    ----------
    accept : the confidence from which on an answer is given without a doubt
    harmless : intents that are never a confident mistake

    Examples
    --------
    >>> read = Reading(("refund_amount",), "refund_amount", "return_policy", 0.9)
    >>> measure([Outcome("a.jsonl:1", "…", (read,), 1.0)]).confidence.rate
    1.0
    """
    readings = [one for outcome in outcomes for one in outcome.readings if one.expected is not None]
    right = [is_right(one, harmless) for one in readings]
    wrong = [one for one, good in zip(readings, right, strict=True) if not good]
    mistakes = [one for one in wrong if one.confidence >= accept and one.intent not in harmless]
    confident = sum(one.confidence >= accept for one in readings)
    by_slot: dict[str, list[SlotCount]] = defaultdict(list)
    for count in (one for outcome in outcomes for one in outcome.slots):
        by_slot[count.slot].append(count)
    return Measures(
        cases=len(outcomes),
        questions=len(readings),
        right=sum(right),
        accuracy=sum(right) / len(readings) if readings else None,
        intents=_groups(((one.name, good) for one, good in zip(readings, right, strict=True)), [one.name for one in mistakes]),
        confusions=[
            Confusion(name=name, taken_for=intent, times=times)
            for (name, intent), times in Counter((one.name, one.intent) for one in wrong).most_common()
        ],
        confidence=Confidence(
            accept=accept,
            harmless=tuple(harmless),
            confident=confident,
            wrong=len(mistakes),
            rate=len(mistakes) / len(readings),
            rate_of_confident=len(mistakes) / confident if confident else 0.0,
        )
        if readings
        else None,
        calibration=_calibration(readings, right, harmless),
        slots=[_scored(name, counts) for name, counts in sorted(by_slot.items())],
        all_slots=_scored("all", [one for counts in by_slot.values() for one in counts]) if by_slot else None,
        answers=_groups(check for outcome in outcomes for check in outcome.checks),
        evidence=_evidence([outcome.evidence for outcome in outcomes if outcome.evidence is not None]),
        latency=_latency([outcome.ms for outcome in outcomes]),
    )


def _groups(judged: Iterable[tuple[str, bool]], mistakes: Iterable[str] = ()) -> list[Group]:
    total, right, confident = Counter[str](), Counter[str](), Counter(mistakes)
    for name, good in judged:
        total[name] += 1
        right[name] += good
    return [
        Group(name=name, questions=total[name], right=right[name], confident_wrong=confident[name]) for name in sorted(total)
    ]


def _calibration(readings: Sequence[Reading], right: Sequence[bool], harmless: Collection[str]) -> Calibration | None:
    # what is taken for a harmless intent is not answered from its confidence, whether that is right or not
    judged = [(one.confidence, good) for one, good in zip(readings, right, strict=True) if one.intent not in harmless]
    if not judged:
        return None
    within: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, good in judged:
        within[min(int(confidence * _BINS), _BINS - 1)].append((confidence, good))
    bins = [
        Bin(
            low=number / _BINS,
            high=(number + 1) / _BINS,
            questions=len(inside),
            right=sum(good for _, good in inside),
            confidence=fmean(confidence for confidence, _ in inside),
        )
        for number, inside in sorted(within.items())
    ]
    error = sum(one.questions * abs(one.accuracy - one.confidence) for one in bins) / len(judged)
    return Calibration(questions=len(judged), error=error, bins=bins)


def _scored(name: str, counts: Iterable[SlotCount]) -> Score:
    counts = list(counts)
    return _score(name, *(sum(getattr(one, part) for one in counts) for part in ("right", "extra", "lacking")))


def _score(name: str, right: int, extra: int, lacking: int) -> Score:
    def part(of: int) -> float:
        return right / of if of else 1.0

    precision, recall = part(right + extra), part(right + lacking)
    f1 = 2 * right / (2 * right + extra + lacking) if right + extra + lacking else 1.0
    return Score(name=name, right=right, extra=extra, lacking=lacking, precision=precision, recall=recall, f1=f1)


def _evidence(overlaps: Sequence[tuple[int, int, int]]) -> Evidence | None:
    if not overlaps:
        return None
    found, expected, both = (sum(one[part] for one in overlaps) for part in range(3))
    return Evidence(
        questions=len(overlaps),
        nodes=_score("nodes", both, found - both, expected - both),
        overlap=fmean(both / (found + expected - both) if found + expected else 1.0 for found, expected, both in overlaps),
        complete=sum(both == expected for _, expected, both in overlaps),
    )


def _latency(times: Sequence[float]) -> Latency | None:
    if not times:
        return None
    ranked = sorted(times)

    def at(part: float) -> float:
        return ranked[min(int(part * len(ranked)), len(ranked) - 1)]

    return Latency(p50=at(0.5), p95=at(0.95), p99=at(0.99), most=ranked[-1], per_second=1000 / max(fmean(ranked), 1e-9))
