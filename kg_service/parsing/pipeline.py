"""The spaCy pipeline that reads one question."""

from __future__ import annotations

from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from kg_service.parsing.pipes import ORDER
from kg_service.parsing.reading import Reading

__all__ = ["read"]

Doc.set_extension("reading", default=None, force=True)


@cache
def _pipeline() -> Language:
    nlp = spacy.blank("zh")
    for name in ORDER:
        nlp.add_pipe(name)
    return nlp


def read(reading: Reading) -> Reading:
    """Run the pipes over a reading whose tokens are filled in.

    The document's words are the *tags* of the tokens: patterns are over tags, and spaCy's vocabulary never grows with what
    customers type.
    """
    if not reading.tokens:
        return reading
    nlp = _pipeline()
    doc = Doc(nlp.vocab, words=[token.tag for token in reading.tokens], spaces=[False] * len(reading.tokens))
    doc._.reading = reading
    done: Reading = nlp(doc)._.reading
    return done
