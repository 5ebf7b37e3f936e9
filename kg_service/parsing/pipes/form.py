"""What kind of question it is, and which way round it is put."""

from __future__ import annotations

from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from kg_service.parsing.reading import Reading

__all__ = ["NAME"]

NAME = "kg_form"
_BETWEEN = frozenset({"FUNCTION", "DE", "ALSO", "BOTH", "AMOUNT", "WANT", "YESNO", "NUMBER", "POSSIBLE"})


@Language.component(NAME)
def form(doc: Doc) -> Doc:
    """Sets ``question_form`` and ``asks``."""
    reading: Reading = doc._.reading
    concepts = {name for token in reading.tokens for name in (*token.concepts, token.tag)}
    reading.slots["question_form"] = _form(concepts)
    asks = _asks(reading, concepts)
    if asks:
        reading.slots["asks"] = asks
    return doc


def _form(concepts: set[str]) -> str:
    if "HOWMUCH" in concepts and not concepts & {"STILL", "LOST"}:
        return "AMOUNT"
    if "YESNO" in concepts:
        return "YES_NO"
    for concept, name in (("HOWMUCH", "AMOUNT"), ("WHEN", "WHEN"), ("WHICH", "WHICH"), ("HOW", "HOW"), ("WHY", "HOW")):
        if concept in concepts:
            return name
    if concepts & {"STILL", "LOST", "POSSIBLE", "IMPOSSIBLE", "AFFECT", "DIFF"}:
        return "YES_NO"
    if concepts & {"QUESTION"}:
        return "WHAT"
    return "STATEMENT"


def _asks(reading: Reading, concepts: set[str]) -> str | None:
    if "STILL" not in concepts and "LOST" not in concepts and concepts & {"YESNO", "QUESTION"} and _taken_back(reading):
        return "LOST"
    if concepts & {"STILL", "LOST", "AFFECT", "DIFF"} or (concepts & {"OFFER", "COUPON", "PROMO"} and "CANCEL" in concepts):
        lost = _last(reading, {"LOST", "AFFECT", "DIFF"})
        still = _last(reading, {"STILL"})
        if concepts & {"OFFER", "COUPON", "PROMO"} and lost < 0 and still < 0:
            lost = _last(reading, {"CANCEL"})
        if still >= 0 and lost >= 0:
            # "还在吗,会不会没了": as first put; "还在还是没了" asks whether it is kept
            return "KEPT" if still < lost else "LOST"
        if still >= 0:
            return "LOST" if _denied(reading, still) else "KEPT"
        if lost >= 0:
            return "KEPT" if _denied(reading, lost) else "LOST"
    if "RETURN" in concepts or "EXCHANGE" in concepts or "CANCEL" in concepts:
        if "IMPOSSIBLE" in concepts and not _either_way(reading):
            return "IMPOSSIBLE"
        if concepts & {"POSSIBLE", "YESNO"}:
            return "POSSIBLE"
    return None


def _either_way(reading: Reading) -> bool:
    """``能退不能``: the denial only offers the other answer."""
    tags = [token.tag for token in reading.tokens if token.tag not in {"PUNCT", "QUESTION", "FUNCTION"}]
    return len(tags) > 1 and tags[-1] == "IMPOSSIBLE" and any("POSSIBLE" in token.concepts for token in reading.tokens[:-1])


def _taken_back(reading: Reading) -> bool:
    """``把…优惠也退掉``, ``优惠的钱要还回去吗``: what goes back is the offer itself."""
    tags = [token.tag for token in reading.tokens if token.tag not in _BETWEEN]
    return any(first in {"OFFER", "PROMO"} and second in {"RETURN", "REFUND"} for first, second in pairwise(tags))


def _last(reading: Reading, wanted: set[str]) -> int:
    return next((i for i, token in enumerate(reading.tokens) if token.tag in wanted or wanted & set(token.concepts)), -1)


def _denied(reading: Reading, at: int) -> bool:
    if "NEG" in reading.tokens[at].concepts:
        return True
    before = [token for token in reading.tokens[:at] if token.tag not in {"FUNCTION", "WANT"}]
    return bool(before) and before[-1].tag in {"NEG", "IMPOSSIBLE"}
