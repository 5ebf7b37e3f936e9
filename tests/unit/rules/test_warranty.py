"""Warranty by hand: month ends, midnight in Shanghai, the longest promise, facts that are missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kg_service.rules.catalogue import Goods
from kg_service.rules.warranty import months_after, warranty


def order(**more: Any) -> dict[str, Any]:
    base = {"order_id": "O", "user_id": "U", "status": "RECEIVED", "placed_at": "2026-11-01", "received_at": "2026-11-05",
            "lines": [{"line_id": "1", "sku_id": "A", "quantity": 1, "list_price": "100.00"}]}  # fmt: skip
    return {**base, **more}


def term(term_id: str, months: int, covers: Any = None, **more: Any) -> dict[str, Any]:
    values = {"months": months, "covers": covers}
    return {"term_id": term_id, "topic": "WARRANTY", "text": term_id, "basis": "MERCHANT_TERM", "values": values, **more}


def goods(months: int | None, **more: Any) -> dict[str, Goods]:
    return {"A": Goods("A", product_id="P", warranty_months=months, **more)}


@pytest.mark.parametrize(
    ("received", "months", "until"),
    [
        ("2026-11-05", 12, "2027-11-05"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_the_same_calendar_day(received: str, months: int, until: str) -> None:
    assert months_after(date.fromisoformat(received), months) == date.fromisoformat(until)


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2027-02-28T23:59:59.999+08:00", True),
        ("2027-03-01T00:00:00+08:00", False),
        ("2027-02-28T16:00:00+00:00", False),  # midnight in Shanghai
    ],
)
def test_the_last_day_counts_whole(at: str, inside: bool) -> None:
    # received at 23:30 on the 30th in Shanghai, that is the 30th wherever the clock stands
    found = warranty(order(received_at="2026-11-30T15:30:00+00:00"), "1", [], at, catalogue=goods(3))
    assert (found.in_warranty, found.until) == (inside, date(2027, 2, 28))
    assert found.reason == ("IN_WARRANTY" if inside else "WARRANTY_OVER")


def test_the_longest_promise_counts() -> None:
    terms = [term("T1", 12, ["主机"]), term("T2", 24, "电池")]
    found = warranty(order(), "1", terms, "2026-12-01", catalogue=goods(18))
    assert (found.months, found.covers, found.until) == (24, ["电池"], date(2028, 11, 5))
    assert [one.months for one in found.promises] == [24, 18, 12]
    # the product's own is longest and does not say what it covers: what the next longest covers is told
    longer = warranty(order(), "1", terms, "2026-12-01", catalogue=goods(36))
    assert (longer.months, longer.covers) == (36, ["电池"])


def test_terms_of_the_day_of_purchase_about_these_goods() -> None:
    later = term("T1", 24, effective_from="2026-11-02")
    other = term("T2", 36, scope={"include": [{"type": "product", "id": "Q"}]})
    assert warranty(order(), "1", [later, other], "2026-12-01", catalogue=goods(12)).months == 12


def test_what_is_not_recorded_is_named() -> None:
    nothing = warranty(order(), "1", [], "2026-12-01", catalogue=goods(None))
    assert (nothing.in_warranty, nothing.until) == (None, None)
    assert nothing.missing == ["Product P.warranty_months", "Term WARRANTY for Product P"]
    unreceived = {key: value for key, value in order(status="CLOSED").items() if key != "received_at"}
    found = warranty(unreceived, "1", [], "2026-12-01", catalogue=goods(12))
    assert (found.in_warranty, found.missing) == (None, ["Order O.received_at"])
    brand = term("T", 24, scope={"include": [{"type": "brand", "id": "B"}]})
    assert warranty(order(), "1", [brand], "2026-12-01", catalogue=goods(12)).missing == ["Sku A.brand_id"]


def test_not_received_cancelled_and_none() -> None:
    shipped = {key: value for key, value in order(status="SHIPPED").items() if key != "received_at"}
    waiting = warranty(shipped, "1", [], "2026-12-01", catalogue=goods(12))
    assert (waiting.in_warranty, waiting.reason, waiting.months, waiting.missing) == (None, "NOT_RECEIVED", 12, [])
    assert warranty(order(status="CANCELLED"), "1", [], "2026-12-01", catalogue=goods(12)).in_warranty is False
    none = warranty(order(), "1", [], "2026-12-01", catalogue=goods(0))
    assert (none.in_warranty, none.reason, none.until) == (False, "NO_WARRANTY", None)
