"""An order explained from its record: shares, the rule behind them, and why a promotion is not in it."""

from __future__ import annotations

from typing import Any

import pytest

from kg_service.rules.basket import Purchase
from kg_service.rules.catalogue import Goods
from kg_service.rules.explain import OrderExplanation, explain_order
from kg_service.rules.stacking import stacking_pairs

GOODS = {"a": Goods("a", "PA", ("C1",), "", "H1"), "b": Goods("b", "PB", ("C2",), "", "H1")}


def off(promotion_id: str, value: str, amount: str, **more: Any) -> dict[str, Any]:
    tiers = [{"value": value, "effect": {"off": amount}}]
    return {"promotion_id": promotion_id, "name": promotion_id, "kind": "AMOUNT_THRESHOLD_OFF", "tiers": tiers, **more}


def order(shares: tuple[str, str] = ("257.14", "42.86"), **more: Any) -> dict[str, Any]:
    return {
        "order_id": "O",
        "user_id": "U",
        "status": "PAID",
        "channel": "app",
        "placed_at": "2026-11-02T10:00:00+08:00",
        "freight": {"charged": "0.00"},
        "lines": [
            {"line_id": "1", "sku_id": "a", "quantity": 1, "list_price": "3000.00"},
            {"line_id": "2", "sku_id": "b", "quantity": 1, "list_price": "500.00"},
        ],
        "applications": [
            {
                "application_id": "A",
                "promotion_id": "P",
                "grant": "300.00",
                "participants": [{"line_id": str(n), "role": "BOTH", "share": share} for n, share in enumerate(shares, 1)],
            }
        ],
        **more,
    }


def explained(candidates: list[dict[str, Any]], **more: Any) -> OrderExplanation:
    used = off("P", "3000.00", "300.00")
    return explain_order(order(**more), [used], candidates, purchase=Purchase(order_number=2), catalogue=GOODS)


def test_the_record_line_by_line() -> None:
    found = explained([])
    assert [(str(line.list), str(line.payable)) for line in found.lines] == [("3000.00", "2742.86"), ("500.00", "457.14")]
    assert (str(found.discount), str(found.payable)) == ("300.00", "3200.00")


@pytest.mark.parametrize(
    ("shares", "rule"),
    [
        (("257.14", "42.86"), "LARGEST_REMAINDER"),
        # 300.00 × 6/7 = 257.1428…, 42.8571…: floors 257.14 and 42.85, one 分 goes to the first
        (("257.15", "42.85"), "FLOOR_ROUND_ROBIN"),
        (("250.00", "50.00"), None),
    ],
)
def test_which_rule_gives_the_shares(shares: tuple[str, str], rule: str | None) -> None:
    check = explained([], shares=shares).shares[0]
    assert (check.rule, check.explained) == (rule, rule is not None)


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        # after the 300.00 off 3200.00 are left: 100.00 short
        (off("Q", "3300.00", "10.00", layer=50), "BELOW_THRESHOLD"),
        (off("Q", "3200.00", "10.00", layer=50), "NOT_RECORDED"),
        (off("Q", "100.00", "10.00", scope={"include": [{"type": "category", "id": "C9"}]}), "NOT_IN_SCOPE"),
        (off("Q", "100.00", "10.00", condition={"channels": ["web"]}), "CHANNEL"),
        (off("Q", "100.00", "10.00", condition={"nth_order": 1}), "NTH_ORDER"),
        (off("Q", "100.00", "10.00", condition={"member_levels": ["GOLD"]}), "UNKNOWN"),
        (off("Q", "100.00", "10.00", valid={"to": "2026-11-01"}), "ENDED"),
        (off("Q", "100.00", "10.00", stacking={"conflicts_with": ["P"]}), "BLOCKED"),
        (off("Q", "100.00", "10.00", limit={"total": 5}), "UNKNOWN"),
        ({"promotion_id": "Q", "name": "Q", "kind": "RED_PACKET", "effect": {"off": "5.00"}}, "NO_COUPON_HELD"),
    ],
)
def test_why_not(candidate: dict[str, Any], reason: str) -> None:
    (found,) = explained([candidate]).not_applied
    assert found.reason == reason


def test_the_gap_is_measured_on_what_the_record_left() -> None:
    (found,) = explained([off("Q", "3300.00", "10.00", layer=50)]).not_applied
    assert (found.actual, found.required, found.gap, found.unit) == ("3200.00", "3300.00", "100.00", "YUAN")


def test_without_applications_nothing_is_judged() -> None:
    data = order()
    del data["applications"]
    found = explain_order(data, [], [off("Q", "100.00", "10.00")], catalogue=GOODS)
    assert found.missing == ("Order O.applications",)
    assert found.not_applied == ()


@pytest.mark.parametrize(
    ("first", "second", "stackable", "rule"),
    [
        ({}, {}, True, "SAME_LAYER"),
        ({}, {"layer": 50}, True, "DIFFERENT_LAYERS"),
        ({"stacking": {"exclusive": True}}, {}, False, "EXCLUSIVE"),
        ({"stacking": {"exclusive": True}}, {"layer": 50}, True, "DIFFERENT_LAYERS"),
        ({"stacking": {"conflicts_with": [50]}}, {"layer": 50}, False, "CONFLICTS_WITH"),
        ({"stacking": {"group": "g"}}, {"stacking": {"group": "g"}}, False, "GROUP_BEST_ONE"),
        ({"valid": {"to": "2026-11-01"}}, {"valid": {"from": "2026-11-02"}}, False, "PERIODS"),
        ({"condition": {"channels": ["app"]}}, {"condition": {"channels": ["web"]}}, False, "AUDIENCE"),
    ],
)
def test_stacking(first: dict[str, Any], second: dict[str, Any], stackable: bool, rule: str) -> None:
    (pair,) = stacking_pairs([off("A", "100.00", "1.00", **first), off("B", "100.00", "1.00", **second)])
    assert (pair.stackable, pair.rule) == (stackable, rule)
