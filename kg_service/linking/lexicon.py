"""The names of everything the catalogue has, found in a text by a character automaton.

Borders come from the names themselves, never from a segmenter. A lexicon never changes: when the catalogue does, a new one
is built beside it and swapped in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick_rs

from kg_service.linking.borders import bordered
from kg_service.linking.entry import LexiconEntry
from kg_service.linking.pieces import Pieces
from kg_service.linking.repair import NameIndex
from kg_service.linking.shorts import attribute_forms, numeral_forms, product_forms, spec_forms
from kg_service.parsing.frame import EntityRef, Match, Mention
from kg_service.text.normalise import Normalised, is_han, normalise

__all__ = ["Lexicon", "Name"]

#: Short forms that this many entities share say nothing.
_SHARED_BY_TOO_MANY = 60
#: Products that one word may mean at most: more than a customer can be asked about.
_MEANT = 20
_MATCH: dict[str, Match] = {"NAME": "EXACT", "ALIAS": "ALIAS", "SPEC": "EXACT", "SHORT": "SHORT"}
_ORDER = {"NAME": 0, "ALIAS": 1, "SPEC": 2, "SHORT": 3}
#: Where a name could be of several kinds, the kinds before the others.
_KIND = {"category": 0, "product": 1, "sku": 2, "brand": 3, "promotion": 4, "shop": 5, "spec": 6, "attribute": 7}


@dataclass(frozen=True, slots=True)
class Name:
    """What one normalised name may mean, best first."""

    refs: tuple[EntityRef, ...]
    match: Match


class Lexicon:
    """An immutable set of names.

    Attributes
    ----------
    names : dict of str to Name
        Every normalised name and short form.
    sounds : NameIndex
        The index for misspelt names, built at its first use.

    Examples
    --------
    >>> lexicon = Lexicon.build([LexiconEntry("星河手机", "product", "P1"), LexiconEntry("手机", "category", "C1")])
    >>> [(m.text, m.refs[0].id) for m in lexicon.find("星河手机和手机")]
    [('星河手机', 'P1'), ('手机', 'C1')]
    """

    def __init__(
        self,
        names: dict[str, Name],
        products: Iterable[tuple[str, str]] = (),
        categories: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.names = names
        self._products = Pieces(products)
        self._categories = Pieces(categories)
        self._specs = [(text, name.refs) for text, name in names.items() if name.refs[0].kind == "spec"]
        self._texts = list(names)
        self._automaton = ahocorasick_rs.AhoCorasick(self._texts) if names else None
        self.index = NameIndex(names, lambda name: names[name].refs[0].kind not in {"spec", "attribute"})

    @classmethod
    def build(cls, entries: Iterable[LexiconEntry]) -> Lexicon:
        """A lexicon of these entries and the short forms made from them.

        Parameters
        ----------
        entries : iterable of LexiconEntry
            Rows of the templates ``lexicon/*``; aliases may be shared: all their entities are kept.
        """
        rows = list(entries)
        brands = sorted({normalise(row.text).text for row in rows if row.kind == "brand"}, key=len, reverse=True)
        by_first: dict[str, list[str]] = defaultdict(list)
        for brand in brands:
            if brand:
                by_first[brand[0]].append(brand)
        gathered: dict[str, dict[EntityRef, tuple[int, float]]] = defaultdict(dict)
        refs: dict[tuple[str, str], EntityRef] = {}
        recorded: dict[str, list[tuple[float, str, str]]] = {"product": [], "category": []}
        for row in rows:
            ref = refs.setdefault((row.kind, row.id), EntityRef(kind=row.kind, id=row.id))
            text = normalise(row.text).text
            if row.kind == "spec":
                for form in spec_forms(row.text, row.group or row.id.partition("=")[0]):
                    _add(gathered, form, ref, "SPEC", row.popularity)
                continue
            if row.kind == "attribute":
                for form in attribute_forms(row.text):
                    _add(gathered, form, ref, "SHORT", row.popularity)
            if row.kind == "attribute" and text.endswith("数") and len(text) > 1:
                # 键数 is asked as 几个键, 多少键
                for asked in ("几", "几个", "多少", "多少个"):
                    _add(gathered, asked + text[:-1], ref, "SHORT", row.popularity)
            for form in {text, text.replace(" ", ""), *numeral_forms(text)}:
                _add(gathered, form, ref, row.source, row.popularity)
            if row.kind in recorded:
                brand = next((one for one in by_first.get(text[:1], ()) if text.startswith(one)), "")
                recorded[row.kind].append((-row.popularity, row.id, text[len(brand) :] or text))
            if row.kind == "product":
                for form in product_forms(row.text, by_first.get(text[:1], ())):
                    _add(gathered, form, ref, "SHORT", row.popularity)
            elif row.kind == "promotion":
                for form in _promotion_forms(text):
                    _add(gathered, form, ref, "SHORT", row.popularity)
        names: dict[str, Name] = {}
        for text, found in gathered.items():
            name = _name(found)
            if name is not None:
                names[text] = name
        products, categories = ([(one, text) for _, one, text in sorted(rows)] for rows in recorded.values())
        return cls(names, products, categories)

    def containing(self, text: str, most: int = 20) -> list[str]:
        """The ids of products whose recorded name contains a text; none when more than ``most`` do."""
        found = list(dict.fromkeys(self._products.containing(text, most + 1)))
        return found if len(found) <= most else []

    def holding(self, first: str, then: str, most: int = 20) -> list[str]:
        """The ids of products whose recorded name contains two texts, one before the other; none when more than ``most`` do."""
        found = list(dict.fromkeys(self._products.holding(first, then)))
        return found if len(found) <= most else []

    def meaning(self, noun: str) -> Name | None:
        """What a noun means that is no recorded name but part of some: the kinds of goods, else the products.

        Those whose name ends with it come before those that merely contain it; None when there are none, or when it stands
        inside so many that it says nothing.
        """
        kinds = dict.fromkeys(self._categories.ending(noun))
        if kinds:
            return Name(tuple(EntityRef(kind="category", id=one) for one in kinds), "SHORT")
        found = list(dict.fromkeys(self._products.ending(noun)))[:_MEANT] or self.containing(noun, _MEANT)
        return Name(tuple(EntityRef(kind="product", id=one) for one in found), "SHORT") if found else None

    def specs_with(self, text: str) -> tuple[EntityRef, ...]:
        """The specifications whose value contains a text: numbers and Latin words as a whole (42 is no part of 142)."""
        found: dict[EntityRef, None] = {}
        for value, refs in self._specs:
            at = value.find(text)
            if at >= 0 and (not text.isascii() or _whole(value, at, at + len(text))):
                found |= dict.fromkeys(ref for ref in refs if ref.kind == "spec")
        return tuple(found)

    def ending(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """The longest part of a stretch of text that a recorded name of goods ends with."""
        found = [index.longest_ending(text, start, end) for index in (self._categories, self._products)]
        return max((one for one in found if one), key=lambda one: one[1] - one[0], default=None)

    def warm(self) -> None:
        """Build now what is otherwise built at the first question that needs it."""
        self._categories.warm()
        self._products.warm()
        self.index.by_sound("退货")
        self.index.by_letters("退货退货")

    def candidates(self, form: Normalised) -> list[tuple[int, int, Name]]:
        """Every name in a text, overlapping ones too."""
        if self._automaton is None:
            return []
        found = []
        for index, start, end in self._automaton.find_matches_as_indexes(form.text, overlapping=True):
            if bordered(form, start, end):
                found.append((start, end, self.names[self._texts[index]]))
        return found

    def find(self, text: str | Normalised) -> list[Mention]:
        """The names in a text: from the left, the longest at each place."""
        form = text if isinstance(text, Normalised) else normalise(text)
        found: list[Mention] = []
        for start, end, name in sorted(self.candidates(form), key=lambda item: (item[0], -item[1])):
            if not found or start >= found[-1].end:
                found.append(mention_of(form, start, end, name))
        return found


def _whole(value: str, start: int, end: int) -> bool:
    """Whether a stretch of letters and digits stands between others than these."""
    before, after = value[:start][-1:], value[end:][:1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


def mention_of(
    form: Normalised, start: int, end: int, name: Name, *, match: Match | None = None, score: float = 1.0
) -> Mention:
    """A mention of a name at a place."""
    return Mention(text=form.text[start:end], start=start, end=end, refs=name.refs, match=match or name.match, score=score)


def _add(
    gathered: dict[str, dict[EntityRef, tuple[int, float]]], form: str, ref: EntityRef, source: str, popularity: float
) -> None:
    form = form.strip()
    if not form or len(form) > 80 or (len(form) == 1 and not is_han(form) and source != "SPEC"):
        return
    rank = (_ORDER[source], -popularity)
    known = gathered[form].get(ref)
    if known is None or rank < known:
        gathered[form][ref] = rank


def _name(found: dict[EntityRef, tuple[int, float]]) -> Name | None:
    """Recorded names before short forms; where only short forms have it, not those that half the catalogue shares."""
    best = min(rank[0] for rank in found.values())
    kept = [ref for ref, rank in found.items() if rank[0] < 3 or best == 3]
    if best == 3 and len(kept) > _SHARED_BY_TOO_MANY:
        return None
    kept.sort(key=lambda ref: (found[ref][0] == 3, _KIND.get(ref.kind, 9), found[ref][1], ref.id))
    match = next(match for source, match in _MATCH.items() if _ORDER[source] == best)
    return Name(tuple(kept), match)


def _promotion_forms(text: str) -> Iterable[str]:
    """Of a promotion's name also the part without the campaign: "双十一满3000减300" is said "满3000减300", "满3000"."""
    import re

    for match in re.finditer(r"每?满\d+(?:\.\d+)?元?(?:减|打|享|送|赠|返)\d*(?:\.\d+)?[折元]?", text):
        for form in (match[0], match[0].replace("元", "")):
            yield form
            yield form.removeprefix("每")
