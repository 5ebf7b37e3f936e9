"""Goods by a part of their recorded name: 盖碗 where the catalogue only has 「茗香阁 汝窑盖碗」.

Of a Chinese name the end of each run of characters says what the thing is. The names are indexed by the two characters their
runs end with, at the first question that needs it; parts from the middle of a name are looked for in all names at once.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from operator import add

from kg_service.text.normalise import is_han

__all__ = ["Pieces"]

_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
#: No more names than these are tested for one part.
_TESTED = 4_000
_NONE: array[int] = array("I")


class Pieces:
    """Names by their parts.

    Parameters
    ----------
    names : iterable of (str, str)
        Id and normalised name, those to be preferred first.

    Examples
    --------
    >>> pieces = Pieces([("P1", "茗香阁 汝窑盖碗"), ("P2", "盖碗架 竹制"), ("P3", "龙井 250g")])
    >>> pieces.ending("盖碗"), pieces.containing("盖碗"), pieces.ending("汝窑")
    (['P1'], ['P1', 'P2'], [])
    >>> pieces.longest_ending("那个汝窑盖碗", 0, 6)
    (2, 6)
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._rows = list(names)

    def ending(self, text: str) -> list[str]:
        """Ids of the names one of whose runs of Chinese characters ends with a text (two characters or more)."""
        if len(text) < 2:
            return []
        return [self._rows[i][0] for i in self._ending(self._ends.get(text[-2:], _NONE)[:_TESTED], text)]

    def containing(self, text: str, most: int = _TESTED) -> list[str]:
        """Ids of the names that contain a text (two characters or more); at most so many names are looked at."""
        return [self._rows[i][0] for i in self._containing(text, most)] if len(text) > 1 else []

    def holding(self, first: str, then: str, most: int = _TESTED) -> list[str]:
        """Ids of the names that contain two texts (two characters or more each), the one somewhere before the other.

        Examples
        --------
        >>> pieces = Pieces([("P1", "露敏 氨基酸温和泡沫洁面乳"), ("P2", "露敏 洁面乳")])
        >>> pieces.holding("氨基酸", "洁面乳"), pieces.holding("洁面乳", "氨基酸")
        (['P1'], [])
        """
        if len(first) < 2 or len(then) < 2:
            return []
        rows = (self._rows[i] for i in self._containing(first, most))
        return [one for one, name in rows if then in name.partition(first)[2]]

    def longest_ending(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """The longest part of a stretch of text that a name's run ends with; of those the last."""
        best: tuple[int, int] | None = None
        for stop in range(end, start + 1, -1):
            rows = self._ends.get(text[stop - 2 : stop], _NONE)[:_TESTED]
            if not rows:
                continue
            begin = stop - 2
            while begin > start and (more := self._ending(rows, text[begin - 1 : stop])):
                begin, rows = begin - 1, more
            if best is None or stop - begin > best[1] - best[0]:
                best = (begin, stop)
        return best

    def warm(self) -> None:
        """Build the index now."""
        _ = self._ends, self._pairs, self._joined

    def _containing(self, text: str, most: int) -> list[int]:
        known = self._pairs
        if any(text[i : i + 2] not in known for i in range(len(text) - 1)):
            return []
        joined, starts = self._joined
        found: list[int] = []
        at = joined.find(text)
        while at >= 0 and len(found) < most:
            row = bisect_right(starts, at) - 1
            found.append(row)
            at = joined.find(text, starts[row + 1] if row + 1 < len(starts) else len(joined))
        return found

    def _ending(self, rows: array[int], text: str) -> array[int]:
        return array("I", (i for i in rows if _ends(self._rows[i][1], text)))

    @cached_property
    def _ends(self) -> dict[str, array[int]]:
        found: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for i, (_, name) in enumerate(self._rows):
            for end in {run[-2:] for run in _RUN.findall(name)}:
                found[end].append(i)
        return dict(found)

    @cached_property
    def _joined(self) -> tuple[str, array[int]]:
        """All names in one text, and where each begins."""
        starts = array("I", accumulate((len(name) + 1 for _, name in self._rows[:-1]), initial=0))
        return "\n".join(name for _, name in self._rows), starts

    @cached_property
    def _pairs(self) -> frozenset[str]:
        """Every pair of characters in a name: most words that no name has are known by a pair that none has."""
        joined, _ = self._joined
        return frozenset(map(add, joined, joined[1:]))


def _ends(name: str, text: str) -> bool:
    """Whether a run of Chinese characters in a name ends with a text."""
    at = name.find(text)
    while at >= 0:
        after = at + len(text)
        if after == len(name) or not is_han(name[after]):
            return True
        at = name.find(text, at + 1)
    return False
