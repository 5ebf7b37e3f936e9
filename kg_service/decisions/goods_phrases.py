"""The goods a question names, one phrase each: which mentions belong together, and how many units are meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg_service.parsing.figures import figures
from kg_service.parsing.frame import Frame, Mention
from kg_service.text.numbers import parse_number

__all__ = ["GoodsPhrase", "goods_phrases"]

_HEADS = frozenset({"product", "sku", "category", "line", "words"})
_MARKS = frozenset({"spec", "brand", "shop", "attribute"})
_NUMBER = re.compile(r"\d+|[一二两三四五六七八九十俩仨]+")
_TIMES = re.compile(r"\s*[x×*]\s*(\d{1,3})(?![\d.])")
_BETWEEN_BEFORE = re.compile(r"(的|那种|这种|那个|这个|那款|这款|那|这|新的?)?$")
_BETWEEN_AFTER = re.compile(r"[\s,]*(我|想|要|打算|准备|各|来|买|拿|拍|下单|再|凑)*$")
#: What stands before a number that is a condition (满3件, 任选三件), not a wish.
_CONDITION = re.compile(r"(满|任选|每|第|凑满|凑够|够|差|买满)$")
_EACH = re.compile(r"各(自|要|来|买|拿|拍)?$")


@dataclass(frozen=True)
class GoodsPhrase:
    """Mentions that together name one thing (黑色的 + 大衣), and the units wanted; ``None`` where nothing is said."""

    mentions: tuple[Mention, ...]
    quantity: int | None = None

    @property
    def start(self) -> int:
        return min(one.start for one in self.mentions)

    @property
    def end(self) -> int:
        return max(one.end for one in self.mentions)

    @property
    def text(self) -> str:
        """What the customer called it."""
        return "".join(one.text for one in self.mentions)

    @property
    def has_head(self) -> bool:
        """Whether it names goods, not only a brand or a colour."""
        return any(_kinds(one) & _HEADS for one in self.mentions)


def goods_phrases(frame: Frame) -> list[GoodsPhrase]:
    """The goods of a question in its order, with the units wanted of each.

    A specification belongs to the goods right behind it (黑色的大衣), else to those before; a second one of goods
    that have one already, with a number of its own, is more of the same goods (大衣一件黑的一件白的).
    """
    goods = sorted((one for one in frame.mentions if _kinds(one) & (_HEADS | _MARKS)), key=lambda one: (one.start, one.end))
    counted = _counts(frame)
    phrases: list[list[Mention]] = []
    for at, mention in enumerate(goods):
        following = goods[at + 1] if at + 1 < len(goods) else None
        last = phrases[-1] if phrases else None
        if last is None or not _joins(frame.text, last, mention, following):
            phrases.append([mention])
        elif _another(mention, last, counted):
            head = [one for one in last if _kinds(one) & _HEADS]
            phrases.append([*head, mention])
        else:
            last.append(mention)
    found = [GoodsPhrase(tuple(one)) for one in phrases]
    named = [one for one in found if one.has_head] or [one for one in found if any(_is(one, "brand") for one in one.mentions)]
    return _with_units(frame, named, counted)


def _kinds(mention: Mention) -> set[str]:
    return {ref.kind for ref in mention.refs}


def _is(mention: Mention, kind: str) -> bool:
    return kind in _kinds(mention)


def _joins(text: str, last: Sequence[Mention], mention: Mention, following: Mention | None) -> bool:
    """Whether a mention belongs to the phrase before it."""
    headed = any(_kinds(one) & _HEADS for one in last)
    end = max(one.end for one in last)
    if _kinds(mention) & _HEADS:
        return not headed or (mention.start <= end and mention.match != "CONTEXT")
    leads = following is not None and _kinds(following) & _HEADS and text[mention.end : following.start] in ("", "的", " ")
    return not (headed and leads)


def _another(mention: Mention, last: Sequence[Mention], counts: Sequence[tuple[int, int, int]]) -> bool:
    """Whether a specification begins more of the same goods: they have one already, and it has a number of its own."""
    if not _is(mention, "spec") or not any(_is(one, "spec") for one in last):
        return False
    return any(end == mention.start for _, end, _ in counts)


def _counts(frame: Frame) -> list[tuple[int, int, int]]:
    """Numbers of units in the text: start, end, units."""
    text = frame.text
    taken = [(one.start, one.end) for one in frame.mentions]
    found = []
    for figure in figures(text, None):
        if figure.tag != "QUANTITY" or any(figure.start < end and figure.end > start for start, end in taken):
            continue
        said = text[figure.start : figure.end]
        count = {"俩": 2, "仨": 3}.get(said)
        if count is None:
            number = _NUMBER.match(said)
            value = parse_number(number[0]) if number else None
            count = int(value) if value is not None else None
        if count and not _CONDITION.search(text[: figure.start]):
            found.append((figure.start, figure.end, count))
    for mention in frame.mentions:
        times = _TIMES.match(text, mention.end)
        if times and int(times[1]):
            found.append((times.start(), times.end(), int(times[1])))
    return sorted(found)


def _with_units(frame: Frame, phrases: Sequence[GoodsPhrase], counts: Sequence[tuple[int, int, int]]) -> list[GoodsPhrase]:
    out = list(phrases)
    for start, end, count in counts:
        before = [at for at, one in enumerate(out) if one.end <= start]
        if _EACH.search(frame.text[:start]):
            for at in before:
                out[at] = replace(out[at], quantity=out[at].quantity or count)
            continue
        ahead = [at for at, one in enumerate(out) if _follows(frame.text, one, end)]
        if ahead:
            out[ahead[0]] = replace(out[ahead[0]], quantity=count)
        elif before and out[before[-1]].quantity is None and _BETWEEN_AFTER.match(frame.text[out[before[-1]].end : start]):
            out[before[-1]] = replace(out[before[-1]], quantity=count)
        elif len(out) == 1 and out[0].quantity is None:
            out[0] = replace(out[0], quantity=count)
    given = [max((one.quantity or 0 for one in phrase.mentions), default=0) for phrase in out]
    return [replace(one, quantity=one.quantity or given[at] or None) for at, one in enumerate(out)]


def _follows(text: str, phrase: GoodsPhrase, end: int) -> bool:
    """Whether a phrase, or the specification at its end, stands right behind a number."""
    return any(one.start >= end and _BETWEEN_BEFORE.fullmatch(text[end : one.start]) is not None for one in phrase.mentions)
