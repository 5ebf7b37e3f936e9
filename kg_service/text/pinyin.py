"""Sound: the toneless pinyin of characters and names."""

from __future__ import annotations

from functools import lru_cache

from kg_service.text.normalise import is_han

__all__ = ["sound", "syllable"]


@lru_cache(maxsize=30_000)
def syllable(char: str) -> str:
    """The commonest toneless reading of a Chinese character; the character itself otherwise.

    Examples
    --------
    >>> syllable("机"), syllable("几"), syllable("x")
    ('ji', 'ji', 'x')
    """
    if not is_han(char):
        return char
    from pypinyin.constants import PINYIN_DICT  # costs 0.3 s: only where sound is asked for

    readings = PINYIN_DICT.get(ord(char), "")
    return _toneless(readings.split(",")[0]) if readings else char


_TONES = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeooooiiiiuuuuvvvvvnnnm")


def _toneless(reading: str) -> str:
    return reading.translate(_TONES).replace("\u0304", "").replace("\u0300", "")


def sound(text: str) -> tuple[str, ...]:
    """The syllables of a text.

    Examples
    --------
    >>> sound("耳机") == sound("耳几")
    True
    """
    return tuple(syllable(char) for char in text)
