"""What a question leaves out because it was said before: ellipsis, pronouns, corrections."""

from __future__ import annotations

import re
from typing import Any

from kg_service.parsing.follow_ups import FollowUps
from kg_service.parsing.frame import Frame, Mention
from kg_service.parsing.intents import OUT_OF_SCOPE, UNDERSTOOD, IntentSet
from kg_service.parsing.mentioned import goods_of, ids_in, in_context, is_id, lines_of, named_goods, said_before
from kg_service.parsing.reading import Context, Reading
from kg_service.parsing.return_sets import RETURNS, spoken_of, together

__all__ = ["carried", "carry", "follow"]

_PRODUCTS = frozenset(
    [
        "product_attribute",
        "product_price",
        "product_stock",
        "product_compare",
        "promotion_list",
        "compatibility",
        "size_advice",
        "accessory_recommend",
        "usage_help",
        "installation",
        "authenticity",
        "reviews",
        "shipping_fee",
        "promotion_eligibility",
        "promotion_gap",
        "best_price",
        "repair_warranty",
    ]
)
#: Intents that end with goods to ask more about.
_SEARCHES = frozenset({"product_search", "product_recommend"})
#: A number that may be a specification's: a size, a shade; not one with a unit of its own.
_NUMBER = re.compile(r"(?<![\d.])\d{2,3}(?![\d.元块斤厘公件个折cmkg])")
_STILL = re.compile(r"还(?:在|有|剩|算|能|保)")
_ONLY = re.compile(r"[只就光单仅]退")
_SLOTS = ("quantity", "ordinal", "period", "amount", "reason", "channel", "gift_kept", "whole_order", "order_step", "rest")
#: Messages of so few characters say nothing of their own, however sure their intent seems.
_BARE = 5
#: What makes a question one of its own, whatever was asked before.
_NEW = frozenset(
    [
        "OFFER",
        "COUPON",
        "GIFT",
        "HOWMUCH",
        "STOCK",
        "TRACK",
        "SHIP",
        "STATUS",
        "POLICY",
        "PRICE",
        "ATTR",
        "PERSON",
        "COMPLAINT",
        "INVOICE",
        "FREIGHT",
        "WARRANTY",
        "EXCHANGE",
        "REFUND",
        "PROMO",
        "PAYMENT",
        "ACCOUNT",
        "POINTS",
        "INSTALL",
    ]
)


def carried(text: str, context: Context) -> frozenset[str]:
    """Concepts of the last question that a short one goes on from: ``那优惠呢`` after a question about a return."""
    last = context.last_frame
    goes_on = text.startswith(("那", "还", "如果", "要是")) or text.rstrip(" ?!.").endswith("呢") or _STILL.search(text)
    return frozenset({"RETURN"}) if last is not None and last.intent in RETURNS and goes_on and len(text) <= 14 else frozenset()


def carry(frame: Frame, before: Frame) -> Frame:
    """A later question of the same message: what goes back was said in the one before."""
    if frame.intent not in RETURNS or before.intent not in RETURNS | {OUT_OF_SCOPE, "return_policy", "exchange"}:
        if frame.intent in _PRODUCTS and before.intent in _PRODUCTS and not goods_of(frame):
            return frame.model_copy(update={"mentions": in_context(goods_of(before)) + frame.mentions})
        return frame
    update: dict[str, Any] = {}
    if not any(mention.role == "RETURNED" for mention in frame.mentions) and not frame.whole_order:
        said = tuple(mention for mention in goods_of(before) if mention.role in {"RETURNED", "ASKED"})
        update["mentions"] = in_context(said, role="RETURNED") + tuple(
            mention.model_copy(update={"role": "KEPT"}) if mention.role == "ASKED" and mention in goods_of(frame) else mention
            for mention in frame.mentions
        )
        if before.whole_order:
            update["whole_order"] = True
        if frame.quantity is None and before.quantity is not None:
            update["quantity"] = before.quantity
    for slot in ("reason", "period", "gift_kept", "channel"):
        if getattr(frame, slot) is None and getattr(before, slot) is not None:
            update[slot] = getattr(before, slot)
    return frame.model_copy(update=update) if update else frame


def follow(frame: Frame, reading: Reading, intents: IntentSet) -> Frame:
    """A question read against the conversation's last one; it remembers the goods of those before."""
    told = _followed(frame, reading, intents)
    last = reading.context.last_frame
    return told if last is None else told.model_copy(update={"spoken": spoken_of(last)})


def _followed(frame: Frame, reading: Reading, intents: IntentSet) -> Frame:
    context = reading.context
    last = context.last_frame
    if last is not None and frame.intent == last.intent:
        frame = frame.model_copy(update={"before": said_before(last)})
    if context.goods and frame.intent != OUT_OF_SCOPE and not goods_of(frame) and not ids_in(frame) and not frame.whole_order:
        # what was said before was not understood, but it named the goods
        role = "RETURNED" if frame.intent in RETURNS else None
        frame = frame.model_copy(update={"mentions": in_context(context.goods, role=role) + frame.mentions, "follow_up": True})
        return frame
    if context.options and (chosen := _choice(frame, reading)) is not None:
        base = last or frame
        return _replaced(base, frame, {"ordinal": chosen, "follow_up": True})
    if last is None or last.intent not in intents or last.intent in {"greeting", "thanks", "human_agent", OUT_OF_SCOPE}:
        if reading.has("DENY") and reading.has("LAST_ORDER", "EARLIER_ORDER"):
            return frame.model_copy(update={"correction": True})
        return frame
    if _corrects(reading):
        kept = _without_denied(frame, reading)
        if not _says_more(kept):
            kept = kept.model_copy(update={"order_step": "OTHER"})
        return _replaced(last, kept, {"correction": True, "follow_up": True})
    if last.intent in _PRODUCTS and named_goods(last):
        frame = _with_specs(frame, reading)
    if (going := together(frame, last, reading)) is not None:
        return going
    if frame.intent in {"product_compare", "compatibility"} and len(goods_of(frame)) < 2:
        frame = _both_spoken_of(frame, last)
    if _elliptic(frame, reading):
        return _replaced(last, frame, {"follow_up": True})
    unclear = frame.intent == OUT_OF_SCOPE or frame.confidence < UNDERSTOOD or len(reading.text) <= _BARE
    if unclear and all(ref.kind == "attribute" for mention in frame.mentions for ref in mention.refs):
        asked = FollowUps.open().intent(reading.places, reading.text, last.intent, intents)
        if asked is not None:
            return _replaced(last, frame, {"intent": asked, "question_form": frame.question_form, "follow_up": True})
    nothing = not (named_goods(frame) if frame.intent in _PRODUCTS else goods_of(frame))
    if frame.intent in RETURNS | _PRODUCTS | {"exchange"} and nothing and not frame.whole_order and not ids_in(frame):
        family = RETURNS | {"exchange"} if frame.intent in RETURNS | {"exchange"} else _PRODUCTS
        if (
            last.intent in family | _PRODUCTS | RETURNS | _SEARCHES
            and goods_of(last)
            and (last.intent in family | _SEARCHES or reading.has("PRONOUN") or context.options)
        ):
            role = "RETURNED" if frame.intent in RETURNS and last.intent not in RETURNS else None
            said = _but(last, reading) if frame.rest else in_context(_unless_said(last, frame), role=role)
            if last.intent == "exchange" and frame.intent in RETURNS:
                said = tuple(mention for mention in said if not _wished_for(mention))
            update: dict[str, Any] = {"mentions": said + frame.mentions, "follow_up": True, "before": said_before(last)}
            for slot in ("reason", "period", "quantity"):
                if getattr(frame, slot) is None and getattr(last, slot) is not None:
                    update[slot] = getattr(last, slot)
            return frame.model_copy(update=update)
        if last.intent in family and last.whole_order and frame.intent in RETURNS:
            return frame.model_copy(update={"whole_order": True, "follow_up": True})
        said = tuple(mention for mention in named_goods(last) if mention.role != "GIFT") or last.spoken[-1:]
        meant = reading.has("PRONOUN") or bool(goods_of(frame))
        if frame.intent in _PRODUCTS and meant and said and not _unknown_words(frame):
            # 它能承多少斤, whatever was asked of its parcel
            return frame.model_copy(update={"mentions": in_context(said, role="ASKED") + frame.mentions, "follow_up": True})
    return frame


def _unknown_words(frame: Frame) -> bool:
    return any(ref.kind == "words" for mention in frame.mentions for ref in mention.refs)


def _both_spoken_of(frame: Frame, last: Frame) -> Frame:
    """这俩差在哪: the goods of the last questions."""
    named = goods_of(frame)
    before = [one for one in spoken_of(last) if one.text not in {mention.text for mention in named}]
    added = tuple(before[len(named) - 2 :]) if named else tuple(before[-2:])
    if len(added) + len(named) != 2:
        return frame
    return frame.model_copy(update={"mentions": in_context(added, role="ASKED") + frame.mentions, "follow_up": True})


def _choice(frame: Frame, reading: Reading) -> int | None:
    """The place of the option a reply to a clarification names; None when it names none by its place."""
    count = len(reading.context.options)
    text = reading.text.strip(" .!,")
    if frame.ordinal is not None and not reading.has(*_NEW):
        place = frame.ordinal if frame.ordinal > 0 else count
        return place if 1 <= place <= count else frame.ordinal
    if text.isdigit() and 1 <= int(text) <= count:
        return int(text)
    if len(text) <= 3 and text in "一二三四五六七八九" and len(text) == 1:
        return "一二三四五六七八九".index(text) + 1
    if reading.has("CONFIRM") and count == 1 and len(text) <= 6:
        return 1
    return None


def _corrects(reading: Reading) -> bool:
    """``不是这个,是上一单``, ``不对,我说的是耳机``."""
    if not reading.tokens or not reading.has("DENY"):
        return False
    first = next((i for i, token in enumerate(reading.tokens) if "DENY" in token.concepts), 99)
    return first <= 2 and (
        bool(reading.goods())
        or reading.has("LAST_ORDER", "EARLIER_ORDER", "ORDINAL", "TIME", "ORDER_ID", "WHOLE", "OTHER")
        or len(reading.text) <= 12
    )


def _without_denied(frame: Frame, reading: Reading) -> Frame:
    """``不是手机,是耳机``: what stands behind the denial is not meant when something else is."""
    at = next((token.end for token in reading.tokens if "DENY" in token.concepts), 0)
    goods = goods_of(frame)
    denied = [mention for mention in goods if at <= mention.start <= at + 1]
    if denied and len(goods) > len(denied):
        return frame.model_copy(update={"mentions": tuple(m for m in frame.mentions if m not in denied)})
    return frame


def _elliptic(frame: Frame, reading: Reading) -> bool:
    """Too little is said for a question of its own, and something of the last one is replaced."""
    if len(reading.text) > 18 or reading.has(*_NEW, "SMALLTALK"):
        return False
    last = reading.context.last_frame
    if (
        reading.has("RETURN")
        and last is not None
        and last.intent not in RETURNS | {"return_process", "return_freight", "exchange"}
    ):
        # 钢笔退一支呢, after a question about another matter
        return False
    replaces = bool(goods_of(frame)) or any(getattr(frame, slot) for slot in _SLOTS)
    if not replaces:
        return False
    if frame.intent == OUT_OF_SCOPE or frame.confidence < UNDERSTOOD:
        return True
    says_so = reading.text.rstrip(" ?!.").endswith("呢")
    return says_so and not reading.has("YESNO", "STILL", "LOST", "HOW", "WHEN")


def _replaced(last: Frame, frame: Frame, update: dict[str, Any]) -> Frame:
    """The last question again with what the new one says in the place of what it replaces."""
    fresh = goods_of(frame)
    mentions: tuple[Mention, ...] = in_context(last.mentions)
    if frame.order_step is not None:
        # another order is meant than the one that an id or a time named
        mentions = tuple(mention for mention in mentions if not is_id(mention))
        last = last.model_copy(update={"period": None, "mentions": mentions})
    if frame.rest and not fresh:
        mentions = _but(last, frame)
    elif fresh and not named_goods(frame) and last.intent in _PRODUCTS and named_goods(last):
        # of the same goods another specification
        mentions = in_context(_unless_said(last, frame)) + fresh
    elif fresh:
        mentions = _swapped(last, fresh, only=last.intent in RETURNS and _ONLY.search(frame.text) is not None)
    mentions += tuple(mention for mention in frame.mentions if mention not in fresh)
    changed: dict[str, Any] = {
        "text": frame.text,
        "before": said_before(last),
        "mentions": mentions,
        "confidence": max(frame.confidence, last.confidence),
    }
    for slot in _SLOTS:
        value = getattr(frame, slot)
        if value is not None and value is not False:
            changed[slot] = value
    if frame.whole_order:
        changed["mentions"] = tuple(m for m in mentions if m.role != "RETURNED" or m in fresh)
    if fresh and last.whole_order:
        changed["whole_order"] = frame.whole_order
    if frame.quantity is not None:
        changed["mentions"] = tuple(
            m.model_copy(update={"quantity": frame.quantity}) if m.role == "RETURNED" else m for m in changed["mentions"]
        )
    cleared = {"ordinal": frame.ordinal, "order_step": frame.order_step, "rest": frame.rest, "correction": False}
    return last.model_copy(update=cleared | changed | update)


def _but(last: Frame, said: Frame | Reading) -> tuple[Mention, ...]:
    """``其他都退呢`` after a question about one thing: that stays; ``剩下的也退呢``: it goes back as well."""
    role = "RETURNED" if "也" in said.text else "KEPT"
    returned = tuple(mention for mention in goods_of(last) if mention.role != "KEPT") or goods_of(last)
    return in_context(returned, role=role)


def _says_more(frame: Frame) -> bool:
    """Whether a correction says what is meant instead."""
    return bool(goods_of(frame) or ids_in(frame) or any(getattr(frame, slot) for slot in _SLOTS))


def _swapped(last: Frame, fresh: tuple[Mention, ...], *, only: bool = False) -> tuple[Mention, ...]:
    roles = {mention.role for mention in goods_of(last)}
    out = []
    for mention in fresh:
        role = mention.role
        if role == "ASKED" or role not in roles:
            role = next((r for r in ("KEPT", "RETURNED", "GIFT", "ASKED") if r in roles), role)
        out.append(mention.model_copy(update={"role": role}))
    taken = {mention.role for mention in out}
    kept = tuple(mention for mention in in_context(last.mentions) if mention.role not in taken)
    if only and taken == {"RETURNED"}:
        # 只退油纸呢: what was spoken of besides stays
        others = tuple(one for one in goods_of(last) if one.role == "RETURNED" and not lines_of((one,)) & lines_of(tuple(out)))
        kept += in_context(others, role="KEPT")
    return kept + tuple(out)


def _unless_said(last: Frame, frame: Frame) -> tuple[Mention, ...]:
    """The goods of the last question without what another specification is said for now."""
    said = {key for mention in frame.mentions for key in _keys(mention)}
    return tuple(mention for mention in goods_of(last) if mention in named_goods(last) or not _keys(mention) & said)


def _wished_for(mention: Mention) -> bool:
    """A specification that none of the customer's goods has: what they want instead of it."""
    return {ref.kind for ref in mention.refs} == {"spec"}


def _keys(mention: Mention) -> set[str]:
    return {ref.id.partition("=")[0] for ref in mention.refs if ref.kind == "spec"}


def _with_specs(frame: Frame, reading: Reading) -> Frame:
    """Said of goods named before, a word or a bare number that is part of a specification is one."""
    kinds = {mention: {ref.kind for ref in mention.refs} for mention in frame.mentions}
    if reading.lexicon is None or any(found - {"words", "spec", "line"} or found == {"line"} for found in kinds.values()):
        return frame
    meant = {
        mention: reading.lexicon.specs_with(mention.text)
        if found == {"words"}
        else tuple(ref for ref in mention.refs if ref.kind == "spec")
        for mention, found in kinds.items()
    }
    mentions = tuple(mention.model_copy(update={"refs": refs or mention.refs}) for mention, refs in meant.items())
    for match in _NUMBER.finditer(reading.text):
        refs = reading.lexicon.specs_with(match[0])
        if refs and not any(mention.start < match.end() and match.start() < mention.end for mention in mentions):
            mentions += (Mention(text=match[0], start=match.start(), end=match.end(), refs=refs, role="ASKED"),)
    return frame.model_copy(update={"mentions": mentions})
