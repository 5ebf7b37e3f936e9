"""Which step of an order or parcel a question asks about: "发货了吗", "签收了没"."""

from __future__ import annotations

from functools import cache
from typing import Literal

from kg_service.decisions.forms import yes_no
from kg_service.decisions.specs import plain
from kg_service.parsing.frame import Frame
from kg_service.resources import read_yaml, resource

__all__ = ["asked_milestone"]


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    path = resource("seed_data", "lexicon", "milestones.yaml")
    loaded: dict[str, dict[str, list[str]]] = read_yaml(path)
    return loaded


def asked_milestone(frame: Frame, of: Literal["order", "parcel"]) -> str | None:
    """The step a yes/no question asks about, as a status; the last one that is named ("付款了,发货了吗").

    Examples
    --------
    >>> asked_milestone(Frame(intent="order_status", confidence=1, text="付款后发货了吗", question_form="YES_NO"), "order")
    'SHIPPED'
    """
    if not yes_no(frame):
        return None
    text = plain(frame.text)
    found = [
        (text.rfind(word) + len(word), len(word), status)
        for status, words in _words()[of].items()
        for word in words
        if word in text
    ]
    return max(found)[2] if found else None
