"""What a noun names: the end of a compound says it. 安全座椅保护垫 is a 保护垫, not a 座椅."""

from __future__ import annotations

import re
from functools import cache

from kg_service.resources import read_yaml, resource

__all__ = ["head_words", "merely_qualifies"]


@cache
def head_words() -> frozenset[str]:
    """Words that end compound nouns (``seed_data/lexicon/nouns.yaml``)."""
    return frozenset(read_yaml(resource("seed_data", "lexicon", "nouns.yaml"))["heads"])


def merely_qualifies(word: str, name: str) -> bool:
    """Whether a word only says what the goods of a name are for: what stands behind it, each time, is the noun.

    Examples
    --------
    >>> merely_qualifies("座椅", "安全座椅防磨保护垫"), merely_qualifies("座椅", "启航 安全座椅 0-7岁")
    (True, False)
    >>> merely_qualifies("手机", "星河 X30 智能手机官方旗舰版"), merely_qualifies("手机", "耳机")
    (False, False)
    """
    tails = re.findall(rf"{re.escape(word)}([\u3400-\u9fff]*)", name)
    return bool(tails) and all(_has_head(tail) for tail in tails)


def _has_head(tail: str) -> bool:
    return any(tail[-n:] in head_words() for n in (3, 2, 1) if len(tail) >= n)
