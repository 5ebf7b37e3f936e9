"""What-ifs, intervals and waterfalls on the example of promotions.md section 1."""

from __future__ import annotations

from typing import Any

import pytest

from kg_service.errors import RuleError
from kg_service.rules import quote_return
from kg_service.rules.order_returns import OrderReturns
from kg_service.rules.returns import open_returns
from kg_service.rules.waterfall import waterfall_of_order
from kg_service.rules.what_if import cheapest_returns, last_safe_returns, standing_promotions

Data = dict[str, Any]
PROMOTION: Data = {
    "promotion_id": "P",
    "name": "满3000减300",
    "kind": "AMOUNT_THRESHOLD_OFF",
    "tiers": [{"value": "3000.00", "effect": {"off": "300.00"}}],
}
AT = "2026-11-08"


def order() -> Data:
    return {
        "order_id": "O",
        "user_id": "U",
        "status": "RECEIVED",
        "placed_at": "2026-11-01",
        "received_at": "2026-11-05",
        "returns": [],
        "freight": {"charged": "0.00"},
        "lines": [
            {"line_id": "1", "sku_id": "phone", "quantity": 1, "list_price": "3000.00"},
            {"line_id": "2", "sku_id": "earphones", "quantity": 1, "list_price": "500.00"},
        ],
        "applications": [
            {
                "application_id": "A",
                "promotion_id": "P",
                "grant": "300.00",
                "tier_index": 0,
                "participants": [
                    {"line_id": "1", "role": "BOTH", "share": "257.14"},
                    {"line_id": "2", "role": "BOTH", "share": "42.86"},
                ],
            }
        ],
        "payments": [{"payment_id": "1", "kind": "CASH", "amount": "3200.00"}],
    }


@pytest.fixture
def returns() -> OrderReturns:
    return open_returns(order(), [PROMOTION], at=AT)


def test_returning_the_phone_costs_the_earphones_discount_unless_both_go(returns: OrderReturns):
    ways = cheapest_returns(returns, {"1": 1})
    assert [(str(one.refund_amount), str(one.discount_lost)) for one in ways.sets] == [
        ("3200.00", "0.00"),
        ("2700.00", "42.86"),
    ]
    assert ways.exact


def test_the_earphones_may_go_back_and_the_discount_stays(returns: OrderReturns):
    assert standing_promotions(returns) == ["P"]
    ways = last_safe_returns(returns, "P")
    assert [[part.line_id for part in one.returned] for one in ways.sets] == [["2"]]
    assert str(ways.sets[0].refund_amount) == "457.14"


def test_what_is_not_left_cannot_be_wanted(returns: OrderReturns):
    with pytest.raises(RuleError, match="2 units of line 1"):
        cheapest_returns(returns, {"1": 2})


def test_without_the_promotions_record_the_refund_has_bounds():
    less = order()
    del less["applications"]
    quote = quote_return(less, [PROMOTION], returned={"1": 1}, at=AT)
    assert quote.refund_amount is None
    # the earphones cost between nothing and 500.00
    assert (str(quote.refund_min), str(quote.refund_max)) == ("2700.00", "3200.00")
    assert quote.decides == "Order O.applications"


def test_without_earlier_returns_recorded_there_is_no_honest_bound():
    less = order()
    del less["returns"]
    quote = quote_return(less, [PROMOTION], returned={"1": 1}, at=AT)
    assert (quote.refund_min, quote.refund_max, quote.decides) == (None, None, "Order O.returns")


def test_the_waterfall_of_the_order_and_of_the_return(returns: OrderReturns):
    found = waterfall_of_order(returns.case, returns.quote({"1": 1}))
    assert [(row.kind, str(row.before), str(row.after)) for row in found.rows] == [
        ("LIST", "3500.00", "500.00"),
        ("PROMOTION", "300.00", "0.00"),
        ("PAYABLE", "3200.00", "500.00"),
    ]
    assert found.spans() == [(0, 350000), (320000, 350000), (0, 320000)]
