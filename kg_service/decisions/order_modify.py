"""May an order be changed: its address, its goods, when it is delivered (answers.md, "Orders and logistics")."""

from __future__ import annotations

import re
from functools import cache

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.order_cancel import words_of
from kg_service.decisions.order_changes import change_step, changed, changed_verdict
from kg_service.decisions.own_case import read_own_order
from kg_service.dialogue.references import kinds_of
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow
from kg_service.resources import read_yaml, resource
from kg_service.text.normalise import normalise

__all__ = ["change_asked", "order_modify"]

_OPEN = frozenset({"PLACED", "PAID", "SHIPPED", "RECEIVED", "CLOSED"})
#: Changes that no status of the order settles: whether the shop does them is a matter of its terms.
_BY_TERM = frozenset({"MERGE", "SPLIT"})


@cache
def _words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    path = resource("seed_data", "lexicon", "order_changes.yaml")
    return tuple(
        (change, re.compile("|".join(re.escape(normalise(word).text) for word in sorted(words, key=len, reverse=True))))
        for change, words in read_yaml(path).items()
    )


def change_asked(text: str) -> str | None:
    """What of an order is to be changed.

    Examples
    --------
    >>> change_asked("电话留错了能改吗"), change_asked("两个订单合并一下"), change_asked("订单能改吗")
    ('CONTACT', 'MERGE', None)
    """
    return next((change for change, words in _words() if words.search(normalise(text).text)), None)


@decider("order_modify")
def order_modify(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Possible until it is shipped. Merging and splitting are not a matter of status: UNKNOWN, naming the term that lacks."""
    change = change_asked(frame.text)
    # 颜色拍错了要白的: what is wished for is not among what they have
    named = tuple(one for one in frame.mentions if kinds_of(one) != {"spec"})
    own = yield from read_own_order(frame.model_copy(update={"mentions": named}), asker, prefer=_OPEN)
    if isinstance(own, Decision):
        return own
    facts = changed(own.order) | {"change": change}
    words = words_of(own) | {"change": change}
    if change in _BY_TERM and facts["possible"]:
        missing = [f"Term {change}"]
        step = change_step("order.modify", facts | {"possible": None, "reason": None})
        return Decision("UNKNOWN", facts=facts | {"possible": None, "reason": None}, missing=missing, trace=[step], words=words,
                        graph=own.case.graph)  # fmt: skip
    return Decision(
        "ANSWERED",
        facts=facts,
        verdict=changed_verdict(frame, facts["possible"]),
        trace=[change_step("order.modify", facts)],
        words=words,
        graph=own.case.graph,
    )
