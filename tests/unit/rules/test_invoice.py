"""Invoices by hand: the window from payment, what went back, several terms, facts that are missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kg_service.rules.invoice import invoice


def order(**more: Any) -> dict[str, Any]:
    base = {
        "order_id": "O",
        "user_id": "U",
        "status": "RECEIVED",
        "placed_at": "2026-11-30",
        "paid_at": "2026-11-30T23:59:59",
        "lines": [
            {"line_id": "1", "sku_id": "A", "quantity": 2, "list_price": "10.00"},
            {"line_id": "2", "sku_id": "B", "quantity": 1, "list_price": "10.00"},
            {"line_id": "3", "sku_id": "G", "quantity": 1, "list_price": "0.00", "role": "GIFT"},
        ],
        "returns": [],
    }
    return {**base, **more}


def term(term_id: str = "T", **values: Any) -> dict[str, Any]:
    return {"term_id": term_id, "topic": "INVOICE", "text": term_id, "basis": "PLATFORM_TERM",
            "values": {"kinds": ["电子普通发票"], "window_days": 90, **values}}  # fmt: skip


def back(*lines: tuple[str, int], status: str = "REFUNDED") -> list[dict[str, Any]]:
    parts = [{"line_id": line_id, "quantity": quantity} for line_id, quantity in lines]
    return [{"return_id": "R", "status": status, "requested_at": "2026-12-02", "lines": parts}]


@pytest.mark.parametrize(
    ("at", "possible"),
    [("2026-11-30T23:59:59", True), ("2027-02-28T23:59:59.999", True), ("2027-03-01T00:00:00", False)],
)
def test_the_window_from_payment(at: str, possible: bool) -> None:
    # 11-30 + 90: 31 + 31 + 28 = 90, 02-28
    found = invoice(order(), [term()], at)
    assert (found.possible, found.window_ends) == (possible, date(2027, 2, 28))
    assert found.reason == (None if possible else "WINDOW_OVER")


def test_what_went_back_has_no_invoice() -> None:
    partly = invoice(order(returns=back(("1", 1))), [term()], "2026-12-10")
    assert partly.possible is True
    assert [(one.line_id, one.kept, one.returned, one.possible) for one in partly.lines] == [
        ("1", 1, 1, True),
        ("2", 1, 0, True),
    ]
    assert invoice(order(returns=back(("1", 2))), [term()], "2026-12-10", line_ids=["1"]).reason == "RETURNED"
    assert invoice(order(returns=back(("1", 2))), [term()], "2026-12-10").possible is True
    assert invoice(order(returns=back(("1", 2), ("2", 1), status="IN_TRANSIT")), [term()], "2026-12-10").reason == "RETURNED"
    asked = invoice(order(returns=back(("1", 2), ("2", 1), status="REQUESTED")), [term()], "2026-12-10")
    assert asked.possible is True
    assert [(one.kept, one.returned, one.pending) for one in asked.lines] == [(2, 0, 2), (1, 0, 1)]
    assert invoice(order(returns=back(("1", 2), ("2", 1), status="REJECTED")), [term()], "2026-12-10").possible is True


def test_several_terms() -> None:
    found = invoice(order(), [term(), term("T2", kinds=["增值税专用发票"], window_days=180)], "2026-12-10")
    assert (found.kinds, found.window_days) == (["电子普通发票", "增值税专用发票"], 180)
    assert invoice(order(), [term(window_days=None)], "2030-01-01").possible is True


def test_nothing_to_invoice() -> None:
    unpaid = {key: value for key, value in order(status="PLACED").items() if key != "paid_at"}
    assert invoice(unpaid, [term()], "2026-12-10").reason == "NOT_PAID"
    assert invoice(order(status="CANCELLED"), [term()], "2026-12-10").reason == "ORDER_CANCELLED"
    assert invoice(order(), [term(kinds=[])], "2026-12-10").reason == "NOT_OFFERED"


@pytest.mark.parametrize(
    ("lost", "terms", "fact"),
    [
        ("returns", [term()], "Order O.returns"),
        ("paid_at", [term()], "Order O.paid_at"),
        ("", [], "Term INVOICE for Order O"),
        ("", [term(kinds=None)], "Term T.kinds"),
    ],
)
def test_a_missing_fact_is_named(lost: str, terms: list[Any], fact: str) -> None:
    found = invoice({key: value for key, value in order().items() if key != lost}, terms, "2026-12-10")
    assert (found.possible, found.missing) == (None, [fact])
