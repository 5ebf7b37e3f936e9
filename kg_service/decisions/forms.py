"""What kind of question it is, as far as a verdict depends on it."""

from __future__ import annotations

import re

from kg_service.decisions.specs import plain
from kg_service.parsing.frame import Frame

__all__ = ["yes_no"]

_ASKS = re.compile(r"((?<![什怎这那多])么|吗|嘛|没有?|不)[?!.,~]*$")


def yes_no(frame: Frame) -> bool:
    """Whether a question wants a yes or no: as it was understood, else by its last word ("防水吗", "有货没").

    Examples
    --------
    >>> yes_no(Frame(intent="product_stock", confidence=1, text="还有货没?"))
    True
    >>> yes_no(Frame(intent="product_stock", confidence=1, text="有什么"))
    False
    """
    if frame.question_form != "STATEMENT":
        return frame.question_form == "YES_NO"
    return _ASKS.search(plain(frame.text)) is not None
