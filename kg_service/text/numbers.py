"""Numbers as customers write them: 一千二, 1.2k, 两百五, 3万, 半."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["NumberSpan", "find_numbers", "parse_number"]

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3, "幺": 1}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_LETTERS = {"k": 1000, "w": 10_000}
_HAN = "零〇一二三四五六七八九两俩仨幺十百千万亿"
_PATTERN = re.compile(rf"(\d+(?:\.\d+)?)([kw](?![a-z0-9])|[百千万亿])?|[{_HAN}]+")


@dataclass(frozen=True)
class NumberSpan:
    """A number in a text; ``value`` is exact."""

    start: int
    end: int
    value: Fraction


def parse_number(text: str) -> Fraction | None:
    """The exact value of a number, or None when it is none.

    A trailing digit after a unit counts in the next lower unit (一千二 is 1200), as people say it.

    Examples
    --------
    >>> [int(parse_number(t)) for t in ("一千二", "两百五", "1.2k", "三万", "十二", "一千零二", "二〇二六")]
    [1200, 250, 1200, 30000, 12, 1002, 2026]
    >>> parse_number("手机") is None
    True
    """
    match = _PATTERN.fullmatch(text)
    if not match:
        return None
    if match[1]:
        scale = _LETTERS.get(match[2] or "", 0) or _UNITS.get(match[2] or "", 1)
        return Fraction(match[1]) * scale
    if not any(char in _UNITS for char in text):
        if len(text) > 1 and any(char in "两俩仨" for char in text):
            return None
        return Fraction("".join(str(_DIGITS[char]) for char in text))
    return _with_units(text)


def _with_units(text: str) -> Fraction | None:
    total = section = 0
    digit: int | None = None
    last_unit = 0
    zero = False
    for char in text:
        if char in _DIGITS:
            if digit is not None and digit != 0:
                return None
            digit = _DIGITS[char]
            zero = zero or digit == 0
            continue
        unit = _UNITS[char]
        if unit >= 10_000:
            total = (total + section + (digit or 0)) * unit
            section = 0
        else:
            section += (1 if digit is None else digit) * unit
        digit, last_unit, zero = None, unit, False
    if digit:
        section += digit * (last_unit // 10 if last_unit > 10 and not zero else 1)
    return Fraction(total + section)


def find_numbers(text: str) -> list[NumberSpan]:
    """Every number of a text, left to right.

    Examples
    --------
    >>> [(text.start, text.end, int(text.value)) for text in find_numbers("退两件,省了一千二")]
    [(1, 2, 2), (6, 9, 1200)]
    """
    found = []
    for match in _PATTERN.finditer(text):
        value = parse_number(match[0])
        if value is not None:
            found.append(NumberSpan(match.start(), match.end(), value))
    return found
