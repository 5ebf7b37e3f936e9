"""What the conversation is about, where a question leaves it out: the order and the goods of the last answer.

A question is decided as it stands first. Where that leads to asking which order or goods are meant, to an order that was only
assumed, or to the rules as such right after a question about one's own goods, it is decided again about those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kg_service.answers.facts import models
from kg_service.decisions.decision import Asker, Decision
from kg_service.dialogue.session import SessionState
from kg_service.parsing.frame import EntityRef, Frame, Mention
from kg_service.parsing.intents import IntentSet

__all__ = ["better", "in_focus"]

#: Intents whose first concern is what goes back.
_RETURNS = frozenset(
    ["promotion_after_return", "refund_amount", "gift_after_return", "coupon_after_return", "return_eligibility"]
)
#: Groups of intents about an order as a whole: there the order comes before the goods.
_OF_ORDERS = frozenset({"ORDER", "LOGISTICS"})
_GOODS = frozenset({"sku", "product", "category", "brand", "line"})
#: What makes a question one about the rules, whatever was spoken of before.
_RULES = re.compile(r"一般|通常|平时|你们|店里|平台|规定|规则|政策|条款")
#: What means any order of theirs, whichever was spoken of.
_ANY_ORDER = re.compile(r"我的?(?:快递|包裹|订单|单子|物流)|哪[些个]|所有|最近|还有(?:没有)?(?:别的|其他)|别的|其他")
_IDS = frozenset({"order", "return", "tracking", "coupon"})
_UNDECIDED = frozenset({"CLARIFY", "NOT_FOUND", "FORBIDDEN", "OUT_OF_SCOPE"})


def in_focus(
    frame: Frame, asker: Asker, state: SessionState, decision: Decision, intents: IntentSet, *, same_message: bool = False
) -> Iterator[tuple[Frame, Asker]]:
    """The question again, about what the conversation is about: likeliest first; nothing where it stands on its own.

    Parameters
    ----------
    same_message : what was spoken of was said in the same message
    """
    if state.order_id is None or asker.order_id is not None or frame.intent not in intents:
        return
    if not (
        _left_open(decision, state.order_id, frame)
        or _assumed(frame, state.order_id, decision, same_message)
        or _told_rules(frame, state, decision, intents)
    ):
        return
    there = replace(asker, order_id=state.order_id)
    ways = [(frame, there)]
    if state.line_ids and not any(_names_goods(mention) for mention in frame.mentions):
        role = "RETURNED" if frame.intent in _RETURNS else None
        lines = tuple(_line(f"{state.order_id}/{line_id}", role) for line_id in state.line_ids)
        of_order = intents[frame.intent].group in _OF_ORDERS
        ways.insert(1 if of_order else 0, (frame.model_copy(update={"mentions": (*lines, *frame.mentions)}), there))
    yield from ways


def better(decision: Decision) -> bool:
    """Whether what came of it is an answer."""
    return decision.status not in _UNDECIDED


def _left_open(decision: Decision, order_id: str, frame: Frame) -> bool:
    """Whether it was asked which order or goods are meant, and those just spoken of may be."""
    waiting = decision.clarification
    if decision.status != "CLARIFY" or waiting is None:
        return False
    if waiting.about in ("order", "line"):
        return any(option.id.partition("/")[0] == order_id for option in waiting.options)
    return waiting.about in ("product", "category") and not any(_names_goods(mention) for mention in frame.mentions)


def _assumed(frame: Frame, order_id: str, decision: Decision, same_message: bool) -> bool:
    """Whether an order was taken that nothing in the question says, and it is another than the one spoken of."""
    found = decision.facts.get("order_id")
    if found in (None, order_id) or frame.period is not None or frame.order_step is not None or _ANY_ORDER.search(frame.text):
        return False
    if any(_names_goods(mention) or any(ref.kind in _IDS for ref in mention.refs) for mention in frame.mentions):
        return False
    return same_message or decision.words.get("recent") is True


def _told_rules(frame: Frame, state: SessionState, decision: Decision, intents: IntentSet) -> bool:
    """Whether the rules as such were told, right after a question about one's own goods in the same matter."""
    model = models().get(frame.intent)
    if model is None or "order_id" not in model.model_fields or decision.facts.get("order_id") is not None:
        return False
    last = state.frame.intent if state.frame is not None else None
    if last is None or last not in intents:
        return False
    related = intents[last].group == intents[frame.intent].group or last in _RETURNS
    return related and not frame.mentions and not _RULES.search(frame.text)


def _names_goods(mention: Mention) -> bool:
    return mention.role != "GIFT" and any(ref.kind in _GOODS for ref in mention.refs)


def _line(key: str, role: str | None) -> Mention:
    said = Mention(text="", start=0, end=0, refs=(EntityRef(kind="line", id=key),), match="CONTEXT")
    return said.model_copy(update={"role": role})
