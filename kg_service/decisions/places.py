"""Places and ways of delivery in what customers ask and in what terms say (``seed_data/lexicon/regions.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from kg_service.dataset.term import Term
from kg_service.decisions.specs import plain
from kg_service.resources import read_yaml, resource

__all__ = ["Place", "clauses_about", "clauses_for_all", "delivered_there", "place_said", "province_of", "way_said"]


@dataclass(frozen=True)
class Place:
    """A place as the customer named it.

    Attributes
    ----------
    said : the customer's word
    region : the province or area it belongs to
    names : every word that means the place itself or what it lies in
    """

    said: str
    region: str
    names: tuple[str, ...]


@cache
def _lexicon() -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = read_yaml(resource("seed_data", "lexicon", "regions.yaml"))
    return loaded


def place_said(text: str) -> Place | None:
    """The place a text names; the longest name where several begin at one character.

    Examples
    --------
    >>> place_said("寄到乌鲁木齐要几天").region, place_said("几天能到")
    ('新疆', None)
    """
    text = plain(text)
    found: list[tuple[int, str, str, str]] = []
    for group in ("provinces", "areas"):
        for region, words in _lexicon()[group].items():
            found += [(len(word), word, region, group) for word in (region, *words) if word in text]
    if not found:
        return None
    _, word, region, group = max(found)
    of_all = (region, *_lexicon()[group][region])
    # a city is in its province; a province is not in one of its cities
    whole = tuple(one for one in of_all if one.startswith(region)) if group == "provinces" else of_all
    return Place(word, region, tuple(dict.fromkeys((word, *whole, *_lexicon()["wider"].get(region, ())))))


def province_of(address: str | None) -> str | None:
    """The province of an address as data sets record it (广东深圳)."""
    if not address:
        return None
    return next((name for name in _lexicon()["provinces"] if address.startswith(name)), None)


def way_said(text: str) -> str | None:
    """The way of delivery a text names: 自提, 送货上门."""
    text = plain(text)
    return next((way for way, words in _lexicon()["ways"].items() if any(word in text for word in words)), None)


_CLAUSE = re.compile(r"[^。;；!！\n]+")


def clauses_about(terms: Iterable[Term], names: Sequence[str]) -> list[tuple[Term, str]]:
    """The clauses of terms that speak of a place or a way, each with its term."""
    return [(term, clause) for term in terms for clause in _CLAUSE.findall(term.text) if any(name in clause for name in names)]


def clauses_for_all(term: Term) -> list[str]:
    """The clauses of a term that name no place."""
    return [clause for clause in _CLAUSE.findall(term.text) if place_said(clause) is None]


_NOT = re.compile(
    r"(不|无法|暂不|未|停止)[^,，]{0,6}?(发货|配送|送达|送货|寄送|派送|发往|到达|支持|提供|自提|上门|上楼|开通|覆盖)"
)
_BUT = re.compile(r"除|以外|之外|外的|不含|不包括")
_DOES = re.compile(r"发货|配送|送达|送货|包邮|运费|邮费|派送|寄送|自提|上门|上楼|天内|支持|提供|覆盖")


_PART = re.compile(r"[^,，]+")


def delivered_there(clause: str, names: Sequence[str]) -> bool | None:
    """What a clause says of delivering to a place or in a way; None where it takes places out, or does not say.

    The part of the clause that names it counts before the rest: "大件送货上门,不支持自提" denies only the second.

    Examples
    --------
    >>> delivered_there("新疆、西藏暂不发货", ["西藏"]), delivered_there("新疆不包邮,加收 15 元运费", ["新疆"])
    (False, True)
    >>> delivered_there("除新疆外满 59 元包邮", ["新疆"]) is None
    True
    """
    parts = [part for part in _PART.findall(clause) if any(name in part for name in names)]
    return next((said for said in map(_said, [*parts, clause]) if said is not None), None) if not _BUT.search(clause) else None


def _said(clause: str) -> bool | None:
    if _NOT.search(clause):
        return False
    return True if _DOES.search(clause) else None
