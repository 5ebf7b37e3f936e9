"""Where a name may begin and end in a text."""

from __future__ import annotations

from kg_service.text.normalise import Normalised

__all__ = ["bordered"]


def bordered(form: Normalised, start: int, end: int) -> bool:
    """Whether a match does not cut a latin word or a number in two.

    Examples
    --------
    >>> from kg_service.text import normalise
    >>> bordered(normalise("mate70"), 0, 5), bordered(normalise("mate70"), 0, 4)
    (False, True)
    """
    return _border(form, start) and _border(form, end)


def _border(form: Normalised, at: int) -> bool:
    text = form.text
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if not (before.isascii() and after.isascii()):
        return True
    return not ((before.isdigit() and after.isdigit()) or (before.isalpha() and after.isalpha())) or form.broken(at)
