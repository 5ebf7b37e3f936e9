"""The concepts of a question, in their places: what the intents' cues are asked over."""

from __future__ import annotations

import re
from itertools import pairwise

from spacy.language import Language
from spacy.tokens import Doc

from kg_service.parsing.offer_figures import figures_in
from kg_service.parsing.reading import Reading
from kg_service.text.numbers import parse_number

__all__ = ["NAME"]

NAME = "kg_intent"
#: Before the figures of a promotion it asks whether they are reached: 够满399减60吗.
_ENOUGH = re.compile(r"够(?:得?[着上到])?(?:每?满|买|第|减)")
#: What has to be bought before something is given: 送旅行装要买多少钱的.
_GIFT_AT = re.compile(r"[送赠](?!货|到)[^,。?!;]{1,12}?(?:要|得|需要|需|是)(?:买|满|花|消费)够?(?:多少|几)")
_NUMBER = re.compile(r"\d+|[一二两三四五六七八九十百俩仨]+")
#: Between two goods they ask whether these fit: 球鞋配鞋垫.
_PAIRED = frozenset(["配", "搭", "配上", "搭上", "连", "装", "垫"])
#: Concepts that carry no business of their own.
_NEUTRAL = frozenset(
    [
        "FUNCTION",
        "DE",
        "PRONOUN",
        "QUESTION",
        "YESNO",
        "GREET",
        "THANK",
        "CONJ",
        "BA",
        "WANT",
        "ONLY",
        "BOTH",
        "NEG",
        "SUPPOSE",
        "WORD",
        "YOU",
        "PUNCT",
        "NUMBER",
        "CONFIRM",
        "DENY",
        "ALSO",
        "HOW",
        "WHICH",
        "WHY",
        "WHEN",
        "POSSIBLE",
        "IMPOSSIBLE",
        "HOWMUCH",
        "GENERIC",
        "OTHER",
        "SHADOW",
        "TIME",
        "QUANTITY",
        "ORDINAL",
        "STILL",
        "LOST",
        "AFFECT",
        "OWN",
        "SHOPSIDE",
    ]
)


@Language.component(NAME)
def intent(doc: Doc) -> Doc:
    """Fills ``reading.places``; the intents judge over it."""
    reading: Reading = doc._.reading
    places: dict[str, tuple[int, int]] = {}
    for i, token in enumerate(reading.tokens):
        for name in {token.tag, *token.concepts, *_kinds(reading, token.mentions)}:
            places[name] = (places.get(name, (i, i))[0], i)
    if "RETURN_NEG" in places:
        places.setdefault("RETURN", places["RETURN_NEG"])
    goods = [token for token in reading.tokens if token.tag == "GOODS"]
    if len(goods) > 1 or any(_several(reading, token.mentions) for token in goods):
        places["GOODS2"] = (0, 0)
    for mention in reading.mentions:
        if mention.role == "GIFT":
            places.setdefault("GIFT", (0, 0))
    for name in reading.earlier:
        places.setdefault(f"BEFORE_{name}", (-1, -1))
    if any(name not in _NEUTRAL for name in places):
        places["BUSINESS"] = (0, 0)
    if reading.slots.get("negated"):
        places["NEGATED"] = (0, 0)
    if _paid_back(reading):
        places["PAYBACK"] = (0, 0)
    if figures_in(reading.text):
        places["FIGURES"] = (0, 0)
        if _ENOUGH.search(reading.text):
            places.setdefault("LACK", (0, 0))
    if any(token.tag == "QUANTITY" and _several_units(reading.text[token.start : token.end]) for token in reading.tokens):
        places["SEVERAL"] = (0, 0)
    if _GIFT_AT.search(reading.text):
        places.setdefault("GIFT_AT", (0, 0))
    if len(reading.tokens) == 1:
        places["ALONE"] = (0, 0)
    if _qualified(reading):
        places["QUALIFIED"] = (0, 0)
    if _paired(reading):
        places.setdefault("FIT", (0, 0))
    if any(name.startswith("REASON_") for name in places):
        places["REASON"] = (0, 0)
    reading.places = places
    return doc


def _paid_back(reading: Reading) -> bool:
    """A sum right behind the return: 能退2700吗."""
    tags = [token.tag for token in reading.tokens if token.tag not in {"FUNCTION", "MONEY"}]
    return any(first in {"RETURN", "REFUND"} and second == "AMOUNT" for first, second in pairwise(tags))


def _qualified(reading: Reading) -> bool:
    """A kind of goods behind what is asked of it: 适合干皮的面霜."""
    return any(
        first.tag in {"ATTR", "WORD", "POSSIBLE"} and of.tag == "DE" and "KIND_GOODS" in _kinds(reading, goods.mentions)
        for first, of, goods in zip(reading.tokens, reading.tokens[1:], reading.tokens[2:], strict=False)
    )


def _paired(reading: Reading) -> bool:
    """A verb that joins, between goods and goods; what describes the latter may stand before them."""
    tokens = [token for token in reading.tokens if token.tag not in {"DE", "PRONOUN", "ATTR", "FUNCTION"}]
    return any(
        first.tag == second.tag == "GOODS" and reading.text[verb.start : verb.end] in _PAIRED
        for first, verb, second in zip(tokens, tokens[1:], tokens[2:], strict=False)
    )


def _kinds(reading: Reading, mentions: tuple[int, ...]) -> set[str]:
    found = set()
    for index in mentions:
        for ref in reading.mentions[index].refs:
            if ref.kind == "line":
                found.add("OWN_GOODS")
            elif ref.kind in {"order", "return", "tracking", "coupon"}:
                found.add(f"{ref.kind.upper()}_ID")
            elif ref.kind in {"product", "category", "sku"}:
                found.add("CATALOGUE_GOODS")
                found.add("KIND_GOODS" if ref.kind == "category" else "NAMED_GOODS")
            elif ref.kind in {"spec", "words", "brand"}:
                found.add({"spec": "SPEC", "words": "UNKNOWN_GOODS", "brand": "BRAND"}[ref.kind])
    return found


def _several_units(text: str) -> bool:
    """More than one, as said with a measure: 两双, 3瓶."""
    found = _NUMBER.match(text)
    value = parse_number(found[0]) if found else None
    return value is not None and value > 1


def _several(reading: Reading, mentions: tuple[int, ...]) -> bool:
    named = [
        index
        for index in mentions
        if {ref.kind for ref in reading.mentions[index].refs} & {"product", "category", "line", "words", "sku"}
    ]
    return len(named) > 1
