"""Learning to tell intents apart from the examples in ``seed_data/intents``.

A model belongs to a *fingerprint* of everything it was learnt from: the intents, the concept words, and the code that reads
questions. :func:`open_model` gives the model of today's fingerprint: the one that travels in the package, else one kept in the
user's cache, else it is trained then and there (seconds) and kept.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from kg_service.errors import ResourceError
from kg_service.linking.entry import LexiconEntry
from kg_service.linking.lexicon import Lexicon
from kg_service.parsing.textcat import IntentModel
from kg_service.resources import resource
from kg_service.text.normalise import normalise

if TYPE_CHECKING:
    from kg_service.parsing.parser import Parser

__all__ = ["Learning", "LearningReport", "examples", "fingerprint", "learn", "open_model"]

_log = logging.getLogger(__name__)
_PACKAGE = Path(__file__).resolve().parents[1]
#: Where a model travels in the package (`kg learn --package` puts it there before a wheel is built).
SHIPPED = _PACKAGE / "_understanding"
_GOODS = re.compile(r"\{([^{}]*)\}")
_FOLDS = 5
#: How the folder of a model begins that is still being written.
_UNFINISHED = ".new-"

Example = tuple[list[str], str]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LearningReport:
    """What was learnt, and how well it tells examples it has not seen.

    Attributes
    ----------
    accuracy : the part of held-out examples whose intent came first, over all folds
    confused : (right intent, chosen intent, times), most frequent first
    """

    fingerprint: str
    folder: Path
    examples: int
    intents: int
    seconds: float
    accuracy: float | None = None
    confused: tuple[tuple[str, str, int], ...] = ()


def examples(parser: Parser) -> list[Example]:
    """Every example of the parser's intents as features and intent. What stands in braces counts as goods of a catalogue."""
    names = sorted({name for intent in parser.intents for text in intent.examples for name in _GOODS.findall(text)})
    reading = parser.with_lexicon(Lexicon.build([LexiconEntry(name, "category", name) for name in names]))
    return [
        (reading.features(reading.read(normalise(_GOODS.sub(r"\1", text)))), intent.intent)
        for intent in reading.intents
        for text in intent.examples
    ]


@cache
def fingerprint() -> str:
    """What a model depends on, as a short name."""
    digest = hashlib.sha256()
    # not by whole path: a wheel keeps the data elsewhere than a checkout, and its model must still be found
    for path in sorted(_sources(), key=lambda one: (one.parent.name, one.name)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for folder in ("intents", "lexicon"):
        yield from resource("seed_data", folder).rglob("*.yaml")
    for folder in ("parsing", "text", "linking"):
        yield from (_PACKAGE / folder).rglob("*.py")


def _cached() -> Path:
    return user_cache_path("kg_service", appauthor=False) / "understanding" / fingerprint()


class Learning:
    """What shows whoever waits how far learning is, where a model has to be learnt before the first question.

    Attributes
    ----------
    shown : a context manager that gives the function to call with the passes done, and of how many; the command line sets it
    """

    shown: Callable[[], AbstractContextManager[Progress | None]] = staticmethod(nullcontext)


def open_model(parser: Parser) -> IntentModel:
    """The model of today's intents; trained and kept when nobody has it yet."""
    for folder in (SHIPPED / fingerprint(), _cached()):
        if folder.is_dir():
            return IntentModel.load(folder)
    _log.info("learning the intents from their examples, once after they changed …")
    with Learning.shown() as progress:
        model = IntentModel.train(examples(parser), progress=progress)
    _keep(model, _cached())
    return model


def learn(parser: Parser, *, package: bool = False, check: bool = True, progress: Progress | None = None) -> LearningReport:
    """Train on all examples and keep the model.

    Parameters
    ----------
    package : bool
        Keep it in the package, to travel in a wheel, instead of the user's cache.
    check : bool
        Measure first, by training without a fifth of the examples and asking those, five times.
    progress : callable, optional
        Called with the passes done, and how many there are.

    Raises
    ------
    ResourceError
        When the model cannot be written.
    """
    start = time.perf_counter()
    known = examples(parser)
    rounds = _FOLDS + 1 if check else 1

    def told(number: int) -> Progress | None:
        if progress is None:
            return None
        return lambda done, of: progress(number * of + done, rounds * of)

    right, confused = 0, Counter[tuple[str, str]]()
    for fold in range(_FOLDS if check else 0):
        held = known[fold::_FOLDS]
        model = IntentModel.train([one for i, one in enumerate(known) if i % _FOLDS != fold], progress=told(fold))
        for words, intent in held:
            chances = model.chances(words)
            chosen = max(chances, key=chances.__getitem__)
            right += chosen == intent
            if chosen != intent:
                confused[intent, chosen] += 1
    model = IntentModel.train(known, progress=told(rounds - 1))
    folder = SHIPPED / fingerprint() if package else _cached()
    _keep(model, folder, again=True)
    for old in SHIPPED.iterdir() if package else ():
        if old != folder and not old.name.startswith(_UNFINISHED):
            shutil.rmtree(old, ignore_errors=True)
    return LearningReport(
        fingerprint=fingerprint(),
        folder=folder,
        examples=len(known),
        intents=len(model.labels),
        seconds=time.perf_counter() - start,
        accuracy=right / len(known) if check else None,
        confused=tuple((intent, chosen, times) for (intent, chosen), times in confused.most_common()),
    )


def _keep(model: IntentModel, folder: Path, *, again: bool = False) -> None:
    """Write a model whole or not at all: several processes may learn at once.

    Raises
    ------
    ResourceError
        When it cannot be written though it was asked for (``again``); else a cache that cannot be written is no error.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=_UNFINISHED) as temporary:
            new = Path(temporary) / "model"
            model.save(new)
            if again:
                with suppress(OSError):
                    folder.rename(Path(temporary) / "old")
            try:
                new.rename(folder)
            except OSError:
                # another process was first: the same fingerprint is the same model
                if not folder.is_dir():
                    raise
    except OSError as error:
        if again:
            do = "let it be written, or name another cache folder (XDG_CACHE_HOME)"
            raise ResourceError(f"what was learnt cannot be kept: {error.strerror}", where=str(folder), do=do) from error
