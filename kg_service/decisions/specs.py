"""Which specification a customer means: "黑色的", "256G", "XL码" against the recorded keys and values of SKUs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeVar

from kg_service.parsing.frame import Frame
from kg_service.text.normalise import normalise

__all__ = ["Said", "fitting", "matches", "plain", "says_spec", "spec_words"]

#: What was said of a specification, and its key and value where they are known.
Said = tuple[str, str | None, str | None]
T = TypeVar("T")

_SUFFIX = re.compile(r"(色|款|码|号|版|的)+$")
_PARTS = re.compile(r"[a-z0-9.]+")
_CAPACITY = re.compile(r"^(\d+(?:\.\d+)?)(g|t|m|k)b?$")


#: Units as they are spoken, and as they are written after a number.
_SPOKEN_UNITS = {
    "毫米": "mm", "厘米": "cm", "公分": "cm", "米": "m", "毫升": "ml", "升": "l", "公斤": "kg", "千克": "kg", "克": "g",
}  # fmt: skip
_SPOKEN_UNIT = re.compile(rf"(?<=\d)({'|'.join(_SPOKEN_UNITS)})")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def plain(text: str) -> str:
    """A text in the form things are compared in: normalised, without blanks.

    Examples
    --------
    >>> plain("２５６ GB"), plain("雲白")
    ('256gb', '云白')
    """
    return normalise(text).text.replace(" ", "")


def _tokens(text: str) -> set[str]:
    """The runs of letters and digits of a value, capacities in their short form; signs between them separate (8GB+256GB)."""
    found = set()
    for part in _PARTS.findall(unicodedata.normalize("NFKC", text).casefold()):
        capacity = _CAPACITY.match(part)
        found.add(capacity.group(1) + capacity.group(2) if capacity else part)
    return found


def says_spec(said: str, value: str) -> bool:
    """Whether what the customer said means a specification value.

    Chinese words may be part of a longer name (黑 means 曜石黑); letters and numbers must agree as a whole (L is not XL).

    Examples
    --------
    >>> says_spec("黑色", "曜石黑"), says_spec("256g", "8GB+256GB"), says_spec("L码", "XL"), says_spec("加大", "大")
    (True, True, False, False)
    >>> says_spec("1.5米", "1.5m床"), says_spec("1.5的", "1.5m床"), says_spec("1.5", "11.5m")
    (True, True, False)
    """
    short, base = _base(said), _base(value)
    if not short or not base:
        return False
    if short == base:
        return True
    if short.isascii():
        wanted, there = _tokens(short), _tokens(_written(value))
        if _NUMBER.fullmatch(short):
            # a bare number is said of the measure that has it, whatever its unit
            return any(token == short or (token.startswith(short) and token[len(short) :].isalpha()) for token in there)
        return bool(wanted) and wanted <= there
    return short in base


def spec_words(frame: Frame) -> list[Said]:
    """The specifications a question names: what was said, and the key and value where the reference has them (``键=值``).

    What is said now comes before what was said in an earlier question.
    """
    found: list[Said] = []
    for mention in sorted(frame.mentions, key=lambda one: one.match == "CONTEXT"):
        refs = [ref for ref in mention.refs if ref.kind == "spec"]
        if not refs:
            continue
        if len(refs) == 1 and "=" in refs[0].id:
            key, _, value = refs[0].id.partition("=")
            found.append((mention.text, key, value))
        else:
            found.append((mention.text, None, None))
    return found


def matches(said: Said, spec: Mapping[str, str]) -> bool:
    """Whether a SKU's specification is what was said."""
    text, key, value = said
    if key is not None and value is not None and spec.get(key) == value:
        return True
    return any(says_spec(text, one) for one in spec.values())


def fitting(said: Said, items: Sequence[tuple[T, Mapping[str, str]]]) -> list[T]:
    """The items whose specification is what was said; where some have exactly that value, only those.

    Examples
    --------
    >>> fitting(("蓝色", None, None), [("A", {"颜色": "浅蓝"}), ("B", {"颜色": "蓝"})])
    ['B']
    >>> fitting(("黑色", None, None), [("A", {"颜色": "曜石黑"}), ("B", {"颜色": "蓝"})])
    ['A']
    """
    base = _base(said[0])
    exact = [item for item, spec in items if any(_base(value) == base for value in spec.values())]
    return exact or [item for item, spec in items if matches(said, spec)]


def _base(text: str) -> str:
    said = _written(plain(text))
    return _SUFFIX.sub("", said) or said


def _written(text: str) -> str:
    """Measures with their units as they are written: 1.5米 is 1.5m."""
    return _SPOKEN_UNIT.sub(lambda found: _SPOKEN_UNITS[found[1]], text)
