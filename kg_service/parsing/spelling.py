"""Mending misspelt words of a question before it is read: 耳几 → 耳机, 忧惠 → 优惠, shouji → 手机."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg_service.linking.lexicon import Lexicon
from kg_service.linking.own import OwnLine
from kg_service.linking.own_names import own_names
from kg_service.linking.repair import NameIndex
from kg_service.parsing.frame import Match
from kg_service.text.normalise import Normalised, is_han

__all__ = ["Mended", "Place", "mend"]

_LONGEST = 6
#: Syllables of function words that may stand between names typed in pinyin.
_SMALL = {
    "wo": "我", "de": "的", "neng": "能", "ma": "吗", "le": "了", "tui": "退", "mai": "买",
    "huan": "换", "na": "那", "zhe": "这", "ba": "把", "hai": "还", "you": "有", "zai": "在",
    "ni": "你", "yao": "要", "xiang": "想", "bu": "不", "ne": "呢", "quan": "券", "dao": "到",
    "ge": "个", "he": "和", "shi": "是", "jiu": "就", "hui": "会", "duoshao": "多少", "duo": "多",
    "shao": "少", "qian": "钱", "zen": "怎", "me": "么", "liang": "两", "yi": "一", "san": "三",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A mended stretch, by its place in the mended text."""

    start: int
    end: int
    match: Match
    score: float


@dataclass(frozen=True)
class Mended:
    """A question with its misspellings mended."""

    form: Normalised
    places: tuple[Place, ...]


@dataclass(frozen=True)
class _Change:
    start: int
    end: int
    text: str
    match: Match
    score: float


def mend(
    form: Normalised,
    gaps: Sequence[tuple[int, int]],
    lexicon: Lexicon,
    words: NameIndex,
    lines: Sequence[OwnLine],
    is_word: Callable[[str], bool],
    loose: frozenset[int] = frozenset(),
) -> Mended | None:
    """Try the unexplained stretches of a question as misspellings; None when none is.

    The customer's own goods come first, then concept words, then the catalogue. ``loose`` are places of single-character
    words: a misspelling may begin or end with one (退宽 for 退款).
    """
    own = own_names(tuple(lines)).index if lines else None
    indices = [words, lexicon.index] if own is None else [own, words, lexicon.index]
    changes: list[_Change] = []
    for start, end in gaps:
        text = form.text[start:end]
        if all(map(is_han, text)):
            change = _by_sound(form.text, start, end, loose, indices, is_word, own) or _by_letters(
                text, start, end, indices, is_word
            )
        elif text.isascii() and text.isalpha():
            change = _pinyin(text, start, end, indices) or _by_letters(text, start, end, indices, is_word)
        else:
            change = None
        if change and not any(change.start < other.end for other in changes):
            changes.append(change)
    return _applied(form, changes) if changes else None


def _by_sound(
    text: str,
    start: int,
    end: int,
    loose: frozenset[int],
    indices: Sequence[NameIndex],
    is_word: Callable[[str], bool],
    own: NameIndex | None,
) -> _Change | None:
    """The longest window over the stretch (and at most one character beside it) that sounds like a known word.

    A window that is a word of its own is no misspelling, unless it sounds like goods of the customer (``own``): then it is
    those they mean (帐棚 for their 帐篷).
    """
    low = start - 1 if start - 1 in loose else start
    high = end + 1 if end in loose else end
    windows = [
        (a, b)
        for a in range(low, end)
        for b in range(max(a + 2, start + 1), min(high, a + _LONGEST) + 1)
        if all(map(is_han, text[a:b]))
    ]
    windows.sort(key=lambda w: (w[0] < start or w[1] > end, w[0] - w[1]))
    for a, b in windows:
        window = text[a:b]
        for index in indices:
            for name in index.by_sound(window):
                if name == window or len(name) != len(window):
                    continue
                shared = sum(x == y for x, y in zip(name, window, strict=True))
                exact = (a, b) == (start, end)
                # without a character in common it must be the whole stretch, and no word of its own
                theirs = index is own and exact and shared
                if theirs or ((shared or exact) and not is_word(window) and not _cuts_word(text, a, b, is_word)):
                    return _Change(a, b, name, "PINYIN", 0.9 if shared else 0.85)
    return None


def _cuts_word(text: str, start: int, end: int, is_word: Callable[[str], bool]) -> bool:
    """Whether a window's border runs through a word (喜|欢成): then the window is no misspelling."""
    for at in (start, end):
        for a in range(max(0, at - 2), at):
            for b in range(at + 1, min(len(text), at + 2) + 1):
                if all(map(is_han, text[a:b])) and not (a <= start and b >= end) and is_word(text[a:b]):
                    return True
    return False


def _by_letters(
    text: str, start: int, end: int, indices: Sequence[NameIndex], is_word: Callable[[str], bool]
) -> _Change | None:
    if len(text) < (4 if text.isascii() else 3):
        return None
    for index in indices:
        close = index.by_letters(text)
        if close and not is_word(text):
            return _Change(start, end, close[0], "TYPO", close[1] / 100)
    return None


def _pinyin(text: str, start: int, end: int, indices: Sequence[NameIndex]) -> _Change | None:
    """The letters as a row of known words, all of them, the longest first."""
    if len(text) > 40:
        return None
    ways: list[str | None] = [""] + [None] * len(text)
    named = [False] * (len(text) + 1)
    for stop in range(1, len(text) + 1):
        for begin in range(max(0, stop - 24), stop):
            if ways[begin] is None:
                continue
            piece = text[begin:stop]
            known = next((names[0] for index in indices if (names := index.by_pinyin(piece))), None)
            small = _SMALL.get(piece)
            word = known or small
            if word is None:
                continue
            longer = f"{ways[begin]}{word}"
            if ways[stop] is None or (known is not None and not named[stop]) or len(longer) < len(ways[stop] or ""):
                ways[stop] = longer
                named[stop] = named[begin] or known is not None
    found = ways[len(text)]
    if not found or not (named[len(text)] or found in {"退", "退吗"}):
        return None
    return _Change(start, end, found, "PINYIN", 0.9)


def _applied(form: Normalised, changes: Sequence[_Change]) -> Mended:
    text = ""
    offsets: list[int] = []
    places: list[Place] = []
    at = 0
    for change in sorted(changes, key=lambda one: one.start):
        text += form.text[at : change.start]
        offsets += form.offsets[at : change.start]
        places.append(Place(len(text), len(text) + len(change.text), change.match, change.score))
        source = form.offsets[change.start : change.end]
        text += change.text
        offsets += [source[min(i, len(source) - 1)] for i in range(len(change.text))]
        at = change.end
    text += form.text[at:]
    offsets += form.offsets[at:]
    mended = Normalised(form.original, text, tuple(offsets), form.script, form.too_long)
    return Mended(mended, tuple(places))
