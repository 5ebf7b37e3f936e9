"""What-ifs over an order (promotions.md section 8): the cheapest way to return something, and what may go back safely.

Every set of units is weighed where there are at most :data:`MOST_SETS` of them: the answer is then exact. Beyond that the
search keeps to the lines that promotions tie to the question, and then to the sets with the fewest units to decide on;
:attr:`Ways.exact` says whether a set that was left out could be better than the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.values import Fen
from kg_service.errors import RuleError
from kg_service.money import Money
from kg_service.rules.order_returns import OrderReturns, Weighed
from kg_service.rules.outcomes import outcomes_of
from kg_service.rules.quote import LineQuantity, PromotionOutcome

__all__ = ["MOST_SETS", "ReturnSet", "Ways", "cheapest_returns", "last_safe_returns", "may_go_back", "standing_promotions"]

#: How many sets of units are weighed; an order with more of them is searched in part.
MOST_SETS = 20_000
#: Layer 10 never depends on other lines: nothing that goes back can take it from what stays.
_ITEM_LAYER = 10


class ReturnSet(BaseModel):
    """One way to return: the units, what comes back, and what happens to the promotions.

    ``discount_lost`` is what the kept units lose of their recorded shares.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    returned: list[LineQuantity]
    refund_amount: Fen
    buyer_owes: Fen
    discount_lost: Fen
    promotions: list[PromotionOutcome]


class Ways(BaseModel):
    """Ways to return, best first.

    Attributes
    ----------
    exact : whether no set that was not weighed could be better than the first
    weighed : how many sets were
    missing : facts without which some set could not be decided
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sets: list[ReturnSet] = []
    exact: bool = True
    weighed: int = 0
    missing: list[str] = []


def may_go_back(returns: OrderReturns, reason: str = "NO_REASON") -> dict[str, int]:
    """The units that can still be returned, without the lines that may not come back for this reason."""
    return {key: units for key, units in returns.left.items() if returns.window(key, reason).eligible is not False}


def standing_promotions(returns: OrderReturns) -> list[str]:
    """The promotions that could be lost: above layer 10, with a discount or a gift on what the customer has now."""
    state = returns.past.state
    if state is None:
        return []
    found = {one.promotion_id for one in outcomes_of(state.settlement) if one.outcome == "KEPT"}
    layers = {one.application.promotion_id: one.promotion.layer_number for one in state.settlement.judgements if one.promotion}
    return sorted(one for one in found if layers.get(one, 0) > _ITEM_LAYER)


def cheapest_returns(
    returns: OrderReturns,
    wanted: Mapping[str, int],
    reason: str = "NO_REASON",
    *,
    stay: Iterable[str] = (),
    most: int = 3,
    most_sets: int = MOST_SETS,
) -> Ways:
    """The ways to return ``wanted``, perhaps with further units, cheapest first.

    Cheapest is the least discount lost on what is kept plus what the buyer owes; then the fewest further units; then the larger
    refund. A set that a term refuses is no way to return.

    Parameters
    ----------
    returns : OrderReturns
        Of :func:`kg_service.rules.returns.open_returns`.
    wanted : mapping of line_id to units
        What is to come back in any case; empty for anything at all.
    reason : the reason of all units
    stay : lines that are not to go back
    most : how many ways to give

    Raises
    ------
    RuleError
        When ``wanted`` names units that are not left.
    """
    _check(returns, wanted)
    pool = _pool(returns, wanted, reason, stay)
    search = _Search(returns, pool, wanted, reason, most_sets)
    found = []
    for units, weighed in search.weigh(_tied(returns, pool, wanted) if wanted else pool, ascending=True):
        if not units or weighed.refused:
            continue
        further = sum(units.values()) - sum(wanted.values())
        found.append(((_lost(weighed) + weighed.owes, further, -weighed.refund, sorted(units.items())), units, weighed))
    found.sort(key=lambda item: item[0])
    if found:
        best = found[0][2]
        # nothing costs less than nothing, and the sets with fewer further units were all weighed; lines that are not tied to
        # the question can only lower what the buyer owes
        search.exact |= found[0][0][0] == 0 or (search.tied_only and best.owes == 0)
    return search.ways([(units, weighed) for _, units, weighed in found[:most]])


def last_safe_returns(
    returns: OrderReturns,
    promotions: str | Iterable[str],
    wanted: Mapping[str, int] | None = None,
    reason: str = "NO_REASON",
    *,
    stay: Iterable[str] = (),
    most: int = 3,
    most_sets: int = MOST_SETS,
) -> Ways:
    """The largest sets that can go back while promotions stay KEPT: largest refund first, then most units.

    A set is maximal when no strict superset of it is safe. More may be safe than less (a return may be refused alone, or owe
    more than a larger one), so every superset counts, not only those with one further unit.

    Parameters
    ----------
    promotions : one promotion_id, or several that must all stay
    wanted : what is to come back in any case
    stay : lines that are not to go back
    """
    keep = {promotions} if isinstance(promotions, str) else set(promotions)
    wanted = wanted or {}
    _check(returns, wanted)
    pool = _pool(returns, wanted, reason, stay)
    search = _Search(returns, pool, wanted, reason, most_sets)
    safe: dict[tuple[int, ...], tuple[dict[str, int], Weighed]] = {}
    for units, weighed in search.weigh(_lines_of(returns, keep, pool), ascending=False):
        if units and not weighed.refused and keep <= _kept(weighed):
            safe[tuple(units.get(key, 0) for key in pool)] = (units, weighed)
    search.exact |= search.tied_only and pool == returns.left
    maximal = [(vector, *safe[vector]) for vector in _maximal(safe, search.seen)]
    maximal.sort(key=lambda item: (-item[2].refund, -sum(item[0]), item[0]))
    return search.ways([(units, weighed) for _, units, weighed in maximal[:most]])


@dataclass
class _Search:
    """Weighs sets of units between what is wanted and what may go back."""

    returns: OrderReturns
    pool: Mapping[str, int]
    wanted: Mapping[str, int]
    reason: str
    most_sets: int
    exact: bool = True
    tied_only: bool = False

    def __post_init__(self) -> None:
        self.missing: dict[str, None] = {}
        self.seen: list[tuple[int, ...]] = []

    def weigh(self, tied: Iterable[str], *, ascending: bool) -> Iterator[tuple[dict[str, int], Weighed]]:
        """Every set where they are few enough; else those over the lines ``tied`` to the question, fewest units first.

        With ``ascending`` lines that are not tied stay and the fewest units come back first, else they go back as a whole and
        the fewest stay: what no promotion ties to the question changes nothing in it (promotions.md section 9).
        """
        ranges = {key: range(self.wanted.get(key, 0), units + 1) for key, units in self.pool.items()}
        if self.exact and prod(len(item) for item in ranges.values()) > self.most_sets:
            self.exact = False
            rest = set(self.pool) - set(tied)
            for key in rest:
                ranges[key] = ranges[key][:1] if ascending else ranges[key][-1:]
        count = prod(len(item) for item in ranges.values())
        sets = _by_total(ranges, ascending=ascending) if count > self.most_sets else product(*ranges.values())
        self.tied_only = not self.exact and count <= self.most_sets
        for vector in islice(sets, self.most_sets):
            units = {key: units for key, units in zip(ranges, vector, strict=True) if units}
            found = self.returns.weigh(units, dict.fromkeys(units, self.reason))
            self.seen.append(tuple(units.get(key, 0) for key in self.pool))
            if found.missing or found.settlement is None:
                self.missing |= dict.fromkeys(found.missing)
                continue
            yield units, found

    def ways(self, found: Sequence[tuple[Mapping[str, int], Weighed]]) -> Ways:
        sets = [
            ReturnSet(
                returned=[LineQuantity(line_id=key, quantity=units[key]) for key in self.pool if key in units],
                refund_amount=Money(weighed.refund),
                buyer_owes=Money(weighed.owes),
                discount_lost=Money(_lost(weighed)),
                promotions=[] if weighed.settlement is None else outcomes_of(weighed.settlement),
            )
            for units, weighed in found
        ]
        return Ways(sets=sets, exact=self.exact, weighed=len(self.seen), missing=list(self.missing))


def _pool(returns: OrderReturns, wanted: Mapping[str, int], reason: str, stay: Iterable[str]) -> dict[str, int]:
    """What ways are made of: the lines that may come back (all that are left where none may: the figures are asked for)."""
    able = may_go_back(returns, reason) or returns.left
    return {key: units for key, units in returns.left.items() if key in wanted or (key in able and key not in set(stay))}


def _check(returns: OrderReturns, wanted: Mapping[str, int]) -> None:
    left = returns.left
    for key, units in wanted.items():
        if not 1 <= units <= left.get(key, 0):
            raise RuleError(
                f"{units} units of line {key} cannot be returned, {left.get(key, 0)} are left",
                where=f"order {returns.order.order_id}",
                do=f"the lines are {', '.join(left) or 'all returned'}",
            )


def _lost(weighed: Weighed) -> int:
    """What the kept units lose of their recorded shares, 分."""
    if weighed.settlement is None:
        return 0
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    for judgement in weighed.settlement.judgements:
        key = judgement.application.promotion_id
        before[key] = before.get(key, 0) + sum(judgement.before.values())
        after[key] = after.get(key, 0) + sum(judgement.after.values())
    return sum(max(0, before[key] - after[key]) for key in before)


def _kept(weighed: Weighed) -> set[str]:
    if weighed.settlement is None:
        return set()
    return {one.promotion_id for one in outcomes_of(weighed.settlement) if one.outcome == "KEPT"}


def _maximal(safe: Mapping[tuple[int, ...], object], seen: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Those of the safe ones that no other contains.

    Parameters
    ----------
    seen : every vector between them

    Examples
    --------
    >>> seen = [(a, b) for a in range(3) for b in range(3)]
    >>> _maximal({(1, 0): None, (0, 1): None, (2, 1): None, (0, 2): None}, seen)
    [(2, 1), (0, 2)]
    """
    found: list[tuple[int, ...]] = []
    below: set[tuple[int, ...]] = set()  # safe, or contained in a safe one
    for vector in sorted(seen, key=lambda one: (-sum(one), [-units for units in one])):
        contained = any((*vector[:i], units + 1, *vector[i + 1 :]) in below for i, units in enumerate(vector))
        if vector in safe and not contained:
            found.append(vector)
        if contained or vector in safe:
            below.add(vector)
    return found


def _by_total(ranges: Mapping[str, range], *, ascending: bool) -> Iterator[tuple[int, ...]]:
    """Every choice of one number per range, by how far they are from the lowest (or the highest) in all."""
    spare = [len(item) - 1 for item in ranges.values()]
    firsts = [item[0] if ascending else item[-1] for item in ranges.values()]
    step = 1 if ascending else -1
    for total in range(sum(spare) + 1):
        for picked in _summing(total, spare):
            yield tuple(first + step * count for first, count in zip(firsts, picked, strict=True))


def _summing(total: int, most: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every vector with this sum, each part at most ``most``.

    Examples
    --------
    >>> list(_summing(2, [1, 2]))
    [(1, 1), (0, 2)]
    """
    if not most:
        if total == 0:
            yield ()
        return
    rest = sum(most[1:])
    for first in range(min(total, most[0]), max(0, total - rest) - 1, -1):
        for others in _summing(total - first, most[1:]):
            yield (first, *others)


def _tied(returns: OrderReturns, pool: Mapping[str, int], wanted: Mapping[str, int]) -> set[str]:
    """The lines that promotions above layer 10 tie to what is wanted, directly or through others."""
    return _closure(returns, set(wanted)) & set(pool)


def _lines_of(returns: OrderReturns, promotions: set[str], pool: Mapping[str, int]) -> set[str]:
    members = {
        participant.line_id
        for application in returns.case.applications
        if application.promotion_id in promotions
        for participant in application.participants
    }
    return _closure(returns, members) & set(pool)


def _closure(returns: OrderReturns, lines: set[str]) -> set[str]:
    groups = []
    for application in returns.case.applications:
        if application.application_id not in returns.case.item_level:
            groups.append({participant.line_id for participant in application.participants})
    grown = set(lines)
    while True:
        wider = grown.union(*(group for group in groups if group & grown))
        if wider == grown:
            return grown
        grown = wider
