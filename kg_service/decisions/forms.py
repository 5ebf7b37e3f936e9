"""What kind of question it is, as far as a verdict depends on it."""

from __future__ import annotations

import re
from functools import cache

from kg_service.decisions.specs import plain
from kg_service.parsing.frame import Frame
from kg_service.resources import read_yaml, resource

__all__ = ["NOT_YES_NO", "asks_whether_out", "asks_whether_over", "may_be_yes_no", "yes_no"]

#: Forms of questions that no yes or no answers.
NOT_YES_NO = frozenset({"AMOUNT", "WHICH", "HOW", "WHEN", "WHAT"})

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


def may_be_yes_no(frame: Frame) -> bool:
    """Whether a yes or no fits, also to a statement ("手机退了, 耳机的优惠") where the matter is one of may or not."""
    return frame.question_form not in NOT_YES_NO


_OVER = re.compile(r"(结束|截止|过期|到期|失效|下线|停)(了|没)|没有?了(吗|没|吧|么)")


def asks_whether_over(frame: Frame) -> bool:
    """Whether a question asks if something has ended ("结束了没": yes means it is over).

    Examples
    --------
    >>> ask = lambda text: asks_whether_over(Frame(intent="promotion_list", confidence=1, text=text))
    >>> ask("满减结束了吗"), ask("满减还有吗")
    (True, False)
    """
    return _OVER.search(frame.text) is not None


@cache
def _out_words() -> tuple[str, ...]:
    path = resource("seed_data", "lexicon", "stock.yaml")
    return tuple(read_yaml(path)["out"])


def asks_whether_out(frame: Frame) -> bool:
    """Whether a question about stock asks if there is none left ("断货了吗": yes means out of stock).

    Examples
    --------
    >>> ask = lambda text: asks_whether_out(Frame(intent="product_stock", confidence=1, text=text))
    >>> ask("断货了吗"), ask("有没有货"), ask("没货了吗")
    (True, False, True)
    """
    text = plain(frame.text).replace("有没有", "有")
    return any(word in text for word in _out_words())
