"""Which words the Chinese language has: the dictionary that comes with jieba, read without starting jieba itself.

jieba needs one to four seconds before its first word; a question that needs the dictionary (something in it is left over)
must not wait for that. Reading the words alone takes a fraction, and :func:`load` does it beside other work.
"""

from __future__ import annotations

import math
import re
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from kg_service.errors import ResourceError

__all__ = ["cut", "is_word", "load", "may_be_noun", "may_be_person"]

#: A line of the dictionary: the word, how often it was seen (more than 20 times: rarer ones are not relied on), its kind.
_LINE = re.compile(r"^(\S{1,8}) (2[1-9]|[3-9]\d|\d{3,}) (\S+)", re.MULTILINE)
#: Kinds of words that name nothing: adjectives, adverbs, conjunctions, prepositions, pronouns, particles, interjections.
_NAMELESS = ("a", "ad", "b", "c", "d", "e", "o", "p", "r", "u", "y", "z")
_LONGEST = 8
_LOCK = threading.Lock()


def load() -> None:
    """Read the dictionary in a thread, so that whoever needs it first does not wait for all of it."""
    threading.Thread(target=_words, name="kg-words", daemon=True).start()


def is_word(text: str) -> bool:
    """Whether the dictionary has a word that is not rare.

    Examples
    --------
    >>> is_word("收集"), is_word("忧惠")
    (True, False)
    """
    return text in _words()


def may_be_noun(text: str) -> bool:
    """Whether a word can be the name of something: one that the dictionary does not have can, an adverb cannot.

    Examples
    --------
    >>> may_be_noun("榨汁机"), may_be_noun("具体"), may_be_noun("竟然")
    (True, False, False)
    """
    _words()
    return text not in _nameless()


def may_be_person(text: str) -> bool:
    """Whether a word can be somebody's name: one that the dictionary has as a name, or does not have.

    Examples
    --------
    >>> may_be_person("周贝贝"), may_be_person("马上"), may_be_person("小米")
    (True, False, False)
    """
    return text not in _words() or text in _people()


def cut(text: str) -> list[str]:
    """The words a stretch of Chinese most likely is made of (the likeliest path through the dictionary).

    Examples
    --------
    >>> cut("工作人员觉得太阳很大")
    ['工作人员', '觉得', '太阳', '很大']
    """
    words = _words()
    best: list[tuple[float, int]] = [(0.0, 0)]
    total = _total()
    for end in range(1, len(text) + 1):
        ways = []
        for start in range(max(0, end - _LONGEST), end):
            seen = words.get(text[start:end], 1 if end - start == 1 else 0)
            if seen:
                ways.append((best[start][0] + math.log(seen) - total, start))
        best.append(max(ways))
    out: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        out.append(text[start:end])
        end = start
    return out[::-1]


@cache
def _total() -> float:
    return math.log(sum(_words().values()))


def _words() -> dict[str, int]:
    with _LOCK:
        return _read()


@cache
def _nameless() -> frozenset[str]:
    return frozenset(word for word, _, kind in _lines() if kind in _NAMELESS)


@cache
def _people() -> frozenset[str]:
    return frozenset(word for word, _, kind in _lines() if kind.startswith("nr"))


@cache
def _read() -> dict[str, int]:
    return {word: int(seen) for word, seen, _ in _lines()}


@cache
def _lines() -> list[tuple[str, str, str]]:
    found = find_spec("jieba")
    path = Path(found.origin).with_name("dict.txt") if found is not None and found.origin else None
    if path is None or not path.exists():
        raise ResourceError("the dictionary of jieba is missing", where=str(path), do="install the package jieba again")
    return _LINE.findall(path.read_text(encoding="utf-8"))
