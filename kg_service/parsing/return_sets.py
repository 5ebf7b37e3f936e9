"""What goes back, said over several messages: 那湿巾一起退呢, 两个都退呢, 只退另外一个呢."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from kg_service.parsing.frame import Frame, Mention
from kg_service.parsing.intents import OUT_OF_SCOPE, UNDERSTOOD
from kg_service.parsing.mentioned import goods_of, ids_in, in_context, lines_of, said_before
from kg_service.parsing.reading import GOODS, Reading
from kg_service.text.numbers import parse_number

__all__ = ["RETURNS", "spoken_of", "together"]

#: Intents whose answer is the quote of a return.
RETURNS = frozenset(
    {"promotion_after_return", "refund_amount", "gift_after_return", "coupon_after_return", "return_eligibility"}
)
#: Intents about goods that go back, or may.
_GOING = RETURNS | {"return_process", "return_freight", "return_policy"}
_COUNT = re.compile(r"\d+|[两俩二三四五六七八九十]+")
_ONE = re.compile(r"[另别其]外?[那这]?一|另外?(?:那|这)|剩下?的?(?:那|这)?(?:一)?[个件样]|其他那")
#: Lines that are no goods of their own.
_BESIDE = frozenset({"GIFT", "SERVICE"})
#: Goods of earlier questions that are remembered.
_SPOKEN = 6


def spoken_of(last: Frame) -> tuple[Mention, ...]:
    """The goods of the last question and of those before it, each once, oldest first."""
    things = (one for one in goods_of(last) if any(ref.kind in GOODS for ref in one.refs) and not _is_spec(one))
    found = {frozenset(lines_of((one,))) or frozenset({one.text}): one for one in (*last.spoken, *things)}
    return in_context(tuple(found.values())[-_SPOKEN:])


def _is_spec(mention: Mention) -> bool:
    return any(ref.kind == "spec" for ref in mention.refs)


def together(frame: Frame, last: Frame, reading: Reading) -> Frame | None:
    """What goes back besides what was spoken of (那湿巾一起退呢), all that was (两个都退呢), the other thing; else None."""
    if last.intent not in _GOING or frame.intent not in _GOING | {OUT_OF_SCOPE} or last.whole_order:
        return None
    if reading.has("KEEP", "RETURN_NEG", "NEG", "EXCEPT", "EXCEPT_AFTER", "WHOLE") or ids_in(frame):
        return None
    before, fresh = _things(goods_of(last)), _things(goods_of(frame))
    if not fresh and reading.has("OTHER"):
        return _other_one(frame, last, reading, before)
    if not fresh and reading.has("BOTH") and reading.has("RETURN"):
        return _all_of_them(frame, last, reading, before)
    if frame.rest:
        return None
    going = tuple(mention for mention in before if mention.role != "KEPT")
    if fresh and going and frame.intent in RETURNS and _it_goes(reading) and not lines_of(fresh) & lines_of(going):
        stays = tuple(one.model_copy(update={"role": "KEPT"}) for one in fresh)
        return _going(last, frame, in_context(_anew(going), role="RETURNED") + stays)
    adds = reading.has("ALSO", "ADDED") or (reading.has("BOTH") and len(fresh) == 1)
    if frame.whole_order or not (fresh and going and adds) or lines_of(fresh) & lines_of(going):
        return None
    if reading.has("OTHER") or any(mention.role == "KEPT" for mention in fresh[:-1]):
        return None
    earlier = tuple(
        one.model_copy(update={"quantity": one.quantity if one.quantity is not None else last.quantity}) for one in going
    )
    added = tuple(one.model_copy(update={"role": "RETURNED"}) for one in fresh)
    return _going(last, frame, in_context(earlier, role="RETURNED") + added)


def _it_goes(reading: Reading) -> bool:
    """退了它英语那本还有折扣吗: what was spoken of goes back, what is named stays."""
    spoken = [token for token in reading.tokens if token.tag not in {"FUNCTION", "SUPPOSE", "WANT"}]
    # 那 alone only goes on: 那只退一份呢
    named = [token for token in spoken if reading.text[token.start : token.end] not in {"那", "这"}]
    tags = [token.tag for token in named]
    return any(pair in {("RETURN", "PRONOUN"), ("PRONOUN", "RETURN")} for pair in pairwise(tags))


def _things(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    return tuple(mention for mention in mentions if mention.role != "GIFT")


def _other_one(frame: Frame, last: Frame, reading: Reading, before: tuple[Mention, ...]) -> Frame | None:
    """只退另外一个呢: of two things spoken of, or of the two of their order, the one that the last question was not about."""
    if _ONE.search(reading.text) is None:
        return None
    going = tuple(mention for mention in before if mention.role != "KEPT") or before
    others = [one for one in (*last.spoken, *before) if lines_of((one,)) and not lines_of((one,)) & lines_of(going)]
    found = {frozenset(lines_of((one,))): one for one in others}
    stays = in_context(_anew(going), role="KEPT")
    if len(found) == 1:
        other = in_context(_anew(tuple(found.values())), role="RETURNED")
        return _going(last, frame, other + stays).model_copy(update={"rest": False})
    orders = {key.partition("/")[0] for key in lines_of(going)}
    rest = [line for line in reading.own_lines if line.order_id in orders and line.role not in _BESIDE and line.remaining]
    left = [line for line in rest if line.key not in lines_of(going)]
    if len(orders) == 1 and len(left) == 1:
        return _going(last, frame, stays).model_copy(update={"rest": True})
    return None


def _all_of_them(frame: Frame, last: Frame, reading: Reading, before: tuple[Mention, ...]) -> Frame | None:
    """两个都退呢: the goods spoken of last, so many of them, or so many units of the one; None where none fits the number."""
    said = _COUNT.search(reading.text)
    count = parse_number(said[0]) if said else None
    if len(before) > 1 and count in (None, len(before)):
        return _going(last, frame, in_context(_anew(before), role="RETURNED"))
    units = [line.remaining for line in reading.own_lines if line.key in lines_of(before)]
    if len(before) == 1 and count is not None and any(one >= count for one in units):
        whole = in_context(before, role="RETURNED")[0].model_copy(update={"quantity": int(count)})
        return _going(last, frame, (whole,)).model_copy(update={"quantity": int(count)})
    spoken = _things(spoken_of(last))
    if count is not None and 1 < count <= len(spoken):
        return _going(last, frame, in_context(_anew(spoken[-int(count) :]), role="RETURNED"))
    return None


def _anew(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """The same goods, of which all units are meant."""
    return tuple(mention.model_copy(update={"quantity": None}) for mention in mentions)


def _going(last: Frame, frame: Frame, goods: tuple[Mention, ...]) -> Frame:
    """The question about these goods together: the new one's, or the last one's where it asks nothing of its own."""
    asked = frame if frame.intent != OUT_OF_SCOPE and frame.confidence >= UNDERSTOOD and not _bare(frame, last) else last
    others = tuple(mention for mention in frame.mentions if mention not in goods_of(frame))
    update: dict[str, Any] = {
        "text": frame.text,
        "before": said_before(last),
        "mentions": goods + others,
        "quantity": None,
        "follow_up": True,
        "whole_order": False,
        "ordinal": None,
        "order_step": None,
        "confidence": max(frame.confidence, last.confidence),
    }
    for slot in ("reason", "period"):
        update[slot] = getattr(frame, slot) if getattr(frame, slot) is not None else getattr(last, slot)
    return asked.model_copy(update=update)


def _bare(frame: Frame, last: Frame) -> bool:
    """Whether a few words only name what else goes back; they ask what was asked before."""
    return frame.intent == "return_eligibility" and last.intent in RETURNS and frame.text.rstrip(" ?!.").endswith("呢")
