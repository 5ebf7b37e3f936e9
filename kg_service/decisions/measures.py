"""What a customer says of their body: "身高175 体重140斤" in the units of size charts."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

__all__ = ["measures_said"]

_NUMBER = r"(\d{1,3}(?:\.\d+)?)"
_BETWEEN = r"(?:是|为|有|差不多|大概|:|大约| )*"


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
    ("height_cm", re.compile(rf"(?:身高|高){_BETWEEN}(1\.\d+)(?:米|m)?"), _hundredfold),
    ("height_cm", re.compile(rf"(?:身高|高){_BETWEEN}{_NUMBER}"), _same),
    ("height_cm", re.compile(r"(1\.\d+)(?:米|m)"), _hundredfold),
    ("height_cm", re.compile(r"(1[3-9]\d|2[01]\d)(?:cm|厘米|公分)"), _same),
    ("weight_kg", re.compile(rf"(?:体重|重){_BETWEEN}{_NUMBER}斤"), _half),
    ("weight_kg", re.compile(rf"(?:体重|重){_BETWEEN}{_NUMBER}"), _same),
    ("weight_kg", re.compile(rf"{_NUMBER}(?:kg|公斤|千克)"), _same),
    ("weight_kg", re.compile(rf"{_NUMBER}斤"), _half),
    ("foot_mm", re.compile(rf"脚长?{_BETWEEN}(2\d{{2}})(?:mm|毫米)?"), _same),
    ("foot_mm", re.compile(rf"脚长?{_BETWEEN}(\d{{2}}(?:\.\d+)?)(?:cm|厘米|公分)?"), _tenfold),
    ("waist_cm", re.compile(rf"腰围?{_BETWEEN}{_NUMBER}(?!尺)"), _same),
    ("chest_cm", re.compile(rf"胸围?{_BETWEEN}{_NUMBER}(?!尺)"), _same),
]
_METRES = re.compile(r"(?<!\d)(1)米(\d{1,2})(?!\d)")


def measures_said(text: str) -> dict[str, Decimal]:
    """The measures in a (normalised) text, by the name size charts give them.

    Examples
    --------
    >>> {key: str(value) for key, value in measures_said("我身高175 体重140斤").items()}
    {'height_cm': '175', 'weight_kg': '70'}
    >>> {key: str(value) for key, value in measures_said("1米68, 55kg, 脚长25.5cm").items()}
    {'height_cm': '168', 'weight_kg': '55', 'foot_mm': '255.0'}
    """
    plain = _METRES.sub(lambda match: f"身高{match[1]}{match[2]:0<2}", text.replace("身高1米", "1米"))
    found: dict[str, Decimal] = {}
    for measure, pattern, convert in _SAID:
        match = pattern.search(plain)
        if match and measure not in found:
            found[measure] = convert(Decimal(match[1]))
    return found
