"""Whether a promotion may be used: on goods, by a customer, or on an order that is there already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kg_service.answers.answer import Option, Verdict
from kg_service.answers.promotion_text import rule_text
from kg_service.dataset.customer import Coupon
from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.decisions.asked_time import when
from kg_service.decisions.basket import Basket, basket_graph, names_cart, read_alternatives, read_basket
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import may_be_yes_no
from kg_service.decisions.offers import names_of, runs_at
from kg_service.decisions.own_case import OwnCase, read_own_case
from kg_service.decisions.promotion_names import coupon_ids_in, promotions_meant, without_promotion_words
from kg_service.decisions.promotions_asked import at_another_time, with_figures
from kg_service.decisions.purchase import CHOSEN, COUPON_KINDS, Buying, concerning, read_buying, read_promotions
from kg_service.dialogue.outcome import clarify, gate, not_found
from kg_service.graph.order_graph import node_id
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.parsing.offer_figures import figures_in
from kg_service.queries.flow import Flow
from kg_service.rules.audience import audience_gaps
from kg_service.rules.basket import Eligibility, Gap, PricedBasket
from kg_service.rules.pricing import price_basket
from kg_service.trace import Basis, Step

__all__ = ["coupon_for", "judged", "promotion_eligibility"]

_ORDER = {"MATCHED": 0, "UNKNOWN": 1, "BLOCKED": 2, "NOT_MATCHED": 3}
#: Spoken of as bought already, and what makes a new purchase of it.
_AGAIN = re.compile(r"再(买|拍|来|入|下|囤)|还想(买|要)|重新(买|拍)")
#: "现在还能享受双十一的满减吗": the time is part of the promotion's name.
_NOW = re.compile(r"现在|还能|还可以|今天|如今")
_DENIED = re.compile(
    r"(不能|不可以|不可|没法|无法|不让|没资格|用不了|参加不了|享受不了|不享受|不参加|(过期|到期|结束|截止|失效)了)(?!.*(还是|或者))"
)
_A_NOT_A = re.compile(r"(能|可|让|享|参)不(?:\1)|(可以)不(可以)")


@decider("promotion_eligibility")
def promotion_eligibility(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Judge the promotion a question names, by name, kind or coupon; of several that which fits best."""
    ids = [ref.id for mention in frame.mentions for ref in mention.refs if ref.kind in ("coupon", "order")]
    if ids and (refused := gate(asker)) is not None:
        return refused
    at = asker.now if _NOW.search(frame.text) else when(frame, asker)
    buying = yield from read_buying(asker, at)
    chosen = [one for one in buying.coupons if one.coupon_id in ids]
    if coupon_ids_in(frame) and not chosen:
        return not_found("、".join(dict.fromkeys(one.text for one in frame.mentions if one.refs[0].kind == "coupon")))
    if not chosen and _bought(frame):
        own = yield from read_own_case(frame, asker, progress=False, default_role="ASKED", pool="ANY", need_line=False)
        return own if isinstance(own, Decision) else (yield from _of_order(frame, own))
    about = without_promotion_words(frame, buying.promotions)
    called = yield from _asked(frame, asker, buying, Basket(), chosen)
    # whatever the goods are, what is over or has not begun cannot be used
    over = bool(called) and not any(runs_at(one, at) for one in called)
    baskets = [Basket()] if over else (yield from read_alternatives(about, asker))
    if isinstance(baskets, Decision):
        return baskets
    asked = yield from _asked(frame, asker, buying, baskets[0], chosen)
    if not asked:
        return Decision("NOT_FOUND", variant="NO_SUCH_PROMOTION", words={"goods": _said(baskets[0])})
    found = [[judged(one, basket, buying, chosen) for one in asked] for basket in baskets]
    best = [min(_ORDER[verdict.status] for verdict, _, _ in one) for one in found]
    if len(set(best)) > 1:
        ask = yield from read_basket(about, asker)
        return ask if isinstance(ask, Decision) else Decision("UNKNOWN", missing=["Sku"])
    verdicts = found[0]
    if not baskets[0].items and len(asked) > 1 and len({verdict.status for verdict, _, _ in verdicts}) > 1:
        options = [Option(id=one.promotion_id, label=one.name) for one in asked]
        return clarify("promotion", options[:10], more=max(0, len(options) - 10))
    ranked = sorted(zip(asked, verdicts, strict=True), key=lambda pair: (_ORDER[pair[1][0].status], pair[0].promotion_id))
    decision = yield from _answer(frame, baskets[0], buying, ranked)
    if len(baskets) > 1:
        # the same for all that may be meant; the amount is not
        decision.facts["discount"] = None
        decision.words["goods"] = "".join(one.text for one in frame.mentions if one.refs[0].kind not in ("promotion", "coupon"))
    return decision


_PAST = re.compile(
    r"(我|之前|上次|刚|刚刚|昨天|前天|已经)(在.{1,4})?(买|拍|下单)(的|了|过)|(参加|享受|用上?|打|减|优惠|算)(到|上)?.{0,6}了(吗|没|么|吧|没有)"
)


def _bought(frame: Frame) -> bool:
    """Whether it is about goods that were bought already."""
    if _AGAIN.search(frame.text) or names_cart(frame):
        return False
    kinds = {ref.kind for one in frame.mentions for ref in one.refs}
    if "order" in kinds or any(one.role == "BOUGHT" and "line" in {ref.kind for ref in one.refs} for one in frame.mentions):
        return True
    return "line" in kinds and _PAST.search(frame.text) is not None


def _asked(frame: Frame, asker: Asker, buying: Buying, basket: Basket, chosen: Sequence[Coupon]) -> Flow[list[Promotion]]:
    """The promotions that may be meant: named (also one that is over or has not begun), else those about the goods."""
    if chosen:
        return (yield from read_promotions([one.promotion_id for one in chosen], buying.at))
    ids = [ref.id for mention in frame.mentions for ref in mention.refs if ref.kind == "promotion"]
    others = [one.promotion_id for one in buying.coupons]
    known = {one.promotion_id for one in buying.promotions}
    more = yield from read_promotions([one for one in (*ids, *others) if one not in known], buying.at)
    everything = [*buying.promotions, *more]
    figures = figures_in(frame.text)
    # the figures are part of the name: another promotion under a name that is only close is not meant
    meant = with_figures(everything, figures) if figures else promotions_meant(frame, everything)
    if not meant:
        meant = yield from at_another_time(frame, asker)
    if meant and basket.items and len(meant) > 1:
        meant = concerning(meant, basket.catalogue) or meant
    if meant and all(one.kind in COUPON_KINDS for one in meant) and len(meant) > 1:
        for held in ({one.promotion_id for one in buying.coupons if one.status == "UNUSED"}, set(others)):
            if any(one.promotion_id in held for one in meant):
                meant = [one for one in meant if one.promotion_id in held]
                break
    if not meant and basket.items and not figures:
        meant = [one for one in concerning(buying.promotions, basket.catalogue) if one.kind != "POINTS_DEDUCT"]
    return meant


def judged(
    promotion: Promotion, basket: Basket, buying: Buying, chosen: Sequence[Coupon] = ()
) -> tuple[Eligibility, PricedBasket | None, Coupon | None]:
    """Judge one promotion: on the basket beside the automatic promotions, or by its audience alone where there is no basket."""
    coupon = coupon_for(promotion, buying, chosen)
    if not basket.items:
        return _of_audience(promotion, buying, coupon), None, coupon
    offers = {one.promotion_id: one for one in concerning(buying.promotions, basket.catalogue)}
    offers = {key: one for key, one in offers.items() if one.kind not in COUPON_KINDS}
    offers[promotion.promotion_id] = promotion
    priced = price_basket(
        basket.lines,
        offers.values(),
        [coupon] if coupon else [],
        purchase=buying.purchase,
        catalogue=basket.catalogue,
        choices=[promotion.promotion_id],
    )
    verdict = next(one for one in priced.eligibility if one.promotion_id == promotion.promotion_id)
    return _with_uses(verdict, promotion, buying), priced, coupon


def coupon_for(promotion: Promotion, buying: Buying, chosen: Sequence[Coupon] = ()) -> Coupon | None:
    """The coupon to judge with: one that is named or can be used, else any the customer has."""
    if promotion.kind not in COUPON_KINDS:
        return None
    held = [one for one in (*chosen, *buying.coupons) if one.promotion_id == promotion.promotion_id]
    usable = {one.coupon_id for one in buying.usable_coupons()}
    return next((one for one in held if one.coupon_id in usable), held[0] if held else None)


def _of_audience(promotion: Promotion, buying: Buying, coupon: Coupon | None) -> Eligibility:
    gaps, missing = audience_gaps(promotion, buying.purchase, coupon)
    key = promotion.promotion_id
    if promotion.kind in COUPON_KINDS and coupon is None and not gaps:
        code = "NO_COUPON_HELD" if buying.signed_in else None
        if code:
            return Eligibility(promotion_id=key, status="NOT_MATCHED", reasons=[Gap(code=code)])
        return Eligibility(promotion_id=key, status="UNKNOWN", missing=["Coupon"])
    if gaps:
        return Eligibility(promotion_id=key, status="NOT_MATCHED", reasons=gaps)
    if missing:
        return Eligibility(promotion_id=key, status="UNKNOWN", missing=missing)
    return _with_uses(Eligibility(promotion_id=key, status="MATCHED"), promotion, buying)


def _with_uses(verdict: Eligibility, promotion: Promotion, buying: Buying) -> Eligibility:
    """A limit per customer holds only if it is known how often they used it."""
    if verdict.status != "MATCHED" or promotion.limit.per_user is None or not buying.uncertain_uses:
        return verdict
    return Eligibility(promotion_id=verdict.promotion_id, status="UNKNOWN", missing=list(buying.uncertain_uses))


def _answer(
    frame: Frame,
    basket: Basket,
    buying: Buying,
    ranked: Sequence[tuple[Promotion, tuple[Eligibility, PricedBasket | None, Coupon | None]]],
) -> Flow[Decision]:
    promotion, (verdict, priced, coupon) = ranked[0]
    names = yield from names_of([promotion])
    applied = priced.application(promotion.promotion_id) if priced else None
    still_to_meet = _still_to_meet(promotion) if verdict.status == "MATCHED" and not basket.items else []
    reasons = [*verdict.reasons, *still_to_meet]
    by = next((one for one in buying.promotions if one.promotion_id == verdict.by), None)
    unsure = verdict.status == "UNKNOWN"
    status = "UNKNOWN" if unsure and not _depends(verdict, buying) else "ANSWERED"
    facts: dict[str, Any] = {
        "promotion_id": promotion.promotion_id,
        "name": promotion.name,
        "rule": rule_text(promotion, names),
        "eligibility": verdict.status,
        "reasons": [one.model_dump() for one in reasons],
        "discount": str(Money(applied.grant)) if applied else None,
        "coupon_id": coupon.coupon_id if coupon else None,
        "blocked_by": verdict.by,
        "others": [{"promotion_id": one.promotion_id, "eligibility": found.status} for one, (found, _, _) in ranked[1:]],
    }
    step = Step(
        rule=f"eligibility.{promotion.kind}",
        inputs={
            "promotion_id": promotion.promotion_id,
            "lines": {line.sku_id: f"{line.quantity} × {Money(line.list_price)}" for line in basket.lines},
            "reasons": [one.model_dump(exclude_none=True) for one in reasons],
            "missing": verdict.missing,
        },
        formula=rule_text(promotion, names),
        result=verdict.status,
        basis=Basis(kind="PROMOTION", id=promotion.promotion_id, text=promotion.name),
    )
    return Decision(
        status,  # type: ignore[arg-type]
        facts=facts,
        verdict=_verdict(frame, verdict.status, still_to_meet=bool(still_to_meet), unsure=status == "UNKNOWN"),
        trace=[step, *(priced.trace if priced and applied else [])],
        missing=_named(verdict, buying) if status == "UNKNOWN" else [],
        words={
            "goods": _said(basket),
            "by": by.name if by else verdict.by,
            "conditions": verdict.missing if status == "ANSWERED" else [],
            "passed": [one.name for one, (found, _, _) in ranked[1:] if found.status == "MATCHED"],
            "signed_in": buying.signed_in,
        },
        variant="UNKNOWN_ELIGIBILITY" if status == "UNKNOWN" else verdict.status,
        graph=basket_graph(basket),
    )


def _depends(verdict: Eligibility, buying: Buying) -> bool:
    """Whether what is open is the buyer's to choose, or only open because nobody is signed in."""
    return not buying.signed_in or all(fact in CHOSEN for fact in verdict.missing)


def _named(verdict: Eligibility, buying: Buying) -> list[str]:
    """The missing facts, with the customer they are about."""
    customer = buying.purchase.customer
    who = f"User {customer.user_id}." if customer else "User."
    return [fact.replace("User.", who, 1) if fact.startswith("User.") else fact for fact in verdict.missing]


def _still_to_meet(promotion: Promotion) -> list[Gap]:
    """The threshold of goods that were not named."""
    value = promotion.levels[0].value
    if not value:
        return []
    money = promotion.measure == "AMOUNT"
    unit = {"AMOUNT": "元", "QUANTITY": "件", "DISTINCT_SKU": "种", "CONTAINS": "件"}[promotion.measure]
    return [Gap(code="THRESHOLD", measure=promotion.measure, required=str(Money(value)) if money else int(value), unit=unit)]


def _verdict(frame: Frame, status: str, *, still_to_meet: bool = False, unsure: bool = False) -> Verdict | None:
    if not may_be_yes_no(frame) or unsure:
        return None
    if status == "UNKNOWN" or still_to_meet:
        return "DEPENDS"
    denied = _DENIED.search(_A_NOT_A.sub("能", frame.text)) is not None
    return "YES" if (status == "MATCHED") != denied else "NO"


def _said(basket: Basket) -> str:
    return "、".join(f"{one.name}{f'×{one.quantity}' if one.quantity > 1 else ''}" for one in basket.items)


def _of_order(frame: Frame, own: OwnCase) -> Flow[Decision]:
    """An order that exists is answered from its record (promotions.md section 4.7)."""
    order: Order = own.order
    if order.applications is None:
        return Decision(
            "UNKNOWN",
            missing=[f"Order {order.order_id}.applications"],
            facts={"order_id": order.order_id, "eligibility": "UNKNOWN"},
            variant="UNKNOWN_FACTS",
            graph=own.case.graph,
        )
    about = {one.line.line_id for one in own.resolution.chosen} or {line.line_id for line in order.lines}
    shares = {
        one.promotion_id: sum(int(part.share) for part in one.participants if part.line_id in about)
        for one in order.applications
        if any(part.line_id in about for part in one.participants)
    }
    used = yield from read_promotions(shares, order.placed_at)
    running = yield from read_buying(Asker(None, "customer", order.placed_at), order.placed_at)
    meant = promotions_meant(frame, [*used, *(one for one in running.promotions if one.promotion_id not in shares)])
    asked = [one for one in meant if one.promotion_id in shares] or meant or used
    promotion = asked[0] if asked else None
    status = "MATCHED" if promotion and promotion.promotion_id in shares else "NOT_MATCHED"
    names = yield from names_of([promotion] if promotion else [])
    facts = {
        "order_id": order.order_id,
        "promotion_id": promotion.promotion_id if promotion else None,
        "name": promotion.name if promotion else None,
        "rule": rule_text(promotion, names) if promotion else None,
        "eligibility": status,
        "reasons": [] if status == "MATCHED" else [{"code": "NOT_APPLIED"}],
        "discount": str(Money(shares[promotion.promotion_id])) if promotion and status == "MATCHED" else None,
    }
    step = Step(
        rule="eligibility.recorded",
        inputs={"order_id": order.order_id, "lines": sorted(about), "applications": sorted(shares)},
        formula="the order's applications that these lines took part in",
        result=status,
        basis=Basis(kind="RECORD", id=node_id("Order", order.order_id)),
    )
    labels = [one.line.label for one in own.resolution.chosen]
    return Decision(
        "ANSWERED",
        facts=facts,
        verdict=_verdict(frame, status),
        trace=[step],
        words={"goods": "、".join(labels)},
        variant=f"RECORDED_{status}",
        graph=own.case.graph,
    )
