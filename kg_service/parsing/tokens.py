"""The tokens of a question: names, times, quantities and concept words as they stand; the dictionary cuts what is left over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kg_service.linking.lexicon import Lexicon
from kg_service.parsing.concepts import ConceptSpan
from kg_service.parsing.frame import EntityRef, Mention
from kg_service.parsing.reading import GOODS, Reading, Token
from kg_service.parsing.spans import WARES, Spans, noun_mention
from kg_service.resources import read_yaml, resource
from kg_service.text.normalise import is_han
from kg_service.text.words import cut

__all__ = ["NounEnds", "tokenise"]

#: Concept words that figures may cut into.
_NARROW = frozenset({"FUNCTION", "OTHER", "DE"})
_BREAKS = frozenset(".,!?;:\n ")
#: Behind a number with a measure they make it a number of things: 三包都退.
_OF_ALL = frozenset("都全也")
#: Left-over stretches up to this length stay whole; longer ones are cut by the dictionary.
_WHOLE = 5


@dataclass(frozen=True)
class NounEnds:
    """Words that end a compound noun (``seed_data/lexicon/nouns.yaml``): 手机 + 壳 is no phone."""

    heads: frozenset[str]
    #: Heads that are verbs where an attribute follows: 手机带快充.
    verbs: frozenset[str]
    #: Heads that are parts where something is wrong with the goods: 手机屏有坏点.
    parts: frozenset[str]
    #: Verbs that stand before goods and are no part of their name: 卖羽毛球拍.
    before: frozenset[str]

    @classmethod
    @cache
    def open(cls) -> NounEnds:
        """Read them, once in a process."""
        data = read_yaml(resource("seed_data", "lexicon", "nouns.yaml"))
        return cls(*(frozenset(data[key]) for key in ("heads", "verbs", "parts", "before")))

    def after(self, text: str, at: int, end: int, concepts: Sequence[ConceptSpan]) -> str:
        """The end of a noun that begins at a place and goes on to ``end`` at most; empty when there is none."""
        head = next((text[at : at + n] for n in (3, 2, 1) if at + n <= end and text[at : at + n] in self.heads), "")
        if head in self.verbs and any(span.start == at + len(head) and span.concepts[0] == "ATTR" for span in concepts):
            return ""
        if head in self.parts and any("REASON_QUALITY" in span.concepts for span in concepts):
            return ""
        return head


def tokenise(reading: Reading, spans: Spans, lexicon: Lexicon, ends: NounEnds) -> None:
    """Fill in the tokens and mentions of a reading, goods and what qualifies them joined."""
    form = spans.form
    reading.form = form
    reading.mentions = list(spans.mentions)
    _compounds(reading, spans, lexicon, ends)
    taken = [(m.start, m.end) for m in reading.mentions]
    items = [Token(m.start, m.end, _tag(m), mentions=(i,)) for i, m in enumerate(reading.mentions)]
    promos = {i: m for i, m in enumerate(reading.mentions) if items[i].tag == "PROMO"}
    for i, mention in promos.items():
        inside = [c for span in spans.concepts if span.start < mention.end and span.end > mention.start for c in span.concepts]
        items[i].concepts = tuple(inside) + (("COUPON",) if any(w in mention.text for w in ("券", "红包")) else ())
    for i, mention in enumerate(reading.mentions):
        if all(ref.kind == "words" for ref in mention.refs):
            items[i].concepts = (WARES,)
    begins = {mention.start for mention in reading.mentions}
    counts = {
        (one.start, one.end)
        for one in spans.figures
        if one.tag == "QUANTITY" and (one.end in begins or form.text[one.end : one.end + 1] in _OF_ALL)
    }
    wide = [(c.start, c.end) for c in spans.concepts if _is_wide(c, form.text)]
    # 三包 is a warranty, but 三包猫砂 and 三包都退 are three bags
    wide = [place for place in wide if place not in counts]
    for figure in spans.figures:
        if _free(figure.start, figure.end, taken) and (
            figure.tag in {"TIME", "OFFER"} or _free(figure.start, figure.end, wide)
        ):
            items.append(Token(figure.start, figure.end, figure.tag))
            taken.append((figure.start, figure.end))
    for concept in spans.concepts:
        if _free(concept.start, concept.end, taken):
            items.append(Token(concept.start, concept.end, _main(concept.concepts), concept.concepts))
            taken.append((concept.start, concept.end))
    items.extend(_rest(form.text, taken))
    items.sort(key=lambda token: token.start)
    reading.tokens = _joined(reading, items)


def _main(concepts: tuple[str, ...]) -> str:
    return "RETURN_NEG" if concepts[0] == "RETURN" and "NEG" in concepts else concepts[0]


def _tag(mention: Mention) -> str:
    kinds = {ref.kind for ref in mention.refs}
    if kinds & GOODS or kinds == {"spec"}:
        return "GOODS"
    if "promotion" in kinds:
        return "PROMO"
    if "attribute" in kinds:
        return "ATTR"
    if "shop" in kinds:
        return "SHOP"
    return "ID"


def _is_wide(span: ConceptSpan, text: str) -> bool:
    """Whether a concept word keeps its place where a figure is in it; 另外一个 says which one, not how many."""
    one = span.concepts[0] == "OTHER" and "一" in text[span.start : span.end]
    return span.end - span.start > 1 and (one or span.concepts[0] not in _NARROW)


def _free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return not any(start < stop and end > begin for begin, stop in taken)


def _rest(text: str, taken: list[tuple[int, int]]) -> Iterator[Token]:
    """Punctuation, digits and left-over stretches."""
    covered = [False] * len(text)
    for start, end in taken:
        covered[start:end] = [True] * (end - start)
    at = 0
    while at < len(text):
        if covered[at]:
            at += 1
            continue
        char = text[at]
        if char in _BREAKS or not (char.isalnum() or is_han(char)):
            yield Token(at, at + 1, "QUESTION" if char == "?" else "PUNCT", ("QUESTION", "PUNCT") if char == "?" else ())
            at += 1
            continue
        end = at + 1
        while (
            end < len(text)
            and not covered[end]
            and is_han(text[end]) == is_han(char)
            and (text[end].isalnum() or is_han(text[end]))
        ):
            end += 1
        yield from _words(text, at, end)
        at = end


def _words(text: str, start: int, end: int) -> Iterator[Token]:
    if end - start <= _WHOLE or not is_han(text[start]):
        yield Token(start, end, "NUMBER" if text[start:end].isdigit() else "WORD")
        return
    at = start
    for word in cut(text[start:end]):
        yield Token(at, at + len(word), "WORD")
        at += len(word)


def _compounds(reading: Reading, spans: Spans, lexicon: Lexicon, nouns: NounEnds) -> None:
    """A name inside a longer noun is not that name: 手机壳 is no phone, 高血鸭 no duck, 蓝牙耳机 a kind of earphones."""
    text = spans.form.text
    gaps = dict(spans.gaps())
    ends = {end: start for start, end in gaps.items() if text[start:end] not in nouns.before}
    changed = []
    for mention in reading.mentions:
        kinds = {ref.kind for ref in mention.refs}
        if kinds == {"words"} and (before := ends.get(mention.start)) is not None and mention.start - before <= 3:
            mention = noun_mention(text, before, mention.end, lexicon)
        if not kinds & {"category", "product", "line"} or mention.match not in {"EXACT", "ALIAS", "OWN_ORDER", "SHORT"}:
            changed.append(mention)
            continue
        gap = gaps.get(mention.end, mention.end)
        head = nouns.after(text, mention.end, gap, spans.concepts) if is_han(text[mention.end - 1]) else ""
        if head in mention.text:
            # 餐桌 + 桌腿, 枕头 + 枕套: what follows begins a word of its own
            head = ""
        before = ends.get(mention.start)
        prefix = text[before : mention.start] if before is not None and mention.start - before <= 4 else ""
        if prefix and not (is_han(prefix[0]) and is_han(text[mention.start]) and kinds & {"category", "line"}):
            prefix = ""
        if head:
            start = mention.start - len(prefix)
            changed.append(noun_mention(text, start, mention.end + len(head), lexicon))
        elif prefix and mention.end - mention.start == 1:
            changed.append(noun_mention(text, mention.start - len(prefix), mention.end, lexicon))
        elif prefix and mention.match != "OWN_ORDER":
            changed.append(_qualified(mention, prefix, lexicon))
        else:
            changed.append(mention)
    for span in spans.concepts:
        # 内存 + 卡: the word for an attribute before the end of a compound noun
        head = nouns.after(text, span.end, gaps.get(span.end, span.end), spans.concepts) if span.concepts[0] == "ATTR" else ""
        if head and span.end - span.start > 1:
            changed.append(noun_mention(text, span.start, span.end + len(head), lexicon))
    reading.mentions = sorted(changed, key=lambda mention: mention.start)


def _qualified(mention: Mention, prefix: str, lexicon: Lexicon) -> Mention:
    """``蓝牙`` before the category 耳机: the products whose name says so; none: the category, less surely."""
    whole = prefix + mention.text
    found = lexicon.containing(whole) or lexicon.holding(prefix, mention.text)
    refs = tuple(EntityRef(kind="product", id=one) for one in found) + mention.refs
    return mention.model_copy(
        update={"text": whole, "start": mention.start - len(prefix), "refs": refs, "score": mention.score if found else 0.8}
    )


def _joined(reading: Reading, tokens: list[Token]) -> list[Token]:
    """One token for goods with what qualifies them (华为的黑色手机) and for goods named side by side (手机和耳机)."""
    out: list[Token] = []
    for i, token in enumerate(tokens):
        if token.tag == "STILL" and reading.text[token.start : token.end] == "还有" and out and out[-1].tag == "GOODS":
            following = tokens[i + 1] if i + 1 < len(tokens) else None
            if following is not None and following.tag == "GOODS":
                token = Token(token.start, token.end, "CONJ", ("CONJ",))
        if token.tag == "GOODS" and out:
            last = out[-1]
            if last.tag == "GOODS" and (_qualifies(reading, last) or _qualifies(reading, token)):
                out[-1] = _one(last, token)
                continue
            if last.tag == "GOODS" and last.end == token.start and "BOTH" in _tags_at(tokens, i + 1):
                # 推车座椅都退
                out[-1] = _one(last, token)
                continue
            if len(out) > 1 and out[-2].tag == "GOODS" and last.tag == "CONJ":
                out[-2:] = [_one(out[-2], token)]
                continue
            back = len(out) - 1
            while back > 0 and out[back].tag in {"DE", "PRONOUN"}:
                back -= 1
            if back < len(out) - 1 and out[back].tag == "GOODS" and _qualifies(reading, out[back]):
                out[back:] = [_one(out[back], token)]
                continue
        out.append(token)
    return out


def _tags_at(tokens: Sequence[Token], at: int) -> set[str]:
    return {tokens[at].tag, *tokens[at].concepts} if at < len(tokens) else set()


def _qualifies(reading: Reading, token: Token) -> bool:
    mention = reading.mentions[token.mentions[-1]]
    return {ref.kind for ref in mention.refs if ref.kind != "line"} <= {"spec", "brand"} and any(
        ref.kind in {"spec", "brand"} for ref in mention.refs
    )


def _one(first: Token, second: Token) -> Token:
    return Token(first.start, second.end, "GOODS", mentions=first.mentions + second.mentions)
