"""From a message to frames: one for each question in it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

from kg_service.linking.lexicon import Lexicon
from kg_service.linking.own import OwnLine
from kg_service.linking.repair import NameIndex
from kg_service.parsing.concepts import ConceptLexicon
from kg_service.parsing.conversation import carried, carry, follow
from kg_service.parsing.frame import Frame
from kg_service.parsing.intents import OUT_OF_SCOPE, UNDERSTOOD, IntentSet, Verdict
from kg_service.parsing.learning import open_model
from kg_service.parsing.likeness import mask
from kg_service.parsing.pipeline import read
from kg_service.parsing.questions import part, split
from kg_service.parsing.reading import Context, Reading
from kg_service.parsing.spans import read_spans
from kg_service.parsing.textcat import IntentModel, features
from kg_service.parsing.tokens import NounEnds, tokenise
from kg_service.text.normalise import Normalised, normalise
from kg_service.text.words import is_word

__all__ = ["Parser"]

#: Intents that a message with other business in it does not count as.
_POLITE = frozenset({"greeting", "thanks"})
#: Concepts whose words no misspelling is taken for: too small, or too many of them.
_NEVER_MEANT = frozenset({"FUNCTION", "SHADOW", "PRONOUN", "WARES", "KIND", "EXTENT"})
#: Concepts that later questions of the same message are read against.
_CARRIED = frozenset({"RETURN", "REFUND", "CANCEL", "BUY", "GIFT", "COUPON", "OFFER"})
#: Whether a catalogue knows the goods, and whose they are: the shop decides that, not the question; nothing is learnt from it.
_WHOSE = frozenset(["CATALOGUE_GOODS", "OWN_GOODS", "UNKNOWN_GOODS", "WARES", "KIND_GOODS", "NAMED_GOODS", "QUALIFIED"])


class Parser:
    """Reads messages.

    Parameters
    ----------
    intents : IntentSet
    concepts : ConceptLexicon
    lexicon : Lexicon
        The catalogue's names; :meth:`with_lexicon` gives a parser with another one and everything else shared.

    Examples
    --------
    >>> from kg_service.linking import LexiconEntry
    >>> lexicon = Lexicon.build([LexiconEntry("手机", "category", "C1"), LexiconEntry("耳机", "category", "C2")])
    >>> frame, = Parser.open(lexicon).parse("如果我退了手机,耳机的优惠还在吗")
    >>> frame.intent, frame.asks, [(mention.text, mention.role) for mention in frame.mentions]
    ('promotion_after_return', 'KEPT', [('手机', 'RETURNED'), ('耳机', 'KEPT')])
    """

    def __init__(
        self, intents: IntentSet, concepts: ConceptLexicon, lexicon: Lexicon, model: IntentModel | None = None
    ) -> None:
        self.intents = intents
        self.model = model
        self.concepts = concepts
        self.lexicon = lexicon
        self._index = NameIndex(concepts.words, lambda word: concepts.words[word][0] not in _NEVER_MEANT)

    @classmethod
    def open(cls, lexicon: Lexicon | None = None) -> Parser:
        """A parser of the installation's own intents and concept words, and of what was learnt from their examples."""
        parser = cls(IntentSet.open(), ConceptLexicon.open(), lexicon or Lexicon.build(()))
        parser.model = open_model(parser)
        return parser

    def with_lexicon(self, lexicon: Lexicon) -> Parser:
        """The same parser over another catalogue."""
        other = object.__new__(Parser)
        other.__dict__ = self.__dict__ | {"lexicon": lexicon}
        return other

    def warm(self, *, wait: bool = True) -> None:
        """Load what is otherwise loaded at first use (the dictionary, sounds, parts of names).

        Parameters
        ----------
        wait : bool
            False: in a thread of its own, while the first questions are taken already.
        """
        if not wait:
            Thread(target=self.warm, name="kg-warm", daemon=True).start()
            return
        is_word("退货")
        self.parse("退货")
        self._index.by_sound("退货")
        self._index.by_letters("退货退货")
        self.lexicon.warm()

    def parse(
        self, text: str | Normalised, *, own_lines: Sequence[OwnLine] = (), context: Context | None = None
    ) -> list[Frame]:
        """Understand a message.

        Parameters
        ----------
        text : str or Normalised
            As typed, or normalised already.
        own_lines : sequence of OwnLine
            The customer's order lines, newest order first: "我买的手机" is looked for here first.
        context : Context
            The time, and what the conversation was about.

        Returns
        -------
        list of Frame
            One for each question, in their order; never empty. What is not understood has intent ``out_of_scope``.
        """
        form = text if isinstance(text, Normalised) else normalise(text)
        context = context or Context()
        if form.too_long:
            # half a message may say the opposite of the whole one
            return [Frame(intent=OUT_OF_SCOPE, confidence=1.0, text="", too_long=True)]
        if not form.text:
            return [Frame(intent=OUT_OF_SCOPE, confidence=1.0, text="")]
        whole = self._frame(form, own_lines, context, carried(form.text, context))
        pieces = split(form, self.concepts.find(form))
        if len(pieces) < 2:
            return [whole[0]]
        frames: list[Frame] = []
        earlier: frozenset[str] = frozenset()
        for start, end in pieces[:8]:
            frame, reading = self._frame(part(form, start, end), own_lines, context, earlier)
            if frames:
                frame = carry(frame, frames[-1])
            frames.append(frame)
            earlier |= _CARRIED & reading.places.keys()
        return _together(frames, whole[0])

    def _frame(
        self, form: Normalised, own_lines: Sequence[OwnLine], context: Context, earlier: frozenset[str]
    ) -> tuple[Frame, Reading]:
        reading = self.read(form, own_lines=own_lines, context=context, earlier=earlier)
        verdict = self._judge(reading)
        frame = Frame(
            intent=verdict.intent,
            confidence=round(verdict.confidence, 4),
            text=reading.text,
            mentions=tuple(sorted(reading.mentions, key=lambda mention: (mention.start, mention.end))),
            runner_up=verdict.runner_up,
            margin=round(verdict.margin, 4),
            **_fitting(reading.slots, verdict.intent, self.intents[verdict.intent].slots),
        )
        return follow(frame, reading, self.intents), reading

    def read(
        self,
        form: Normalised,
        *,
        own_lines: Sequence[OwnLine] = (),
        context: Context | None = None,
        earlier: frozenset[str] = frozenset(),
    ) -> Reading:
        """One question with its names, concept words and slots, before an intent is chosen."""
        reading = Reading(form=form, own_lines=own_lines, context=context or Context(), earlier=earlier, lexicon=self.lexicon)
        spans = read_spans(form, self.lexicon, self.concepts, self._index, own_lines, is_word, reading.context.now)
        tokenise(reading, spans, self.lexicon, NounEnds.open())
        return read(reading)

    def features(self, reading: Reading) -> list[str]:
        """What the trained classifier sees of a question."""
        tags = [token.tag for token in reading.tokens if token.tag != "FUNCTION"]
        hidden = [(token.start, token.end) for token in reading.tokens if token.tag in {"GOODS", "PROMO", "ID"}]
        return features(sorted(reading.places.keys() - _WHOSE), tags, mask(reading.text, hidden))

    def _judge(self, reading: Reading) -> Verdict:
        if not reading.tokens:
            return Verdict(OUT_OF_SCOPE, 1.0, None, 1.0)
        unknown = sum(t.end - t.start for t in reading.tokens if t.tag == "WORD") / max(1, len(reading.text))
        chances = self.model.chances(self.features(reading)) if self.model else {}
        return self.intents.judge(reading.places, unknown, chances)


def _fitting(slots: dict[str, object], intent: str, named: Sequence[str] = ()) -> dict[str, object]:
    """The slots a frame has; an amount question about an offer that may be gone stays a yes/no question.

    ``named`` are the slots that the intent's file names.
    """
    found = dict(slots)
    if intent == "promotion_after_return" and found.get("question_form") in {"STATEMENT", "WHAT"}:
        found["question_form"] = "YES_NO"
    if intent in {"promotion_after_return", "coupon_after_return"} and found.get("asks") not in {"KEPT", "LOST"}:
        found["asks"] = "KEPT"
    if intent not in {"promotion_list", "coupon_list"} and "promotion_kinds" not in named:
        found.pop("promotion_kinds", None)
    if intent in {"return_eligibility", "exchange"} and found.get("question_form") in {"STATEMENT", "WHAT"}:
        found["question_form"] = "YES_NO"
        found.setdefault("asks", "POSSIBLE")
    return found


def _together(frames: list[Frame], whole: Frame) -> list[Frame]:
    """The parts, where each was understood; else the message as one question."""
    told = [frame for frame in frames if frame.intent not in _POLITE | {OUT_OF_SCOPE}]
    unclear = [
        frame for frame in frames if frame.intent == OUT_OF_SCOPE or (frame.confidence < UNDERSTOOD and frame not in told[:1])
    ]
    if not told:
        return [whole]
    if unclear and whole.intent not in {OUT_OF_SCOPE} and whole.confidence >= UNDERSTOOD and len(told) < 2:
        return [whole]
    distinct: list[Frame] = []
    for frame in told:
        same = next(
            (i for i, other in enumerate(distinct) if other.intent == frame.intent and _goods(other) == _goods(frame)), None
        )
        if same is None:
            distinct.append(frame)
    if len(distinct) == 1 and whole.intent == distinct[0].intent:
        return [whole]
    return distinct


def _goods(frame: Frame) -> tuple[tuple[str, str | None], ...]:
    return tuple((mention.text, mention.role) for mention in frame.mentions)
