"""Which coupons and red packets can be claimed, and what gives one (answers.md)."""

from __future__ import annotations

from kg_service.answers.answer import Suggestion
from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import GRAPH
from kg_service.decisions.asked_time import when_asked
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.offers import in_force, names_of, offer_facts, offers_graph
from kg_service.decisions.promotions_asked import Asked, promotion_not_found, promotions_asked
from kg_service.decisions.purchase import COUPON_KINDS
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.times import format_instant
from kg_service.trace import Basis, Step

__all__ = ["coupon_obtain"]


@decider("coupon_obtain")
def coupon_obtain(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The coupons in force that the customer does not hold, narrowed by what the question names."""
    asked = yield from promotions_asked(frame, asker, by_kind=False)
    if isinstance(asked, Decision):
        return asked
    since, until = when_asked(frame, asker)
    coupons = [one for one in asked.promotions if one.kind in COUPON_KINDS]
    red_packets = frame.promotion_kinds == ("RED_PACKET",)
    if red_packets:
        coupons = [one for one in coupons if one.kind == "RED_PACKET"]
    if asked.by_name and not coupons:
        # "满300送券" names what gives the coupon
        given = {level.effect.coupon_promotion_id for one in asked.promotions for level in one.levels}
        coupons = [one for one in (yield from in_force(since, until)) if one.promotion_id in given]
        if not coupons:
            return promotion_not_found("、".join(one.name for one in asked.promotions) or frame.text)
    held = yield from _held(asker)
    standing = (yield from in_force(since, until)) if coupons else []
    running = {one.promotion_id for one in standing}
    having = {one.promotion_id for one in held if _usable(one, asker.now)}
    used_up = {one.promotion_id for one in coupons if _used_up(one, held)}
    ordered = sorted(coupons, key=lambda one: (one.layer_number, one.promotion_id))
    claimable = [one for one in ordered if one.promotion_id in running and one.promotion_id not in having | used_up]
    ways = [
        (one, level.effect.coupon_promotion_id)
        for one in standing
        for level in one.levels[:1]
        if one.kind == "GIVE_COUPON" and level.effect.coupon_promotion_id in {each.promotion_id for each in coupons}
    ]
    names = yield from names_of([*ordered, *(one for one, _ in ways)])
    offers = [offer_facts(one, names) for one in claimable]
    facts = {
        "promotions": [one.promotion_id for one in claimable],
        "offers": offers,
        "ways": [offer_facts(one, names) | {"gives": given} for one, given in ways],
        "held": sorted(having & {one.promotion_id for one in coupons}),
    }
    return Decision(
        "ANSWERED",
        facts=facts,
        verdict=("YES" if claimable or ways else "NO") if yes_no(frame) else None,
        trace=[_step(one, asker, one in claimable, having, used_up) for one in ordered],
        words={
            "target": asked.target,
            "held_names": [one.name for one in ordered if one.promotion_id in having],
            "over": [one.name for one in ordered if one.promotion_id not in running],
            "named": _names(asked),
            "red_packets": red_packets,
        },
        variant=None if claimable else "NONE",
        suggestions=[
            Suggestion(kind="coupon", id=one.promotion_id, text=one.name, reason=offer["rule"])
            for one, offer in zip(claimable[:3], offers, strict=False)
        ],
        graph=offers_graph([*claimable, *(one for one, _ in ways)], names),
    )


def _names(asked: Asked) -> list[str]:
    return [one.name for one in asked.promotions] if asked.by_name else []


def _held(asker: Asker) -> Flow[list[Coupon]]:
    if asker.user_id is None or not asker.known:
        return []
    rows = yield Query("basket/held_coupons", {"user_id": asker.user_id})
    return [Coupon.model_validate({**row, "user_id": asker.user_id}, context=GRAPH) for row in rows]


def _usable(coupon: Coupon, now: int) -> bool:
    return coupon.status == "UNUSED" and (coupon.valid_to is None or now <= coupon.valid_to)


def _used_up(promotion: Promotion, held: list[Coupon]) -> bool:
    """Whether the customer has had as many as one customer may have; a void coupon was none."""
    most = promotion.limit.per_user
    had = sum(one.promotion_id == promotion.promotion_id and one.status != "VOID" for one in held)
    return most is not None and had >= most


def _step(one: Promotion, asker: Asker, claimable: bool, having: set[str], used_up: set[str]) -> Step:
    why = "HELD" if one.promotion_id in having else "LIMIT_PER_USER" if one.promotion_id in used_up else "NOT_IN_FORCE"
    return Step(
        rule="coupon.claimable",
        inputs={
            "from": None if one.valid.from_ is None else format_instant(one.valid.from_),
            "to": None if one.valid.to is None else format_instant(one.valid.to),
            "now": format_instant(asker.now),
        },
        formula="from ≤ now ≤ to, and not held",
        result="CLAIMABLE" if claimable else why,
        basis=Basis(kind="PROMOTION", id=one.promotion_id, text=one.name),
    )
