"""Who buys, when, and with which promotions and coupons: what a basket is priced with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg_service.dataset.customer import Coupon, User
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import GRAPH
from kg_service.decisions.decision import Asker
from kg_service.decisions.offers import in_force, promotion_of, scopes_of
from kg_service.queries.flow import Flow, Query
from kg_service.rules.basket import Purchase
from kg_service.rules.catalogue import Goods
from kg_service.rules.scope import covers

__all__ = ["COUPON_KINDS", "Buying", "concerning", "read_buying", "read_promotions"]

#: Kinds that need a coupon held.
COUPON_KINDS = frozenset({"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"})
#: Facts about how the buyer is going to order and pay: theirs to choose, so a price without them holds.
CHOSEN = frozenset({"channel", "order_type", "payment_method"})


@dataclass(frozen=True)
class Buying:
    """What a basket is priced with.

    Attributes
    ----------
    at : the instant of purchase, epoch ms
    promotions : in force then, of each the latest version in force, by id
    coupons : held by the customer, whatever their state
    uncertain_uses : the facts without which it is not known how often the customer used a promotion
    """

    at: int
    purchase: Purchase
    promotions: tuple[Promotion, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    uncertain_uses: tuple[str, ...] = ()

    @property
    def signed_in(self) -> bool:
        """Whether it is known who buys."""
        return self.purchase.customer is not None

    def usable_coupons(self) -> list[Coupon]:
        """Coupons that can be used at that time, and whose promotion is in force."""
        known = {promotion.promotion_id for promotion in self.promotions}
        return [
            coupon
            for coupon in self.coupons
            if coupon.status == "UNUSED"
            and coupon.promotion_id in known
            and (coupon.valid_from is None or coupon.valid_from <= self.at)
            and (coupon.valid_to is None or self.at <= coupon.valid_to)
        ]


def read_buying(asker: Asker, at: int, *, order_type: str | None = None) -> Flow[Buying]:
    """Read who buys and what promotions there are at an instant.

    An order that was cancelled neither counts as one nor as a use of its promotions.
    """
    promotions = yield from in_force(at, at)
    purchase = Purchase(at=at, channel=asker.channel, order_type=order_type)
    if asker.user_id is None or not asker.known:
        return Buying(at, purchase, tuple(promotions))
    owner = {"user_id": asker.user_id}
    rows = yield Query("customer/user", owner)
    customer = User(
        user_id=asker.user_id,
        member_level=rows[0].get("member_level") if rows else None,
        region=rows[0].get("region") if rows else None,
    )
    orders = yield Query("basket/own_uses", owner)
    held = yield Query("basket/held_coupons", owner)
    coupons = [Coupon.model_validate({**row, "user_id": asker.user_id}, context=GRAPH) for row in held]
    counted = [row for row in orders if row["status"] != "CANCELLED" and (row["placed_at"] or 0) <= at]
    limited = [one.promotion_id for one in promotions if one.limit.total is not None]
    in_all = (yield Query("basket/used_in_all", {"promotion_ids": limited})) if limited else []
    return Buying(
        at,
        purchase.model_copy(
            update={
                "customer": customer,
                "order_number": len(counted) + 1,
                "uses": dict(Counter(one for row in counted for one in dict.fromkeys(row["promotion_ids"] or ()))),
                "used_in_all": {row["promotion_id"]: row["uses"] for row in in_all},
            }
        ),
        tuple(promotions),
        tuple(coupons),
        tuple(f"Order {row['order_id']}.applications" for row in counted if row["application_ids"] is None),
    )


def read_promotions(promotion_ids: Iterable[str], at: int) -> Flow[list[Promotion]]:
    """Promotions by id whether in force or not: of each the version in force at an instant, else the latest."""
    wanted = list(dict.fromkeys(promotion_ids))
    if not wanted:
        return []
    rows = yield Query("basket/promotions", {"promotion_ids": wanted})
    found: dict[str, Promotion] = {}
    for promotion in (promotion_of(row["promotion"]) for row in rows):
        before = found.get(promotion.promotion_id)
        if before is None or (_runs(promotion, at), promotion.version) >= (_runs(before, at), before.version):
            found[promotion.promotion_id] = promotion
    return [found[key] for key in wanted if key in found]


def _runs(promotion: Promotion, at: int) -> bool:
    valid = promotion.valid
    return (valid.from_ is None or valid.from_ <= at) and (valid.to is None or at <= valid.to)


def concerning(promotions: Iterable[Promotion], catalogue: Mapping[str, Goods]) -> list[Promotion]:
    """The promotions that are, or may be, about some of the goods; a fact that is not known does not rule one out."""
    return [
        promotion
        for promotion in promotions
        if any(
            covers(scope, goods) is not False and covers(promotion.scope, goods) is not False
            for goods in catalogue.values()
            for scope in scopes_of(promotion)
        )
    ]
