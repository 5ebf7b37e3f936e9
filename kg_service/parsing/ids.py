"""Ids of orders, returns, coupons and parcels in a message; which of them exist is looked up later."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kg_service.linking.borders import bordered
from kg_service.parsing.frame import EntityKind, EntityRef, Mention
from kg_service.text.normalise import Normalised, normalise

__all__ = ["find_ids"]

_NAMED: list[tuple[EntityKind, str]] = [
    ("tracking", r"运单号?|快递单号?|物流单号?|快递号|物流号|追踪号|快递编号"),
    ("return", r"退货单号?|退款单号?|售后单号?|服务单号?|退换货单号?|换货单号?|返修单号?"),
    ("coupon", r"优惠券(?:编号|号|码)?|券(?:编号|号|码)|红包(?:编号|号)"),
    ("order", r"订单(?:编号|号码|号)?|单号|编号|单子"),
]
_ID = r"([a-z]{0,8}\d[a-z0-9\-_/]*|[a-z]+(?:[\-_][a-z0-9]+)+)"
_AFTER = [(kind, re.compile(rf"(?:{words})(?:是|为|:|：|#|,| )*{_ID}")) for kind, words in _NAMED]
_BEFORE = re.compile(
    rf"(?<![a-z0-9]){_ID}(?=(?:这个|那个|这|那|的|现在|到底|怎么|还|啥时候|什么时候|几时)*(?:订单|单子|一单|单(?![个件品反元])|发货|发了|没发|到哪|到了|物流|快递|出库|签收|状态|寄出))"
)
#: Without a word that says so: letters with four digits or more, or ten digits or more; no mobile number, no date.
_BARE = re.compile(r"(?<![a-z0-9.])([a-z]{1,5}[\-_]?\d[\d\-_]{2,}[a-z0-9\-_]*\d|\d{10,}|[a-z]{1,5}\d{4,})(?![a-z0-9.%元块])")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_DATE = re.compile(r"20\d\d[-/.]?[01]?\d[-/.]?[0-3]?\d")


def find_ids(form: Normalised, known: Iterable[str] = ()) -> list[Mention]:
    """What looks like an id, as typed (half-width, in the case it was typed in), or is a known order's.

    Parameters
    ----------
    known : iterable of str
        The customer's own order ids: found whatever they look like.

    Examples
    --------
    >>> from kg_service.text import normalise
    >>> [(m.refs[0].kind, m.refs[0].id) for m in find_ids(normalise("订单 SO-88 里的 mate70, 运单SF1234567890"))]
    [('order', 'SO-88'), ('tracking', 'SF1234567890')]
    """
    found: list[Mention] = []
    text = form.text
    if not any(char.isdigit() for char in text):
        return found
    for one in known:
        plain = normalise(one).text
        at = text.find(plain) if plain else -1
        if at >= 0 and bordered(form, at, at + len(plain)):
            refs = (EntityRef(kind="order", id=one),)
            found.append(Mention(text=one, start=at, end=at + len(plain), refs=refs))
    for kind, pattern in _AFTER:
        for match in pattern.finditer(text):
            _keep(found, form, match.start(1), match.end(1), kind)
    for match in _BEFORE.finditer(text):
        if len(match[1]) >= (3 if any(char.isalpha() for char in match[1]) else 5):
            _keep(found, form, match.start(1), match.end(1), "order")
    for match in _BARE.finditer(text):
        if not _MOBILE.fullmatch(match[1]):
            _keep(found, form, match.start(1), match.end(1), "order")
    return sorted(found, key=lambda mention: mention.start)


def _keep(found: list[Mention], form: Normalised, start: int, end: int, kind: EntityKind) -> None:
    while end > start and form.text[end - 1] in "-_/":
        end -= 1
    typed = unicodedata.normalize("NFKC", form.typed(start, end)).strip()
    if not typed or _DATE.fullmatch(typed) or any(start < m.end and end > m.start for m in found):
        return
    spelled = dict.fromkeys((typed, typed.upper()))
    refs = tuple(EntityRef(kind=kind, id=one) for one in spelled)
    found.append(Mention(text=typed, start=start, end=end, refs=refs))
