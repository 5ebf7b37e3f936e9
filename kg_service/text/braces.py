"""Compact lists of words: ``{能,可以}退{,货}`` spells out four words."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

__all__ = ["expand"]

_GROUP = re.compile(r"\{([^{}]*)\}")


def expand(pattern: str, form: Callable[[str], str] = str) -> list[str]:
    """Every word a pattern with alternatives in braces stands for (no nesting).

    With ``form``, each part is given that form once, before the parts are put together: the words are many, the parts few.

    Examples
    --------
    >>> expand("{能,可以}退{,货}")
    ['能退', '能退货', '可以退', '可以退货']
    >>> expand("{Pro,max}款", str.lower)
    ['pro款', 'max款']
    """
    parts = _GROUP.split(pattern)
    choices = [[form(one) for one in part.split(",")] if i % 2 else [form(part)] for i, part in enumerate(parts)]
    return ["".join(chosen) for chosen in product(*choices)]
