"""Which promotion a question means: by its name, a piece of it, the kind it speaks of, or a coupon's id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg_service.dataset.promotion import Promotion
from kg_service.decisions.specs import plain
from kg_service.parsing.frame import Frame

__all__ = ["coupon_ids_in", "promotions_meant", "ways_to_freight", "without_promotion_words"]

_FREIGHT = frozenset({"FREE_SHIPPING", "FREIGHT_OFF"})
_FREIGHT_WORDS = re.compile(r"包邮|免邮|免运|免配送|邮费|运费")
#: Words that say nothing about which promotion: they never tell one by its name.
_GENERIC = re.compile(
    r"优惠券?|折扣|满减|打折|立减|活动价?|促销|红包|代金券|抵用券|券|包邮|免邮|福利|补贴|会员价?|套装价?|换购价?|搭配购?|第二件|"
    r"可以|能不能|能用|能|用|享受|参加|还差|多少|凑单|怎么|那个|这个|一张|那张|这张|我的?|吗|呢|买|和|送|有|的|了|个|件"
)
_LEAST = 2


def ways_to_freight(frame: Frame) -> bool:
    """Whether a question is about freight that is waived."""
    return _FREIGHT_WORDS.search(frame.text) is not None


def coupon_ids_in(frame: Frame) -> list[str]:
    """The coupons a question names by id."""
    return [ref.id for mention in frame.mentions for ref in mention.refs if ref.kind == "coupon"]


def promotions_meant(frame: Frame, promotions: Sequence[Promotion]) -> list[Promotion]:
    """The promotions a question means, out of those given; empty when it names none.

    A name the catalogue knows comes first, then the longest piece of a name (新人 of 新人首单满50减20), then
    the kind. Of several that fit a name, those of the kind said.
    """
    ids = {ref.id for mention in frame.mentions for ref in mention.refs if ref.kind == "promotion"}
    kinds = set(frame.promotion_kinds) | (_FREIGHT if ways_to_freight(frame) else frozenset())
    found = [one for one in promotions if one.promotion_id in ids] or _by_piece(frame, promotions)
    if kinds:
        found = [one for one in found if one.kind in kinds] or found or [one for one in promotions if one.kind in kinds]
    return found


def without_promotion_words(frame: Frame, promotions: Iterable[Promotion]) -> Frame:
    """The question without the nouns that no catalogue has but a promotion's name (春季满减): they are no goods."""
    names = [plain(name) for one in promotions for name in (one.name, *one.aliases)]
    kept = tuple(
        one
        for one in frame.mentions
        if any(ref.kind != "words" for ref in one.refs) or not any(plain(one.text) in name for name in names)
    )
    return frame if len(kept) == len(frame.mentions) else frame.model_copy(update={"mentions": kept})


def _by_piece(frame: Frame, promotions: Iterable[Promotion]) -> list[Promotion]:
    """Those whose name shares the longest piece with what is left of the question without goods and common words."""
    text = frame.text
    for mention in frame.mentions:
        if any(ref.kind not in ("promotion", "words", "brand", "shop") for ref in mention.refs) and mention.end > mention.start:
            text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    pieces = [piece for piece in _GENERIC.sub(" ", text).split() if len(piece) >= _LEAST]
    scored = [(max((_shared(piece, name) for piece in pieces for name in _names(one)), default=0), one) for one in promotions]
    best = max((score for score, _ in scored), default=0)
    return [one for score, one in scored if score == best] if best >= _LEAST else []


def _names(promotion: Promotion) -> list[str]:
    return [plain(_GENERIC.sub(" ", name)) for name in (promotion.name, *promotion.aliases)]


def _shared(piece: str, name: str) -> int:
    """The length of the longest stretch both have; a number counts only whole (300 is not in 3000)."""
    best = 0
    for start in range(len(piece)):
        for end in range(len(piece), start + max(best, _LEAST - 1), -1):
            part = piece[start:end]
            at = name.find(part)
            if at >= 0 and _whole(part, piece, start) and _whole(part, name, at):
                best = max(best, end - start)
                break
    return best


def _whole(part: str, text: str, start: int) -> bool:
    end = start + len(part)
    cut_before = part[0].isdigit() and start > 0 and text[start - 1].isdigit()
    cut_after = part[-1].isdigit() and end < len(text) and text[end].isdigit()
    return not cut_before and not cut_after
