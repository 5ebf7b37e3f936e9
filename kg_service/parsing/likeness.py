"""How alike two questions are, cheaply: weighted character bigrams with the goods masked."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from kg_service.text.normalise import normalise

__all__ = ["MASK", "Examples", "grams", "mask"]

#: Stands for the goods of a question.
MASK = "□"
_BRACES = re.compile(r"\{[^{}]*\}")
_NOISE = re.compile(r"[ ,.!?;:、\n]|请问|麻烦|你好|您好|亲|一下|啊|呀|哦|呢")


def mask(text: str, spans: Iterable[tuple[int, int]] = ()) -> str:
    """A normalised question with its goods masked and without what carries no meaning.

    Examples
    --------
    >>> mask("请问手机能退吗?", [(2, 4)])
    '□能退吗'
    """
    out, at = [], 0
    for start, end in sorted(spans):
        out += [text[at:start], MASK]
        at = max(at, end)
    out.append(text[at:])
    return _NOISE.sub("", "".join(out))


def grams(key: str) -> Counter[str]:
    """Single characters and bigrams of a masked question."""
    padded = f"^{key}$"
    return Counter([padded[i : i + 2] for i in range(len(padded) - 1)] + list(key))


class Examples:
    """Labelled examples, compared with by cosine over weighted bigrams.

    Examples
    --------
    >>> examples = Examples([("{手机}能退吗", "a"), ("{手机}多少钱", "b")])
    >>> max(examples.like("□可以退吗").items(), key=lambda item: item[1])[0]
    'a'
    """

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        keyed = [(grams(_key(text)), label) for text, label in examples]
        seen = Counter(gram for counts, _ in keyed for gram in counts)
        total = len(keyed) + 1
        self._weight = {gram: math.log(total / (1 + n)) + 0.3 for gram, n in seen.items()}
        self._rare = math.log(total) + 0.3
        self._labels: list[str] = []
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for i, (counts, label) in enumerate(keyed):
            self._labels.append(label)
            for gram, value in self._unit(counts).items():
                self._postings[gram].append((i, value))

    @property
    def labels(self) -> Sequence[str]:
        """The label of each example, by its number."""
        return self._labels

    def scores(self, key: str) -> dict[int, float]:
        """The likeness (0 to 1) of a masked question to each example that shares anything with it."""
        found: dict[int, float] = defaultdict(float)
        for gram, value in self._unit(grams(key)).items():
            for i, other in self._postings.get(gram, ()):
                found[i] += value * other
        return found

    def like(self, key: str) -> dict[str, float]:
        """For each label the likeness to its most alike example."""
        best: dict[str, float] = {}
        for i, score in self.scores(key).items():
            label = self._labels[i]
            if score > best.get(label, 0.0):
                best[label] = score
        return best

    def _unit(self, counts: Counter[str]) -> dict[str, float]:
        values = {gram: n * self._weight.get(gram, self._rare) for gram, n in counts.items()}
        norm = math.sqrt(sum(value * value for value in values.values())) or 1.0
        return {gram: value / norm for gram, value in values.items()}


@lru_cache(maxsize=10_000)
def _key(example: str) -> str:
    """An example as written, its goods in braces, masked."""
    return mask(MASK.join(normalise(part).text for part in _BRACES.split(example)))
