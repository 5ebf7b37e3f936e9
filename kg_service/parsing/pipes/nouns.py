"""Nouns that no catalogue entry has, found by the place they stand in: 我买的〔榨汁机〕能退吗."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from kg_service.linking.own_names import link_own
from kg_service.parsing.patterns import Patterns, read_roles
from kg_service.parsing.reading import Reading
from kg_service.parsing.spans import noun_mention
from kg_service.text.words import may_be_noun

__all__ = ["NAME"]

NAME = "kg_nouns"


@Language.factory(NAME)
class Nouns:
    """Turns left-over words in the place of a noun into mentions of kind ``words``."""

    def __init__(self, nlp: Language, name: str) -> None:
        data = read_roles()
        self.patterns = Patterns(nlp.vocab, data["nouns"], data["skip"], data["break"])
        self.known = Patterns(nlp.vocab, data["known"], data["skip"], data["break"])

    def __call__(self, doc: Doc) -> Doc:
        reading = doc._.reading
        if not any(token.tag == "WORD" for token in reading.tokens):
            return doc
        nouns = {i for i, _ in self.patterns.match(doc) if _may_name(reading, i)}
        parts = {i for i, _ in self.known.match(doc) if _may_name(reading, i)} - nouns
        if not nouns | parts:
            return doc
        for i in sorted(nouns | parts):
            token = reading.tokens[i]
            noun = noun_mention(reading.text, token.start, token.end, reading.lexicon)
            found = link_own(reading.form, reading.own_lines, [noun], ())
            if i in parts and all(ref.kind == "words" for one in found for ref in one.refs):
                continue
            reading.mentions += found
            token.mentions = (len(reading.mentions) - 1,)
            token.tag = "GOODS"
        fresh = Doc(doc.vocab, words=[token.tag for token in reading.tokens], spaces=[False] * len(reading.tokens))
        fresh._.reading = reading
        return fresh


def _may_name(reading: Reading, index: int) -> bool:
    token = reading.tokens[index]
    word = reading.text[token.start : token.end]
    return len(word) >= 2 and not word.endswith("的") and may_be_noun(word)
