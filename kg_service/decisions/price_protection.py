"""It is cheaper now than when I bought it: does the difference come back (promotions.md section 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kg_service.answers.answer import Verdict
from kg_service.dataset.customer import User
from kg_service.dataset.promotion import Promotion
from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.offers import in_force
from kg_service.decisions.own_case import OwnCase
from kg_service.decisions.own_or_general import area_asked, own_or_general
from kg_service.decisions.policies import terms_in_force
from kg_service.decisions.term_answers import asked_lines, in_general, own_words, put, wants_verdict
from kg_service.graph.store import Row
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.rules.basket import Purchase
from kg_service.rules.price_protection import PriceProtection, price_protection
from kg_service.times import day_of

__all__ = ["decide_price_protection", "price_at"]

_DROPPED = re.compile(r"降|跌|掉价|便宜|减价|特价|促销|活动|变成|只要|卖|涨")
#: Asks for the window alone, whatever the price is.
_WINDOW_ASKED = re.compile(r"(价保|保价|价格保护)期|(期限?|时间)(内|过)|过期|来得及")
_BOUGHT = re.compile(r"买|拍|下单|下的|入手|付|签收|收到|到货|到的|订")


@decider("price_protection")
def decide_price_protection(frame: Frame, asker: Asker) -> Flow[Decision]:
    """Each line asked about, its price then against the price now, or against the price when the question says it fell."""
    at, here = _compared_at(frame, asker.now)
    own = yield from own_or_general(here, asker, must_choose=True, progress=False, default_role="ASKED", need_line=False)
    if own is None:
        return (yield from _policy(frame, asker))
    if isinstance(own, Decision):
        return own
    order = own.order
    if at is None or at < order.placed_at:
        at = asker.now
    line_ids = asked_lines(own)
    by_id = {line.line_id: line for line in order.lines}
    history = yield Query("catalogue/price_history", {"sku_ids": sorted({by_id[one].sku_id for one in line_ids})})
    offers = yield from in_force(at, at)
    rows = yield Query("customer/user", {"user_id": own.resolution.owner})
    now = _Now(at, at == asker.now, history, offers, _purchase(rows, asker))
    found = [now.of(own, line_id) for line_id in line_ids]
    return _decision(frame, own, found, at, "现在" if now.today else f"{day_of(at).month}月{day_of(at).day}日")


def _compared_at(frame: Frame, now: int) -> tuple[int | None, Frame]:
    """When the price fell, where the question says it ("20号降价了"), and the frame without that time.

    A time followed by a word of buying says which order is meant, and stays.
    """
    period = frame.period
    if period is None:
        return None, frame
    rest = frame.text[frame.text.find(period.text) + len(period.text) :]
    dropped, bought = _DROPPED.search(rest), _BOUGHT.search(rest)
    if dropped is None or (bought is not None and bought.start() < dropped.start()):
        return None, frame
    return min(period.end, now), frame.model_copy(update={"period": None})


def price_at(history: list[Row], sku_id: str, at: int) -> int | None:
    """The price of a SKU at an instant (epoch ms), 分: its last price on or before it; None where none is recorded.

    Examples
    --------
    >>> rows = [{"sku_id": "K", "price": 900, "from": 10}, {"sku_id": "K", "price": 800, "from": 20}]
    >>> price_at(rows, "K", 15), price_at(rows, "K", 20), price_at(rows, "K", 9)
    (900, 800, None)
    """
    before = [row for row in history if row["sku_id"] == sku_id and row["from"] <= at]
    return int(max(before, key=lambda row: row["from"])["price"]) if before else None


def _purchase(rows: list[Row], asker: Asker) -> Purchase:
    """Who would buy it now: the customer, at their level."""
    user = None
    if rows:
        known = {key: rows[0][key] for key in ("user_id", "name", "member_level", "region") if rows[0].get(key) is not None}
        user = User.model_validate(known)
    return Purchase(customer=user, channel=asker.channel)


@dataclass(frozen=True)
class _Now:
    """The instant that prices are compared at, and what is known of it."""

    at: int
    today: bool
    history: list[Row]
    offers: list[Promotion]
    purchase: Purchase

    def of(self, own: OwnCase, line_id: str) -> PriceProtection:
        case = own.case
        sku_id = next(line.sku_id for line in own.order.lines if line.line_id == line_id)
        goods = case.catalogue.get(sku_id)
        listed = price_at(self.history, sku_id, self.at)
        catalogue = dict(case.catalogue)
        if self.today and goods is not None and goods.price is not None:
            listed = goods.price
        elif goods is not None:
            # what the catalogue has is today's price, not the one of that day
            catalogue[sku_id] = type(goods)(**{**vars(goods), "price": None})
        price = None if listed is None else Money(listed)
        return price_protection(own.order, line_id, case.promotions, case.terms, self.at, price=price, offers=self.offers,
                                purchase=self.purchase, catalogue=catalogue)  # fmt: skip


def _decision(frame: Frame, own: OwnCase, found: list[PriceProtection], at: int, when: str) -> Decision:
    order = own.order
    missing = list(dict.fromkeys(fact for one in found for fact in one.missing))
    cheaper = [one for one in found if one.eligible]
    undecided = [one for one in found if one.eligible is None]
    # of several lines the one that fell is what is asked about
    only = found[0] if len(found) == 1 else cheaper[0] if len(cheaper) == 1 and not undecided else None
    facts: dict[str, Any] = {
        "order_id": order.order_id,
        "placed_at": order.placed_at,
        "compared_at": at,
        "lines": [
            one.model_dump(include={"line_id", "eligible", "reason", "units", "price_then", "price_now", "difference_per_unit",
                                    "refund_amount", "window_ends"})
            for one in found
        ],
    }  # fmt: skip
    shared = ("window_ends", "window_days", "starts_from", "reason")
    if only is not None:
        names = ("line_id", "eligible", "difference_per_unit", "refund_amount", "units", "price_then", "price_now", *shared)
        facts |= {name: getattr(only, name) for name in names}
    else:
        facts |= {name: next(iter({getattr(one, name) for one in found}))
                  for name in shared if len({getattr(one, name) for one in found}) == 1}  # fmt: skip
        facts["eligible"] = True if cheaper else None if undecided else False
        if not undecided:
            facts["refund_amount"] = sum((one.refund_amount or Money(0) for one in cheaper), Money(0))
    unknown = bool(undecided) and not cheaper
    verdict: Verdict | None = None
    if not unknown and wants_verdict(frame):
        within = bool(cheaper) or any(one.reason in ("NO_DROP", "EXCLUDED") for one in found)
        verdict = put("YES" if cheaper or (within and _WINDOW_ASKED.search(frame.text)) else "NO", frame)
    return Decision(
        "UNKNOWN" if unknown else "ANSWERED",
        facts=facts,
        verdict=verdict,
        trace=[step for one in found for step in one.trace],
        missing=missing if unknown else [],
        words={
            **own_words(own, [only.line_id] if only is not None else [one.line_id for one in found]),
            "cheaper": [one.line_id for one in cheaper],
            "undecided": [one.line_id for one in undecided],
            "when": when,
        },
        variant="UNKNOWN" if unknown else "SEVERAL" if only is None else "ONE",
        graph=own.case.graph,
    )


def _policy(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The terms as such: how long the price is protected."""
    area = yield from area_asked(frame)
    if isinstance(area, Decision):
        return area
    terms = [term for term in (yield from terms_in_force("PRICE_PROTECTION", asker.now)) if area.applies(term.scope)]
    only = terms[0].values if len(terms) == 1 else None
    facts = {"window_days": only.window_days if only else None, "starts_from": only.from_ if only else None}
    return in_general("PRICE_PROTECTION", area, terms, facts, put("YES", frame) if wants_verdict(frame) else None)
