"""What a load asks the graph: which ids it has, which rows it holds already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from kg_service.graph.store import Statement, Store
from kg_service.loading.references import TARGETS, Ref

__all__ = ["NAME_AT", "batches", "categories_in_graph", "references_in_graph"]

T = TypeVar("T")
#: Where the data set's name begins in a node's ``row``: after the fingerprint and ``@``.
NAME_AT = 33
_BATCH = 5000


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most ``size`` items.

    Examples
    --------
    >>> list(batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def references_in_graph(store: Store, refs: Sequence[Ref], without: str | None) -> set[Ref]:
    """Those of the references that the graph satisfies.

    Parameters
    ----------
    without : a data set whose rows do not count, because they are about to be replaced
    """
    found: set[Ref] = set()
    by_target: dict[str, list[Ref]] = {}
    for ref in refs:
        by_target.setdefault(ref.target, []).append(ref)
    for target, wanted in by_target.items():
        label, key = TARGETS[target]
        text = (
            f"UNWIND $keys AS k MATCH (n:{label} {{{key}: k}}) "
            f"WHERE $without = '' OR n.row IS NULL OR substring(n.row, {NAME_AT}) <> $without RETURN DISTINCT k AS key"
        )
        for batch in batches(wanted, _BATCH):
            ids = [ref.id for ref in batch]
            rows = store.read(Statement(text, {"keys": ids, "without": without or ""}))
            have = {row["key"] for row in rows}
            found.update(ref for ref in batch if ref.id in have)
    return found


def categories_in_graph(store: Store) -> list[tuple[str, str]]:
    """Each category of the graph that has a parent, with it."""
    rows = store.read(
        Statement("MATCH (c:Category)-[:CHILD_OF]->(p:Category) RETURN c.category_id AS child, p.category_id AS parent")
    )
    return [(row["child"], row["parent"]) for row in rows]
