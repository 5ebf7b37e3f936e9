"""What the best price says of what it did not use."""

import pytest

from kg_service.rules import best_price


def coupon(promotion_id, off, value):
    effect, condition = {"off": off}, {"measure": "AMOUNT", "value": value}
    return {
        "promotion_id": promotion_id,
        "name": promotion_id,
        "kind": "COUPON_FIXED",
        "effect": effect,
        "condition": condition,
    }


@pytest.mark.parametrize(
    ("offers", "codes"),
    [
        ([coupon("A", "10.00", "50.00"), coupon("B", "20.00", "500.00")], {"B": "BELOW_THRESHOLD"}),
        ([coupon("A", "10.00", "50.00"), coupon("C", "20.00", "50.00")], {"C": "NO_COUPON_HELD"}),
    ],
    ids=["held and out of reach", "not held"],
)
def test_a_coupon_not_used_says_why(offers, codes):
    held = [{"coupon_id": key, "promotion_id": key, "user_id": "U", "status": "UNUSED"} for key in "AB"]
    held = [one for one in held if any(offer["promotion_id"] == one["promotion_id"] for offer in offers)]
    best = best_price([{"line_id": "1", "sku_id": "S", "quantity": 1, "list_price": "100.00"}], offers, held)
    assert str(best.basket.payable) == "90.00"
    found = {one.promotion_id: one.reasons[0].code for one in best.basket.eligibility if one.status == "NOT_MATCHED"}
    assert found == codes
