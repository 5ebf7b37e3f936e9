"""What-ifs over an order (promotions.md section 8): the cheapest way to return something, and what may go back safely.

Both are exact: every set of units is quoted, up to :data:`MOST_SETS` of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.values import Fen
from kg_service.errors import RuleError
from kg_service.rules.quote import LineQuantity, PromotionOutcome, ReturnQuote

__all__ = ["MOST_SETS", "Quoting", "ReturnSet", "cheapest_returns", "last_safe_returns"]

#: How many sets of units a what-if looks at before it says that the order is too large for it.
MOST_SETS = 20_000
#: Quotes the return of some units: line_id to units.
Quoting: TypeAlias = Callable[[Mapping[str, int]], ReturnQuote]


class ReturnSet(BaseModel):
    """One way to return: the units, what comes back, and what happens to the promotions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    returned: list[LineQuantity]
    refund_amount: Fen
    buyer_owes: Fen
    discount_lost: Fen
    promotions: list[PromotionOutcome]


def cheapest_returns(left: Mapping[str, int], wanted: Mapping[str, int], quote: Quoting, *, most: int = 3) -> list[ReturnSet]:
    """The ways to return ``wanted``, perhaps with further units, cheapest first.

    Cheapest is the least discount lost on what is kept plus what the buyer owes; then the fewest further units.

    Parameters
    ----------
    left : mapping of line_id to units
        What can still be returned.
    wanted : mapping of line_id to units
        What is to come back in any case.
    quote : callable
        Quotes a set of units.
    most : int
        How many ways to give.

    Raises
    ------
    RuleError
        When the order has more sets of units than :data:`MOST_SETS`.
    """
    found = []
    for units in _sets(left, wanted):
        result = _as_set(quote(units))
        if result is not None:
            further = sum(units.values()) - sum(wanted.values())
            cost = int(result.discount_lost) + int(result.buyer_owes)
            found.append(((cost, further, sorted(units.items())), result))
    found.sort(key=lambda item: item[0])
    return [result for _, result in found[:most]]


def last_safe_returns(left: Mapping[str, int], promotion_id: str, quote: Quoting, *, most: int = 3) -> list[ReturnSet]:
    """The largest sets that can go back while a promotion stays KEPT: largest refund first, then most units.

    A set is maximal when no further unit can go back with it. Parameters as for :func:`cheapest_returns`.
    """
    safe: dict[tuple[int, ...], ReturnSet] = {}
    keys = list(left)
    for units in _sets(left, {}):
        if not any(units.values()):
            continue
        result = _as_set(quote(units))
        kept = {item.promotion_id for item in result.promotions if item.outcome == "KEPT"} if result else set()
        if result is not None and promotion_id in kept:
            safe[tuple(units.get(key, 0) for key in keys)] = result
    maximal = [
        (vector, result)
        for vector, result in safe.items()
        if not any((*vector[:i], vector[i] + 1, *vector[i + 1 :]) in safe for i in range(len(vector)))
    ]
    maximal.sort(key=lambda item: (-int(item[1].refund_amount), -sum(item[0]), item[0]))
    return [result for _, result in maximal[:most]]


def _sets(left: Mapping[str, int], wanted: Mapping[str, int]) -> Iterator[dict[str, int]]:
    ranges: Sequence[range] = [range(wanted.get(line_id, 0), units + 1) for line_id, units in left.items()]
    count = prod(len(item) for item in ranges)
    if count > MOST_SETS:
        raise RuleError(
            f"the order can be returned in {count} ways, more than {MOST_SETS}",
            do="ask about some of its lines",
        )
    for vector in product(*ranges):
        yield {line_id: units for line_id, units in zip(left, vector, strict=True) if units}


def _as_set(quote: ReturnQuote) -> ReturnSet | None:
    """A quote as one way to return; ``None`` when it may not be done, or cannot be decided."""
    if quote.refund_amount is None or quote.buyer_owes is None or quote.eligible is False:
        return None
    lost = sum(max(0, int(item.discount_before) - int(item.discount_after)) for item in quote.promotions)
    return ReturnSet.model_validate(
        {
            "returned": quote.returned,
            "refund_amount": quote.refund_amount,
            "buyer_owes": quote.buyer_owes,
            "discount_lost": lost,
            "promotions": quote.promotions,
        }
    )
