"""Splitting a message into its questions: 手机能退吗?耳机的优惠还在吗."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from kg_service.parsing.concepts import ConceptSpan
from kg_service.text.normalise import Normalised

__all__ = ["part", "split"]

_ASKING = frozenset(
    {
        "YESNO",
        "HOWMUCH",
        "HOW",
        "WHICH",
        "WHY",
        "WHEN",
        "STILL",
        "LOST",
        "DIFF",
        "AFFECT",
        "STATUS",
        "PERSON",
        "TRACK",
        "POSSIBLE",
    }
)
_LEANING = frozenset({"LACK", "EXPIRED", "HOWMUCH", "FUNCTION", "DE", "QUESTION", "YESNO", "WANT", "MONEY", "OFFER"})
_BUSINESS_FREE = frozenset({"FUNCTION", "DE", "QUESTION", "GREET", "THANK", "PRONOUN"})
_STRONG = re.compile(r"[.!?;\n]")
_WEAK = re.compile(r"[, ]")


def split(form: Normalised, concepts: Sequence[ConceptSpan]) -> list[tuple[int, int]]:
    """The stretches of a message that are questions of their own.

    A stretch ends where a question has been asked (a question word, then a stop or a final 吗, 呢) and another follows that
    asks something too; what does not ask belongs to the question beside it.
    """
    text = form.text
    pieces = _pieces(text, concepts)
    out: list[tuple[int, int]] = []
    for i, (start, end) in enumerate(pieces):
        asked = out and _asks(text, out[-1], concepts)
        last = i == len(pieces) - 1
        if out and not (
            asked
            and not _leans((start, end), concepts)
            and (_asks(text, (start, end), concepts) or (not last and _asks(text, (start, pieces[-1][1]), concepts)))
        ):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out or [(0, len(text))]


def _pieces(text: str, concepts: Sequence[ConceptSpan]) -> list[tuple[int, int]]:
    """Stretches between stops, and after a final particle that more text follows."""
    cuts = {match.end() for match in _STRONG.finditer(text) if not _decimal(text, match.start())}
    cuts |= {match.end() for match in _WEAK.finditer(text)}
    for span in concepts:
        if (
            text[span.end - 1] in "吗么嘛呢"
            and "YESNO" in span.concepts + ("YESNO",) * (text[span.end - 1] in "吗呢")
            and span.end < len(text)
        ) and text[span.end] not in ".!?;, \n啊吧呀的":
            cuts.add(span.end)
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(text)), len(text)]
    return [(a, b) for a, b in itertools.pairwise(edges) if text[a:b].strip(" ,.!?;\n")]


def _leans(piece: tuple[int, int], concepts: Sequence[ConceptSpan]) -> bool:
    """Whether a stretch only asks how much is missing (还差多少), or until when: it says nothing without the one before."""
    inside = [span for span in concepts if span.start >= piece[0] and span.end <= piece[1]]
    leaning = any({"LACK", "EXPIRED"} & set(span.concepts) for span in inside)
    return leaning and all(_LEANING & set(span.concepts) for span in inside)


def _decimal(text: str, at: int) -> bool:
    return text[at] == "." and 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()


def _asks(text: str, piece: tuple[int, int], concepts: Sequence[ConceptSpan]) -> bool:
    inside = [span for span in concepts if span.start >= piece[0] and span.end <= piece[1]]
    names = {name for span in inside for name in span.concepts}
    return bool(names & _ASKING) or "?" in text[piece[0] : piece[1]] or text[piece[0] : piece[1]].rstrip(" ,.?!").endswith("呢")


def part(form: Normalised, start: int, end: int) -> Normalised:
    """One stretch of a message as a message of its own."""
    while start < end and form.text[start] in " ,.;\n":
        start += 1
    return Normalised(form.original, form.text[start:end], form.offsets[start:end], form.script, form.too_long)
