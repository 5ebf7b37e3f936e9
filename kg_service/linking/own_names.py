"""Linking to the customer's own order lines: "我买的手机" although the catalogue records only 智能手机."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import lru_cache

from kg_service.linking.borders import bordered
from kg_service.linking.heads import merely_qualifies
from kg_service.linking.own import OwnLine
from kg_service.linking.repair import NameIndex
from kg_service.linking.shorts import product_forms, spec_forms
from kg_service.parsing.frame import EntityRef, Match, Mention
from kg_service.text.normalise import Normalised, is_han, normalise

__all__ = ["OwnNames", "link_own"]

_SCORES: dict[str, float] = {
    "alias": 1.0,
    "name": 1.0,
    "category": 0.97,
    "short": 0.95,
    "brand": 0.9,
    "spec": 0.9,
    "part": 0.85,
}


class OwnNames:
    """Every way to call the goods of some order lines, and which lines each means.

    Examples
    --------
    >>> line = OwnLine("O1", "L1", "S1", 1, "RECEIVED", 0, product_name="云雀智能手机", spec=(("颜色", "黑"),))
    >>> names = OwnNames((line,))
    >>> names.lines("手机"), names.lines("黑色的")[0], names.lines("耳机")
    (('O1/L1',), 'O1/L1', ())
    """

    def __init__(self, lines: Sequence[OwnLine]) -> None:
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for line in lines:
            for text, how in _forms(line):
                keys = found[text]
                keys[line.key] = max(keys.get(line.key, 0.0), _SCORES[how])
        self._found = dict(found)
        self._lasts: dict[str, set[str]] = defaultdict(set)
        for line in lines:
            for last in _lasts(normalise(line.product_name).text):
                self._lasts[last].add(line.key)
        self._order = {line.key: i for i, line in enumerate(lines)}
        self.longest = max(map(len, self._found), default=0)
        self.index = NameIndex(self._found, lambda name: not name.endswith(("的", "款")))

    def lines(self, text: str) -> tuple[str, ...]:
        """The keys of the lines a text names; those it names best, newest order first."""
        keys = self._found.get(text) or self._found.get(text.rstrip("的"))
        if not keys:
            return ()
        best = max(keys.values())
        return tuple(sorted((key for key, score in keys.items() if score >= best - 0.1), key=self._order.__getitem__))

    def score(self, text: str) -> float:
        """How well the text names them."""
        return max(self._found.get(text, {}).values(), default=0.0)

    def find(self, form: Normalised, free: Iterable[tuple[int, int]], alone: Container[tuple[int, int]] = ()) -> list[Mention]:
        """Names of own goods in the free stretches of a text: from the left, the longest at each place.

        ``alone`` are those of the stretches that no longer word stands before: there the end of a name is enough.
        """
        found: list[Mention] = []
        for start, end in free:
            if end - start == 1 and (start, end) in alone and (keys := self._lasts.get(form.text[start])):
                # 砂退了: what is left over is the very end of a name
                found.append(own_mention(form.text[start], start, sorted(keys, key=self._order.__getitem__), 0.75))
                continue
            at = start
            while at < end:
                length = next(
                    (
                        n
                        for n in range(min(self.longest, end - at), 0, -1)
                        if form.text[at : at + n] in self._found and bordered(form, at, at + n)
                    ),
                    0,
                )
                if length:
                    text = form.text[at : at + length]
                    found.append(own_mention(text, at, self.lines(text), self.score(text)))
                at += length or 1
        return found


def own_mention(text: str, start: int, keys: Sequence[str], score: float, match: Match = "OWN_ORDER") -> Mention:
    """A mention of own lines."""
    refs = tuple(EntityRef(kind="line", id=key) for key in keys)
    return Mention(text=text, start=start, end=start + len(text), refs=refs, match=match, score=score)


@lru_cache(maxsize=256)
def own_names(lines: tuple[OwnLine, ...]) -> OwnNames:
    """The names of some lines; kept while the same lines are asked about again."""
    return OwnNames(lines)


def link_own(
    form: Normalised,
    lines: Sequence[OwnLine],
    mentions: Sequence[Mention],
    free: Iterable[tuple[int, int]],
    alone: Container[tuple[int, int]] = (),
) -> list[Mention]:
    """Tie mentions to the customer's own lines, and find names that only their orders know.

    Parameters
    ----------
    form : Normalised
        The message.
    lines : sequence of OwnLine
        The customer's lines, newest order first.
    mentions : sequence of Mention
        What the catalogue's lexicon found.
    free : iterable of (start, end)
        Stretches of the text that nothing explains yet.
    alone : container of (start, end)
        Those of them that no longer word stands before.

    Returns
    -------
    list of Mention
        The mentions; those that fit own lines carry ``line`` references first, the catalogue's after them. New ones have
        match OWN_ORDER.
    """
    if not lines:
        return list(mentions)
    names = own_names(tuple(lines))
    by_id = {(kind, value): [] for line in lines for kind, value in _ids(line)}  # type: dict[tuple[str, str], list[str]]
    for line in lines:
        for pair in _ids(line):
            by_id[pair].append(line.key)
    named = {line.key: normalise(line.product_name).text for line in lines}
    linked = []
    for mention in mentions:
        keys = [key for ref in mention.refs for key in by_id.get((ref.kind, ref.id), ())]
        if (not keys or mention.match == "SHORT") and not all(
            ref.kind in {"promotion", "attribute", "shop"} for ref in mention.refs
        ):
            keys += names.lines(mention.text)
        keys = _so_called(keys, mention.text, named)
        own = tuple(EntityRef(kind="line", id=key) for key in dict.fromkeys(keys))
        linked.append(mention.model_copy(update={"refs": own + mention.refs}) if own else mention)
    return sorted(linked + names.find(form, free, alone), key=lambda mention: mention.start)


def _so_called(keys: list[str], word: str, named: Mapping[str, str]) -> list[str]:
    """Of the lines a word may mean those that are such a thing, not what is merely made for one."""
    so_called = [key for key in keys if not merely_qualifies(word, named[key])]
    return so_called or keys


def _ids(line: OwnLine) -> Iterable[tuple[str, str]]:
    yield "sku", line.sku_id
    if line.product_id:
        yield "product", line.product_id
    if line.brand_id:
        yield "brand", line.brand_id
    for category in line.category_ids:
        yield "category", category
    for key, value in line.spec:
        yield "spec", f"{key}={value}"


def _forms(line: OwnLine) -> Iterable[tuple[str, str]]:
    name = normalise(line.product_name).text
    if name:
        yield name, "name"
    brands = [normalise(brand).text for brand in line.brand_names]
    for form in product_forms(line.product_name, brands):
        yield form, "short"
    for part in _parts(name):
        yield part, "part"
    for alias in line.aliases:
        text = normalise(alias).text
        yield text, "alias"
        for part in _parts(text):
            yield part, "part"
    for category in line.category_names:
        text = normalise(category).text
        yield text, "category"
        # 手机数码 is no 手机: of a kind of goods only the end says what a thing is
        for part in _parts(text, beginnings=False):
            yield part, "part"
    for brand in brands:
        yield brand, "brand"
    for key, value in line.spec:
        for form in spec_forms(value, key):
            yield form, "spec"


def _lasts(name: str) -> set[str]:
    """The last character of each Chinese stretch of a name."""
    return {a for a, b in zip(name, (name + " ")[1:], strict=True) if is_han(a) and not is_han(b)}


def _parts(name: str, *, beginnings: bool = True) -> Iterable[str]:
    """The ends of each Chinese stretch of a name (智能手机 → 手机): what the thing is stands last; and its beginnings."""
    run = ""
    for char in [*name, " "]:
        if is_han(char):
            run += char
            continue
        for i in range(1, len(run) - 1):
            yield run[i:]
        if len(run) > 1:
            # 琴凳 is called 凳子
            yield f"{run[-1]}子"
        for i in range(2, len(run) if beginnings else 0):
            yield run[:i]
        run = ""
