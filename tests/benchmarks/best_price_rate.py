"""How long the best price of a basket takes, with its certificate, and checking the certificate.

    python tests/benchmarks/best_price_rate.py

Baskets of 20 lines under 12 automatic promotions, with 4 to 20 coupons held that all may be used together (the worst case:
every subset is a choice), and with coupons in groups of which one each counts.
"""

from __future__ import annotations

import random
import time

from rules_rate import basket, offers

from kg_service.dataset.customer import Coupon
from kg_service.dataset.promotion import Promotion
from kg_service.rules import BasketLine, Purchase, best_price, verify

LINES, PROMOTIONS, ROUNDS = 20, 12, 5


def coupon_offers(count: int, groups: int, draw: random.Random) -> list[Promotion]:
    found = []
    for number in range(count):
        kind = draw.choice(["COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"])
        percent = kind == "COUPON_PERCENT"
        found.append(
            Promotion.model_validate(
                {
                    "promotion_id": f"C{number:02d}",
                    "name": f"券{number}",
                    "kind": kind,
                    "condition": {"measure": "AMOUNT", "value": f"{100 * draw.randint(0, 20)}.00"},
                    "effect": {"pay_percent": draw.randint(85, 98)} if percent else {"off": f"{draw.randint(3, 60)}.00"},
                    "cap": {"amount": f"{draw.randint(10, 90)}.00"} if percent else {},
                    "stacking": {"group": f"g{number % groups}"} if groups else {},
                }
            )
        )
    return found


def main() -> None:
    lines = [BasketLine.model_validate(line) for line in basket(LINES)]
    print(f"{LINES} lines x {PROMOTIONS} promotions, median of {ROUNDS} baskets of coupons")
    for coupons, groups in ((4, 0), (8, 0), (8, 3), (12, 0), (16, 0), (20, 0)):
        spent, checked, methods, proved = [], [], set(), 0
        for seed in range(ROUNDS):
            promotions = [*offers(PROMOTIONS), *coupon_offers(coupons, groups, random.Random(seed))]
            held = [
                Coupon(coupon_id=f"K{n:02d}", promotion_id=f"C{n:02d}", user_id="U", status="UNUSED") for n in range(coupons)
            ]
            start = time.perf_counter()
            best = best_price(lines, promotions, held)
            spent.append(time.perf_counter() - start)
            methods.add(best.certificate.method)
            proved += best.proved
            if best.certificate.method == "MILP" or coupons <= 8:
                start = time.perf_counter()
                assert verify(best, lines, promotions, held, purchase=Purchase()) == []
                checked.append(time.perf_counter() - start)
        median, check = sorted(spent)[ROUNDS // 2], sorted(checked)[len(checked) // 2]
        kind = f"{coupons} coupons" + (f" in {groups} groups" if groups else "")
        print(f"{kind:24} {'/'.join(sorted(methods)):11} {median:6.2f} s  proved {proved}/{ROUNDS}  verified in {check:.2f} s")


if __name__ == "__main__":
    main()
