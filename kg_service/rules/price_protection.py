"""Price protection: a line bought recently is cheaper now, what does the buyer get back (promotions.md section 7, by term).

The window is counted as for returns: the day after the start is day 1, and it ends with its last day (Asia/Shanghai dates).
The unit price of the purchase is the list price less the recorded shares of layer 10; the unit price now is the current price
less what the promotions of layer 10 in force now take off one unit. Both leave out the kinds the term excludes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.order import Order, OrderLine
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.dataset.values import Fen, coerce
from kg_service.money import Money, half_up, parse_yuan
from kg_service.rules.after_sale import term_basis
from kg_service.rules.basket import BasketLine, Purchase
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.past import earlier_returns
from kg_service.rules.pricing import price_basket
from kg_service.rules.receipt import receipt_of
from kg_service.rules.scope import covers
from kg_service.rules.topic_terms import topic_terms
from kg_service.times import day_of, parse_instant
from kg_service.trace import Basis, Step

__all__ = ["PriceProtection", "price_protection"]

_ITEM_LAYER = 10
_HELD = frozenset({"COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET"})

Why = Literal["NO_DROP", "WINDOW_OVER", "EXCLUDED", "ALL_RETURNED", "NOT_PAID", "ORDER_CANCELLED"]


class PriceProtection(BaseModel):
    """Whether a line's price is protected. Amounts are 分 in Python, decimal yuan when dumped.

    Attributes
    ----------
    eligible : None when a fact is missing
    reason : why not. WINDOW_OVER: the last day has passed, whatever the price is. NO_DROP: not cheaper now than then.
        EXCLUDED: cheaper only by kinds the term excludes. ALL_RETURNED: no unit is kept. NOT_PAID, ORDER_CANCELLED: nothing
        was bought.
    difference_per_unit : then − now, 分 (half up where a unit's share is no whole 分); 0 where nothing is cheaper
    refund_amount : difference_per_unit × units kept; 0 where not eligible
    window_ends : the last day; None where the window has not begun (counted from receipt, not yet received)
    price_then, price_now : the unit prices that were compared, 分
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    line_id: str
    eligible: bool | None
    reason: Why | None = None
    difference_per_unit: Fen | None = None
    refund_amount: Fen | None = None
    window_ends: date | None = None
    window_days: int | None = None
    starts_from: Literal["RECEIVED", "PAID"] | None = None
    units: int | None = None
    price_then: Fen | None = None
    price_now: Fen | None = None
    term_id: str | None = None
    missing: list[str] = []
    trace: list[Step] = []


def price_protection(
    order: Order | Mapping[str, Any],
    line_id: str,
    promotions: Iterable[Promotion | Mapping[str, Any]],
    terms: Iterable[Term | Mapping[str, Any]],
    at: Any,
    *,
    price: Any = None,
    offers: Iterable[Promotion | Mapping[str, Any]] = (),
    purchase: Purchase | None = None,
    catalogue: Catalogue | None = None,
) -> PriceProtection:
    """Compare a line's unit price at the purchase with the one at an instant.

    A pure function: no store, no clock. Terms in force when the order was placed count. Where several cover the goods, the
    latest window and, of their exclusions, those with the greatest difference: per value the best for the buyer (a window's
    length and its start are one value). A term that states no exclusions excludes nothing. Without a term nothing was
    promised that the record knows of: the answer names the missing term.

    Parameters
    ----------
    promotions : iterable of Promotion
        The versions the order's applications name.
    at : str, datetime or int
        The instant prices are compared at (ISO 8601, or epoch ms).
    price : str or Money, optional
        The list price of one unit at that instant, decimal yuan; absent: the catalogue's current price.
    offers : iterable of Promotion
        The promotions in force at that instant; those of layer 10 about the goods count. A first order's offer does not:
        who asks has bought before.
    purchase : Purchase, optional
        Who would buy now, and how; absent: as the order was placed, by a customer whose level is not known.

    Returns
    -------
    PriceProtection

    Examples
    --------
    >>> order = {"order_id": "O", "user_id": "U", "status": "RECEIVED", "placed_at": "2026-11-01", "paid_at": "2026-11-01",
    ...          "received_at": "2026-11-05", "applications": [], "returns": [],
    ...          "lines": [{"line_id": "1", "sku_id": "K", "quantity": 2, "list_price": "129.00"}]}
    >>> term = {"term_id": "T", "topic": "PRICE_PROTECTION", "text": "15 天价保", "basis": "PLATFORM_TERM",
    ...         "values": {"window_days": 15, "from": "RECEIVED", "excludes": []}}
    >>> found = price_protection(order, "1", [], [term], "2026-11-20T23:59:59", price="119.00")
    >>> found.eligible, str(found.refund_amount), found.window_ends.isoformat()
    (True, '20.00', '2026-11-20')
    >>> price_protection(order, "1", [], [term], "2026-11-21", price="119.00").reason
    'WINDOW_OVER'
    """
    the_order = coerce(Order, order)
    line = next(one for one in the_order.lines if one.line_id == line_id)
    goods = (catalogue or {}).get(line.sku_id) or Goods(line.sku_id, shop_id=the_order.shop_id if catalogue is None else None)
    instant = parse_instant(at)
    buying = (purchase or Purchase()).model_copy()
    buying = buying.model_copy(
        update={
            "at": instant,
            "channel": buying.channel or the_order.channel,
            "order_type": buying.order_type or the_order.order_type,
            "region": buying.region or the_order.region,
        }
    )
    now = goods.price if price is None else int(parse_yuan(price))
    claim = _Claim(
        the_order,
        line,
        goods,
        {one.key: one for one in (coerce(Promotion, item) for item in promotions)},
        instant,
        now,
        [coerce(Promotion, item) for item in offers],
        buying,
        catalogue,
    )
    return claim.decide([coerce(Term, term) for term in terms])


@dataclass(frozen=True)
class _Window:
    """From a term: how long, from when; ``ends`` is None while it has not begun."""

    term: Term
    ends: date | None


@dataclass(frozen=True)
class _Claim:
    order: Order
    line: OrderLine
    goods: Goods
    applied: Mapping[str, Promotion]
    at: int
    list_now: int | None
    offers: Sequence[Promotion]
    purchase: Purchase
    catalogue: Catalogue | None

    def decide(self, terms: Sequence[Term]) -> PriceProtection:
        order = self.order
        if order.status == "CANCELLED":
            return self._no("ORDER_CANCELLED", Basis(kind="RECORD", id=order.order_id, text="订单已取消"))
        if order.paid_at is None and order.status == "PLACED":
            return self._no("NOT_PAID", Basis(kind="RECORD", id=order.order_id, text="订单未付款"))
        found = topic_terms(terms, "PRICE_PROTECTION", self.goods, order.placed_at)
        if not found.matching:
            missing = list(found.unsure) or [f"Term PRICE_PROTECTION for Product {self.goods.product_id or self.goods.sku_id}"]
            return PriceProtection(line_id=self.line.line_id, eligible=None, missing=missing)
        windows, missing = self._windows(found.matching)
        if not windows:
            return PriceProtection(line_id=self.line.line_id, eligible=None, missing=missing)
        best = max(windows, key=lambda one: (one.ends is None, one.ends or date.min))
        step = self._window_step(best)
        if best.ends is not None and day_of(self.at) > best.ends:
            if missing or found.unsure:
                # another term may still be open
                return self._unknown(best, [*missing, *found.unsure], [step])
            return self._over(best, step)
        return self._compared(best, found.matching, [step], [*missing, *found.unsure])

    # the window

    def _windows(self, terms: Sequence[Term]) -> tuple[list[_Window], list[str]]:
        found: list[_Window] = []
        missing: list[str] = []
        order = self.order
        for term in terms:
            days, start = term.values.window_days, term.values.from_
            if days is None or start is None:
                missing.append(f"Term {term.term_id}.{'window_days' if days is None else 'from'}")
                continue
            since = self._since(start)
            if since is not None:
                found.append(_Window(term, day_of(since) + timedelta(days=days)))
            elif start == "RECEIVED" and order.status in ("PAID", "SHIPPED"):
                found.append(_Window(term, None))
            else:
                missing.append(f"Order {order.order_id}.{'received_at' if start == 'RECEIVED' else 'paid_at'}")
        return found, list(dict.fromkeys(missing))

    def _since(self, start: str | None) -> int | None:
        """The instant a window is counted from."""
        return receipt_of(self.order, self.line.line_id).at if start == "RECEIVED" else self.order.paid_at

    def _window_step(self, window: _Window) -> Step:
        values = window.term.values
        start = "received" if values.from_ == "RECEIVED" else "paid"
        since = self._since(values.from_)
        return Step(
            rule="price_protection.window",
            inputs={
                "line_id": self.line.line_id,
                "days": values.window_days,
                "from": values.from_,
                "start": None if since is None else str(day_of(since)),
                "today": str(day_of(self.at)),
            },
            formula="not begun" if window.ends is None else f"{start} + {values.window_days} days = {window.ends}",
            result=None if window.ends is None else str(window.ends),
            basis=term_basis(window.term),
        )

    # the prices

    def _compared(self, window: _Window, terms: Sequence[Term], trace: list[Step], unsure: list[str]) -> PriceProtection:
        units = self._units()
        if units == 0:
            return self._no("ALL_RETURNED", Basis(kind="RECORD", id=self.order.order_id, text="商品已全部退回"), window, trace)
        exclusions: dict[frozenset[str], Term] = {frozenset(term.values.excludes or ()): term for term in reversed(terms)}
        compared: list[tuple[Fraction, frozenset[str], Fraction, int]] = []
        missing: list[str] = []
        for excludes in exclusions:
            then, now = self._then(excludes), self._now(excludes)
            facts = [*(then if isinstance(then, list) else ()), *(now if isinstance(now, list) else ())]
            if isinstance(then, list) or isinstance(now, list):
                missing.extend(facts)
            else:
                compared.append((then - now, excludes, then, now))
        if missing or not compared:
            return self._unknown(window, missing, trace)
        difference, excludes, then, now = max(compared, key=lambda one: (one[0], sorted(one[1])))
        term = exclusions[excludes]
        per_unit = max(0, half_up(difference))
        trace = [*trace, self._price_step("then", then, excludes), self._price_step("now", Fraction(now), excludes)]
        base: dict[str, Any] = {
            **self._base(window),
            "units": units if isinstance(units, int) else None,
            "price_then": Money(half_up(then)),
            "price_now": Money(now),
        }
        if not per_unit:
            if unsure:
                return self._unknown(window, unsure, trace)
            reason: Why = "EXCLUDED" if self._cheaper_with_all() else "NO_DROP"
            trace.append(self._verdict_step(then, now, reason, term))
            none = Money(0)
            return PriceProtection(
                **{**base, "eligible": False, "reason": reason, "difference_per_unit": none, "refund_amount": none,
                   "trace": trace}
            )  # fmt: skip
        if isinstance(units, str):
            return self._unknown(window, [units], trace)
        refund = Money(per_unit * units)
        trace.append(
            Step(
                rule="price_protection.refund",
                inputs={"line_id": self.line.line_id, "price_then": str(base["price_then"]), "price_now": str(Money(now)),
                        "units_kept": units},
                formula=f"({base['price_then']} − {Money(now)}) × {units} = {refund}",
                result={"difference_per_unit": str(Money(per_unit)), "refund_amount": str(refund)},
                basis=term_basis(term),
            )
        )  # fmt: skip
        return PriceProtection(
            **{**base, "eligible": True, "difference_per_unit": Money(per_unit), "refund_amount": refund,
               "trace": trace}
        )  # fmt: skip

    def _units(self) -> int | str:
        """Units kept; a string names the fact that is missing."""
        if self.order.returns is None:
            return f"Order {self.order.order_id}.returns"
        gone = sum(
            part.quantity for item in earlier_returns(self.order) for part in item.lines if part.line_id == self.line.line_id
        )
        return self.line.quantity - gone

    def _then(self, excludes: frozenset[str]) -> Fraction | list[str]:
        """The unit price of the purchase after layer 10; a list names the facts that are missing."""
        order, line = self.order, self.line
        if order.applications is None:
            return [f"Order {order.order_id}.applications"]
        shares, missing = 0, []
        for application in order.applications:
            share = sum(int(part.share) for part in application.participants if part.line_id == line.line_id)
            if not share:
                continue
            promotion = self.applied.get(f"{application.promotion_id}@{application.version}")
            if promotion is None:
                missing.append(f"Promotion {application.promotion_id}@{application.version}")
            elif promotion.layer_number == _ITEM_LAYER and promotion.kind not in excludes:
                shares += share
        return missing or Fraction(int(line.list_price) * line.quantity - shares, line.quantity)

    def _now(self, excludes: frozenset[str]) -> int | list[str]:
        """What one unit costs after layer 10 at the instant; a list names the facts that are missing."""
        if self.list_now is None:
            return [f"Sku {self.line.sku_id}.price"]
        offers = [
            one
            for one in self.offers
            if one.layer_number == _ITEM_LAYER
            and one.kind not in excludes
            and one.kind not in _HELD
            and one.condition.nth_order != 1
            and covers(one.scope, self.goods) is not False
        ]
        unit = BasketLine(line_id="1", sku_id=self.line.sku_id, quantity=1, list_price=Money(self.list_now))
        catalogue = {**(self.catalogue or {}), self.line.sku_id: self.goods}
        priced = price_basket([unit], offers, purchase=self.purchase, catalogue=catalogue)
        missing = [fact for verdict in priced.eligibility if verdict.status == "UNKNOWN" for fact in verdict.missing]
        return list(dict.fromkeys(missing)) or int(priced.lines[0].payable)

    def _cheaper_with_all(self) -> bool:
        """Whether the goods are cheaper once no kind is left out."""
        then, now = self._then(frozenset()), self._now(frozenset())
        return not isinstance(then, list) and not isinstance(now, list) and half_up(then - now) > 0

    # results

    def _base(self, window: _Window) -> dict[str, Any]:
        values = window.term.values
        return {
            "line_id": self.line.line_id,
            "window_ends": window.ends,
            "window_days": values.window_days,
            "starts_from": values.from_,
            "term_id": window.term.term_id,
        }

    def _no(self, reason: Why, basis: Basis, window: _Window | None = None, trace: Sequence[Step] = ()) -> PriceProtection:
        step = Step(
            rule="price_protection.eligible",
            inputs={"line_id": self.line.line_id, "status": self.order.status},
            result=reason,
            basis=basis,
        )
        base = {"line_id": self.line.line_id} if window is None else self._base(window)
        return PriceProtection(**{**base, "eligible": False, "reason": reason, "refund_amount": Money(0),
                                  "trace": [*trace, step]})  # fmt: skip

    def _over(self, window: _Window, step: Step) -> PriceProtection:
        return self._no("WINDOW_OVER", term_basis(window.term), window, [step])

    def _unknown(self, window: _Window, missing: Iterable[str], trace: list[Step]) -> PriceProtection:
        return PriceProtection(**{**self._base(window), "eligible": None, "missing": list(dict.fromkeys(missing)),
                                  "trace": trace})  # fmt: skip

    def _price_step(self, when: str, price: Fraction, excludes: frozenset[str]) -> Step:
        line = self.line
        record = Basis(kind="RECORD", id=f"{self.order.order_id}/{line.line_id}", text="购买时价格与单品优惠的分摊")
        current = Basis(kind="RECORD", id=line.sku_id, text="当前价格与生效中的单品优惠")
        listed = line.list_price if when == "then" else Money(self.list_now or 0)
        shown = str(Money(int(price))) if price.denominator == 1 else f"{price.numerator}/{price.denominator} 分"
        return Step(
            rule=f"price_protection.price_{when}",
            inputs={"line_id": line.line_id, "list_price": str(listed), "excludes": sorted(excludes)},
            formula=f"{listed} − layer 10 = {shown}",
            result=str(Money(half_up(price))),
            basis=record if when == "then" else current,
        )

    def _verdict_step(self, then: Fraction, now: int, reason: Why, term: Term) -> Step:
        return Step(
            rule="price_protection.eligible",
            inputs={"line_id": self.line.line_id, "price_then": str(Money(half_up(then))), "price_now": str(Money(now))},
            formula=f"{Money(half_up(then))} ≤ {Money(now)} without the excluded kinds",
            result=reason,
            basis=term_basis(term),
        )
