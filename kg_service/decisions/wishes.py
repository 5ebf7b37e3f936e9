"""What a customer wishes for who names no product: kind of goods, price, specification, qualities.

Words are data (``seed_data/lexicon/search.yaml``); a quality is what is left of the question without names, prices and words
that only ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from kg_service.decisions.attributes import Recorded, find, lexicon, quantities
from kg_service.decisions.price_range import PriceRange, price_range
from kg_service.decisions.specs import Said, plain, spec_words
from kg_service.decisions.value_kinds import kind_says, kinds_in
from kg_service.parsing.frame import Frame, Mention
from kg_service.resources import read_yaml, resource

__all__ = ["Quality", "SearchWords", "Wish", "judge", "read_wish", "search_words"]

_NAMES = frozenset({"product", "sku", "category", "brand", "shop", "line", "spec", "order", "promotion"})


@dataclass(frozen=True)
class SearchWords:
    """The words of ``seed_data/lexicon/search.yaml``."""

    cheapest: tuple[str, ...]
    dearest: tuple[str, ...]
    more: tuple[str, ...]
    less: tuple[str, ...]
    of: dict[str, str]
    without: tuple[str, ...]
    filler: re.Pattern[str]

    def direction(self, text: str) -> tuple[Literal["MOST", "LEAST"], str] | None:
        """Whether a text asks for the most or the least of something, and by which word."""
        for words, way in ((self.less, "LEAST"), (self.more, "MOST")):
            for word in words:
                if word in text:
                    return ("LEAST" if way == "LEAST" else "MOST"), word
        return None


@cache
def search_words() -> SearchWords:
    """Read once; in the form things are compared in."""
    data: dict[str, Any] = read_yaml(resource("seed_data", "lexicon", "search.yaml"))

    def words(name: str) -> tuple[str, ...]:
        return tuple(sorted((plain(word) for word in data[name]), key=len, reverse=True))

    filler = "|".join(re.escape(word) for word in words("filler"))
    return SearchWords(
        cheapest=words("cheapest"),
        dearest=words("dearest"),
        more=words("more"),
        less=words("less"),
        of={plain(word): name for word, name in data["of"].items()},
        without=words("without"),
        filler=re.compile(filler),
    )


@dataclass(frozen=True)
class Quality:
    """Something asked of goods, in the customer's words; ``wanted`` is false for what they do not want.

    ``name`` is set where the word stood where a name would ("苹果手机"): if nothing has it, it names goods nobody sells.
    ``unit`` with ``low`` or ``high`` is a bound on a recorded figure (5000毫安以上).
    """

    text: str
    wanted: bool = True
    name: str | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The word and other names of the same attribute, for finding it in the graph."""
        known = lexicon()
        return tuple(
            dict.fromkeys((self.text, *(word for index in known.groups_of(self.text) for word in known.groups[index][0])))
        )


@dataclass(frozen=True)
class Wish:
    """A search; ``price`` in 分."""

    category_ids: tuple[str, ...] = ()
    brand_ids: tuple[str, ...] = ()
    shop_ids: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()
    price: PriceRange | None = None
    specs: tuple[Said, ...] = ()
    qualities: tuple[Quality, ...] = ()
    order: Literal["CHEAPEST", "DEAREST"] | None = None
    unknown: tuple[str, ...] = field(default=())


def read_wish(frame: Frame) -> Wish:
    """Sort what a question says into the parts of a search.

    Examples
    --------
    >>> wish = read_wish(Frame(intent="product_search", confidence=1, text="有没有两千以内续航长的"))
    >>> wish.price.high, [quality.text for quality in wish.qualities]
    (200000, ['续航长'])
    """
    ids: dict[str, dict[str, None]] = {}
    unknown: list[Mention] = []
    loose: list[Quality] = []
    for mention in frame.mentions:
        kinds: dict[str, list[str]] = {}
        for ref in mention.refs:
            kinds.setdefault(ref.kind, []).append(ref.id)
        if set(kinds) == {"words"}:
            unknown.append(mention)
        kind = next((one for one in ("category", "product", "sku", "brand", "shop") if one in kinds), None)
        if kind is not None:
            ids.setdefault(kind, {}).update(dict.fromkeys(kinds[kind]))
        if kind == "category" and mention.score < 1:
            loose.append(Quality(mention.text, name=mention.text))
    price = price_range(frame.text)
    order = _order(frame, price)
    named = bool(ids.get("category") or ids.get("brand") or ids.get("product") or ids.get("sku"))
    return Wish(
        category_ids=tuple(ids.get("category", ())),
        brand_ids=tuple(ids.get("brand", ())),
        shop_ids=tuple(ids.get("shop", ())),
        product_ids=tuple(ids.get("product", ())),
        price=price,
        specs=tuple(spec_words(frame)),
        qualities=(*loose, *_beside(frame, unknown, named), *_figures(frame)[1], *_qualities(frame, price)),
        order=order,
        unknown=() if named else tuple(one.text for one in unknown),
    )


def _order(frame: Frame, price: PriceRange | None) -> Literal["CHEAPEST", "DEAREST"] | None:
    text = _without_names(frame, price)
    words = search_words()
    if any(word in text for word in words.cheapest):
        return "CHEAPEST"
    return "DEAREST" if any(word in text for word in words.dearest) else None


@cache
def _bound() -> re.Pattern[str]:
    known = lexicon().unit_words
    units = sorted({*known, *known.values()}, key=len, reverse=True)
    return re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(map(re.escape, units))})(?:的)?(以上|以下|以内|之内|起|往上|往下)")


def _figures(frame: Frame) -> tuple[str, list[Quality]]:
    """The bounds on figures a question names, and the question without them."""
    known = lexicon().unit_words
    found = []
    for match in _bound().finditer(frame.text):
        unit, value = known.get(match[2], match[2]), float(match[1])
        above = match[3] in {"以上", "起", "往上"}
        found.append(Quality(match[0], unit=unit, low=value if above else None, high=None if above else value))
    return _bound().sub(lambda match: "|" * len(match[0]), frame.text), found


def _without_names(frame: Frame, price: PriceRange | None) -> str:
    """The question with a break where a name, a bound or a price stood."""
    chars = list(_figures(frame)[0])
    for mention in frame.mentions:
        if mention.end and {ref.kind for ref in mention.refs} & (_NAMES | {"words"}):
            chars[mention.start : mention.end] = ["|"] * (mention.end - mention.start)
    if price is not None:
        chars[price.start : price.end] = ["|"] * (price.end - price.start)
    return "".join(chars)


def _qualities(frame: Frame, price: PriceRange | None) -> list[Quality]:
    words = search_words()
    text = _without_names(frame, price).replace(" ", "")
    for word in (*words.cheapest, *words.dearest):
        text = text.replace(word, "|")
    found: dict[str, Quality] = {}
    for part in re.split(r"[^\w]+", text):
        turned = next((word for word in words.without if word in part), None)
        head, _, tail = part.partition(turned) if turned else (part, "", "")
        for piece, wanted in ((head, True), (tail, False)):
            for said in _asked(piece):
                found.setdefault(said, Quality(said, wanted))
    return list(found.values())


def _asked(part: str) -> Iterable[str]:
    """What is left of a part of the question without the words that only ask; names of attributes are kept whole."""
    words = search_words()
    known = [name for names, asked in lexicon().groups for name in (*names, *asked) if len(name) > 1 and name in part]
    for name in sorted(known, key=len, reverse=True):
        part = part.replace(name, f"|{name}|") if f"|{name}" not in part and not _inside(name, part) else part
    pieces = part.split("|")
    kept: list[str] = []
    for piece in pieces:
        if piece in known:
            kept.append(piece)
        else:
            kept.extend(rest for rest in words.filler.sub("|", piece).split("|") if rest)
    # 续航长: the adjective belongs to the name before it
    out: list[str] = []
    for rest in kept:
        if out and out[-1] in known and rest in (*words.more, *words.less):
            out[-1] += rest
        elif len(rest) > 1 or rest in words.of:
            out.append(rest)
    return out


def _inside(name: str, marked: str) -> bool:
    return any(name in piece and name != piece for index, piece in enumerate(marked.split("|")) if index % 2)


def _beside(frame: Frame, unknown: Sequence[Mention], named: bool) -> list[Quality]:
    """Unknown words beside a kind of goods: a quality, or a name nobody here sells."""
    if not named:
        return []
    goods = [one for one in frame.mentions if {ref.kind for ref in one.refs} & {"category", "brand", "product"}]
    found = []
    for one in unknown:
        touching = next((other for other in goods if one.end == other.start), None)
        found.append(Quality(one.text, name=one.text + touching.text if touching else None))
    return found


def judge(quality: Quality, recorded: Sequence[Recorded], texts: Iterable[str]) -> tuple[bool | None, Recorded | None]:
    """What is recorded of a product says to a quality: yes, no, or nothing; and the record it says it by.

    Parameters
    ----------
    recorded : sequence of Recorded
        Attributes and specifications of the product.
    texts : iterable of str
        Its names and description.

    Examples
    --------
    >>> def answer(said, name, value):
    ...     return judge(Quality(said), [Recorded(name, value)], [])[0]
    >>> answer("防水", "防水等级", "IPX7"), answer("防水", "防水", "不防水")
    (True, False)
    >>> answer("纯棉", "面料", "A 类纯棉"), answer("纯棉", "面料", "涤纶")
    (True, None)
    """
    if quality.unit is not None:
        return _within(quality, recorded)
    said = plain(quality.text)
    asked = Frame(intent="product_search", confidence=1, text=said)
    found = find(said, recorded, asked) if said else None
    answer: bool | None = None
    told = {kind_says(kind, found.name, found.value) for kind in kinds_in(said)} - {None} if found is not None else set()
    if found is not None and told:
        answer = "NO" not in told if told != {"DEPENDS"} else None
    elif found is not None:
        answer = not plain(found.value).startswith(lexicon().no)
    else:
        found = next((one for one in recorded if said in plain(one.value)), None)
        if found is not None or any(said in plain(text) for text in texts):
            answer = True
    if answer is None or quality.wanted:
        return answer, found
    return not answer, found


def _within(quality: Quality, recorded: Sequence[Recorded]) -> tuple[bool | None, Recorded | None]:
    for one in recorded:
        for value, unit in quantities(plain(one.value + (one.unit or ""))):
            if unit == quality.unit:
                low, high = quality.low, quality.high
                return (low is None or value >= low) and (high is None or value <= high), one
    return None, None
