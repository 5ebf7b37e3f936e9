"""Putting the questions of a case file to the parser, or to an engine on a store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

from kg_service.errors import DataError, RowError
from kg_service.evaluation.answers import checks
from kg_service.evaluation.cases import Case, CaseFile, Expected
from kg_service.evaluation.measures import Outcome, Reading
from kg_service.evaluation.slots import SlotCount, compare_slots
from kg_service.parsing.evaluate import lexicon_of, lines_of
from kg_service.parsing.reading import Context
from kg_service.times import parse_instant

if TYPE_CHECKING:
    from kg_service.answers.answer import Answer
    from kg_service.api.engine import Engine
    from kg_service.parsing.frame import Frame
    from kg_service.parsing.parser import Parser

__all__ = ["Progress", "answered", "understood"]

#: Called with the cases done, and how many there are.
Progress = Callable[[int, int], None]


def understood(file: CaseFile, parser: Parser, progress: Progress | None = None) -> list[Outcome]:
    """Every case as the parser reads it, over the file's own catalogue where it brings one.

    Raises
    ------
    DataError
        When that catalogue is none.
    """
    try:
        parser = parser.with_lexicon(lexicon_of(file.catalogue or []))
        own = lines_of(file.own)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        do = "give text, kind and id of every name; order, line, sku, product, name and placed of every order line"
        raise DataError(f"catalogue or own is broken: {error!r}", where=str(file.path), do=do) from error
    parser.warm()

    def ask(case: Case) -> Outcome:
        now = parse_instant(case.asked["now"]) if "now" in case.asked else file.now
        last: Frame | None = None
        for said in case.after:
            last = parser.parse(said, own_lines=own, context=Context(now=now, last_frame=last))[-1]
        context = Context(now=now, last_frame=last, options=case.options)
        start = time.perf_counter()
        frames = parser.parse(case.question, own_lines=own, context=context)
        return _understood(case, frames, (time.perf_counter() - start) * 1000)

    return list(_each(file, ask, progress))


def answered(file: CaseFile, engine: Engine, progress: Progress | None = None) -> list[Outcome]:
    """Every case as the engine answers it from its store.

    Raises
    ------
    StoreError
    """

    def ask(case: Case) -> Outcome:
        asked = dict(case.asked)
        if case.after:
            asked.setdefault("session_id", f"eval-{uuid4().hex}")
        for said in case.after:
            engine.ask(said, **asked)
        start = time.perf_counter()
        answer = engine.ask(case.question, **asked)
        return _answered(case, answer, (time.perf_counter() - start) * 1000)

    return list(_each(file, ask, progress))


def _each(file: CaseFile, ask: Callable[[Case], Outcome], progress: Progress | None) -> Iterator[Outcome]:
    for done, case in enumerate(file.cases, 1):
        try:
            yield ask(case)
        except (DataError, ValueError, TypeError) as error:
            # a role, a time or an id that is none: the row's fault, and it is only this one's
            what, do = (error.what, error.do) if isinstance(error, DataError) else (str(error), "mend the row")
            name, _, line = case.where.rpartition(":")
            file.problems.append(RowError(what, file=name, line=int(line), do=do))
        if progress is not None:
            progress(done, len(file.cases))


def _understood(case: Case, frames: list[Frame], ms: float) -> Outcome:
    wrong: list[str] = []
    slots: list[SlotCount] = []
    readings: list[Reading] = []
    if case.whole and len(frames) != len(case.parts):
        wrong.append(f"{len(frames)} questions {[frame.intent for frame in frames]}, expected {len(case.parts)}")
    for number, part in enumerate(case.parts):
        # of a message with several questions each stands in its place; a case with one may be any of those found
        among = frames if len(case.parts) == 1 and not case.whole else frames[number : number + 1]
        frame = next((one for one in among if one.intent in (part.intents or ())), among[0] if among else None)
        readings.append(_reading(part, frame.intent if frame else "", among[0].confidence if among else 0.0))
        if frame is not None:
            slots += compare_slots(frame, part.slots)
        else:
            slots += [SlotCount(slot, 0, 0, 1, f"{slot} is not there") for slot in part.slots]
    wrong += [one.problem for one in slots if one.problem]
    return Outcome(case.where, case.question, tuple(readings), ms, slots=tuple(slots), wrong=tuple(wrong))


def _answered(case: Case, answer: Answer, ms: float) -> Outcome:
    answers = answer.parts or [answer]
    readings = []
    for number, part in enumerate(case.parts):
        among = answers if len(case.parts) == 1 else answers[number : number + 1]
        chosen = next((one for one in among if one.intent in (part.intents or ())), among[0] if among else None)
        readings.append(_reading(part, (chosen.intent if chosen else None) or "", among[0].confidence if among else 0.0))
    checked = [(name, problems) for name, problems in checks(answer, case.answer)]
    evidence = None
    if case.evidence:
        found = {str(node["id"]) for one in answers for node in one.evidence.subgraph.get("nodes", ())}
        evidence = (len(found), len(case.evidence), len(found & case.evidence))
    return Outcome(
        case.where,
        case.question,
        tuple(readings),
        ms,
        checks=tuple((name, not problems) for name, problems in checked),
        evidence=evidence,
        wrong=tuple(problem for _, problems in checked for problem in problems),
    )


def _reading(part: Expected, intent: str, confidence: float) -> Reading:
    return Reading(part.intents, part.name, intent, confidence)
