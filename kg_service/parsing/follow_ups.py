"""What a few words ask in the light of the last question (``seed_data/lexicon/follow_ups.yaml``)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kg_service.parsing.cues import Clause, clauses
from kg_service.parsing.intents import IntentSet
from kg_service.resources import read_yaml, resource

__all__ = ["FollowUps"]

_SAME = "same"


@dataclass(frozen=True)
class _Rule:
    after: frozenset[str]
    when: tuple[Clause, ...]
    intent: str


class FollowUps:
    """The rules, first to last.

    Examples
    --------
    >>> rules, intents = FollowUps.open(), IntentSet.open()
    >>> rules.intent({"HOW", "PROCESS"}, "那怎么弄", "return_eligibility", intents)
    'return_process'
    >>> rules.intent({"HOW", "PROCESS"}, "那怎么弄", "greeting", intents)
    """

    def __init__(self, rules: Sequence[_Rule], longest: int, bare: Mapping[str, Sequence[str]]) -> None:
        self._rules = rules
        self._longest = longest
        #: Intents that goods merely named may be meant for: of one's ``own``, or of the catalogue (``goods``).
        self.bare = bare

    @classmethod
    @cache
    def open(cls) -> FollowUps:
        """Read them, once in a process."""
        data = read_yaml(resource("seed_data", "lexicon", "follow_ups.yaml"))
        families: dict[str, list[str]] = data["families"]
        rules = [
            _Rule(
                frozenset(name for one in rule["after"] for name in families.get(one, [one])),
                tuple(clauses(rule["when"])),
                rule["intent"],
            )
            for rule in data["rules"]
        ]
        return cls(rules, data["longest"], data["bare"])

    def intent(self, concepts: Container[str], text: str, last: str, intents: IntentSet) -> str | None:
        """The intent of a few words right after a question; None where they ask nothing known.

        Parameters
        ----------
        concepts : of the words
        text : the words themselves; long ones speak for themselves
        last : the intent of the last question
        """
        if len(text) > self._longest:
            return None
        about = {last, intents[last].group}
        for rule in self._rules:
            holds = any(
                all(name in concepts for name in clause.present) and not any(name in concepts for name in clause.absent)
                for clause in rule.when
            )
            if about & rule.after and holds:
                return last if rule.intent == _SAME else rule.intent
        return None
