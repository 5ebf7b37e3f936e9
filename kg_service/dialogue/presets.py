"""When a preset answer is given instead of one from the graph (answers.md: the graph's answer beats a preset one).

A question is compared with the preset questions whatever its intent. The preset answer is given when nothing else was
understood, when the question is a preset one in its own words and nothing in it needs the graph, and when the graph could not
answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from functools import cached_property
from typing import Literal

from kg_service.decisions.decision import Decision
from kg_service.decisions.places import Place, place_said
from kg_service.parsing.faq import FaqIndex
from kg_service.parsing.frame import Frame

__all__ = ["INTENT", "Topics", "rescued", "with_preset"]

INTENT = "faq"
#: At or above it a question is a preset one in (nearly) its own words.
_SAME = 0.85
#: Below it an intent is not sure enough to beat a preset question in its own words.
_SURE = 0.6
#: As sure an intent that stands above presets has to be.
_CLEAR = 0.3
#: Word for word a preset question: it beats even the request for a person ("人工客服几点上班").
_VERBATIM = 0.95
#: Words for every other place, and the places they do not mean.
_ALL_OVER = re.compile(r"其[他它余]地[区方]|全国")
_ABROAD = frozenset({"香港", "澳门", "台湾", "海外", "国外"})
_POLITE = frozenset({"greeting", "thanks"})
#: Preset answers that are looked at: the closest may be about other goods than those named.
_LOOKED_AT = 5
_LOOKED_UP = frozenset({"product", "sku", "order", "line", "coupon", "return", "tracking", "promotion"})


class Topics:
    """Which preset answers are about the same matter as an intent: those whose own questions are understood as that intent.

    Parameters
    ----------
    presets : FaqIndex
    understand : callable
        The intent of a text, and how surely.
    """

    def __init__(self, presets: FaqIndex, understand: Callable[[str], tuple[str, float]]) -> None:
        self._presets = presets
        self._understand = understand

    @cached_property
    def _by_intent(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for question, faq_id in self._presets.questions:
            intent, confidence = self._understand(question)
            if confidence >= _CLEAR:
                found.setdefault(intent, set()).add(faq_id)
        return {intent: frozenset(ids) for intent, ids in found.items()}

    def closest(self, frame: Frame) -> Frame:
        """A frame with the preset answer about its intent's matter that is closest to it; without one where there is none."""
        ids = self._by_intent.get(frame.intent, frozenset())
        if frame.faq_id is not None and (frame.faq_id in ids or self._presets.band(frame.faq_score) == "SURE"):
            return frame
        return self._best(frame, ids)

    def naming_place(self, frame: Frame) -> Frame | None:
        """A frame with the preset answer about its intent's matter that speaks of the place it names; ``None`` without one."""
        place = place_said(frame.text)
        ids = self._by_intent.get(frame.intent, frozenset()) if place else frozenset()
        found = frozenset(one for one in ids if speaks_of(self._presets.texts[one], place))
        return self._best(frame, found) if found else None

    def _best(self, frame: Frame, ids: Container[str]) -> Frame:
        scores = dict(self._presets.match(frame.text, len(self._presets.questions)))
        about = [one for one in self._presets.texts if one in ids]
        best = min(about, key=lambda one: (-scores.get(one, 0.0), one), default=None)
        return frame.model_copy(update={"faq_id": best, "faq_score": scores.get(best, 0.0) if best else 0.0})


def speaks_of(text: str, place: Place | None) -> bool:
    """Whether a preset answer says something of a place: it names it, or all other places of the country."""
    if place is None:
        return True
    return any(name in text for name in place.names) or (place.region not in _ABROAD and _ALL_OVER.search(text) is not None)


def with_preset(frame: Frame, presets: FaqIndex, over_presets: Container[str] = ()) -> Frame:
    """A frame with the preset question closest to it; its intent becomes ``faq`` where that is what was asked.

    Parameters
    ----------
    over_presets : intents that keep a question surely theirs, whatever preset question it is
    """
    place = place_said(frame.text)
    found = next(
        (
            one
            for one in presets.match(frame.text, _LOOKED_AT)
            if _about_the_same(frame, presets.targets.get(one[0], frozenset())) and speaks_of(presets.texts[one[0]], place)
        ),
        None,
    )
    if found is None:
        return _not_preset(frame)
    faq_id, score = found
    band: Literal["SURE", "UNSURE", "NONE"] = presets.band(score)
    if band == "NONE":
        return _not_preset(frame)
    frame = frame.model_copy(update={"faq_id": faq_id, "faq_score": score})
    if frame.intent in _POLITE or frame.intent == INTENT or frame.follow_up:
        return frame
    if frame.intent in over_presets and frame.confidence >= _CLEAR:
        return frame
    if frame.intent == "human_agent" and score < _VERBATIM:
        return frame
    named = any(ref.kind in _LOOKED_UP for mention in frame.mentions for ref in mention.refs)
    plain = not named and frame.order_step is None and not (frame.intent == "promotion_stacking" and frame.promotion_kinds)
    unknown = frame.intent == "out_of_scope" and band == "SURE"
    same = plain and (score >= _VERBATIM or (score >= _SAME and frame.confidence < _SURE))
    if unknown or same:
        return frame.model_copy(update={"intent": INTENT, "confidence": max(score, frame.confidence if same else 0.0)})
    return frame


def _not_preset(frame: Frame) -> Frame:
    """A question that sounded like a preset one, but is none, asks what it sounded like next."""
    if frame.intent != INTENT or frame.runner_up is None:
        return frame
    return frame.model_copy(update={"intent": frame.runner_up, "runner_up": None})


def _about_the_same(frame: Frame, targets: frozenset[tuple[str, str]]) -> bool:
    """Whether a preset answer may be meant: one about a product or promotion is not where others are named."""
    for kinds in (("product", "category"), ("promotion",)):
        about = {target for target in targets if target[0] in kinds}
        if not any(kind in kinds for kind, _ in about):
            continue
        named = {(ref.kind, ref.id) for mention in frame.mentions for ref in mention.refs if ref.kind in kinds}
        products = {one for one in named if one[0] == kinds[0]}
        if named and not (products or named) & about:
            return False
    return True


def rescued(frame: Frame, decision: Decision) -> bool:
    """Whether the graph's decision is no answer and the preset one is."""
    if frame.faq_id is None or frame.intent == INTENT:
        return False
    if decision.status in ("UNKNOWN", "OUT_OF_SCOPE"):
        return FaqIndex.band(frame.faq_score) == "SURE"
    if decision.status == "FORBIDDEN" and "我" not in frame.text:
        # nobody's own matter: what is public may be told to anybody
        return FaqIndex.band(frame.faq_score) == "SURE"
    return decision.status in ("CLARIFY", "NOT_FOUND", "FORBIDDEN") and frame.faq_score >= _SAME
