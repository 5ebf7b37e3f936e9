"""What a recorded value says of a kind that a question names: 敏感皮 of 适用肤质, 机洗 of 洗涤方式, 孕妇 of 适用人群.

The kinds are families in ``seed_data/lexicon/attributes.yaml``: a value that names one kind of a family does not name the
others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from kg_service.decisions.specs import plain
from kg_service.resources import read_yaml, resource

__all__ = ["Kind", "kind_says", "kinds_in"]


@dataclass(frozen=True)
class Kind:
    """Words for the same thing, and the names of attributes whose values such words are."""

    family: int
    words: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Kinds:
    by_word: dict[str, tuple[Kind, ...]]
    pattern: re.Pattern[str]
    every: re.Pattern[str]
    never: tuple[str, ...]


@cache
def _kinds() -> _Kinds:
    data: dict[str, Any] = read_yaml(resource("seed_data", "lexicon", "attributes.yaml"))
    by_word: dict[str, list[Kind]] = {}
    for number, family in enumerate(data["families"]):
        names = tuple(map(plain, family["of"]))
        for words in family["kinds"]:
            kind = Kind(number, tuple(map(plain, words)), names)
            for word in kind.words:
                by_word.setdefault(word, []).append(kind)
    return _Kinds(
        by_word={word: tuple(found) for word, found in by_word.items()},
        pattern=_any(by_word),
        every=_any(map(plain, data["every"])),
        never=tuple(sorted(map(plain, data["never"]), key=len, reverse=True)),
    )


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def kinds_in(text: str) -> list[Kind]:
    """The kinds that a text names, from the left, the longest word at each place.

    Examples
    --------
    >>> [kind.words[0] for kind in kinds_in("混油皮和敏皮能用吗")]
    ['混油皮', '敏感肌']
    """
    known = _kinds()
    return [kind for match in known.pattern.finditer(plain(text)) for kind in known.by_word[match[0]]]


def kind_says(kind: Kind, name: str, value: str) -> Literal["YES", "NO", "DEPENDS"] | None:
    """What a record says of a kind; ``None`` when it is not about such kinds or answers by its own yes or no (孕妇可用: 否).

    Examples
    --------
    >>> skin, washing = kinds_in("敏感皮")[0], kinds_in("扔洗衣机")[0]
    >>> kind_says(skin, "适用肤质", "所有肤质"), kind_says(skin, "适用肤质", "油皮、混油皮"), kind_says(skin, "材质", "棉")
    ('YES', 'NO', None)
    >>> kind_says(washing, "洗涤方式", "手洗，不可机洗"), kind_says(washing, "可机洗", "是")
    ('NO', None)
    """
    name, value = plain(name), plain(value)
    known = _kinds()
    denying = name.startswith(known.never)
    if not denying and any(word in name for word in kind.words):
        return None
    if name not in kind.names and not any(len(one) > 3 and one in name for one in kind.names):
        return None
    told = _told(kind.family, value)
    if denying:
        return "NO" if kind in told else "DEPENDS"
    if kind in told:
        return "YES" if told[kind] else "NO"
    if known.every.search(value):
        return "YES"
    return "NO" if any(told.values()) and not any(word in value for word in kind.words) else "DEPENDS"


def _told(family: int, value: str) -> dict[Kind, bool]:
    """The kinds of a family that a value names, and whether it allows them."""
    known = _kinds()
    return {
        kind: not value[: match.start()].endswith(known.never)
        for match in known.pattern.finditer(value)
        for kind in known.by_word[match[0]]
        if kind.family == family
    }
