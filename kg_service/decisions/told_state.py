"""What a customer says was done with the goods they ask about: opened, used, activated (promotions.md section 7)."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from kg_service.dataset.order import Order, OrderLine
from kg_service.decisions.specs import plain
from kg_service.parsing.frame import Frame
from kg_service.resources import read_yaml, resource

__all__ = ["State", "state_told", "with_state"]

State = Literal["OPENED", "ACTIVATED"]
_DENIED = re.compile(r"(没有?|未|不|还没|不曾|别)[^,。;!?的]{0,3}$")
#: What the record says already weighs as much or more than these words.
_KNOWN: dict[str, frozenset[str]] = {
    "OPENED": frozenset({"OPENED", "ACTIVATED", "DAMAGED"}),
    "ACTIVATED": frozenset({"ACTIVATED", "DAMAGED"}),
}


@cache
def _words() -> dict[State, list[re.Pattern[str]]]:
    loaded: dict[State, list[str]] = read_yaml(resource("seed_data", "lexicon", "goods_states.yaml"))
    return {state: [re.compile(one) for one in words] for state, words in loaded.items()}


def state_told(frame: Frame) -> tuple[State, int] | None:
    """The state that is told, and where in the text; None where none is, or it is denied ("没拆过").

    Examples
    --------
    >>> told = lambda text: (state_told(Frame(intent="return_eligibility", confidence=1, text=text)) or [None])[0]
    >>> told("沙发坐过了还能退吗"), told("拆封了还给退吗"), told("没用过能退吗"), told("手机能退吗")
    ('ACTIVATED', 'OPENED', None, None)
    """
    text = plain(frame.text)
    for state, words in _words().items():
        for one in words:
            for found in one.finditer(text):
                if _DENIED.search(text[: found.start()]) is None and not _in_name(frame, found[0]):
                    return state, found.start()
    return None


def _in_name(frame: Frame, words: str) -> bool:
    """Whether the words stand in a name that the question says (激活卡)."""
    return any(words in plain(mention.text) for mention in frame.mentions if any(ref.kind != "words" for ref in mention.refs))


def with_state(order: Order, frame: Frame, line_ids: frozenset[str]) -> Order:
    """The order with the state that the question tells of these lines, where the record does not say as much itself."""
    told = state_told(frame)
    if told is None:
        return order
    return order.model_copy(
        update={"lines": [_told(line, told[0]) if line.line_id in line_ids else line for line in order.lines]}
    )


def _told(line: OrderLine, state: State) -> OrderLine:
    return line if line.condition in _KNOWN[state] else line.model_copy(update={"condition": state})
