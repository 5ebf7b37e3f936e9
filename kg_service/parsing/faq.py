"""Preset answers found by meaning: their questions and similar questions, compared by wording and by concepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from kg_service.parsing.concepts import ConceptLexicon
from kg_service.parsing.likeness import MASK, Examples, mask
from kg_service.text.normalise import normalise

__all__ = ["FaqIndex"]

#: At or above SURE the answer is given; below UNSURE there is none; in between it may be offered.
SURE = 0.62
UNSURE = 0.45
#: Concepts that say nothing of what is asked.
_EMPTY = frozenset(
    [
        "FUNCTION",
        "DE",
        "PRONOUN",
        "QUESTION",
        "YESNO",
        "GREET",
        "THANK",
        "CONJ",
        "WANT",
        "POSSIBLE",
        "BA",
        "SHADOW",
        "GENERIC",
        "SHOPSIDE",
        "OWN",
        "ALSO",
    ]
)
#: Concepts that say what kind of question it is, but little of what it is about.
_LIGHT = frozenset({"HOW", "WHICH", "WHEN", "WHY", "HOWMUCH", "NEG", "ORDER", "BUY", "IMPOSSIBLE", "STILL", "TIME"})
#: Of those the ones that a preset answer does not answer unless it was asked so.
_DECIDING = frozenset({"WHEN", "HOWMUCH", "WHY", "ORDER"})
#: Concepts that are named beside the matter without changing it.
_BESIDE = frozenset({"SHIP", "WARES"})
#: Concepts that cover too much for two questions with the same ones to ask the same.
_BROAD = frozenset(
    [
        "RETURN",
        "REFUND",
        "EXCHANGE",
        "CANCEL",
        "OFFER",
        "COUPON",
        "GIFT",
        "ATTR",
        "STOCK",
        "TRACK",
        "SHIP",
        "POLICY",
        "UNPACKED",
        "DEADLINE",
        "POSSIBLE",
        "REASON_QUALITY",
        "REASON_SELLER",
        "REASON_SIZE",
        "REASON_NONE",
        "WARES",
        "USAGE",
        "INSTALL",
        "REVIEW",
        "OPINION",
        "SELLER",
        "SELLER_KIND",
        "AUTHENTIC",
        "PLACE",
    ]
)
#: The least characters of what is left of a question for it to be the same as another, or the end of another.
_CORE, _WITHIN = 3, 4
_ASKING_START = re.compile(
    r"^(?:请问|问下|你好|您好|亲|你们?家?|店里|能不能|可不可以|可不可|可以|能否|能|会不会|会|有没有|是不是|给不给)+"
)
_ASKING_END = re.compile(r"(?:行不行|行吗|可以吗|可以不|吗|么|嘛|不|没有?|呢|啊|呀|吧)+$")
_DENIED = re.compile(r"[不没别非未无]|为什么|为啥")
#: What a pair of characters weighs that is no concept word.
_LEFT = 0.8


class FaqIndex:
    """Preset answers by the meaning of their questions.

    Examples
    --------
    >>> index = FaqIndex.build([{"faq_id": "F1", "question": "怎么开发票", "similar_questions": ["可以开票吗"]},
    ...                         {"faq_id": "F2", "question": "运费谁出", "similar_questions": []}])
    >>> index.match("请问发票怎么开啊")[0][0]
    'F1'
    >>> FaqIndex.band(0.9), FaqIndex.band(0.5), FaqIndex.band(0.1)
    ('SURE', 'UNSURE', 'NONE')
    """

    def __init__(self, faqs: Iterable[Mapping[str, Any]], concepts: ConceptLexicon) -> None:
        self._concepts = concepts
        faqs = list(faqs)
        #: What a preset answer is about, by its id: its target, the categories a product is in, what is in a category. Those
        #: about nothing in particular have none.
        self.targets = {
            faq["faq_id"]: frozenset(
                [
                    (str(faq["target_type"]), str(faq["target_id"])),
                    *(("category", one) for key in ("category_ids", "below_ids") for one in faq.get(key) or ()),
                    *(("product", one) for one in faq.get("product_ids") or ()),
                ]
            )
            for faq in faqs
            if faq.get("target_id")
        }
        rows = [
            (question, faq["faq_id"])
            for faq in faqs
            for question in dict.fromkeys((faq["question"], *(faq.get("similar_questions") or ())))
        ]
        #: The questions themselves, with the preset answer each belongs to.
        self.questions = tuple(rows)
        #: All that a preset answer says, its questions and its text, by its id.
        self.texts = {
            faq["faq_id"]: " ".join(map(str, (faq["question"], *(faq.get("similar_questions") or ()), faq.get("answer") or "")))
            for faq in faqs
        }
        self._cores = [self._core(question) for question, _ in rows]
        self._ids = [faq_id for _, faq_id in rows]
        self._meanings = [self._meaning(question) for question, _ in rows]
        self._contents = [self._content(question) for question, _ in rows]
        self._keys = {mask(normalise(question).text): faq_id for question, faq_id in rows}
        self._wordings = Examples((mask(normalise(question).text).replace(MASK, ""), faq_id) for question, faq_id in rows)

    @classmethod
    def build(cls, faqs: Iterable[Mapping[str, Any]], concepts: ConceptLexicon | None = None) -> FaqIndex:
        """An index of faq rows ``{faq_id, question, similar_questions}``."""
        return cls(faqs, concepts or ConceptLexicon.open())

    @staticmethod
    def band(score: float) -> Literal["SURE", "UNSURE", "NONE"]:
        """What a score allows."""
        return "SURE" if score >= SURE else "UNSURE" if score >= UNSURE else "NONE"

    def match(self, text: str, most: int = 3) -> list[tuple[str, float]]:
        """The closest preset answers and how close (0 to 1), best first; an exact wording is 1.

        Both the wording and the concepts count, so "发票咋开" finds "怎么开发票"; a question about something else that merely
        shares words does not.
        """
        key = mask(normalise(text).text)
        if not key:
            return []
        if key in self._keys:
            return [(self._keys[key], 1.0)]
        wording = self._wordings.scores(key)
        meaning, content = self._meaning(text), self._content(text)
        best: dict[str, float] = {}
        core = self._core(text)
        for i, content_of in enumerate(self._contents):
            score = wording.get(i, 0.0)
            near = _alike(content, content_of)
            if not score and not near:
                continue
            alike = _overlap(meaning, self._meanings[i])
            total = 0.55 * score + 0.45 * alike if meaning and self._meanings[i] else 0.75 * score
            if meaning and self._meanings[i] and not meaning & self._meanings[i]:
                total *= 0.7
            if _same_topic(content, content_of):
                total = max(total, SURE + 0.3 * near)
            if _said_within(self._cores[i], core):
                total = max(total, SURE + 0.03)
            best[self._ids[i]] = max(best.get(self._ids[i], 0.0), total)
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [(faq_id, round(score, 4)) for faq_id, score in ranked]

    @staticmethod
    def _core(text: str) -> str:
        """A question without the words that only make it a question: 可以送小样吗 and 送小样不 are the same."""
        said = "".join(char for char in normalise(text).text if char.isalnum())
        return _ASKING_END.sub("", _ASKING_START.sub("", said))

    def _content(self, text: str) -> dict[str, float]:
        """What a question says whatever its order: its concepts, the words for them, pairs of the characters left over."""
        form = normalise(text)
        terms: dict[str, float] = {}
        covered = [False] * len(form.text)
        for span in self._concepts.find(form):
            covered[span.start : span.end] = [True] * (span.end - span.start)
            if span.concepts[0] not in _EMPTY:
                word = form.text[span.start : span.end]
                terms[span.concepts[0]] = 1.0 if span.concepts[0] not in _LIGHT else 0.4
                terms[word] = 0.5 if span.concepts[0] not in _LIGHT else 0.2
        left = "".join(char if not done and char.isalnum() else " " for char, done in zip(form.text, covered, strict=True))
        for stretch in left.split():
            if stretch.isascii() or len(stretch) == 1:
                terms[stretch] = 0.4 if len(stretch) == 1 else 1.0
            for i in range(0 if stretch.isascii() else len(stretch) - 1):
                terms[stretch[i : i + 2]] = _LEFT
        return terms

    def _meaning(self, text: str) -> frozenset[str]:
        found = self._concepts.find(normalise(text))
        return frozenset(span.concepts[0] for span in found if span.concepts[0] not in _EMPTY)


def _said_within(preset: str, core: str) -> bool:
    """A question that is a preset one, or names the goods before it: A醇晚霜一周用几次 is 晚霜一周用几次."""
    if len(preset) < _CORE:
        return False
    before = core.removesuffix(preset)
    return not before or (before != core and len(preset) >= _WITHIN >= len(before) and _DENIED.search(before) is None)


def _alike(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The weight two questions share of the weight of both (Dice)."""
    shared = sum(weight for term, weight in one.items() if term in other)
    total = sum(one.values()) + sum(other.values())
    return 2 * shared / total if total else 0.0


def _same_topic(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Both name the same matters, ask the same way of them, and say little besides."""
    first, second = _topics(one), _topics(other)
    if first != second or not first - _BROAD or (one.keys() ^ other.keys()) & _DECIDING:
        return False
    return all(sum(weight for term, weight in terms.items() if weight == _LEFT) <= 2 * _LEFT for terms in (one, other))


def _topics(terms: Mapping[str, float]) -> frozenset[str]:
    return frozenset(term for term in terms if term.isascii() and term.isupper() and term not in _LIGHT | _BESIDE)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
