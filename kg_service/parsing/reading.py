"""What is known about a question while the pipes read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg_service.linking.lexicon import Lexicon
from kg_service.linking.own import OwnLine
from kg_service.parsing.concepts import ConceptSpan
from kg_service.parsing.frame import Frame, Mention, Period
from kg_service.text.normalise import Normalised

__all__ = ["Context", "Reading", "Token"]


@dataclass(frozen=True)
class Context:
    """What a message is read against.

    Attributes
    ----------
    now : epoch ms; times in the message are relative to it
    last_frame : the frame of the conversation's last question
    goods : what the message just before named that was not understood
    options : the labels of an open clarification, in the order they were offered
    """

    now: int | None = None
    last_frame: Frame | None = None
    goods: tuple[Mention, ...] = ()
    options: tuple[str, ...] = ()


@dataclass
class Token:
    """A stretch of the text with its main tag; ``mentions`` are indices into :attr:`Reading.mentions`."""

    start: int
    end: int
    tag: str
    concepts: tuple[str, ...] = ()
    mentions: tuple[int, ...] = ()


@dataclass
class Reading:
    """The working state of one question.

    Attributes
    ----------
    form : the normalised question, misspellings mended
    lexicon : the catalogue's names
    tokens : what its stretches are, in step with the tokens of the spaCy document
    slots : fields of the frame found so far
    earlier : concepts of earlier parts of the same message
    """

    form: Normalised
    lexicon: Lexicon | None = None
    mentions: list[Mention] = field(default_factory=list)
    concepts: list[ConceptSpan] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    own_lines: Sequence[OwnLine] = ()
    context: Context = field(default_factory=Context)
    earlier: frozenset[str] = frozenset()
    period: Period | None = None
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.form.text

    def has(self, *concepts: str) -> bool:
        """Whether the question has any of these concepts."""
        return any(concept in self.places for concept in concepts)

    def goods(self) -> list[int]:
        """The mentions that name goods."""
        return [i for i, mention in enumerate(self.mentions) if any(ref.kind in GOODS for ref in mention.refs)]


#: Kinds of references that are goods or say which goods are meant.
GOODS = frozenset({"sku", "product", "category", "brand", "line", "words"})
