"""What a customer says of their body: "身高175 体重140斤" in the units of size charts."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from kg_service.text.numbers import parse_number

__all__ = ["measures_said"]

_NUMBER = r"(\d{1,3}(?:\.\d+)?)"
_BETWEEN = r"(?:是|为|有|差不多|大概|:|大约| |在|才|只有|只)*"
_CM = r"(?:cm|厘米|公分)"


def _same(value: Decimal) -> Decimal:
    return value


def _half(value: Decimal) -> Decimal:
    return value / 2


def _tenfold(value: Decimal) -> Decimal:
    return value * 10


def _hundredfold(value: Decimal) -> Decimal:
    return value * 100


#: measure, pattern, from the figure said to the chart's unit; the first that fits a measure counts.
_SAID: list[tuple[str, re.Pattern[str], Callable[[Decimal], Decimal]]] = [
    ("height_cm", re.compile(rf"(?:身高|身长|个子|高){_BETWEEN}(1\.\d+)(?:米|m)?"), _hundredfold),
    ("height_cm", re.compile(rf"(?:身高|身长|个子|高){_BETWEEN}(\d{{2,3}}(?:\.\d+)?)(?!斤|公斤|kg|元|块)"), _same),
    ("height_cm", re.compile(r"(1\.\d+)(?:米|m)"), _hundredfold),
    ("height_cm", re.compile(rf"(1[3-9]\d|2[01]\d){_CM}"), _same),
    ("height_cm", re.compile(rf"(1[3-9]\d|2[01]\d){_CM}?的?(?:身高|个子|个头|高)"), _same),
    ("height_cm", re.compile(rf"(?:宝宝|孩子|娃|儿子|女儿|小孩){_BETWEEN}(\d{{2,3}}){_CM}"), _same),
    ("weight_kg", re.compile(rf"(?:体重|重){_BETWEEN}{_NUMBER}(?:市)?斤"), _half),
    ("weight_kg", re.compile(rf"(?:体重|重){_BETWEEN}(\d{{2,3}}(?:\.\d+)?)(?:kg|公斤|千克)"), _same),
    ("weight_kg", re.compile(rf"{_NUMBER}(?:kg|公斤|千克)"), _same),
    ("weight_kg", re.compile(rf"{_NUMBER}(?:市)?斤"), _half),
    ("foot_mm", re.compile(rf"脚长?{_BETWEEN}(2\d{{2}})(?:mm|毫米)?"), _same),
    ("foot_mm", re.compile(rf"脚长?{_BETWEEN}(\d{{2}}(?:\.\d+)?){_CM}?"), _tenfold),
    ("foot_mm", re.compile(r"(2\d{2})(?:mm|毫米)"), _same),
    ("foot_mm", re.compile(rf"(2\d(?:\.\d+)?){_CM}的?(?:长的)?脚"), _tenfold),
    ("foot_mm", re.compile(r"(2[1-9]\d)的?脚"), _same),
    ("foot_mm", re.compile(r"(?<!\d)(2\d(?:\.\d+)?)的?脚"), _tenfold),
    # a bare figure that can be nothing else: 我164穿什么码
    ("height_cm", re.compile(r"(?<![\d.a-z/])(1[4-9]\d|20\d)(?![\d./a-z%]|斤|市斤|公斤|千克|克|元|块|码|号|毫|件)"), _same),
    ("waist_cm", re.compile(rf"腰围?{_BETWEEN}{_NUMBER}(?![\d尺])"), _same),
    ("chest_cm", re.compile(rf"胸围?{_BETWEEN}{_NUMBER}(?![\d尺])"), _same),
    ("hip_cm", re.compile(rf"臀围?{_BETWEEN}{_NUMBER}(?![\d尺])"), _same),
    ("shoulder_cm", re.compile(rf"肩宽?{_BETWEEN}{_NUMBER}(?![\d尺])"), _same),
]
#: A weight without a unit says which it is only by its name, or beside a height where no other unit is likely.
_BARE_WEIGHT = re.compile(rf"(?:体重|重){_BETWEEN}(\d{{2,3}}(?:\.\d+)?)(?![\d.]|斤|市斤|kg|公斤|千克|克)")
_PAIR = re.compile(
    r"(?<![\d.])(1[4-9]\d|20\d)(?:cm|厘米|公分)?[/,、 +-]{1,2}(\d{2,3})(?:(公斤|kg|千克)|(斤))?(?![\d.]|码|元|块|件|cm|厘米)"
)
_SURELY_KG, _SURELY_JIN = Decimal(75), Decimal(110)
_METRES = re.compile(r"(?<!\d)([12])(?:米|m)(\d{1,2})(?!\d)")
_FEET = re.compile(r"(腰|胸|臀)围?(?:是|有|大概|为|:| )*(\d)尺(\d)?|(\d)尺(\d)?的?(腰|胸|臀)")
_GIRTHS = {"腰": "waist_cm", "胸": "chest_cm", "臀": "hip_cm"}
_HAN_FEET = re.compile(r"([一二两三四五])尺([一二三四五六七八九])?")
_HAN_METRES = re.compile(r"([一二两])米([零一二三四五六七八九]{1,2}|\d{1,2})")
_HAN = re.compile(
    r"(?P<before>身高|体重|重|脚长?|腰围?|胸围?|臀围?|肩宽?)?(?:是|有|大概|差不多| )*"
    r"(?P<number>[一二两三四五六七八九][零一二三四五六七八九十百]*)"
    r"(?P<after>市?斤|公斤|千克|kg|厘米|公分|cm|毫米|尺)?"
)


def measures_said(text: str) -> dict[str, Decimal]:
    """The measures in a (normalised) text, by the name size charts give them.

    Examples
    --------
    >>> def said(text):
    ...     return {key: str(value) for key, value in measures_said(text).items()}
    >>> said("我身高175 体重140斤")
    {'height_cm': '175', 'weight_kg': '70'}
    >>> said("一米六98斤")
    {'height_cm': '160', 'weight_kg': '49'}
    >>> said("我164穿什么码"), said("265的脚")
    ({'height_cm': '164'}, {'foot_mm': '265'})
    >>> said("1米68, 55kg, 脚长25.5cm")
    {'height_cm': '168', 'weight_kg': '55', 'foot_mm': '255.0'}
    >>> said("175/70公斤"), said("一米六五,一百一十斤"), said("腰围2尺4")
    ({'height_cm': '175', 'weight_kg': '70'}, {'height_cm': '165', 'weight_kg': '55'}, {'waist_cm': '80.0'})
    """
    plain = _in_digits(text)
    plain = _METRES.sub(
        lambda match: f"身高{match[1]}{match[2]:0<2} ", plain.replace("身高1米", "1米").replace("身高2米", "2米")
    )
    found: dict[str, Decimal] = {}
    pair = _PAIR.search(plain)
    if pair is not None:
        found["height_cm"] = Decimal(pair[1])
        weight = _weight(Decimal(pair[2]), kg=bool(pair[3]), jin=bool(pair[4]))
        found |= {"weight_kg": weight} if weight is not None else {}
    for match in _FEET.finditer(plain):
        girth, feet, tenths = (match[1], match[2], match[3]) if match[1] else (match[6], match[4], match[5])
        # 3 尺 are one metre
        value = Decimal(int(feet) * 10 + int(tenths or 0)) * 10 / 3
        found.setdefault(_GIRTHS[girth], value.quantize(Decimal("0.1"), ROUND_HALF_UP))
    for measure, pattern, convert in _SAID:
        match_said = pattern.search(plain)
        if match_said and measure not in found:
            found[measure] = convert(Decimal(match_said[1]))
    bare = _BARE_WEIGHT.search(plain)
    if bare is not None and "weight_kg" not in found:
        weight = _weight(Decimal(bare[1]))
        found |= {"weight_kg": weight} if weight is not None else {}
    return {name: found[name] for name in sorted(found, key=_order)}


def _order(measure: str) -> int:
    names = [name for name, _, _ in _SAID]
    return names.index(measure)


def _weight(value: Decimal, *, kg: bool = False, jin: bool = False) -> Decimal | None:
    """A weight in kg; ``None`` where its unit is not said and either is likely."""
    if kg or (not jin and value <= _SURELY_KG):
        return value
    return value / 2 if jin or value >= _SURELY_JIN else None


def _in_digits(text: str) -> str:
    """Numbers in words that stand beside a measure or a unit, in digits."""

    def metres(match: re.Match[str]) -> str:
        whole = {"一": "1", "二": "2", "两": "2"}[match[1]]
        rest = "".join(str("零一二三四五六七八九".index(char)) if not char.isdigit() else char for char in match[2])
        # 一米六98斤: the height ends where the figures begin
        return f"{whole}米{rest}" + ("" if match[2][-1].isdigit() else " ")

    def number(match: re.Match[str]) -> str:
        value = parse_number(match["number"])
        if value is None or not (match["before"] or match["after"]):
            return match[0]
        return match[0].replace(match["number"], str(int(value)), 1)

    def feet(match: re.Match[str]) -> str:
        return f"{parse_number(match[1])}尺{parse_number(match[2]) if match[2] else ''}"

    return _HAN.sub(number, _HAN_METRES.sub(metres, _HAN_FEET.sub(feet, text)))
