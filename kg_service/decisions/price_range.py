"""The price range a customer names: 两千以内, 500到800, 三四百, 1.2k左右."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from kg_service.text.numbers import parse_number

__all__ = ["PriceRange", "price_range"]


@dataclass(frozen=True)
class PriceRange:
    """A range of prices, 分, both ends inclusive; ``None`` is no bound. ``start`` and ``end`` are its place in the text."""

    low: int | None
    high: int | None
    start: int
    end: int


_HAN = "零〇一二三四五六七八九两十百千万"
_NUM = rf"(?:\d+(?:\.\d+)?(?:[kw](?![a-z])|[百千万])?|[{_HAN}]+)"
#: What makes a number a sum of money, and what makes it something else (毫安, 寸, 个月).
_YUAN = r"(?:块钱|元钱|块|元|rmb|软妹币|大洋)"
_OTHER = r"(?![0-9.a-z%毫安英寸公厘米升克斤码岁瓦小时分天周个月年人件台部双条只瓶包片支页层级代折度])"
_BEFORE = r"(?:价格|价位|价钱|预算|预计|售价|大概|大约|差不多|在|是|为|就|只有|有|:|的| )*"
_AROUND = r"(?:左右|上下|前后|附近|出头|差不多|这个价|价位|档位?|的?样子)"
_UP_TO = r"(?:以内|以下|之内|之下|以里|往下|封顶|不到|内|打住)"
_FROM = r"(?:以上|之上|往上|起步|朝上|开外)"
_TO = r"(?:到|至|-|~|、|或者?|和)"
#: How far "左右" reaches on either side: a reading, said in the answer by its figures.
_NEAR = Fraction(1, 5)

_RANGE = re.compile(rf"(?P<low>{_NUM}){_YUAN}?{_TO}(?P<high>{_NUM})(?P<unit>{_YUAN})?{_OTHER}")
_DIGITS = re.compile(
    rf"(?P<low>[一二两三四五六七八])(?P<high>[二三四五六七八九])(?P<unit>[十百千万])(?:多|来)?{_YUAN}?(?!以内|以下|以上){_OTHER}"
)
_AT_MOST = re.compile(
    rf"(?:不超过|不高于|不要超过|别超过|低于|少于|小于|最多|顶多|至多|不大于|控制在){_BEFORE}(?P<high>{_NUM}){_YUAN}?{_OTHER}"
    rf"|(?P<high2>{_NUM})(?:多|来)?{_YUAN}?{_UP_TO}"
    rf"|不到(?P<high3>{_NUM}){_YUAN}?{_OTHER}"
)
_AT_LEAST = re.compile(
    rf"(?:高于|超过|不低于|不少于|至少|起码|大于|不小于){_BEFORE}(?P<low>{_NUM}){_YUAN}?{_OTHER}"
    rf"|(?P<low2>{_NUM}){_YUAN}?{_FROM}"
)
_ABOUT = re.compile(
    rf"(?P<about>{_NUM}){_YUAN}?{_AROUND}|(?:大概|大约|差不多){_BEFORE}(?P<about2>{_NUM}){_YUAN}|(?P<about3>{_NUM}){_YUAN}(?=的|价)"
)
_MORE = re.compile(rf"(?P<more>[{_HAN}]*[百千万]|\d+(?:00|[百千万k]))(?:多|来){_YUAN}?{_OTHER}")
_CLASS = re.compile(r"(?P<class>[百千万])元(?=机|级|档|款|的)")
_BUDGET = re.compile(rf"(?:预算|手里|手头|就|只有?){_BEFORE}(?P<high>{_NUM}){_YUAN}?{_OTHER}")


def price_range(text: str) -> PriceRange | None:
    """The price range in a (normalised) text, ``None`` where it names none.

    Examples
    --------
    >>> def said(text):
    ...     found = price_range(text)
    ...     return found and tuple(end and end // 100 for end in (found.low, found.high))
    >>> said("两千以内的手机"), said("500到800的耳机"), said("1.2k左右"), said("三四百的鞋")
    ((None, 2000), (500, 800), (960, 1440), (300, 400))
    >>> said("一到两千的"), said("预算三千"), said("千元机"), said("3000以上"), said("两千多的手机")
    ((1000, 2000), (None, 3000), (1000, 1999), (3000, None), (2000, 2999))
    >>> said("5000毫安以上的"), said("6寸以上的手机")
    (None, None)
    """
    for read in (_ranged, _two_digits, _bounded, _near, _budget):
        found = read(text)
        if found is not None:
            return found
    return None


def _fen(said: str | None) -> int | None:
    value = parse_number(said) if said else None
    return None if value is None or value <= 0 else int(value * 100)


def _ranged(text: str) -> PriceRange | None:
    for match in _RANGE.finditer(text):
        low, high = _fen(match["low"]), _fen(match["high"])
        if low is None or high is None:
            continue
        # 一到两千: the unit of the second is meant for both
        unit = re.search(r"[百千万kw]$", match["high"])
        if unit and low < 1000 and (scaled := _fen(match["low"] + unit[0])) is not None and scaled < high:
            low = scaled
        plausible = match["unit"] or high >= 5000
        if low < high and plausible:
            return PriceRange(low, high, *match.span())
    return None


def _two_digits(text: str) -> PriceRange | None:
    match = _DIGITS.search(text)
    if match is None:
        return None
    low, high = _fen(match["low"] + match["unit"]), _fen(match["high"] + match["unit"])
    if low is None or high is None or low >= high:
        return None
    return PriceRange(low, high, *match.span())


def _bounded(text: str) -> PriceRange | None:
    most, least = _AT_MOST.search(text), _AT_LEAST.search(text)
    # 不低于, 不超过 hold the words of the opposite bound
    if least and most and least.start() < most.end() and most.start() < least.end():
        most, least = (most, None) if most.start() <= least.start() else (None, least)
    high = _fen(most["high"] or most["high2"] or most["high3"]) if most else None
    low = _fen(least["low"] or least["low2"]) if least else None
    if high is None and low is None:
        return None
    places = [match.span() for match in (most, least) if match]
    return PriceRange(low, high, min(start for start, _ in places), max(end for _, end in places))


def _near(text: str) -> PriceRange | None:
    match = _MORE.search(text)
    if match is not None and (low := _fen(match["more"])) is not None:
        unit = 10 ** (len(str(low)) - 1)
        return PriceRange(low, (low // unit + 1) * unit - 100, *match.span())
    match = _CLASS.search(text)
    if match is not None and (low := _fen(match["class"])) is not None:
        return PriceRange(low, 2 * low - 100, *match.span())
    match = _ABOUT.search(text)
    if match is None:
        return None
    about = _fen(match["about"] or match["about2"] or match["about3"])
    if about is None:
        return None
    return PriceRange(int(about * (1 - _NEAR)), int(about * (1 + _NEAR)), *match.span())


def _budget(text: str) -> PriceRange | None:
    match = _BUDGET.search(text)
    high = _fen(match["high"]) if match else None
    return PriceRange(None, high, *match.span()) if match and high is not None and high >= 1000 else None
