"""Why something goes back, and what becomes of the gift and of the order as a whole."""

from __future__ import annotations

import itertools

from spacy.language import Language
from spacy.tokens import Doc

from kg_service.parsing.reading import Reading

__all__ = ["NAME"]

NAME = "kg_reasons"
_REASONS = {"REASON_QUALITY": "QUALITY", "REASON_SELLER": "SELLER_FAULT", "REASON_SIZE": "SIZE", "REASON_NONE": "NO_REASON"}
_DENIALS = ("没", "不", "无", "没有", "并没", "不是", "不算", "也没", "未")


@Language.component(NAME)
def reasons(doc: Doc) -> Doc:
    """Sets ``reason``, ``whole_order``, ``gift_kept``, ``negated``, ``hypothetical``, ``channel``, ``promotion_kinds``."""
    reading: Reading = doc._.reading
    slots = reading.slots
    concepts = {name for token in reading.tokens for name in (*token.concepts, token.tag)}
    for token in reading.tokens:
        reason = next((_REASONS[name] for name in token.concepts if name in _REASONS), None)
        if reason is None:
            continue
        denied = reading.text[: token.start].endswith(_DENIALS)
        if denied and reason in {"QUALITY", "SELLER_FAULT"}:
            slots.setdefault("reason", "NO_REASON")
        elif not denied and slots.get("reason") in {None, "NO_REASON"}:
            slots["reason"] = reason
    returns = [token for token in reading.tokens if token.tag in {"RETURN", "REFUND", "RETURN_NEG", "CANCEL", "REJECT"}]
    goods = any(token.tag == "GOODS" for token in reading.tokens)
    if "WHOLE" in concepts and (returns or "RETURN" in reading.earlier or reading.context.last_frame):
        slots["whole_order"] = not goods or (
            not _goods_in_front(reading)
            and (any("WHOLE" in token.concepts and "RETURN" in token.concepts for token in returns) or "ORDER" in concepts)
        )
    elif (not goods and any("BOTH" in token.concepts for token in returns) and "GIFT" not in concepts) or (
        not goods and returns and _order_as_object(reading)
    ):
        slots["whole_order"] = True
    if "GIFT" in concepts or any(mention.role == "GIFT" for mention in reading.mentions):
        kept = [t for t in reading.tokens if "GIFT_KEPT" in t.concepts or t.tag == "GIFT_KEPT" or t.tag == "KEEP"]
        if (kept and not any(token.tag == "RETURN_NEG" for token in reading.tokens[:0])) or _gift_not_returned(reading):
            slots["gift_kept"] = True
    negated = [_denied(reading, i) for i, token in enumerate(reading.tokens) if token.tag in {"RETURN", "RETURN_NEG"}]
    slots["negated"] = (bool(negated) and all(negated)) or "WITHDRAW" in concepts
    slots["hypothetical"] = "SUPPOSE" in concepts
    channel = next((name.removeprefix("CHANNEL_").lower() for name in sorted(concepts) if name.startswith("CHANNEL_")), None)
    kinds = tuple(sorted(name.removeprefix("KIND_") for name in concepts if name.startswith("KIND_")))
    if kinds:
        slots["promotion_kinds"] = kinds
    if channel:
        slots["channel"] = channel
    return doc


def _goods_in_front(reading: Reading) -> bool:
    """``尿不湿全退了``: the whole of what is named right before, not of the order."""
    before = ""
    for token in reading.tokens:
        if "WHOLE" in token.concepts:
            return before == "GOODS"
        if token.tag not in {"FUNCTION", "PRONOUN", "OWN", "WANT", "TIME", "DE", "BA", "QUANTITY", "SUPPOSE", "POSSIBLE"}:
            before = token.tag
    return False


def _order_as_object(reading: Reading) -> bool:
    """``把这单退了``, ``订单退了``: nothing but the order is named as what goes back."""
    tags = [
        token.tag for token in reading.tokens if token.tag not in {"FUNCTION", "PRONOUN", "OWN", "WANT", "TIME", "DE", "BUY"}
    ]
    pairs = list(itertools.pairwise(tags))
    return ("BA", "ORDER") in pairs and ("ORDER", "RETURN") in pairs


def _denied(reading: Reading, at: int) -> bool:
    if reading.tokens[at].tag == "RETURN_NEG":
        return True
    i = at - 1
    while i >= 0 and reading.tokens[i].tag in {"FUNCTION", "WANT", "BA", "GOODS", "PRONOUN"}:
        i -= 1
    return i >= 0 and reading.tokens[i].tag == "NEG"


def _gift_not_returned(reading: Reading) -> bool:
    """``赠品不退/不还``: a denied return with the gift as what it speaks of."""
    for i, token in enumerate(reading.tokens):
        if token.tag in {"RETURN", "RETURN_NEG"} and _denied(reading, i):
            before = [t for t in reading.tokens[:i] if t.tag not in {"FUNCTION", "NEG", "WANT", "DE", "BA", "POSSIBLE"}]
            if before and (before[-1].tag == "GIFT" or any(reading.mentions[m].role == "GIFT" for m in before[-1].mentions)):
                return True
    return False
