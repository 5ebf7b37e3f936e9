"""The smallest set of units, with some given ones in it, that passes a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations_with_replacement

__all__ = ["SEARCH_LIMIT", "smallest_superset"]

#: How many sets are looked at before everything is named.
SEARCH_LIMIT = 5_000


def smallest_superset(
    left: Mapping[str, int], wanted: Mapping[str, int], passes: Callable[[Mapping[str, int]], bool]
) -> dict[str, int]:
    """The set with the fewest further units, then the first by line, that passes; everything that is left if none does.

    Parameters
    ----------
    left : mapping of line_id to units
        What there is to choose from.
    wanted : mapping of line_id to units
        What is in the set in any case.
    passes : callable
        Whether a set will do.

    Examples
    --------
    >>> smallest_superset({"1": 1, "2": 2}, {"2": 1}, lambda units: "1" in units)
    {'1': 1, '2': 1}
    """
    spare = {line_id: count - wanted.get(line_id, 0) for line_id, count in left.items() if count > wanted.get(line_id, 0)}
    tried = 0
    for further in range(1, sum(spare.values()) + 1):
        for picked in combinations_with_replacement(sorted(spare), further):
            if any(picked.count(line_id) > spare[line_id] for line_id in set(picked)):
                continue
            tried += 1
            total = {line_id: wanted.get(line_id, 0) + picked.count(line_id) for line_id in left}
            units = {line_id: count for line_id, count in total.items() if count}
            if passes(units):
                return units
            if tried >= SEARCH_LIMIT:
                return {line_id: count for line_id, count in left.items() if count}
    return {line_id: count for line_id, count in left.items() if count}
