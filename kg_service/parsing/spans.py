"""Which stretches of a question are names, concept words, numbers, times and ids — and what is left over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from kg_service.linking.lexicon import Lexicon, Name, mention_of
from kg_service.linking.own import OwnLine
from kg_service.linking.own_names import link_own
from kg_service.linking.repair import NameIndex
from kg_service.parsing.concepts import ConceptLexicon, ConceptSpan, longest
from kg_service.parsing.figures import Figure, figures
from kg_service.parsing.frame import EntityRef, Mention
from kg_service.parsing.ids import find_ids
from kg_service.parsing.spelling import Mended, mend
from kg_service.text.normalise import Normalised, is_han

__all__ = ["WARES", "Spans", "noun_mention", "read_spans"]

#: The concept of words for goods that any shop may sell.
WARES = "WARES"

_PUNCTUATION = frozenset(".,!?;:、\n %+-/&*")
#: Words for units that are also the end of nouns (冰箱, 面包), and what makes a unit of them.
_UNITS = frozenset("个件台部双条副套只瓶盒包箱支样种份次回位名杯罐袋本张顶枚把床辆盏枝束粒提听对卷壶")
_COUNTED = frozenset("一二两三四五六七八九十俩半几多这那哪每整第某数零百千0123456789")

#: Concepts of words that goods stand right behind: 我的奶, 退砂.
_BEFORE_GOODS = frozenset({"RETURN", "OWN", "BUY"})
#: What makes a name between them a place.
_AT, _INSIDE = frozenset("在放搁"), frozenset("里下旁边中内")


class Stretch(Protocol):
    """Anything that stands somewhere in a text."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


class Spans:
    """The stretches of one question."""

    def __init__(
        self, form: Normalised, mentions: list[Mention], concepts: list[ConceptSpan], figures: Sequence[Figure] = ()
    ) -> None:
        self.form = form
        self.figures = figures
        self.mentions = mentions
        self.concepts = concepts

    def gaps(self) -> list[tuple[int, int]]:
        """Stretches that no name and no concept word covers."""
        return _gaps(self.form.text, [*self.mentions, *self.concepts, *self.figures])


def read_spans(
    form: Normalised,
    lexicon: Lexicon,
    concepts: ConceptLexicon,
    index: NameIndex,
    lines: Sequence[OwnLine] = (),
    is_word: Callable[[str], bool] = lambda text: False,
    now: int | None = None,
) -> Spans:
    """Find names and concept words; what is left over is tried as a misspelling, once.

    Parameters
    ----------
    index : NameIndex
        Concept words by their sound.
    is_word : callable
        Whether a stretch is a word of the language (then it is no misspelling).
    """
    spans = _read(form, lexicon, concepts, lines, is_word, now)
    gaps = spans.gaps()
    if not gaps:
        return spans
    loose = frozenset(span.start for span in spans.concepts if span.end - span.start == 1)
    mended = mend(spans.form, gaps, lexicon, index, lines, is_word, loose)
    if mended is None:
        return spans
    return _marked(_read(mended.form, lexicon, concepts, lines, is_word, now), mended)


def _read(
    form: Normalised,
    lexicon: Lexicon,
    concepts: ConceptLexicon,
    lines: Sequence[OwnLine],
    is_word: Callable[[str], bool],
    now: int | None,
) -> Spans:
    said = concepts.candidates(form)
    ids = find_ids(form, dict.fromkeys(line.order_id for line in lines))
    names = _names(form, lexicon, [span for span in said if span.concepts[0] != WARES], ids)
    found = [one for one in figures(form.text, now) if not _in_place(one, said)]
    said = [span for span in said if not _ends_noun(form.text, span, said, is_word)]
    names = _pieces(form, lexicon, names, [span for span in said if span.concepts[0] != WARES], found)
    free = [span for span in said if not _overlaps(span.start, span.end, names) and not _cut(span, found)]
    chosen = longest(free)
    gaps = _gaps(form.text, [*names, *(c for c in chosen if c.concepts[0] != WARES), *found])
    after = {name.end for name in names if name.end - name.start > 1}
    after |= {span.end for span in chosen if span.end - span.start > 1 and not _BEFORE_GOODS & set(span.concepts)}
    mentions = link_own(form, lines, names, gaps, {gap for gap in gaps if gap[0] not in after})
    mentions += [
        noun_mention(form.text, span.start, span.end, lexicon)
        for span in chosen
        if span.concepts[0] == WARES and not _overlaps(span.start, span.end, mentions)
    ]
    mentions = [mention for mention in mentions if not _is_place(form.text, mention)]
    return Spans(form, sorted(mentions, key=lambda mention: mention.start), chosen, found)


def _is_place(text: str, mention: Mention) -> bool:
    """Whether a name only says where something is: 找到了,在柜子里."""
    return mention.start > 0 and text[mention.start - 1] in _AT and text[mention.end : mention.end + 1] in _INSIDE


def noun_mention(text: str, start: int, end: int, lexicon: Lexicon | None) -> Mention:
    """A noun that is no recorded name: what part of a name it is, else kind ``words``."""
    word = text[start:end]
    name = lexicon.meaning(word) if lexicon is not None else None
    if name is not None:
        return Mention(text=word, start=start, end=end, refs=name.refs, match=name.match)
    return Mention(text=word, start=start, end=end, refs=(EntityRef(kind="words", id=word),))


def _ends_noun(text: str, span: ConceptSpan, said: Sequence[ConceptSpan], is_word: Callable[[str], bool]) -> bool:
    """Whether the word for a unit is the end of a noun that nothing else explains (冰|箱)."""
    if span.end - span.start > 1 or text[span.start] not in _UNITS or span.start == 0:
        return False
    before = text[span.start - 1]
    return (
        is_han(before)
        and before not in _COUNTED
        and not any(one.start < span.start <= one.end - (one is span) and one is not span for one in said)
        and is_word(before + text[span.start])
    )


def _pieces(
    form: Normalised, lexicon: Lexicon, names: list[Mention], said: Sequence[ConceptSpan], found: Sequence[Figure]
) -> list[Mention]:
    """The names, and what only ends a recorded name (盖碗 of 汝窑盖碗), where no other word stands."""
    text = form.text
    words = [span for span in said if span.end - span.start > 1]
    unexplained = [False] * len(text)
    for start, end in _gaps(text, [*names, *said, *found]):
        unexplained[start:end] = [True] * (end - start)
    out = list(names)
    for start, end in _gaps(text, [*names, *words, *found]):
        while end - start > 1 and (place := lexicon.ending(text, start, end)) is not None:
            first, last = place
            name = (
                lexicon.meaning(text[first:last])
                if sum(unexplained[first:last]) > 1 or (last - first > 2 and any(unexplained[first:last]))
                else None
            )
            if name is not None:
                out.append(mention_of(form, first, last, name))
            end = first
    return sorted(out, key=lambda mention: mention.start)


def _cut(span: ConceptSpan, found: Sequence[Figure]) -> bool:
    """Whether a figure takes a concept word's place: a time or an offer any it touches, another one that begins before it."""
    return any(
        span.start < one.end and span.end > one.start and (one.tag in {"TIME", "OFFER"} or one.start < span.start)
        for one in found
    )


def _in_place(figure: Figure, said: Sequence[ConceptSpan]) -> bool:
    """Whether a figure is part of a word that names an order by its place: 最近一单."""
    return any(
        span.start <= figure.start and span.end >= figure.end and any(name.startswith("STEP_") for name in span.concepts)
        for span in said
    )


def _names(form: Normalised, lexicon: Lexicon, said: Sequence[ConceptSpan], ids: Sequence[Mention]) -> list[Mention]:
    """Ids, then names that are not part of a longer concept word nor merely one."""
    found = list(ids)
    candidates = sorted(lexicon.candidates(form), key=lambda item: (item[0], -item[1]))
    end = 0
    for start, stop, name in candidates:
        if start < end or _overlaps(start, stop, ids) or not _stands(start, stop, name, said):
            continue
        found.append(mention_of(form, start, stop, name))
        end = stop
    return sorted(found, key=lambda mention: mention.start)


def _stands(start: int, end: int, name: Name, said: Sequence[ConceptSpan]) -> bool:
    kind = name.refs[0].kind
    for span in said:
        if span.start <= start and span.end >= end:
            if span.end - span.start > end - start:
                return False
            if kind == "attribute" and span.concepts == ("ATTR",):
                # the recorded name of what any catalogue may record
                continue
            if (
                kind in {"spec", "attribute", "brand", "shop"}
                or (kind == "product" and name.match == "SHORT")
                or end - start == 1
            ):
                return False
    return True


def _overlaps(start: int, end: int, mentions: Iterable[Stretch]) -> bool:
    return any(start < mention.end and end > mention.start for mention in mentions)


def _gaps(text: str, covered: Iterable[Stretch]) -> list[tuple[int, int]]:
    marks = [False] * len(text)
    for one in covered:
        marks[one.start : one.end] = [True] * (one.end - one.start)
    gaps: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if marks[at] or char in _PUNCTUATION:
            continue
        same = gaps and gaps[-1][1] == at and (is_han(text[at - 1]) == is_han(char))
        if same:
            gaps[-1] = (gaps[-1][0], at + 1)
        else:
            gaps.append((at, at + 1))
    return gaps


def _marked(spans: Spans, mended: Mended) -> Spans:
    """Mentions that stand on mended letters say so."""
    marked = []
    for mention in spans.mentions:
        touched = [m for m in mended.places if m.start < mention.end and m.end > mention.start]
        if touched:
            worst = min(touched, key=lambda place: place.score)
            mention = mention.model_copy(update={"match": worst.match, "score": round(worst.score, 3)})
        marked.append(mention)
    return Spans(spans.form, marked, spans.concepts, spans.figures)
