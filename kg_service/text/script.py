"""Traditional and simplified script, by OpenCC."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import opencc

__all__ = ["Script", "script_of", "to_simplified", "to_traditional"]

Script = Literal["simplified", "traditional"]


@cache
def _converter(config: str) -> Any:
    return opencc.OpenCC(config)


def to_simplified(text: str) -> str:
    """The text in simplified script, character for character (the length never changes).

    Examples
    --------
    >>> to_simplified("退了手機,優惠還在嗎")
    '退了手机,优惠还在吗'
    """
    if text.isascii():
        return text
    whole: str = _converter("t2s").convert(text)
    if len(whole) == len(text):
        return whole
    return "".join(_one(char) for char in text)


def to_traditional(text: str) -> str:
    """The text in traditional script, by phrase where a character has several forms.

    Examples
    --------
    >>> to_traditional("耳机的优惠还在吗")
    '耳機的優惠還在嗎'
    """
    converted: str = _converter("s2t").convert(text)
    return converted


def _one(char: str) -> str:
    converted: str = _converter("t2s").convert(char)
    return converted if len(converted) == 1 else char


@cache
def _only_simplified(char: str) -> bool:
    return bool(_converter("s2t").convert(char) != char)


def script_of(original: str, simplified: str) -> Script:
    """Which script a question is written in.

    Parameters
    ----------
    original, simplified : str
        The text before and after :func:`to_simplified`; of equal length.

    Returns
    -------
    {"simplified", "traditional"}
        Traditional when more characters have only their traditional form than only their simplified one: a single
        character such as 著 in a simplified text does not decide.
    """
    traditional = sum(a != b for a, b in zip(original, simplified, strict=True))
    if not traditional:
        return "simplified"
    plain = sum(a == b and _only_simplified(a) for a, b in zip(original, simplified, strict=True))
    return "traditional" if traditional > plain else "simplified"
