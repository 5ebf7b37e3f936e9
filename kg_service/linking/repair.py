"""Misspelt names: written by sound (耳几, shouji) or with a wrong letter.

Only stretches of the text that nothing else explains are looked at, and only close matches are taken: a wrong guess about
goods is worse than asking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

from rapidfuzz import fuzz

from kg_service.text.normalise import is_han
from kg_service.text.pinyin import sound

__all__ = ["NameIndex"]

#: Names are compared by sound up to this many characters; longer ones by bigrams.
_LONGEST_BY_SOUND = 8
#: A bigram that this many names share finds too many of them.
_COMMON_BIGRAM = 400
_CLOSE = 78.0


class NameIndex:
    """Names by their sound and by their bigrams; both built at their first use.

    Parameters
    ----------
    names : iterable of str
        Normalised names.
    wanted : callable, optional
        Which of them may be guessed at.

    Examples
    --------
    >>> index = NameIndex(["耳机", "手机", "huawei"])
    >>> index.by_sound("耳几"), index.by_pinyin("shouji"), index.by_letters("huawie")
    (('耳机',), ('手机',), ('huawei', 83.33333333333334))
    """

    def __init__(self, names: Iterable[str], wanted: Callable[[str], bool] = lambda name: True) -> None:
        self._names = names
        self._wanted = wanted

    def by_sound(self, text: str) -> tuple[str, ...]:
        """Names of two characters or more that sound like a text."""
        if len(text) < 2:
            return ()
        return self._sounds.get("".join(sound(text)), ())

    def by_pinyin(self, letters: str) -> tuple[str, ...]:
        """Names whose toneless pinyin is written out as these letters."""
        return self._sounds.get(letters, ())

    def by_letters(self, text: str) -> tuple[str, float] | None:
        """The closest name that shares bigrams with a text, and how close (0–100); None when none is close."""
        if len(text) < 3:
            return None
        seen: dict[str, int] = defaultdict(int)
        for bigram in _bigrams(text):
            for name in self._bigrams.get(bigram, ()):
                seen[name] += 1
        ranked = sorted(seen, key=lambda name: (-seen[name], abs(len(name) - len(text)), name))[:20]
        scored = [(fuzz.ratio(text, name), name) for name in ranked if abs(len(name) - len(text)) <= 2]
        if not scored:
            return None
        score, best = max(scored, key=lambda pair: (pair[0], pair[1]))
        return (best, score) if score >= _CLOSE and best[0] == text[0] else None

    @cached_property
    def _sounds(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            if 2 <= len(name) <= _LONGEST_BY_SOUND and all(map(is_han, name)) and self._wanted(name):
                found["".join(sound(name))].append(name)
        return {key: tuple(names) for key, names in found.items()}

    @cached_property
    def _bigrams(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            if 3 <= len(name) <= 24 and self._wanted(name):
                for bigram in _bigrams(name):
                    found[bigram].append(name)
        return {bigram: names for bigram, names in found.items() if len(names) <= _COMMON_BIGRAM}


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
