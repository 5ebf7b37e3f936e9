"""The figures customers call a promotion by: 满300减40, 满2件打8折, 第二件半价, 买二送一."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kg_service.text.normalise import normalise
from kg_service.text.numbers import parse_number

__all__ = ["Figures", "figures_in", "parts_in"]


@dataclass(frozen=True)
class Figures:
    """The figures a question calls a promotion by: 满300减40, 满2件打8折, 第2件5折, 买2送1."""

    text: str
    value: Decimal
    off: Decimal | None = None
    percent: Decimal | None = None
    free: int | None = None


#: Bounded, as two of them side by side would otherwise be tried at every border.
_N = r"(\d{1,8}(?:\.\d{1,2})?|[零一二两三四五六七八九十百千万]{1,10})"
_UNIT = "(?:元|块|件|双|个|瓶|包|盒|袋|支|条|片|套|份|罐|只)"
_OFF = re.compile(rf"满{_N}(?:元|块钱?)?(?:就|立|可)?减{_N}")
#: Without a word between them two numbers are one: 88折 is no 8 and 8折.
_PERCENT = re.compile(rf"(?:(?:满|第){_N}{_UNIT}?(?:打|享)?|{_N}(?:{_UNIT}(?:打|享)?|打|享)){_N}折")
_HALF = re.compile(rf"第{_N}{_UNIT}?半价")
_FREE = re.compile(rf"买{_N}{_UNIT}?(?:送|赠|免){_N}")

#: Without any of these, in either script, a text has no figures of a promotion.
_MAYBE = re.compile("[满滿折半买買]")
_REACHED = re.compile(rf"满{_N}(?![折件双个瓶包盒袋支条片套份罐只\d])")
_TAKEN = re.compile(rf"(?:减|抵|优惠|便宜){_N}(?![折\d])")


def figures_in(text: str) -> list[Figures]:
    """The figures of promotions in a text.

    Examples
    --------
    >>> [(one.text, one.value, one.off or one.percent) for one in figures_in("满三百减40和第二件半价能叠加吗")]
    [('满三百减40', Decimal('300'), Decimal('40')), ('第二件半价', Decimal('2'), Decimal('50'))]
    >>> [(one.text, one.percent) for one in figures_in("满500打9折, 3件85折")]
    [('满500打9折', Decimal('90')), ('3件85折', Decimal('85'))]
    >>> figures_in("会员88折")
    []
    """
    if _MAYBE.search(text) is None:
        return []
    said = normalise(text).text.replace(" ", "")
    found: list[tuple[int, Figures]] = []
    for match in _OFF.finditer(said):
        found.append((match.start(), Figures(match[0], _number(match[1]), off=_number(match[2]))))
    for match in _PERCENT.finditer(said):
        fold = _number(match[3])
        found.append(
            (match.start(), Figures(match[0], _number(match[1] or match[2]), percent=fold * 10 if fold < 10 else fold))
        )
    for match in _HALF.finditer(said):
        found.append((match.start(), Figures(match[0], _number(match[1]), percent=Decimal(50))))
    for match in _FREE.finditer(said):
        found.append((match.start(), Figures(match[0], _number(match[1]), free=int(_number(match[2])))))
    return [one for _, one in sorted(found, key=lambda item: item[0])]


def parts_in(text: str) -> tuple[frozenset[Decimal], frozenset[Decimal]]:
    """The thresholds and the money off that a text names apart from each other (够满399吗, 减60的那个).

    Examples
    --------
    >>> [sorted(map(str, part)) for part in parts_in("够满399吗, 减60的那个")]
    [['399'], ['60']]
    """
    said = normalise(text).text.replace(" ", "")
    reached, taken = (frozenset(_number(one[1]) for one in part.finditer(said)) for part in (_REACHED, _TAKEN))
    return reached, taken


def _number(text: str) -> Decimal:
    value = parse_number(text)
    return Decimal(0) if value is None else Decimal(value.numerator) / Decimal(value.denominator)
