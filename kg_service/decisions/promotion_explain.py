"""Why an order cost what it did, and why a promotion was not applied (answers.md): from the order's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.customer import Coupon, User
from kg_service.dataset.order import Order
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import GRAPH
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.forms import yes_no
from kg_service.decisions.offers import covering, in_force, names_of, offer_facts
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.promotion_names import promotions_meant
from kg_service.decisions.promotions_asked import promotion_not_found, with_figures
from kg_service.decisions.purchase import read_promotions
from kg_service.decisions.subjects import named
from kg_service.graph.order_graph import add_node
from kg_service.parsing.frame import Frame
from kg_service.parsing.offer_figures import figures_in
from kg_service.queries.flow import Flow, Query
from kg_service.rules.basket import Purchase
from kg_service.rules.catalogue import Goods
from kg_service.rules.explain import OrderExplanation, explain_order
from kg_service.rules.why_not import NotApplied

__all__ = ["promotion_explain"]

#: Kinds nobody expects unasked: the customer has to claim, choose or pay in some way for them.
_UNASKED = frozenset(
    {"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET", "POINTS_DEDUCT", "PAYMENT_OFF", "ADDON_PRICE", "MEMBER_PRICE"}
)
#: Reasons that say nothing to somebody who did not ask for that promotion.
_SILENT = frozenset({"NOT_IN_SCOPE", "NO_FREIGHT", "RECORDED_AS_PAYMENT", "NO_DISCOUNT"})
_LINES_SAID, _REASONS_SAID = 12, 5


@dataclass(frozen=True)
class _Told:
    """An order explained, and what of it was asked."""

    own: OwnCase
    explained: OrderExplanation
    promotions: Mapping[str, Promotion]
    names: Mapping[tuple[str, str], str]
    asked: tuple[str, ...]
    lines: tuple[str, ...]


@decider("promotion_explain")
def promotion_explain(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Explain the order a question is about: each line's shares, and what was not applied and why."""
    own = yield from read_own_order(frame, asker)
    if isinstance(own, Decision):
        return own
    order, case = own.order, own.case
    standing = yield from _standing(order)
    recorded = {one.promotion_id: one for one in case.promotions}
    known = {one.promotion_id: one for one in standing} | recorded
    asked = yield from _asked(frame, order, known)
    if isinstance(asked, Decision):
        return asked
    known = {one.promotion_id: one for one in asked} | known
    purchase, coupons = yield from _buyer(own)
    candidates = [one for key, one in known.items() if key not in recorded]
    explained = explain_order(order, case.promotions, candidates, coupons=coupons, purchase=purchase, catalogue=case.catalogue)
    if order.applications is None:
        return _unknown(own, explained)
    names = yield from names_of(known.values())
    lines = tuple(dict.fromkeys(one.line.line_id for one in own.resolution.chosen))
    meant = tuple(one.promotion_id for one in asked)
    return _decision(frame, _Told(own, explained, known, names, meant, lines))


def _standing(order: Order) -> Flow[list[Promotion]]:
    """The promotions in force when the order was placed or paid, by each one's own basis."""
    found = yield from in_force(order.placed_at, order.placed_at)
    if order.paid_at is None or order.paid_at == order.placed_at:
        return found
    later = yield from in_force(order.paid_at, order.paid_at)
    by_id = {one.promotion_id: one for one in found if one.valid.basis == "PLACED_AT"}
    return list(by_id.values()) + [one for one in later if one.valid.basis == "PAID_AT" and one.promotion_id not in by_id]


def _asked(frame: Frame, order: Order, known: Mapping[str, Promotion]) -> Flow[list[Promotion] | Decision]:
    """The promotions a question names: of those the order used or that were in force then, else any of that name."""
    figures = figures_in(frame.text)
    if figures:
        named_so = yield from read_promotions(named(frame).promotions, order.placed_at)
        found = with_figures(known.values(), figures) or with_figures(named_so, figures)
        return found or promotion_not_found("、".join(one.text for one in figures))
    ids = named(frame).promotions
    here = [known[one] for one in ids if one in known]
    if ids and not here:
        here = yield from read_promotions(ids, order.placed_at)
    if here:
        return here
    used = {one.promotion_id for one in order.applications or []}
    return promotions_meant(frame, [one for key, one in known.items() if key in used]) or promotions_meant(
        frame, list(known.values())
    )


def _buyer(own: OwnCase) -> Flow[tuple[Purchase, list[Coupon]]]:
    """Who bought: level and region, the order's place among theirs, earlier uses of promotions, and their coupons."""
    owner = {"user_id": own.resolution.owner}
    rows = yield Query("customer/user", owner)
    orders = yield Query("basket/own_uses", owner)
    held = yield Query("basket/held_coupons", owner)
    placed = own.order.placed_at
    before = [
        row
        for row in orders
        if row["status"] != "CANCELLED" and row["order_id"] != own.order.order_id and (row["placed_at"] or 0) < placed
    ]
    uses: dict[str, int] = {}
    for row in before:
        for promotion_id in dict.fromkeys(row["promotion_ids"] or ()):
            uses[promotion_id] = uses.get(promotion_id, 0) + 1
    customer = User(
        user_id=own.resolution.owner,
        member_level=rows[0]["member_level"] if rows else None,
        region=rows[0]["region"] if rows else None,
    )
    coupons = [Coupon.model_validate({**row, **owner}, context=GRAPH) for row in held]
    return Purchase(customer=customer, order_number=len(before) + 1, uses=uses), coupons


def _unknown(own: OwnCase, explained: OrderExplanation) -> Decision:
    return Decision(
        "UNKNOWN",
        facts={"order_id": own.order.order_id, "placed_at": own.order.placed_at},
        missing=list(explained.missing),
        graph=own.case.graph,
        variant="UNKNOWN_FACTS",
    )


def _decision(frame: Frame, told: _Told) -> Decision:
    own, explained = told.own, told.explained
    reasons = [*explained.not_applied, *_left_out(told)]
    asked_lines = [line for line in explained.lines if not told.lines or line.line_id in told.lines]
    silent = [one for one in reasons if not _worth_saying(one, told)]
    said = [one for one in reasons if one not in silent][:_REASONS_SAID]
    graph = own.case.graph
    for one in said:
        promotion = told.promotions[one.promotion_id]
        values = {"promotion_key": promotion.key, "promotion_id": promotion.promotion_id}
        add_node(graph, "Promotion", {**values, "name": promotion.name, "kind": promotion.kind})
    return Decision(
        "ANSWERED",
        facts={
            "order_id": own.order.order_id,
            "placed_at": own.order.placed_at,
            "lines": [
                {
                    "line_id": line.line_id,
                    "quantity": line.quantity,
                    "list": line.list,
                    "discounts": [one.model_dump() for one in line.discounts],
                    "payable": line.payable,
                }
                for line in explained.lines
            ],
            "not_applied": [_reason(one, told) for one in reasons],
            "promotions": _applied(told),
            "total": explained.total,
            "discount": explained.discount,
            "payable": explained.payable,
            "freight": explained.freight,
            "freight_waived": explained.waived,
            "freight_waived_by": explained.waived_by,
        },
        verdict=_verdict(frame, told),
        trace=list(explained.trace),
        words={
            "line_names": own.case.names,
            "shown": [line.line_id for line in asked_lines[:_LINES_SAID]],
            "said": [_reason(one, told) for one in said],
            "names": {key: one.name for key, one in told.promotions.items()},
            "asked_names": [told.promotions[key].name for key in told.asked],
            "asked_applied": [key for key in told.asked if key in _used(told)],
            "asked_lines": [own.case.names.get(key, key) for key in told.lines],
            "asked_kind": len(told.asked) > 1,
            "recent": own.resolution.how == "RECENT",
        },
        graph=graph,
    )


def _used(told: _Told) -> set[str]:
    used = {one.promotion_id for one in told.own.order.applications or []}
    return used | ({told.explained.waived_by} if told.explained.waived_by else set())


def _left_out(told: _Told) -> list[NotApplied]:
    """For the lines a question names: the promotions the order used in which none of these lines had a part."""
    found = []
    for application in told.own.order.applications or []:
        inside = {one.line_id for one in application.participants}
        if told.lines and not inside & set(told.lines):
            found.append(NotApplied(promotion_id=application.promotion_id, status="NOT_MATCHED", reason="LINE_NOT_IN_IT"))
    return found


def _worth_saying(one: NotApplied, told: _Told) -> bool:
    """What was asked for by name is always said; else what could be expected to apply."""
    if told.asked:
        # a kind (满减) means those that are about the goods; one promotion by name is answered whatever the reason
        return one.promotion_id in told.asked and (len(told.asked) == 1 or one.reason not in _SILENT)
    if one.reason == "LINE_NOT_IN_IT":
        return True
    promotion = told.promotions[one.promotion_id]
    if told.lines and not any(covering([promotion], goods) for goods in _goods(told)):
        return False
    return one.reason not in _SILENT and (one.status == "MATCHED" or promotion.kind not in _UNASKED)


def _goods(told: _Told) -> list[Goods]:
    """Where the lines asked about stand in the catalogue."""
    skus = [line.sku_id for line in told.own.order.lines if line.line_id in told.lines]
    return [told.own.case.catalogue[sku] for sku in skus if sku in told.own.case.catalogue]


def _reason(one: NotApplied, told: _Told) -> dict[str, Any]:
    found: dict[str, Any] = one.model_dump(exclude={"status", "rule"})
    found["required"] = list(one.required) if isinstance(one.required, tuple) else one.required
    return found | {"missing": list(one.missing), "name": told.promotions[one.promotion_id].name}


def _applied(told: _Told) -> list[dict[str, Any]]:
    checks = {one.application_id: one for one in told.explained.shares}
    found = []
    for application in sorted(
        told.own.order.applications or [], key=lambda one: (_layer(told, one.promotion_id), one.application_id)
    ):
        promotion = told.promotions.get(application.promotion_id)
        check = checks.get(application.application_id)
        if promotion is None:
            continue
        found.append(
            offer_facts(promotion, told.names)
            | {
                "grant": application.grant,
                "coupon_id": application.coupon_id,
                "explained": check.explained if check else None,
                "allocation": check.rule if check else None,
            }
        )
    return found


def _layer(told: _Told, promotion_id: str) -> int:
    promotion = told.promotions.get(promotion_id)
    return 1000 if promotion is None else promotion.layer_number


def _verdict(frame: Frame, told: _Told) -> Verdict | None:
    """Whether the promotions asked about were applied, where a yes or no is asked."""
    if not yes_no(frame):
        return None
    used = _used(told)
    hits: Sequence[bool] = [key in used for key in told.asked] or [bool(used)]
    return "YES" if all(hits) else "PARTLY" if any(hits) else "NO"
