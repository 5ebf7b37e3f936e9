"""Which eligible promotions of a layer may stand together: groups, exclusivity, conflicts (promotions.md section 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import coerce
from kg_service.rules.kinds import Evaluation

__all__ = ["Block", "Candidate", "Offer", "StackingPair", "Standing", "conflicts", "stacking_pairs", "stand_together"]


@dataclass(frozen=True)
class Offer:
    """A promotion as it may be applied: by itself, or by a coupon."""

    promotion: Promotion
    coupon: Coupon | None = None

    @property
    def key(self) -> tuple[int, str, str]:
        """Higher priority first, then promotion_id, then coupon_id."""
        return (
            -self.promotion.stacking.priority,
            self.promotion.promotion_id,
            self.coupon.coupon_id if self.coupon else "",
        )


@dataclass(frozen=True)
class Candidate:
    """An offer that is eligible, and what it would grant now."""

    offer: Offer
    evaluation: Evaluation


@dataclass(frozen=True)
class Block:
    """Why an offer stands back: the promotion that removes it, and the rule."""

    offer: Offer
    by: str
    rule: str


@dataclass(frozen=True)
class Standing:
    """The candidates that stand, in the order they apply, and those that stand back.

    ``exclusive`` is the exclusive promotion that won the layer, if one did.
    """

    candidates: list[Candidate]
    blocks: list[Block] = field(default_factory=list)
    exclusive: Promotion | None = None


def stand_together(eligible: Sequence[Candidate]) -> Standing:
    """Resolve the stacking groups of a layer's eligible offers, then exclusivity."""
    kept, blocks = _resolve_groups(eligible)
    exclusive = [item for item in kept if item.offer.promotion.stacking.exclusive]
    if not exclusive:
        return Standing(sorted(kept, key=lambda item: item.offer.key), blocks)
    winner = min(exclusive, key=lambda item: item.offer.key)
    promotion = winner.offer.promotion
    blocks += [Block(item.offer, promotion.promotion_id, "exclusive") for item in kept if item is not winner]
    return Standing([winner], blocks, promotion)


def conflicts(promotion: Promotion, other: Promotion) -> bool:
    """Whether a promotion's ``conflicts_with`` names another: by kind, id or layer."""
    named = promotion.stacking.conflicts_with
    layer = other.layer_number
    return other.kind in named or other.promotion_id in named or layer in named or str(layer) in named


def _resolve_groups(eligible: Iterable[Candidate]) -> tuple[list[Candidate], list[Block]]:
    """Inside a group: all, the first by priority, or the one with the largest grant (default)."""
    groups: dict[str, list[Candidate]] = {}
    kept: list[Candidate] = []
    blocks: list[Block] = []
    for item in eligible:
        group = item.offer.promotion.stacking.group
        if group is None:
            kept.append(item)
        else:
            groups.setdefault(group, []).append(item)
    for name, members in sorted(groups.items()):
        rules = {item.offer.promotion.stacking.within_group or "BEST_ONE" for item in members}
        if rules == {"ALL"}:
            kept.extend(members)
            continue
        if "FIRST_BY_PRIORITY" in rules:
            winner = min(members, key=lambda item: item.offer.key)
        else:
            winner = min(members, key=lambda item: (-item.evaluation.grant, item.offer.key))
        kept.append(winner)
        rule = f"stacking group {name}"
        blocks += [Block(item.offer, winner.offer.promotion.promotion_id, rule) for item in members if item is not winner]
    return kept, blocks


@dataclass(frozen=True)
class StackingPair:
    """Whether two promotions may be used on one order.

    Attributes
    ----------
    a, b : promotion_ids, a before b
    stackable : None where it depends on the goods
    rule : what decides: CONFLICTS_WITH, EXCLUSIVE, GROUP_BEST_ONE, GROUP_FIRST_BY_PRIORITY, PERIODS (never in force together),
        AUDIENCE (nobody can meet both), EXCLUDE_DISCOUNTED (not on the same goods), DIFFERENT_LAYERS or SAME_LAYER (nothing
        speaks against it: one is applied after the other)
    """

    a: str
    b: str
    stackable: bool | None
    rule: str


def stacking_pairs(promotions: Iterable[Promotion | Mapping[str, Any]]) -> list[StackingPair]:
    """Every pair of some promotions, by their own terms alone: no basket is looked at (promotions.md section 4.1).

    Examples
    --------
    >>> off = {"name": "x", "kind": "AMOUNT_THRESHOLD_OFF", "tiers": [{"value": "100.00", "effect": {"off": "10.00"}}]}
    >>> pairs = stacking_pairs([
    ...     {**off, "promotion_id": "A", "stacking": {"exclusive": True}},
    ...     {**off, "promotion_id": "B"},
    ...     {"promotion_id": "C", "name": "券", "kind": "COUPON_FIXED", "effect": {"off": "5.00"}}])
    >>> [(pair.a, pair.b, pair.stackable, pair.rule) for pair in pairs]
    [('A', 'B', False, 'EXCLUSIVE'), ('A', 'C', True, 'DIFFERENT_LAYERS'), ('B', 'C', True, 'DIFFERENT_LAYERS')]
    """
    by_id = {one.promotion_id: one for one in (coerce(Promotion, item) for item in promotions)}
    return [_pair(by_id[a], by_id[b]) for a, b in combinations(sorted(by_id), 2)]


def _pair(a: Promotion, b: Promotion) -> StackingPair:
    stackable, rule = _together(a, b)
    return StackingPair(a.promotion_id, b.promotion_id, stackable, rule)


def _together(a: Promotion, b: Promotion) -> tuple[bool | None, str]:
    if conflicts(a, b) or conflicts(b, a):
        return False, "CONFLICTS_WITH"
    if not _meet(a, b):
        return False, "PERIODS"
    if not _same_buyer(a, b):
        return False, "AUDIENCE"
    same_layer = a.layer_number == b.layer_number
    if same_layer and (a.stacking.exclusive or b.stacking.exclusive):
        return False, "EXCLUSIVE"
    if same_layer and a.stacking.group is not None and a.stacking.group == b.stacking.group:
        rules = {one.stacking.within_group or "BEST_ONE" for one in (a, b)}
        if rules != {"ALL"}:
            return False, "GROUP_FIRST_BY_PRIORITY" if "FIRST_BY_PRIORITY" in rules else "GROUP_BEST_ONE"
    first, then = sorted((a, b), key=lambda one: one.layer_number)
    if first.layer_number == 10 and then.layer_number > 10 and then.scope.exclude_discounted:
        return None, "EXCLUDE_DISCOUNTED"
    return True, "SAME_LAYER" if same_layer else "DIFFERENT_LAYERS"


def _meet(a: Promotion, b: Promotion) -> bool:
    """Whether there is an instant at which both are in force; placing and paying may be at different ones."""
    if a.valid.basis != b.valid.basis:
        return True
    starts = [one.valid.from_ for one in (a, b) if one.valid.from_ is not None]
    ends = [one.valid.to for one in (a, b) if one.valid.to is not None]
    return not starts or not ends or max(starts) <= min(ends)


def _same_buyer(a: Promotion, b: Promotion) -> bool:
    """Whether one purchase can meet the audience conditions of both."""
    first, second = a.condition, b.condition
    for name in ("channels", "member_levels", "order_types", "regions", "payment_methods"):
        wanted, others = getattr(first, name), getattr(second, name)
        if wanted and others and not set(wanted) & set(others):
            return False
    return first.nth_order is None or second.nth_order is None or first.nth_order == second.nth_order
