"""Partial returns against a second calculation that was written from the specification alone."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from kg_service.rules import quote_return
from tests.properties import reference
from tests.properties.wider import Wide, returns

Data = dict[str, Any]
TERM = {"term_id": "T", "topic": "RETURN", "values": {"window_days": 15}, "text": "十五天", "basis": "MERCHANT_TERM"}


def figures(case: Wide) -> Data:
    """The quote in the shape of the reference."""
    result = quote_return(
        case.order,
        case.promotions,
        [TERM],
        case.returned,
        case.reason,
        case.at,
        catalogue=case.catalogue,
        coupons=case.coupons,
    )
    assert not result.missing, result.missing
    past = [one for one in case.order["returns"] if one.get("service", "RETURN") == "RETURN" and one["status"] != "REJECTED"]
    return {
        "promotions": {
            one.promotion_id: (one.outcome, int(one.discount_before), int(one.discount_after))
            for one in result.promotions
            if one.outcome != "NOT_APPLICABLE"
        },
        "coupons": {one.coupon_id: one.returned for one in result.coupons},
        "refund_amount": result.refund_amount,
        "buyer_owes": result.buyer_owes,
        "refused": "REFUSED_BY_TERM" in result.reasons,
        "kept": {one.line_id: int(one.payable) for one in result.kept if one.line_id[0] != "g"},
        "by_instrument": None if past else {one.kind: int(one.amount) for one in result.by_instrument if one.amount},
        "freight": (result.freight.deductible_min, result.freight.deductible_max),
        "return_payer": result.freight.return_payer,
    }


def expected(case: Wide) -> Data:
    result = reference.quote(case.order, case.promotions, case.catalogue, case.returned, case.reason, case.at, case.coupons)
    # a promotion with nothing on the kept units need not be listed
    result["promotions"] = {key: one for key, one in result["promotions"].items() if one[0] != "NOT_APPLICABLE"}
    return result


@given(returns())
def test_a_return_comes_to_the_reference(case: Wide) -> None:
    assert figures(case) == expected(case)
