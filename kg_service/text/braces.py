"""Compact lists of words: ``{能,可以}退{,货}`` spells out four words."""

from __future__ import annotations

import re
from itertools import product

__all__ = ["expand"]

_GROUP = re.compile(r"\{([^{}]*)\}")


def expand(pattern: str) -> list[str]:
    """Every word a pattern with alternatives in braces stands for (no nesting).

    Examples
    --------
    >>> expand("{能,可以}退{,货}")
    ['能退', '能退货', '可以退', '可以退货']
    """
    parts = _GROUP.split(pattern)
    choices = [part.split(",") if i % 2 else [part] for i, part in enumerate(parts)]
    return ["".join(chosen) for chosen in product(*choices)]
