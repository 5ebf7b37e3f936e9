"""Asking back where it is not sure what a question is about: between refusing it and answering without a doubt."""

from __future__ import annotations

from kg_service.answers.answer import Option
from kg_service.decisions.decision import Decision
from kg_service.dialogue.outcome import clarify
from kg_service.parsing.frame import Frame
from kg_service.parsing.intents import ASK_BACK, ASK_BACK_NAMED, IntentSet

__all__ = ["ABOUT", "doubtful", "which_intent"]

#: What a clarification between intents is about.
ABOUT = "intent"
#: An answer that says or hands over too little to mislead anybody, whatever was meant.
_HARMLESS = frozenset({"greeting", "thanks", "out_of_scope", "faq", "human_agent", "complaint", "feedback"})
#: What stands in the graph under the name or the id that was said: the question is a shop's business for sure.
_NAMED = frozenset({"product", "sku", "line", "order", "coupon", "return", "tracking", "promotion"})
#: A next likely intent with less of a chance is no option.
_LIKELY = 0.1


def doubtful(frame: Frame) -> bool:
    """Whether to ask back instead of answering."""
    if frame.intent in _HARMLESS or frame.follow_up or frame.correction:
        return False
    named = any(ref.kind in _NAMED for mention in frame.mentions for ref in mention.refs)
    return frame.confidence < (ASK_BACK_NAMED if named else ASK_BACK)


def which_intent(frame: Frame, intents: IntentSet) -> Decision:
    """Ask which of the two likeliest intents is meant; where there is only one, whether it is."""
    likely = [frame.intent]
    if (
        frame.runner_up is not None
        and frame.runner_up in intents
        and frame.runner_up not in _HARMLESS
        and frame.confidence - frame.margin >= _LIKELY
    ):
        likely.append(frame.runner_up)
    return clarify(ABOUT, [Option(id=name, label=intents[name].title) for name in likely])
