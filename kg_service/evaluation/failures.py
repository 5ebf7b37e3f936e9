"""Cases that were not as expected, as JSONL that can be looked through."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kg_service.evaluation.measures import Confidence, Outcome, is_right

__all__ = ["write_failures"]


def write_failures(outcomes: Sequence[Outcome], path: Path, confidence: Confidence | None) -> Path:
    """Write one line for each case that failed, the surest mistakes first; ``confidence`` says what a confident one is.

    Raises
    ------
    OSError
    """
    rows = sorted(_rows(outcomes, confidence), key=lambda row: -row["confidence"])
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def _rows(outcomes: Sequence[Outcome], confidence: Confidence | None) -> Iterator[dict[str, Any]]:
    harmless = confidence.harmless if confidence else ()
    for outcome in outcomes:
        wrong = [one for one in outcome.readings if one.expected is not None and not is_right(one, harmless)]
        short = outcome.evidence is not None and outcome.evidence[2] < outcome.evidence[1]
        if not (wrong or outcome.wrong or short):
            continue
        first = wrong[0] if wrong else outcome.readings[0]
        yield {
            "where": outcome.where,
            "question": outcome.question,
            "expected": list(first.expected) if first.expected is not None else None,
            "intent": first.intent,
            "confidence": first.confidence,
            "confident_wrong": any(
                confidence is not None and one.confidence >= confidence.accept and one.intent not in harmless for one in wrong
            ),
            "wrong": list(outcome.wrong),
            **({"evidence_lacking": outcome.evidence[1] - outcome.evidence[2]} if short and outcome.evidence else {}),
        }
