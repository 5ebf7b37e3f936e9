"""What-ifs against a search of their own: every set of units quoted one by one, on generated orders of up to eight lines."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from kg_service.rules import Goods, ReturnQuote, quote_return
from kg_service.rules.order_returns import OrderReturns
from kg_service.rules.returns import open_returns
from kg_service.rules.what_if import Ways, cheapest_returns, last_safe_returns
from tests.properties.strategies import Bought, orders, returned_units

Data = dict[str, Any]
AT = "2026-11-08T09:00:00"
LATE = "2026-12-24T09:00:00"
#: Orders whose sets are quoted one by one in a second.
SMALL = orders(max_lines=8, min_promotions=1, max_sets=64)


def opened(bought: Bought, at: str = AT) -> OrderReturns:
    return open_returns(bought.order, bought.promotions, at=at, catalogue=bought.catalogue)


def all_quotes(bought: Bought, wanted: dict[str, int], at: str = AT) -> dict[tuple[int, ...], ReturnQuote]:
    """The quote of every set that has what is wanted, by the units of each line in the order's order."""
    lines = [(line["line_id"], line["quantity"]) for line in bought.order["lines"]]
    sets = product(*(range(wanted.get(key, 0), units + 1) for key, units in lines))
    found = {}
    for vector in sets:
        units = {key: count for (key, _), count in zip(lines, vector, strict=True) if count}
        if units:
            found[vector] = quote_return(bought.order, bought.promotions, returned=units, at=at, catalogue=bought.catalogue)
    return found


def lost(quote: ReturnQuote) -> int:
    return sum(max(0, int(one.discount_before) - int(one.discount_after)) for one in quote.promotions)


def vectors(bought: Bought, ways: Ways) -> list[tuple[int, ...]]:
    ids = [line["line_id"] for line in bought.order["lines"]]
    return [tuple({one.line_id: one.quantity for one in way.returned}.get(key, 0) for key in ids) for way in ways.sets]


def refusing(bought: Bought, data: st.DataObject) -> Bought:
    """Some promotions refuse what is returned alone (after the seven days, where that is allowed)."""
    for promotion in bought.promotions:
        refuse = data.draw(st.sampled_from([None, None, "REFUSE_ALONE", "ALL_OR_NOTHING"]))
        if refuse == "REFUSE_ALONE":
            promotion["after_sale"]["negative_settlement"] = refuse
        elif refuse:
            promotion["after_sale"]["on_partial_return"] = refuse
    return bought


TERM = {"term_id": "T", "topic": "RETURN", "values": {"window_days": 90}, "text": "九十天", "basis": "MERCHANT_TERM"}


@given(SMALL, st.data())
def test_the_cheapest_ways_are_those_of_exhaustive_search(bought: Bought, data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(bought.order["lines"]))
    wanted = {line["line_id"]: data.draw(st.integers(1, line["quantity"]))}
    quotes = all_quotes(bought, wanted)
    ways = cheapest_returns(opened(bought), wanted)
    costs = sorted(
        (lost(quote) + int(quote.buyer_owes or 0), sum(vector) - sum(wanted.values()), -int(quote.refund_amount or 0))
        for vector, quote in quotes.items()
        if "REFUSED_BY_TERM" not in quote.reasons
    )
    assert ways.exact
    assert [
        (
            int(way.discount_lost) + int(way.buyer_owes),
            sum(one.quantity for one in way.returned) - sum(wanted.values()),
            -int(way.refund_amount),
        )
        for way in ways.sets
    ] == costs[:3]
    for vector, way in zip(vectors(bought, ways), ways.sets, strict=True):
        assert way.refund_amount == quotes[vector].refund_amount
        assert way.buyer_owes == quotes[vector].buyer_owes
        assert way.promotions == quotes[vector].promotions


@given(SMALL, st.data())
def test_last_safe_returns_are_all_maximal_sets(bought: Bought, data: st.DataObject) -> None:
    assume(bought.order["applications"])
    bought = refusing(bought, data)
    promotion_id = data.draw(st.sampled_from([one["promotion_id"] for one in bought.order["applications"]]))
    late = data.draw(st.booleans())
    at = LATE if late else AT
    lines = [(line["line_id"], line["quantity"]) for line in bought.order["lines"]]
    safe: dict[tuple[int, ...], ReturnQuote] = {}
    for vector in product(*(range(units + 1) for _, units in lines)):
        units = {key: count for (key, _), count in zip(lines, vector, strict=True) if count}
        if not units:
            continue
        quote = quote_return(bought.order, bought.promotions, [TERM], units, at=at, catalogue=bought.catalogue)
        outcome = {one.promotion_id: one.outcome for one in quote.promotions}.get(promotion_id)
        if outcome == "KEPT" and "REFUSED_BY_TERM" not in quote.reasons:
            safe[vector] = quote
    maximal = [
        vector
        for vector in safe
        if not any(other != vector and all(a <= b for a, b in zip(vector, other, strict=True)) for other in safe)
    ]
    expected = sorted((-int(safe[one].refund_amount or 0), -sum(one), one) for one in maximal)
    returns = open_returns(bought.order, bought.promotions, [TERM], at, catalogue=bought.catalogue)
    ways = last_safe_returns(returns, promotion_id, most=1000)
    assert ways.exact
    assert [(-int(way.refund_amount), -sum(v), v) for v, way in zip(vectors(bought, ways), ways.sets, strict=True)] == expected


@given(SMALL, st.data())
def test_a_search_in_part_never_calls_a_worse_set_best(bought: Bought, data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(bought.order["lines"]))
    wanted = {line["line_id"]: 1}
    whole = cheapest_returns(opened(bought), wanted)
    part = cheapest_returns(opened(bought), wanted, most_sets=data.draw(st.integers(1, 20)))
    if part.exact:
        costs = [int(ways.sets[0].discount_lost) + int(ways.sets[0].buyer_owes) for ways in (whole, part)]
        units = [sum(one.quantity for one in ways.sets[0].returned) for ways in (whole, part)]
        assert costs[0] == costs[1]
        assert units[0] == units[1]
    assume(bought.order["applications"])
    promotion_id = data.draw(st.sampled_from([one["promotion_id"] for one in bought.order["applications"]]))
    most_sets = data.draw(st.integers(1, 20))
    all_safe = vectors(bought, last_safe_returns(opened(bought), promotion_id, most=1000))
    some_safe = last_safe_returns(opened(bought), promotion_id, most=1000, most_sets=most_sets)
    # what a search in part finds is maximal all the same
    assert set(vectors(bought, some_safe)) <= set(all_safe)
    if some_safe.exact:
        assert vectors(bought, some_safe) == all_safe


@given(orders(max_lines=5), st.data())
def test_whatever_one_fact_is_lost_the_refund_lies_within_the_interval(bought: Bought, data: st.DataObject) -> None:
    wanted = returned_units(data, bought)
    order = copy.deepcopy(bought.order)
    if data.draw(st.booleans()):
        line = data.draw(st.sampled_from(order["lines"]))
        if line["quantity"] > wanted.get(line["line_id"], 0):
            single = quote_return(order, bought.promotions, returned={line["line_id"]: 1}, at=AT, catalogue=bought.catalogue)
            order["returns"].append(
                {
                    "return_id": "R",
                    "reason": "NO_REASON",
                    "lines": [{"line_id": line["line_id"], "quantity": 1}],
                    "status": "REFUNDED",
                    "requested_at": "2026-11-06T10:00:00",
                    "refund_amount": str(single.refund_amount),
                    "buyer_paid": str(single.buyer_owes),
                }
            )
    reason = data.draw(st.sampled_from(["NO_REASON", "QUALITY"]))
    whole = quote_return(order, bought.promotions, returned=wanted, reason=reason, at=AT, catalogue=bought.catalogue)
    assert whole.refund_amount is not None
    promotions, catalogue = list(bought.promotions), dict(bought.catalogue)
    used = {one["promotion_id"] for one in order["applications"]}
    ways = ["applications", "goods"] + (["promotion"] * 3 if used else []) + (["refund_amount"] if order["returns"] else [])
    lose = data.draw(st.sampled_from(ways))
    if lose == "applications":
        del order["applications"]
        if data.draw(st.booleans()):
            del order["payments"]
        if data.draw(st.booleans()):
            del order["freight"]
    elif lose == "goods":
        sku = data.draw(st.sampled_from(sorted(catalogue)))
        catalogue[sku] = Goods(sku)
    elif lose == "promotion":
        gone = data.draw(st.sets(st.sampled_from(sorted(used)), min_size=1, max_size=2))
        promotions = [one for one in promotions if one["promotion_id"] not in gone]
    else:
        del order["returns"][0]["refund_amount"]
    less = quote_return(order, promotions, returned=wanted, reason=reason, at=AT, catalogue=catalogue)
    if less.refund_amount is not None:
        assert less.refund_amount == whole.refund_amount
        return
    assert less.refund_min is not None
    assert less.refund_max is not None
    assert less.refund_min <= whole.refund_amount <= less.refund_max
    assert less.decides in less.missing
    assert any(step.rule == "refund_interval" and step.result["refund_max"] == str(less.refund_max) for step in less.trace)
