"""What a buyer may choose: which coupons to use and which add-ons to take; the rest of a price is not theirs to decline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import TypeAlias

from kg_service.dataset.customer import Coupon
from kg_service.rules.pricer import Pricer
from kg_service.rules.stacking import Offer

__all__ = ["Choices", "Pick"]

#: Coupons used together.
Pick: TypeAlias = tuple[Coupon, ...]


@dataclass(frozen=True)
class Choices:
    """The choices of a basket.

    Attributes
    ----------
    slots : for each set of coupons that are chosen between apart from the others, every pick that can differ in price
    add_ons : promotion_ids of the add-ons that may be opted for
    missing : facts without which it is not known whether a coupon can be used
    """

    slots: tuple[tuple[Pick, ...], ...]
    add_ons: tuple[str, ...]
    missing: tuple[str, ...]

    @classmethod
    def of(cls, pricer: Pricer, coupons: Sequence[Coupon]) -> Choices:
        """The choices with these coupons held.

        Of a stacking group of one layer that keeps one offer, one coupon at most is worth picking: the others would stand back.
        Of several coupons of one promotion only the number matters. A coupon its holder cannot use is no choice.
        """
        usable: list[Coupon] = []
        missing: list[str] = []
        for coupon in sorted(coupons, key=lambda one: one.coupon_id):
            gaps, facts = pricer.audience(Offer(pricer.promotions[coupon.promotion_id], coupon))
            if not gaps and facts:
                missing.extend(facts)
            elif not gaps:
                usable.append(coupon)
        grouped: dict[tuple[str, ...], list[Coupon]] = {}
        for coupon in usable:
            grouped.setdefault(_apart(pricer, coupon), []).append(coupon)
        add_ons = tuple(sorted(one.promotion_id for one in pricer.promotions.values() if _may_opt(pricer, one.promotion_id)))
        slots = tuple(tuple(_picks(key[0], group)) for key, group in sorted(grouped.items()))
        return cls(slots, add_ons, tuple(dict.fromkeys(missing)))

    @property
    def picks(self) -> int:
        """How many picks of coupons there are."""
        return prod(len(slot) for slot in self.slots)

    @property
    def count(self) -> int:
        """How many choices there are, add-ons included."""
        return self.picks << len(self.add_ons)

    def each_pick(self) -> Iterator[Pick]:
        """Every pick of coupons, fewest coupons first."""
        found = [tuple(coupon for part in parts for coupon in part) for parts in product(*self.slots)]
        return iter(sorted(found, key=lambda pick: (len(pick), [coupon.coupon_id for coupon in pick])))

    def each_add_on(self) -> Iterator[tuple[str, ...]]:
        """Every set of add-ons, the fewest first."""
        for size in range(len(self.add_ons) + 1):
            yield from combinations(self.add_ons, size)


def _apart(pricer: Pricer, coupon: Coupon) -> tuple[str, ...]:
    promotion = pricer.promotions[coupon.promotion_id]
    stacking = promotion.stacking
    if stacking.group is not None and (stacking.within_group or "BEST_ONE") != "ALL":
        return "GROUP", str(promotion.layer_number), stacking.group
    return "PROMOTION", promotion.promotion_id


def _picks(kind: str, coupons: Sequence[Coupon]) -> Iterator[Pick]:
    if kind == "PROMOTION":
        yield from (tuple(coupons[:count]) for count in range(len(coupons) + 1))
    else:
        yield ()
        yield from ((coupon,) for coupon in coupons)


def _may_opt(pricer: Pricer, promotion_id: str) -> bool:
    promotion = pricer.promotions[promotion_id]
    return promotion.kind == "ADDON_PRICE" and not pricer.audience(Offer(promotion))[0]
