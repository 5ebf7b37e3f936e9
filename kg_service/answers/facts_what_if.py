"""Facts of the questions that compare ways to return: the cheapest one, and what can go back while offers stay."""

from __future__ import annotations

from datetime import date

from kg_service.answers.facts import Part, facts_of
from kg_service.answers.facts_returns import AfterSale
from kg_service.dataset.values import Fen
from kg_service.rules.quote import LineEligibility, LineQuantity, PromotionOutcome

__all__ = ["WhatIfFacts"]


class ReturnSetFacts(Part):
    """One way to return: what comes back, and what the kept units lose of their recorded discount."""

    returned: list[LineQuantity]
    refund_amount: Fen
    buyer_owes: Fen
    discount_lost: Fen
    promotions: list[PromotionOutcome] = []


@facts_of("cheapest_return", "last_safe_return")
class WhatIfFacts(AfterSale):
    """Ways to return, best first (promotions.md section 8).

    Attributes
    ----------
    wanted : what is to come back in any case
    keep : the promotions that have to stay (last_safe_return)
    sets : cheapest_return: least discount lost plus buyer_owes, then fewest further units; last_safe_return: maximal sets,
        largest refund first, then most units
    exact : whether no other set could be better than the first
    eligible, reasons, window_ends : of the first set
    """

    order_id: str
    wanted: list[LineQuantity] = []
    keep: list[str] = []
    sets: list[ReturnSetFacts] = []
    exact: bool = True
    eligible: bool | None = None
    reasons: list[str] = []
    warnings: list[str] = []
    lines: list[LineEligibility] = []
    window_ends: date | None = None
