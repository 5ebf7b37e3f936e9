"""What every promotion kind shares: positions, what they count, and the level they reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from kg_service.dataset.promotion import Promotion
from kg_service.money import half_up

__all__ = [
    "Evaluation",
    "Evaluator",
    "Lot",
    "Position",
    "Unit",
    "all_inside",
    "capped",
    "dearest",
    "in_full_groups",
    "instances_of",
    "level_of",
    "measured",
    "not_met",
    "pay_percent_of",
    "running_of",
    "tally",
    "to_grant",
    "worth_of",
]


@dataclass(frozen=True)
class Position:
    """Some units of one line, as one promotion sees them.

    Amounts are 分 for all the units together: ``running`` is the list price less all earlier shares, ``after_item`` less those
    of layer 10 only.
    """

    line_id: str
    sku_id: str
    units: int
    list_total: int
    after_item: int
    running: int

    def base(self, basis: str | None) -> int:
        """The amount a condition with this basis looks at."""
        return {"LIST": self.list_total, "AFTER_ITEM": self.after_item}.get(basis or "RUNNING", self.running)


@dataclass(frozen=True)
class Lot:
    """What a promotion is evaluated on.

    Attributes
    ----------
    qualifying : the positions its condition counts
    targets : the positions that can get money off
    parts : for kinds with components, the positions that can serve each component, in the promotion's order
    """

    qualifying: tuple[Position, ...]
    targets: tuple[Position, ...]
    parts: tuple[tuple[Position, ...], ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """What a promotion grants on a lot.

    Attributes
    ----------
    tier_index : the tier reached, from 0; ``None`` when the condition does not hold
    instances : steps, groups, pairs or bundles; 1 where the kind has none, 0 when the condition does not hold
    grant : 分, rounded once, before caps of the lines
    inside : units of each line that take part; a line outside has none
    fixed : the lines' parts where the kind itself decides them (item prices)
    actual, required : what was measured against the tier's threshold (分 or a count), for the trace and the gap
    of_components : what was measured are units or sets of the promotion's components, not its condition
    """

    tier_index: int | None
    instances: int
    grant: int
    inside: dict[str, int] = field(default_factory=dict)
    fixed: dict[str, int] | None = None
    actual: int = 0
    required: int = 0
    of_components: bool = False

    @property
    def holds(self) -> bool:
        return self.tier_index is not None and self.instances > 0

    @property
    def level(self) -> tuple[int, int]:
        """Comparable: a higher tier first, then more instances. ``(-1, 0)`` when it does not hold."""
        return (self.tier_index, self.instances) if self.tier_index is not None and self.instances > 0 else (-1, 0)


#: A kind's evaluation of a promotion on a lot. Pure.
Evaluator: TypeAlias = Callable[[Promotion, Lot], Evaluation]


@dataclass(frozen=True)
class Unit:
    """One unit of a position with its exact running price in 分."""

    line_id: str
    price: Fraction


def dearest(positions: Sequence[Position]) -> list[Unit]:
    """All units, dearest first, then by line_id."""
    units = [
        Unit(position.line_id, Fraction(position.running, position.units))
        for position in positions
        for _ in range(position.units)
    ]
    return sorted(units, key=lambda unit: (-unit.price, unit.line_id))


def measured(promotion: Promotion, positions: Sequence[Position]) -> int:
    """What the promotion's condition counts on these positions: 分, units, or kinds of goods."""
    match promotion.measure:
        case "AMOUNT":
            return sum(position.base(promotion.condition.basis) for position in positions)
        case "DISTINCT_SKU":
            return len({position.sku_id for position in positions if position.units})
        case _:
            return sum(position.units for position in positions)


def level_of(promotion: Promotion, actual: int) -> tuple[int | None, int, int]:
    """The tier and the number of steps that ``actual`` reaches, and the threshold in question.

    Returns
    -------
    (tier_index, steps, required)
        HIGHEST: the highest tier reached and 1 step. PER_STEP: the highest tier reached and ⌊actual / value⌋ steps, at most
        ``max_steps``. ``(None, 0, lowest threshold)`` when none is reached. Thresholds are inclusive.
    """
    levels = promotion.levels
    default = 1 if promotion.measure == "CONTAINS" and not promotion.tiers and promotion.condition.value is None else 0
    reached: int | None = None
    for index, tier in enumerate(levels):
        if actual >= max(tier.value, default):
            reached = index
    if reached is None:
        return None, 0, max(levels[0].value, default)
    value = levels[reached].value
    if promotion.steps_mode == "HIGHEST" or value <= 0:
        return reached, 1, max(value, default)
    steps = actual // value
    if promotion.max_steps is not None:
        steps = min(steps, promotion.max_steps)
    return reached, steps, value * steps


def pay_percent_of(base: Fraction | int, percent: object) -> int:
    """What the buyer pays of ``base`` at a percentage, rounded half up (promotions.md 4.3)."""
    return half_up(Fraction(base) * Fraction(str(percent)) / 100)


def to_grant(discount: Fraction | int) -> int:
    """An exact discount as a grant: the buyer's side is rounded half up, so the discount rounds halves down."""
    return max(0, -half_up(-Fraction(discount)))


def capped(promotion: Promotion, grant: int, total: int) -> int:
    """A grant within the promotion's cap and the running total of its targets."""
    if promotion.cap.amount is not None:
        grant = min(grant, promotion.cap.amount)
    return max(0, min(grant, total))


def running_of(positions: Sequence[Position]) -> int:
    """The running total of positions, 分."""
    return sum(position.running for position in positions)


def all_inside(positions: Sequence[Position]) -> dict[str, int]:
    """Every unit takes part."""
    return {position.line_id: position.units for position in positions}


def worth_of(units: Sequence[Unit]) -> Fraction:
    """The exact running price of units, 分."""
    return sum((unit.price for unit in units), Fraction(0))


def tally(units: Sequence[Unit]) -> dict[str, int]:
    """Units by line."""
    counts: dict[str, int] = {}
    for unit in units:
        counts[unit.line_id] = counts.get(unit.line_id, 0) + 1
    return counts


def not_met(actual: int, required: int, *, of_components: bool = False) -> Evaluation:
    """The evaluation of a promotion whose condition does not hold."""
    return Evaluation(None, 0, 0, actual=actual, required=required, of_components=of_components)


def in_full_groups(promotion: Promotion, targets: Sequence[Position]) -> tuple[int | None, int, list[list[Unit]], int]:
    """The full groups of n units, dearest units first, at the tier the number of units reaches.

    Returns
    -------
    (tier_index, n, groups, available units)
    """
    units = dearest(targets)
    tier_index, steps, _ = level_of(promotion, len(units))
    if tier_index is None:
        return None, promotion.levels[0].value, [], len(units)
    size = promotion.levels[tier_index].value
    return tier_index, size, [units[step * size : (step + 1) * size] for step in range(steps)], len(units)


def instances_of(promotion: Promotion, lot: Lot) -> tuple[int, list[list[Unit]]]:
    """How often the components are all there, at most ``limit.per_order`` times, and the units each component takes.

    A unit serves one component only: components take in the promotion's order, dearest units first, and a position that
    could serve several is left to those that have no other choice (:func:`_fill`).
    """
    quantities = [component.quantity for component in promotion.components]
    most = min((sum(p.units for p in part) // q for part, q in zip(lot.parts, quantities, strict=True)), default=0)
    if promotion.limit.per_order is not None:
        most = min(most, promotion.limit.per_order)
    for instances in range(most, 0, -1):
        taken = _fill([instances * quantity for quantity in quantities], lot.parts)
        if taken is not None:
            return instances, taken
    return 0, [[] for _ in quantities]


def _fill(wanted: Sequence[int], parts: Sequence[Sequence[Position]]) -> list[list[Unit]] | None:
    """Give each component its units without using one twice; ``None`` when that cannot be done."""
    left = {position.line_id: position.units for part in parts for position in part}
    taken: list[list[Unit]] = [[] for _ in wanted]
    # the component with the fewest units to choose from first: with disjoint or nested parts this is exact
    for index in sorted(range(len(wanted)), key=lambda i: (sum(p.units for p in parts[i]) - wanted[i], i)):
        chosen: list[Unit] = []
        for unit in dearest(parts[index]):
            if len(chosen) < wanted[index] and left[unit.line_id] > 0:
                left[unit.line_id] -= 1
                chosen.append(unit)
        if len(chosen) < wanted[index]:
            return None
        taken[index] = chosen
    return taken
