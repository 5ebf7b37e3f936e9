"""Words for the status of an order that say which orders are meant: "待付款的订单", "没发货的那单"."""

from __future__ import annotations

import re
from functools import cache

from kg_service.resources import read_yaml, resource
from kg_service.text.normalise import normalise

__all__ = ["statuses_meant", "statuses_said"]


@cache
def _words() -> dict[str, frozenset[str]]:
    path = resource("seed_data", "lexicon", "order_statuses.yaml")
    return {normalise(word).text: frozenset(entry["statuses"]) for entry in read_yaml(path) for word in entry["words"]}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = "|".join(map(re.escape, sorted(_words(), key=len, reverse=True)))
    return re.compile(words), re.compile(
        rf"({words})(?:了)?的?(?:那|这|哪)?(?:一|几|些)?(?:个|笔|张)?(?:订单|单|单子|(?<=的)(?=取消|撤|退|改|给我|帮我))"
    )


def statuses_said(text: str) -> frozenset[str]:
    """Every status that a text speaks of.

    Examples
    --------
    >>> sorted(statuses_said("待付款和待收货的都列出来")), statuses_said("我的订单")
    (['PLACED', 'SHIPPED'], frozenset())
    """
    return frozenset().union(*(_words()[found] for found in _patterns()[0].findall(normalise(text).text)))


def statuses_meant(text: str) -> frozenset[str]:
    """The statuses that a text says an order it means has; none where it only asks for a status.

    Examples
    --------
    >>> sorted(statuses_meant("没付款的那单取消")), statuses_meant("这单怎么还没发货")
    (['PLACED'], frozenset())
    """
    return frozenset().union(*(_words()[found] for found in _patterns()[1].findall(normalise(text).text)))
