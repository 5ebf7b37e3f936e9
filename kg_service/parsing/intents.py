"""Intents as data: what a question is about is decided by ``seed_data/intents/*.yaml``.

A question gets a score for each intent: the weights of the cues that hold, and what the classifier learnt from the examples
(:mod:`kg_service.parsing.textcat`). The scores and the score of "none of our business" become probabilities; below the band the
question is out of scope.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kg_service.errors import ResourceError
from kg_service.parsing.cues import Clause, clauses
from kg_service.resources import read_yaml, resource

__all__ = [
    *("ACCEPT", "ASK_BACK", "ASK_BACK_NAMED", "OUT_OF_SCOPE", "REFUSE", "UNDERSTOOD"),
    *("Cue", "Intent", "IntentSet", "Verdict"),
]

OUT_OF_SCOPE = "out_of_scope"
#: At or above ACCEPT a question is answered without a doubt; below REFUSE it is out of scope. ACCEPT is the lowest twentieth at
#: which clearly less than 5% of real questions get a wrong answer (3.3% of the half it was chosen on, 4.3% of the other); a
#: margin to the next intent takes no further wrong answers away. At REFUSE 1.3% of real chit-chat is taken for business.
ACCEPT, REFUSE = 0.75, 0.24
#: Below it a question is asked back: which of the likeliest intents is meant. Above it and below ACCEPT more than half are
#: right, so they are answered. What names something in the graph is business for sure, so less will do.
ASK_BACK, ASK_BACK_NAMED = 0.3, 0.26
#: At or above it a part of a message, or a message after another, counts as saying itself what it asks.
UNDERSTOOD = 0.3
#: Scores are log odds of words that go together, so their sum is too sure. Divided by the temperature, confidence is the part
#: that is right: of the half of the real questions it was chosen on 60, 78 and 91% were said and 62, 82 and 90% right (0.5 to
#: 0.7, to 0.85, to 0.95), of the other half 60, 78 and 92% and 68, 77 and 88%. It changes no ranking.
_TEMPERATURE = 1.75
#: The score of "none of our business" before anything is known, and what each uncovered character adds to it.
_NOTHING, _UNKNOWN = 2.2, 1.2
#: What the intents that nothing speaks for weigh together: however many kinds of questions there are, a question is as surely
#: understood as before.
_SILENT = 10.0
#: What a log chance of the classifier is worth beside the cues' log odds, and the least that it counts as.
_LEARNT, _FLOOR = 0.8, -3.0


class Cue(BaseModel):
    """A condition over concepts and its weight (log odds; negative speaks against)."""

    model_config = ConfigDict(extra="forbid")
    when: str
    weight: float


class Intent(BaseModel):
    """One intent.

    Attributes
    ----------
    intent, group : its name and the group tickets are routed by
    definition : what it asks, in one English sentence
    title : the same for a customer who is asked back, in Chinese
    personal : yes (own data), no (public), or maybe (own data when the customer speaks of their goods)
    examples : questions in many registers; ``{…}`` marks the goods
    cues : conditions over concepts
    slots : the frame's fields that matter to it
    rule : the decider's name
    wording : the file of ``seed_data/wording`` that words it
    templates : Cypher templates it needs
    lookup : what the decider ``lookup`` reads for it (:mod:`kg_service.decisions.lookup`)
    over_presets : its answer beats a preset one, even where the question is a preset one word for word (answers.md: the graph's
        answer beats a preset answer about the same thing)
    by_preset : it is answered by a preset question of the same matter, however that is worded
    recorded : what the deciders ``recorded`` and ``shop_info`` look for (:mod:`kg_service.decisions.knowledge`)
    """

    model_config = ConfigDict(extra="forbid")
    intent: str
    group: str
    definition: str
    title: str
    personal: bool | str = False
    examples: list[str]
    cues: list[Cue] = Field(default_factory=list)
    slots: list[str] = Field(default_factory=list)
    rule: str
    wording: str | None = None
    templates: list[str] = Field(default_factory=list)
    form: str | None = None
    lookup: dict[str, Any] | None = None
    over_presets: bool = False
    by_preset: bool = False
    recorded: dict[str, Any] | None = None


@dataclass(frozen=True)
class Verdict:
    """Which intent, how surely, and the next likely one."""

    intent: str
    confidence: float
    runner_up: str | None
    margin: float


class IntentSet:
    """The intents of an installation.

    Examples
    --------
    >>> intents = IntentSet.open()
    >>> intents["refund_amount"].rule
    'refund_amount'
    """

    def __init__(self, intents: Iterable[Intent]) -> None:
        self._intents = {intent.intent: intent for intent in intents}
        self._bits: dict[str, int] = {}
        self._cues: list[tuple[str, float]] = []
        #: Clauses by one of the concepts they need: only those of concepts that were said are looked at.
        self._clauses: dict[str | None, list[tuple[int, int, int]]] = {}
        cues = [(intent.intent, cue.weight, clauses(cue.when)) for intent in self._intents.values() for cue in intent.cues]
        common = Counter(name for *_, alternatives in cues for clause in alternatives for name in clause.present)
        for number, (name, weight, alternatives) in enumerate(cues):
            self._cues.append((name, weight))
            for clause in alternatives:
                rarest = min(clause.present, key=lambda concept: (common[concept], concept), default=None)
                self._clauses.setdefault(rarest, []).append((number, *self._masks(clause)))

    @classmethod
    def open(cls, folder: Path | None = None) -> IntentSet:
        """Read every intent of a folder.

        Raises
        ------
        ResourceError
            When a file is not valid; the message names it.
        """
        folder = folder or resource("seed_data", "intents")
        return cls([_read(path) for path in sorted(folder.glob("*.yaml"))])

    def __getitem__(self, name: str) -> Intent:
        return self._intents[name]

    def __contains__(self, name: object) -> bool:
        return name in self._intents

    def __iter__(self) -> Any:
        return iter(self._intents.values())

    @property
    def concepts(self) -> frozenset[str]:
        """Every concept that cues name."""
        return frozenset(self._bits)

    def _masks(self, clause: Clause) -> tuple[int, int]:
        bits = self._bits
        present, absent = (
            sum(bits.setdefault(name, 1 << len(bits)) for name in sorted(names)) for names in (clause.present, clause.absent)
        )
        return present, absent

    def judge(self, concepts: Collection[str], unknown: float, chances: Mapping[str, float]) -> Verdict:
        """Decide between the intents.

        Parameters
        ----------
        concepts : collection of str
            The concepts of the question.
        unknown : float
            The part of its characters that nothing explains, 0 to 1.
        chances : mapping of intent to float
            What the classifier gives each intent; it may know none.
        """
        scores = dict.fromkeys(self._intents, 0.0)
        said = 0
        for concept in concepts:
            said |= self._bits.get(concept, 0)
        holding = {
            number
            for concept in (None, *concepts)
            for number, present, absent in self._clauses.get(concept, ())
            if said & present == present and not said & absent
        }
        for number in sorted(holding):
            name, weight = self._cues[number]
            scores[name] += weight
        for name, chance in chances.items():
            scores[name] += _LEARNT * max(_FLOOR, math.log(max(chance, 1e-9) * len(chances)))
        nothing = _NOTHING + _UNKNOWN * unknown + scores.pop(OUT_OF_SCOPE, 0.0)
        return _verdict(scores, nothing)


def _verdict(scores: Mapping[str, float], nothing: float) -> Verdict:
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    top = max(nothing, ranked[0][1] if ranked else 0.0)

    def weight(score: float) -> float:
        return math.exp((score - top) / _TEMPERATURE)

    weights = {name: weight(score) for name, score in ranked}
    spoken_for = sum(weights[name] for name, score in ranked if score > 0)
    total = spoken_for + _SILENT * weight(0.0) + weight(nothing)
    (first, _), *others = ranked
    chance = weights[first] / total
    second = others[0][0] if others else None
    margin = chance - (weights[second] / total if second else 0.0)
    if chance < REFUSE:
        return Verdict(OUT_OF_SCOPE, weight(nothing) / total, first, margin)
    return Verdict(first, chance, second, margin)


def _read(path: Path) -> Intent:
    try:
        return Intent.model_validate(read_yaml(path))
    except ValidationError as error:
        raise ResourceError(f"not a valid intent: {error}", where=str(path), do="see the fields of Intent") from error
