"""Asking back where it is not sure what a question is about: between refusing it and answering without a doubt."""

from __future__ import annotations

from collections.abc import Sequence

from kg_service.answers.answer import Option
from kg_service.decisions.decision import Decision
from kg_service.dialogue.outcome import clarify
from kg_service.parsing.follow_ups import FollowUps
from kg_service.parsing.frame import Frame
from kg_service.parsing.intents import ASK_BACK, ASK_BACK_NAMED, IntentSet

__all__ = ["ABOUT", "doubtful", "likely_intents", "matters_of_goods", "which_intent"]

#: What a clarification between intents is about.
ABOUT = "intent"
#: An answer that says or hands over too little to mislead anybody, whatever was meant.
_HARMLESS = frozenset({"greeting", "thanks", "out_of_scope", "faq", "human_agent", "complaint", "feedback"})
#: What stands in the graph under the name or the id that was said: the question is a shop's business for sure.
_NAMED = frozenset({"product", "sku", "line", "order", "coupon", "return", "tracking", "promotion"})
_GOODS = frozenset({"product", "sku", "line", "category", "brand"})
#: Characters that say nothing beside goods.
_SAYS_NOTHING = frozenset("呢啊哦嗯吧嘛的那这个和跟与、 .,!?:;")
#: A next likely intent with less of a chance is no option.
_LIKELY = 0.1


def doubtful(frame: Frame) -> bool:
    """Whether to ask back instead of answering."""
    if frame.intent in _HARMLESS or frame.follow_up or frame.correction:
        return False
    named = any(ref.kind in _NAMED for mention in frame.mentions for ref in mention.refs)
    return frame.confidence < (ASK_BACK_NAMED if named else ASK_BACK)


def matters_of_goods(frame: Frame) -> tuple[str, ...]:
    """What may be asked about goods where a message names them and says nothing else (手机); nothing for other messages."""
    goods = [mention for mention in frame.mentions if any(ref.kind in _GOODS for ref in mention.refs)]
    if frame.follow_up or not goods or len(goods) < len(frame.mentions):
        return ()
    rest = frame.text
    for mention in sorted(goods, key=lambda one: -one.start):
        rest = rest[: mention.start] + rest[mention.end :]
    if set(rest) - _SAYS_NOTHING:
        return ()
    own = all(any(ref.kind == "line" for ref in mention.refs) for mention in goods)
    return tuple(FollowUps.open().bare["own" if own else "goods"])


def likely_intents(frame: Frame, intents: IntentSet) -> tuple[str, ...]:
    """The intent a doubtful question was read as, and the next one where it is likely too."""
    likely = [frame.intent]
    other = frame.runner_up
    known = other is not None and other in intents and other not in _HARMLESS
    if other is not None and known and frame.confidence - frame.margin >= _LIKELY:
        likely.append(other)
    return tuple(likely)


def which_intent(names: Sequence[str], intents: IntentSet, of: str = "") -> Decision:
    """Ask which of some intents is meant; of one alone, whether it is. ``of`` is what the customer named, if that is all."""
    return clarify(ABOUT, [Option(id=name, label=intents[name].title) for name in names], of=of)
