"""Figures in a question: times, quantities, ordinals, amounts of money."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg_service.text.times import find_times

__all__ = ["Figure", "figures"]

_MEASURES = (
    "包杯壶盘串筒卷册个件台部双条副套只瓶盒箱支样份张本袋罐桶片顶枚把床辆盏枝束粒提听对饼砖坨沱捆捧扎扇尾匹幅尊锭丸帖摞盆株棵颗"
)
_QUANTITY = re.compile(
    rf"((?<![第\d.a-z])\d{{1,4}}|(?<![第.])[一二两三四五六七八九十俩]{{1,3}})([{_MEASURES}]|口(?![气价子之味碑红袋]))(?![月半])|(?<![a-z])[俩仨]"
)
_ORDINAL = re.compile(
    r"第(\d{1,2}|[一二两三四五六七八九十]{1,2})[个件台部双条副套只瓶盒单笔项种款样份张]?|最后(?:一)?[个件单]|倒数第一[个件单]"
)
_AMOUNT = re.compile(
    r"(?:(?<=[减省惠宜扣补的那付花])|(?<=便宜了)|(?<=[退返还拿](?=\d{3}))|(?<=[退返还]我(?=\d{3}))|(?<=[退返还]给我(?=\d{3}))|(?<=退款(?=\d{3})))(\d{1,6}(?:\.\d{1,2})?)(?![\d个件天台部双%折年月日号gmtkw寸小])|(\d{1,7}(?:\.\d{1,2})?|[一二两三四五六七八九]?[一二两三四五六七八九十百千万零]+)(?:元|块钱|块(?!儿)|rmb)"
)


@dataclass(frozen=True)
class Figure:
    """A figure and its tag: TIME, OFFER (满300减40), ORDINAL, AMOUNT, DURATION, QUANTITY or NUMBER."""

    start: int
    end: int
    tag: str


#: How long something took or lasts: 十天, 一个多礼拜, 两年半. What days it names in the calendar is a TIME.
_DURATION = re.compile(
    r"(?:\d{1,4}|[一二两三四五六七八九十百]{1,3}|半)(?:来|多|几)?个?(?:半|多)?"
    r"(?:天|周|星期|礼拜|月(?![饼子嫂光牙季])|年(?![货糕级龄轻])|小时|钟头|分钟)(?:多|左右|半)?"
)
_NUMBER = re.compile(r"[零一二两三四五六七八九十百千万]{2,}|[一二两三四五六七八九]百")
_OFFER = re.compile(r"每?满\d+(?:\.\d+)?[元件]?(?:立?减|送|返|打|享|赠)\d+(?:\.\d+)?[元折]?")
_PATTERNS = (
    *(("OFFER", _OFFER), ("ORDINAL", _ORDINAL), ("AMOUNT", _AMOUNT), ("DURATION", _DURATION)),
    *(("QUANTITY", _QUANTITY), ("NUMBER", _NUMBER)),
)


def figures(text: str, now: int | None) -> list[Figure]:
    """The figures of a normalised text; where two overlap the one of the earlier kind.

    Parameters
    ----------
    now : int or None
        Epoch ms; without it no times are found.

    Examples
    --------
    >>> [(f.tag, "退两件,便宜的那200"[f.start : f.end]) for f in figures("退两件,便宜的那200", None)]
    [('QUANTITY', '两件'), ('AMOUNT', '200')]
    """
    found = [Figure(span.start, span.end, "TIME") for span in find_times(text, now)] if now is not None else []
    for tag, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not any(match.start() < other.end and match.end() > other.start for other in found):
                found.append(Figure(match.start(), match.end(), tag))
    return sorted(found, key=lambda figure: figure.start)
