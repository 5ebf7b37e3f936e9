"""Where a name may begin and end in a text."""

from __future__ import annotations

import re

from kg_service.text.normalise import Normalised

__all__ = ["bordered"]

#: Right behind a model's number they make another model of it: the x30pro is no x30.
_GRADE = re.compile(r"(?<=[a-z0-9])(?:pro|max|plus|ultra|mini|lite|air|promax|se|fe)(?![a-z])")


def bordered(form: Normalised, start: int, end: int) -> bool:
    """Whether a match does not cut a latin word or a number in two.

    Examples
    --------
    >>> from kg_service.text import normalise
    >>> bordered(normalise("mate70"), 0, 5), bordered(normalise("mate70"), 0, 4)
    (False, True)
    >>> bordered(normalise("x30pro"), 0, 3), bordered(normalise("x30的"), 0, 3)
    (False, True)
    """
    return _border(form, start) and _border(form, end) and (_GRADE.match(form.text, end) is None or form.broken(end))


def _border(form: Normalised, at: int) -> bool:
    text = form.text
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if not (before.isascii() and after.isascii()):
        return True
    return not ((before.isdigit() and after.isdigit()) or (before.isalpha() and after.isalpha())) or form.broken(at)
