"""What is left out of a return: 除了耳机都退, 其他的都退, 剩下的不要了."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from kg_service.parsing.reading import GOODS, Reading

__all__ = ["NAME"]

NAME = "kg_exceptions"
_BACK = frozenset({"RETURN", "REFUND", "CANCEL", "REFUSE", "REJECT"})
_STAYS = frozenset({"KEEP", "RETURN_NEG"})
#: What may stand between 其他 and the verb, and around it.
_BETWEEN = frozenset(
    ["FUNCTION", "DE", "BOTH", "WHOLE", "WANT", "POSSIBLE", "ALSO", "BA", "GENERIC", "PRONOUN", "QUANTITY", "SUPPOSE", "OWN"]
)
_AFTER = frozenset(["DE", "FUNCTION", "QUESTION", "YESNO", "GENERIC", "PUNCT", "QUANTITY", "HOWMUCH", "POSSIBLE", "KEEP"])
#: What a word for keeping begins with that says nothing else stays.
_ONLY = frozenset("只就光单仅")
#: "除了耳机还退手机": the earphones go back too.
_TOO = ("还", "也", "又", "再")


@Language.component(NAME)
def exceptions(doc: Doc) -> Doc:
    """Sets ``rest`` and the roles of what is left out. Runs after the roles are given."""
    reading: Reading = doc._.reading
    tags = [token.tag for token in reading.tokens]
    left_out = _left_out(reading, tags)
    others = _others(tags)
    if left_out is None and others is None:
        if _all_but_kept(reading, tags):
            reading.slots["rest"] = True
            reading.slots["whole_order"] = False
        return doc
    verbs = [i for i, tag in enumerate(tags) if tag in _BACK and not _denied(tags, i)]
    goods = [i for i, tag in enumerate(tags) if tag == "GOODS"]
    if left_out is not None:
        after = next((i for i in range(left_out + 1, len(tags)) if tags[i] in _BACK | _STAYS), None)
        if after is None or _too(reading, left_out, after):
            return doc
        if after not in verbs:
            # 除了耳机都不退, 除了耳机都留着: it alone goes back
            _give(reading, left_out, "RETURNED")
            return doc
        _give(reading, left_out, "KEPT")
        named = [i for i in goods if i != left_out and (left_out < i < after or i > after)]
        reading.slots["rest"] = not named
    elif others is not None and others in verbs:
        reading.slots["rest"] = True
        for i in goods:
            if not any(verb != others and abs(verb - i) < abs(others - i) for verb in verbs):
                _give(reading, i, "KEPT")
    if reading.slots.get("rest"):
        reading.slots["whole_order"] = False
    return doc


def _all_but_kept(reading: Reading, tags: list[str]) -> bool:
    """退到只剩吸尘器: what is named is all that stays, and nothing else is named."""
    only = any(tag == "KEEP" and reading.text[token.start] in _ONLY for tag, token in zip(tags, reading.tokens, strict=True))
    back = any(tag in _BACK and not _denied(tags, i) for i, tag in enumerate(tags))
    roles = {mention.role for mention in reading.mentions if any(ref.kind in GOODS for ref in mention.refs)}
    return only and back and roles == {"KEPT"}


def _left_out(reading: Reading, tags: list[str]) -> int | None:
    """The goods that are named as left out."""
    for i, tag in enumerate(tags):
        if tag == "EXCEPT":
            return next((j for j in range(i + 1, min(i + 5, len(tags))) if tags[j] == "GOODS"), None)
        if tag == "EXCEPT_AFTER":
            return next((j for j in range(i - 1, max(i - 4, -1), -1) if tags[j] == "GOODS"), None)
    return None


def _others(tags: list[str]) -> int | None:
    """The verb whose object is 其他, 剩下的: right behind it, or right before it at the end of what is said."""
    for i, tag in enumerate(tags):
        if tag != "OTHER":
            continue
        at = i + 1
        while at < len(tags) and tags[at] in _BETWEEN:
            at += 1
        if at < len(tags) and tags[at] in _BACK:
            return at
        before = i - 1
        while before >= 0 and tags[before] in _BETWEEN:
            before -= 1
        if before >= 0 and tags[before] in _BACK and all(tag in _AFTER for tag in tags[i + 1 :]):
            return before
    return None


def _denied(tags: list[str], at: int) -> bool:
    before = at - 1
    while before >= 0 and tags[before] in {"FUNCTION", "WANT", "BOTH", "ALSO"}:
        before -= 1
    return before >= 0 and tags[before] in {"NEG", "IMPOSSIBLE"}


def _too(reading: Reading, left_out: int, verb: int) -> bool:
    between = reading.text[reading.tokens[left_out].end : reading.tokens[verb].end]
    all_of_them = any(token.tag in {"BOTH", "WHOLE", "OTHER"} for token in reading.tokens[left_out + 1 : verb + 1])
    return not all_of_them and any(word in between for word in _TOO)


def _give(reading: Reading, at: int, role: str) -> None:
    for index in reading.tokens[at].mentions:
        reading.mentions[index] = reading.mentions[index].model_copy(update={"role": role})
