"""Checks across rows: what looks wrong once the rows are seen together (data-formats.md, "Checked at load").

Each check yields findings; a finding that is an ``error`` rejects the row, the others are warnings.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from kg_service.dataset import Coupon, Faq, Order, Promotion, SizeChartRow, Term
from kg_service.dataset.order import Application
from kg_service.dataset.promotion import Scope
from kg_service.dataset.promotion_checks import promotion_oddities
from kg_service.dataset.term_checks import term_oddities
from kg_service.dataset.values import Row
from kg_service.loading.known import Known
from kg_service.loading.report import Code
from kg_service.money import Money
from kg_service.times import format_instant

__all__ = ["Finding", "findings", "price_findings"]


class Finding(NamedTuple):
    """Something a check found; ``error`` means that the row cannot be loaded."""

    code: Code
    column: str | None
    value: str | None
    reason: str
    do: str | None = None
    error: bool = False


def findings(row: Row, known: Known) -> Iterator[Finding]:
    """What is wrong or odd about a row, given the rows of the files above it."""
    match row:
        case SizeChartRow() if row.min is not None and row.max is not None and row.min > row.max:
            yield Finding(
                "CONTRADICTION", "min", str(row.min), f"min {row.min} is above max {row.max}", "exchange them", error=True
            )
        case Coupon():
            yield from _coupon(row)
        case Faq() if (row.target_type is None) != (row.target_id is None):
            yield Finding("ODD", "target_id", row.target_id, "target_type and target_id go together", "give both or none")
        case Promotion():
            yield from (Finding("ODD", *odd) for odd in promotion_oddities(row))
        case Term():
            yield from (Finding("ODD", *odd) for odd in term_oddities(row))
        case Order():
            yield from _order(row, known)


def price_findings(known: Known) -> Iterator[tuple[str, Finding]]:
    """SKUs whose current price is not the last of their history, as (sku_id, finding)."""
    for sku_id, (since, last) in known.last_prices.items():
        sku = known.skus.get(sku_id)
        if sku is not None and sku[1] != last:
            yield (
                sku_id,
                Finding(
                    "PRICE",
                    "price",
                    str(Money(sku[1])),
                    f"price is {Money(sku[1])}, its price history ends with {Money(last)} from {format_instant(since)}",
                    "correct the one that is wrong",
                ),
            )


def _coupon(row: Coupon) -> Iterator[Finding]:
    if row.valid_from is not None and row.valid_to is not None and row.valid_from > row.valid_to:
        yield Finding(
            "CONTRADICTION",
            "valid_from",
            format_instant(row.valid_from),
            "valid_from is after valid_to",
            "exchange them",
            error=True,
        )
    if row.used_order_id is not None and row.status != "USED":
        yield Finding("COUPON", "status", row.status, f"names order {row.used_order_id} and is not USED", "correct the status")


_TIMES = ("placed_at", "paid_at", "shipped_at", "received_at", "closed_at")
_REACHED = {"PLACED": 0, "PAID": 1, "SHIPPED": 2, "RECEIVED": 3}


def _order(row: Order, known: Known) -> Iterator[Finding]:
    yield from _order_times(row)
    yield from _ids_twice(row)
    for number, line in enumerate(row.lines):
        if line.role == "GIFT" and line.list_price:
            yield Finding(
                "ODD",
                f"lines[{number}].list_price",
                str(line.list_price),
                "a gift has a list_price",
                "write 0.00 and a declared_value",
            )
    # a presale waits for its balance with the deposit paid
    waiting = row.order_type == "PRESALE"
    if row.status == "PLACED" and row.paid_at is None and not waiting and any(one.amount for one in row.payments or ()):
        yield Finding("STATUS_TIMES", "payments", None, "status is PLACED and there are payments", "correct the status")
    for index, application in enumerate(row.applications or ()):
        yield from _application(row, index, application, known)
    if row.freight is not None and row.freight.waived and row.freight.waived_by is None:
        yield Finding(
            "ODD", "freight.waived_by", None, f"freight of {row.freight.waived} was waived by nobody", "name the promotion"
        )


def _ids_twice(row: Order) -> Iterator[Finding]:
    """Ids that must be unique in their order, and lines that take part in one application twice."""
    for name in ("applications", "payments", "shipments", "returns"):
        column = f"{name.removesuffix('s')}_id"
        seen: set[str] = set()
        for index, item in enumerate(getattr(row, name) or ()):
            value = getattr(item, column)
            if value in seen:
                reason = f"order {row.order_id}: {column} {value} occurs twice"
                yield Finding("CONTRADICTION", f"{name}[{index}].{column}", value, reason, "give each its own id", error=True)
            seen.add(value)
    for number, application in enumerate(row.applications or ()):
        lines: set[str] = set()
        for index, part in enumerate(application.participants):
            if part.line_id in lines:
                yield Finding(
                    "CONTRADICTION",
                    f"applications[{number}].participants[{index}].line_id",
                    part.line_id,
                    f"order {row.order_id}: line {part.line_id} takes part in application {application.application_id} twice",
                    "write one participant, with the role BOTH if it is both",
                    error=True,
                )
            lines.add(part.line_id)


def _order_times(row: Order) -> Iterator[Finding]:
    known = [(name, getattr(row, name)) for name in _TIMES if getattr(row, name) is not None]
    for (earlier, left), (later, right) in pairwise(known):
        if left > right and later != "closed_at":
            yield Finding("STATUS_TIMES", later, format_instant(right), f"{later} is before {earlier}", "correct the times")
    reached = _REACHED.get(row.status)
    if reached is not None:
        for number, name in enumerate(_TIMES[:4]):
            value = getattr(row, name)
            if number > reached and value is not None:
                yield Finding(
                    "STATUS_TIMES", "status", row.status, f"status is {row.status} and {name} is recorded", "correct one"
                )
            elif number == reached and value is None:
                yield Finding(
                    "STATUS_TIMES",
                    name,
                    None,
                    f"status is {row.status} and {name} is not recorded",
                    "give the time if it is known",
                )
    for index, item in enumerate(row.returns or ()):
        path = f"returns[{index}]"
        if item.requested_at < row.placed_at:
            yield Finding(
                "STATUS_TIMES", f"{path}.requested_at", format_instant(item.requested_at), "is before placed_at", "correct"
            )
        if item.received_by_seller_at is not None and item.received_by_seller_at < item.requested_at:
            yield Finding(
                "STATUS_TIMES",
                f"{path}.received_by_seller_at",
                format_instant(item.received_by_seller_at),
                "is before requested_at",
                "correct the times",
            )
        if item.refunded_at is not None and item.status != "REFUNDED":
            yield Finding(
                "STATUS_TIMES", f"{path}.status", item.status, "refunded_at is recorded", "write REFUNDED or drop the time"
            )


def _application(row: Order, index: int, application: Application, known: Known) -> Iterator[Finding]:
    path = f"applications[{index}]"
    key = f"{application.promotion_id}@{application.version}"
    promotion = known.promotions.get(key)
    if application.coupon_id is not None:
        yield from _used_coupon(row, path, application, known)
    if promotion is None:
        return
    valid = promotion.valid
    moment = row.placed_at if valid.basis == "PLACED_AT" else row.paid_at
    if moment is not None and not _within(moment, valid.from_, valid.to):
        yield Finding(
            "NOT_VALID_THEN",
            f"{path}.promotion_id",
            key,
            f"promotion {key} was not valid at {format_instant(moment)} ({valid.basis.lower()})",
            "correct its valid or the order",
        )
    tiers = len(promotion.levels)
    if application.tier_index is not None and application.tier_index >= tiers:
        yield Finding(
            "CONTRADICTION",
            f"{path}.tier_index",
            str(application.tier_index),
            f"order {row.order_id}: tier_index is {application.tier_index}, promotion {key} has {tiers} (counted from 0)",
            "correct the index",
            error=True,
        )
    yield from _participants(row, path, application, promotion, known)


def _within(moment: int, start: int | None, end: int | None) -> bool:
    return (start is None or start <= moment) and (end is None or moment <= end)


def _used_coupon(row: Order, path: str, application: Application, known: Known) -> Iterator[Finding]:
    coupon_id = application.coupon_id or ""
    coupon = known.coupons.get(coupon_id)
    if coupon is None:
        return
    promotion_id, user_id, status, start, end, used = coupon
    column = f"{path}.coupon_id"
    if promotion_id != application.promotion_id:
        yield Finding(
            "COUPON",
            column,
            coupon_id,
            f"coupon {coupon_id} is of promotion {promotion_id}, the application of {application.promotion_id}",
            "correct one of them",
        )
    if user_id != row.user_id:
        yield Finding(
            "COUPON", column, coupon_id, f"coupon {coupon_id} is {user_id}'s, the order {row.user_id}'s", "correct one"
        )
    if status == "UNUSED":
        yield Finding("COUPON", column, coupon_id, f"coupon {coupon_id} was used here and is UNUSED", "correct its status")
    if used is not None and used not in (row.order_id, row.parent_order_id):
        yield Finding("COUPON", column, coupon_id, f"coupon {coupon_id} says it was used on {used}", "correct used_order_id")
    if not _within(row.placed_at, start, end):
        yield Finding(
            "NOT_VALID_THEN",
            column,
            coupon_id,
            f"coupon {coupon_id} was not valid at {format_instant(row.placed_at)}",
            "correct its validity or the order",
        )


def _participants(row: Order, path: str, application: Application, promotion: Promotion, known: Known) -> Iterator[Finding]:
    skus = {line.line_id: line.sku_id for line in row.lines}
    for index, part in enumerate(application.participants):
        sku_id = skus.get(part.line_id)
        if sku_id is None or part.role == "GIFT":
            continue
        scopes = _scopes(promotion, part.role)
        verdicts = [known.covers(scope, sku_id) for scope in scopes]
        if verdicts and all(verdict is False for verdict in verdicts):
            yield Finding(
                "OUT_OF_SCOPE",
                f"{path}.participants[{index}].line_id",
                part.line_id,
                f"line {part.line_id} ({sku_id}) takes part as {part.role}, promotion {promotion.key} does not cover it",
                "correct the scope or the participants",
            )


def _scopes(promotion: Promotion, role: str) -> list[Scope]:
    """The scopes a participant of a role may come from."""
    parts = [component.scope for component in promotion.components if component.role in (role, "BOTH") or role == "BOTH"]
    qualifier = promotion.condition.qualifier_scope
    if promotion.components and not (role == "QUALIFIER" and qualifier is not None):
        return parts or [component.scope for component in promotion.components]
    if role == "QUALIFIER" and qualifier is not None:
        return [qualifier, promotion.scope, *parts]
    return [promotion.scope]
