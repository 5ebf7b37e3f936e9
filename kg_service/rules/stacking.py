"""Which eligible promotions of a layer may stand together: groups, exclusivity, conflicts (promotions.md section 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.rules.kinds import Evaluation

__all__ = ["Block", "Candidate", "Offer", "Standing", "conflicts", "stand_together"]


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
