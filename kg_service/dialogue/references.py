"""What a question names, as references to goods and ids, and which own lines each fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg_service.decisions.specs import matches as spec_matches
from kg_service.decisions.specs import plain
from kg_service.linking.heads import merely_qualifies
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import Frame, Mention

__all__ = ["ID_KINDS", "Reference", "Said", "id_tokens", "kinds_of", "said_in", "specified"]

ID_KINDS = frozenset({"order", "return", "tracking", "coupon"})
_GOODS = frozenset({"sku", "product", "category", "brand", "spec", "line", "words"})
#: Between two mentions these do not separate: "黑色的手机" is one thing.
_JOINING = frozenset({"", "的", " ", "色", "色的", "码", "码的", "号", "号的", "款", "款的"})

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{3,63}")
_OFFER = re.compile(r"的?(?:店铺|平台|满减|优惠|品牌)?(?:券|红包|活动)")


@dataclass(frozen=True)
class Reference:
    """One thing the question names, by one or several mentions side by side ("华为的黑色手机")."""

    mentions: tuple[Mention, ...]

    @property
    def text(self) -> str:
        """What the customer called it."""
        return "".join(mention.text for mention in self.mentions)

    @property
    def role(self) -> str | None:
        return next((mention.role for mention in self.mentions if mention.role), None)

    @property
    def quantity(self) -> int | None:
        return next((mention.quantity for mention in self.mentions if mention.quantity is not None), None)

    def fitting(self, lines: Sequence[OwnLine]) -> tuple[OwnLine, ...]:
        """The lines that fit every mention."""
        found = tuple(line for line in lines if all(_fits(mention, line) for mention in self.mentions))
        found = found or tuple(line for line in lines if all(_called(mention, line) for mention in self.mentions))
        # 安全座椅 is not the 安全座椅保护垫 beside it
        such = tuple(line for line in found if not any(_merely_for(mention, line) for mention in self.mentions))
        return such or found

    def begins_where(self, other: Reference) -> bool:
        """Whether it stands right behind goods, with nothing between: 电饭煲煮饭 says what these do."""
        return not other.is_words and self.mentions[0].start == other.mentions[-1].end > 0

    @property
    def is_spec(self) -> bool:
        """Whether it names only a colour, a size or the like, of goods named elsewhere or of none."""
        return all(kinds_of(mention) == {"spec"} for mention in self.mentions)

    @property
    def is_words(self) -> bool:
        """Whether it is only a noun that no catalogue entry has."""
        return all(kinds_of(mention) == {"words"} for mention in self.mentions)

    def nearly(self, lines: Sequence[OwnLine]) -> tuple[OwnLine, ...]:
        """The lines that fit but for the specification: what may be offered, not assumed."""
        kept = tuple(mention for mention in self.mentions if kinds_of(mention) != {"spec"})
        return Reference(kept).fitting(lines) if kept and kept != self.mentions else ()


@dataclass(frozen=True)
class Said:
    """Everything a question names.

    Attributes
    ----------
    goods : references in the order of the message
    ids, id_texts : what is spoken of as an id of an order, return, parcel or coupon: every spelling of it, and as typed
    promotion_ids : promotions and coupons it names
    """

    goods: tuple[Reference, ...]
    ids: tuple[str, ...]
    id_texts: tuple[str, ...]
    promotion_ids: tuple[str, ...]


def said_in(frame: Frame) -> Said:
    """Sort a question's mentions."""
    goods: list[list[Mention]] = []
    ids: list[str] = []
    id_texts: list[str] = []
    promotions: list[str] = []
    for mention in sorted(frame.mentions, key=lambda one: (one.start, one.end)):
        kinds = {ref.kind for ref in mention.refs}
        ids.extend(ref.id for ref in mention.refs if ref.kind in ID_KINDS)
        id_texts.extend([mention.text] if kinds & ID_KINDS else [])
        promotions.extend(ref.id for ref in mention.refs if ref.kind == "promotion")
        if not kinds & _GOODS or _names_offer(frame.text, mention):
            continue
        last = goods[-1][-1] if goods else None
        if last is not None and _joined(frame.text, last, mention):
            goods[-1].append(mention)
        else:
            goods.append([mention])
    return Said(
        goods=tuple(Reference(tuple(one)) for one in goods),
        ids=tuple(dict.fromkeys(ids)),
        id_texts=tuple(dict.fromkeys(id_texts)),
        promotion_ids=tuple(dict.fromkeys(promotions)),
    )


def specified(goods: Sequence[Reference], lines: Sequence[OwnLine]) -> tuple[Reference, ...]:
    """Goods with the specification that is named apart from them: "纸尿裤退一包L码" speaks of one thing.

    What is said of one specification is said of those goods; of several, each is a thing of its own ("袜子退白的,黑的留着").
    A specification with another role than the goods (收纳箱退了,白的留着) stays apart.
    """
    of: dict[int, list[int]] = {}
    for index, spec in enumerate(goods):
        near = sorted((abs(index - at), at) for at, one in enumerate(goods) if not one.is_spec and spec.is_spec)
        for _, at in near:
            if Reference((*spec.mentions, *goods[at].mentions)).fitting(lines):
                of.setdefault(at, []).append(index)
                break
    found: dict[int, Reference] = dict(enumerate(goods))
    for at, specs in of.items():
        roles = {goods[index].role for index in specs} - {None}
        if len(specs) == 1 and goods[at].role is not None and roles - {goods[at].role}:
            continue
        for index in specs:
            found[index] = Reference((*goods[index].mentions, *goods[at].mentions))
        del found[at]
    return tuple(found[index] for index in sorted(found))


def id_tokens(text: str) -> list[str]:
    """What in a text may be an id although nothing says so: looked up among the customer's own, never missed aloud.

    Examples
    --------
    >>> id_tokens("270309112这单和sf1234 到哪步了, 上周2件")
    ['270309112', 'sf1234', 'SF1234']
    """
    found = [token for token in _TOKEN.findall(text) if sum(char.isdigit() for char in token) >= 4]
    return [spelled for token in found for spelled in dict.fromkeys((token, token.upper()))]


def _names_offer(text: str, mention: Mention) -> bool:
    """A brand right before 券 or 活动 says whose offer is meant, not which goods: "拾木的券"."""
    return kinds_of(mention) <= {"brand", "shop"} and bool(_OFFER.match(text, mention.end)) and mention.match != "CONTEXT"


def _joined(text: str, left: Mention, right: Mention) -> bool:
    between = text[left.end : right.start]
    if between not in _JOINING or left.end > right.start or "CONTEXT" in (left.match, right.match):
        return False
    if left.role is not None and right.role is not None and left.role != right.role:
        return False
    # two nouns side by side are two things ("手机耳机"); a qualifier and a noun are one
    return _qualifies(left) or _qualifies(right)


def _qualifies(mention: Mention) -> bool:
    return kinds_of(mention) <= {"spec", "brand"}


def kinds_of(mention: Mention) -> set[str]:
    """What kinds of things a mention names, own lines aside (any name may also mean some)."""
    kinds = {str(ref.kind) for ref in mention.refs}
    return kinds - {"line"} or kinds


def _fits(mention: Mention, line: OwnLine) -> bool:
    for ref in mention.refs:
        if (
            (ref.kind == "line" and ref.id == line.key)
            or (ref.kind == "sku" and ref.id == line.sku_id)
            or (ref.kind == "product" and ref.id == line.product_id)
            or (ref.kind == "category" and ref.id in line.category_ids)
            or (ref.kind == "brand" and ref.id == line.brand_id)
        ):
            return True
        if ref.kind == "spec":
            key, sign, value = ref.id.partition("=")
            if spec_matches((mention.text, key, value) if sign else (mention.text, None, None), dict(line.spec)):
                return True
    return False


def _merely_for(mention: Mention, line: OwnLine) -> bool:
    return bool(mention.text) and merely_qualifies(plain(mention.text), plain(line.product_name))


def _called(mention: Mention, line: OwnLine) -> bool:
    """Whether the words themselves name the goods: inside a name, or with a recorded name inside them."""
    said = plain(mention.text)
    if not said:
        return False
    names: Iterable[str] = (line.product_name, *line.aliases, *line.brand_names)
    if any(said in plain(name) for name in names if name):
        return True
    kinds = (plain(name) for name in (*line.category_names, *line.aliases) if name)
    return any(len(name) > 1 and (said == name or said.endswith(name)) for name in kinds)
