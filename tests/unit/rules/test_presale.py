"""Presale deposits by hand: paid or not, whose fault, by which term, from which record."""

from __future__ import annotations

from typing import Any

import pytest

from kg_service.rules.presale import deposit


def order(**more: Any) -> dict[str, Any]:
    base = {
        "order_id": "O",
        "user_id": "U",
        "status": "PLACED",
        "order_type": "PRESALE",
        "placed_at": "2026-11-01",
        "lines": [{"line_id": "1", "sku_id": "A", "quantity": 1, "list_price": "500.00"}],
        "payments": [{"payment_id": "1", "kind": "CASH", "method": "定金", "amount": "50.00"}],
    }
    return {key: value for key, value in {**base, **more}.items() if value is not None}


def term(refundable: bool | None, term_id: str = "T", **more: Any) -> dict[str, Any]:
    values = {"deposit_refundable": refundable}
    return {"term_id": term_id, "topic": "PRESALE", "text": term_id, "basis": "MERCHANT_TERM", "values": values, **more}


@pytest.mark.parametrize("refundable", [True, False])
def test_unpaid_balance_goes_by_the_term(refundable: bool) -> None:
    found = deposit(order(), [], [term(refundable)])
    assert (found.refundable, found.reason, str(found.deposit), found.balance_paid) == (refundable, "BY_TERM", "50.00", False)
    assert found.trace[-1].basis.id == "T"


def test_of_several_terms_the_best_for_the_buyer() -> None:
    assert deposit(order(), [], [term(False), term(True, "T2")]).refundable is True


@pytest.mark.parametrize("status", ["PAID", "SHIPPED", "RECEIVED", "CLOSED"])
def test_once_paid_it_is_part_of_the_price(status: str) -> None:
    found = deposit(order(status=status), [], [term(False)])
    assert (found.refundable, found.reason) == (True, "BALANCE_PAID")
    assert "第十七条" in str(found.trace[-1].basis.id)


def test_the_sellers_fault_returns_it_in_any_case() -> None:
    found = deposit(order(), [], [term(False)], "SELLER_FAULT")
    assert (found.refundable, found.reason) == (True, "SELLER_FAULT")
    assert "第五十三条" in str(found.trace[-1].basis.id)


def test_the_amount_is_the_record_or_nothing() -> None:
    balance = {"payment_id": "2", "kind": "CASH", "method": "尾款", "amount": "450.00"}
    both = order(status="PAID")["payments"] + [balance]
    assert str(deposit(order(status="PAID", payments=both), [], []).deposit) == "50.00"
    unnamed = [{"payment_id": "1", "kind": "CASH", "method": "快捷支付", "amount": "500.00"}]
    assert deposit(order(status="PAID", payments=unnamed), [], []).deposit is None
    assert deposit(order(payments=None), [], [term(False)]).deposit is None


def test_no_presale() -> None:
    plain = [{"payment_id": "1", "kind": "CASH", "amount": "500.00"}]
    found = deposit(order(order_type="NORMAL", status="PAID", payments=plain), [], [term(True)])
    assert (found.refundable, found.reason, found.missing) == (None, "NOT_PRESALE", [])
    unknown = deposit(order(order_type=None, status="PAID", payments=plain), [], [term(True)])
    assert (unknown.refundable, unknown.missing) == (None, ["Order O.order_type"])


def test_without_a_term_nothing_is_known() -> None:
    assert deposit(order(), [], []).missing == ["Term PRESALE for Order O"]
    assert deposit(order(), [], [term(None)]).missing == ["Term PRESALE for Order O"]
