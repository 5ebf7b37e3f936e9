"""The trained part of choosing an intent: a spaCy text classifier over a question's concepts and characters.

It is linear and small on purpose: thousands of examples train in seconds, a question costs a tenth of a millisecond, and what
it has learnt can be trained again from the examples at any time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from kg_service.parsing.likeness import grams

__all__ = ["IntentModel", "features"]

_PIPE = "textcat"
_MODEL = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "ngram_size": 1,
    "no_output_layer": False,
    "length": 16384,
}
_EPOCHS, _BATCH, _RATE, _DROP = 7, 64, 0.01, 0.2


def features(concepts: Iterable[str], tags: Sequence[str], key: str) -> list[str]:
    """What the classifier sees of a question.

    Parameters
    ----------
    concepts : iterable of str
        The concepts of the question.
    tags : sequence of str
        The tags of its tokens in their order: neighbours are features too.
    key : str
        The question with its goods masked (:func:`kg_service.parsing.likeness.mask`).

    Examples
    --------
    >>> features(["RETURN"], ["GOODS", "RETURN"], "□退")
    ['#RETURN', '#GOODS>RETURN', '^□', '□退', '退$', '□', '退']
    """
    neighbours = pairwise(tags)
    return [*(f"#{name}" for name in concepts), *(f"#{first}>{second}" for first, second in neighbours), *grams(key)]


class IntentModel:
    """Chances of intents by a question's features.

    Parameters
    ----------
    nlp : Language
        A pipeline with a trained ``textcat``; its vocabulary is the features it was trained on.
    known : frozenset of str
        Those features. Others are left out: nothing a customer types is kept in the vocabulary.
    """

    def __init__(self, nlp: Language, known: frozenset[str]) -> None:
        self._nlp = nlp
        self._known = known
        self._pipe = nlp.get_pipe(_PIPE)

    @property
    def labels(self) -> tuple[str, ...]:
        """The intents it knows."""
        return tuple(self._nlp.pipe_labels[_PIPE])

    @classmethod
    def train(
        cls,
        examples: Sequence[tuple[Sequence[str], str]],
        *,
        seed: int = 0,
        progress: Callable[[int, int], None] | None = None,
    ) -> IntentModel:
        """Train on examples: the features of a question, and its intent. The same examples and seed give the same model.

        Parameters
        ----------
        progress : callable, optional
            Called after each pass over the examples with how many are done, and of how many.
        """
        fix_random_seed(seed)
        nlp = spacy.blank("zh")
        pipe = nlp.add_pipe(_PIPE, config={"model": _MODEL})
        labels = sorted({intent for _, intent in examples})
        for label in labels:
            pipe.add_label(label)  # type: ignore[attr-defined]
        seen = [
            Example.from_dict(_doc(nlp, words), {"cats": {label: float(label == intent) for label in labels}})
            for words, intent in examples
        ]
        nlp.initialize(lambda: seen)
        optimizer = Adam(_RATE)
        order = random.Random(seed)
        for number in range(_EPOCHS):
            # ever smaller steps: what was learnt depends less on the order of the last examples
            optimizer.learn_rate = _RATE * (1 - number / _EPOCHS)
            order.shuffle(seen)
            for start in range(0, len(seen), _BATCH):
                nlp.update(seen[start : start + _BATCH], sgd=optimizer, drop=_DROP)
            if progress is not None:
                progress(number + 1, _EPOCHS)
        return cls(nlp, frozenset(word for words, _ in examples for word in words))

    def chances(self, words: Sequence[str]) -> dict[str, float]:
        """The probability of each intent; they sum to 1."""
        doc: Doc = self._pipe(_doc(self._nlp, [word for word in words if word in self._known]))
        return dict(doc.cats)

    def save(self, folder: Path) -> None:
        """Write the model to a folder that does not exist yet."""
        self._nlp.to_disk(folder)
        (folder / "features.txt").write_text("\n".join(sorted(self._known)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read a model that :meth:`save` wrote."""
        nlp = spacy.blank("zh")
        nlp.add_pipe(_PIPE, config={"model": _MODEL})
        nlp.from_disk(folder)
        return cls(nlp, frozenset((folder / "features.txt").read_text(encoding="utf-8").split("\n")))


def _doc(nlp: Language, words: Sequence[str]) -> Doc:
    return Doc(nlp.vocab, words=list(words), spaces=[False] * len(words))
