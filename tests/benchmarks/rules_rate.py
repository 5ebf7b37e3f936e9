"""How fast the rules are, in memory: returns quoted, sets of one order weighed, and baskets priced per second.

    python tests/benchmarks/rules_rate.py [--seconds 5]

The unit beside each rate is what the work is counted in on any machine: how many quotes of a two-line order fit into one of a
twenty-line order.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from kg_service.dataset import Order, Promotion
from kg_service.rules import price_basket, quote_return
from kg_service.rules.returns import open_returns

Data = dict[str, Any]


def offers(count: int) -> list[Promotion]:
    """Thresholds in four stacking groups."""
    return [
        Promotion.model_validate(
            {
                "promotion_id": f"P{number:02d}",
                "name": f"满{100 * (number + 1)}减{5 * (number + 1)}",
                "kind": "AMOUNT_THRESHOLD_OFF",
                "tiers": [{"value": f"{100 * (number + 1)}.00", "effect": {"off": f"{5 * (number + 1)}.00"}}],
                "stacking": {"group": f"G{number % 4}"},
            }
        )
        for number in range(count)
    ]


def basket(count: int) -> list[Data]:
    """Lines of one to three units at different prices."""
    return [
        {"line_id": f"{n:02d}", "sku_id": f"S{n}", "quantity": n % 3 + 1, "list_price": f"{37 * (n + 1) % 900 + 10}.00"}
        for n in range(count)
    ]


def order(lines: list[Data], promotions: list[Promotion]) -> Order:
    """The basket as it was bought."""
    priced = price_basket(lines, promotions)
    applications = [
        {
            "application_id": item.promotion_id,
            "promotion_id": item.promotion_id,
            "grant": str(item.grant),
            "tier_index": item.tier_index,
            "participants": [share.model_dump(mode="json") for share in item.participants],
        }
        for item in priced.applications
    ]
    return Order.model_validate(
        {
            "order_id": "O",
            "user_id": "U",
            "status": "RECEIVED",
            "placed_at": "2026-11-01",
            "received_at": "2026-11-05",
            "lines": lines,
            "applications": applications,
            "payments": [{"payment_id": "1", "kind": "CASH", "amount": str(priced.payable)}],
            "freight": {"charged": "0.00"},
            "returns": [],
        }
    )


def rate(work: Callable[[], object], seconds: float) -> float:
    """Calls per second over so many seconds."""
    work()
    start, calls = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        work()
        calls += 1
    return calls / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each rate is measured")
    seconds = parser.parse_args().seconds
    few, many = offers(1), offers(12)
    small, large = order(basket(2), few), order(basket(20), many)
    quotes = {
        "2 lines, 1 promotion": rate(lambda: quote_return(small, few, returned={"00": 1}, at="2026-11-06"), seconds),
        "20 lines, 12 promotions": rate(lambda: quote_return(large, many, returned={"03": 1}, at="2026-11-06"), seconds),
    }
    for name, figure in quotes.items():
        print(f"returns quoted per second, {name}: {figure:.0f}")
    print(f"baskets priced per second, 20 lines, 12 promotions: {rate(lambda: price_basket(basket(20), many), seconds):.0f}")
    for lines, count in ((2, 1), (8, 4), (20, 12)):
        returns = open_returns(order(basket(lines), offers(count)), offers(count), at="2026-11-06")
        weighed = rate(lambda returns=returns: returns.weigh({"01": 1}, {"01": "NO_REASON"}), seconds)  # type: ignore[misc]
        print(f"sets of one order weighed per second, {lines} lines, {count} promotions: {weighed:.0f}")
    small_rate, large_rate = quotes.values()
    print(f"one large quote costs as much as {small_rate / large_rate:.1f} small ones")


if __name__ == "__main__":
    main()
