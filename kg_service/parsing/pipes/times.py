"""The period a question names."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from kg_service.parsing.frame import Period
from kg_service.text.times import find_times

__all__ = ["NAME"]

NAME = "kg_times"


@Language.component(NAME)
def times(doc: Doc) -> Doc:
    """Sets ``period`` to the first stretch of time named."""
    reading = doc._.reading
    if reading.context.now is None or not any(token.tag == "TIME" for token in reading.tokens):
        return doc
    span = find_times(reading.text, reading.context.now)[0]
    reading.slots["period"] = Period(text=span.text, start=span.since, end=span.until)
    return doc
