"""Units, ordinals and amounts of money."""

from __future__ import annotations

import re

from spacy.language import Language
from spacy.tokens import Doc

from kg_service.parsing.reading import Reading
from kg_service.text.numbers import parse_number

__all__ = ["NAME"]

NAME = "kg_quantities"
_VERBS = frozenset({"RETURN", "REFUND", "EXCHANGE", "CANCEL", "KEEP"})
_LOOSE = frozenset({"FUNCTION", "PRONOUN", "ONLY", "WANT", "DE", "POSSIBLE", "BA", "YESNO", "ALSO"})
#: Between a number and the fault it counts.
_BESIDE_FAULT = frozenset({"PRONOUN", "DE", "ONLY"})
#: Between the mentions of one thing.
_OF_ONE = frozenset({"", " ", "的", "色的", "款"})
_EACH = "各"
#: Measures of anything.
_GENERIC = frozenset("个件样俩仨")
_THAT_ONE = re.compile(r"的?[那这](?:一)?(?:个|件|包|盒|袋|瓶|罐|箱|只|支|条|双|台|把|张|块|套|份|本|颗|枚|桶|提|床|串|斤)")
#: Concepts of words that name an order by its place; what follows is a value of the frame's ``order_step``.
_STEP = "STEP_"
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[零一二两三四五六七八九十百千万俩仨]+")


@Language.component(NAME)
def quantities(doc: Doc) -> Doc:
    """Sets ``quantity`` (units to return), ``ordinal`` and ``amount``, and the quantities of mentions."""
    reading = doc._.reading
    for i, token in enumerate(reading.tokens):
        if token.tag == "QUANTITY":
            _units(reading, i)
        elif token.tag == "REASON_QUALITY":
            _faulty_one(reading, i)
        elif token.tag == "ORDINAL":
            text = reading.text[token.start : token.end]
            reading.slots["ordinal"] = -1 if text[0] in "最倒" else _value(text)
        elif token.tag == "AMOUNT":
            found = _NUMBER.match(reading.text, token.start)
            value = parse_number(found[0]) if found else None
            if value is not None and (value * 100).denominator == 1:
                reading.slots.setdefault("amount", int(value * 100))
        elif token.tag in {"LAST_ORDER", "EARLIER_ORDER"}:
            reading.slots["ordinal"] = -1 if token.tag == "LAST_ORDER" else -2
            step = next((name for name in token.concepts if name.startswith(_STEP)), f"{_STEP}BEFORE")
            reading.slots["order_step"] = step.removeprefix(_STEP)
    return doc


def _value(text: str) -> int | None:
    found = _NUMBER.search(text)
    value = parse_number(found[0]) if found else None
    return int(value) if value is not None else None


def _units(reading: Reading, at: int) -> None:
    token = reading.tokens[at]
    text = reading.text[token.start : token.end]
    count = _value(text) if text not in {"俩", "仨"} else {"俩": 2, "仨": 3}[text]
    if not count:
        return
    if _faulty(reading, at):
        _of_faulty(reading, at, count)
        return
    goods = _near(reading, at, 1, frozenset({"GOODS"}), frozenset({"DE", "PRONOUN", "FUNCTION"}))
    verb = _near(reading, at, -1, _VERBS, _LOOSE)
    ahead = _near(reading, at, 1, _VERBS, _LOOSE)
    if verb is None and ahead is not None and _near(reading, ahead, 1, frozenset({"QUANTITY"}), _LOOSE) is not None:
        return  # 5个退4个: how many there are, and how many go back
    if goods is not None:
        _give(reading, goods, count, first=True)
        if verb is None:
            # 那两包龙井我想退
            verb = _near(reading, goods, 1, _VERBS, _LOOSE)
        if verb is not None and reading.tokens[verb].tag != "KEEP":
            reading.slots["quantity"] = count
        return
    if verb is None:
        verb = _near(reading, at, 1, _VERBS, _LOOSE)
    if verb is None:
        return
    if reading.tokens[verb].tag != "KEEP":
        reading.slots["quantity"] = count
    before = _near(reading, min(at, verb), -1, frozenset({"GOODS"}), _LOOSE)
    if before is not None and reading.tokens[verb].tag != "KEEP" and not _counts_things(reading, before, count, text):
        _give(reading, before, count)


def _faulty(reading: Reading, at: int) -> bool:
    """Whether a number counts the faulty ones: 坏了一包, 一包坏了, 坏的那一包; not a part of the goods (坏了一个按键)."""
    fault = frozenset({"REASON_QUALITY"})
    after = reading.tokens[at + 1].tag if at + 1 < len(reading.tokens) else ""
    if _near(reading, at, 1, fault, _BESIDE_FAULT) is not None:
        return True
    return _near(reading, at, -1, fault, _BESIDE_FAULT) is not None and after not in {"WORD", "GOODS"}


def _faulty_one(reading: Reading, at: int) -> None:
    """坏的那包: one unit, although no number says so."""
    rest = reading.text[reading.tokens[at].end :]
    if _THAT_ONE.match(rest) is not None:
        _of_faulty(reading, at, 1)


def _of_faulty(reading: Reading, at: int, count: int) -> None:
    """The units that are faulty go back, of the goods named before; how many there are was only said beside."""
    reading.slots["quantity"] = count
    goods = [i for i, token in enumerate(reading.tokens[:at]) if token.tag == "GOODS"]
    later = [i for i, token in enumerate(reading.tokens) if token.tag == "GOODS" and i > at]
    for i in goods[-1:] or later[:1]:
        _give(reading, i, count)


def _near(reading: Reading, at: int, step: int, wanted: frozenset[str], over: frozenset[str]) -> int | None:
    """The nearest token with one of the wanted tags, passing only over the given ones."""
    i = at + step
    while 0 <= i < len(reading.tokens):
        tag = reading.tokens[i].tag
        if tag in wanted:
            return i
        if tag not in over:
            return None
        i += step
    return None


def _give(reading: Reading, at: int, count: int, *, first: bool = False) -> None:
    """The units of goods named beside a number: of several named together the ``first``, else the last (炸锅和油纸退两包)."""
    for index in _things(reading, at)[0 if first else -1]:
        reading.mentions[index] = reading.mentions[index].model_copy(update={"quantity": count})


def _counts_things(reading: Reading, at: int, count: int, text: str) -> bool:
    """Whether a number behind several goods counts them (手机和耳机两件都退), or units of each (各两包)."""
    things = len(_things(reading, at))
    return things > 1 and ((count == things and text[-1] in _GENERIC) or _EACH in reading.text)


def _things(reading: Reading, at: int) -> list[list[int]]:
    """The mentions of a token by the thing they name: what qualifies goods (黑色的手机) is of the same."""
    things: list[list[int]] = []
    for index in reading.tokens[at].mentions:
        mention = reading.mentions[index]
        before = reading.mentions[things[-1][-1]] if things else None
        if before is not None and reading.text[before.end : mention.start] in _OF_ONE:
            things[-1].append(index)
        else:
            things.append([index])
    return things
