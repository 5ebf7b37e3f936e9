"""Quoting a return: what comes back, what is lost, what may be deducted, and why (promotions.md sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kg_service.dataset.customer import Coupon
from kg_service.dataset.order import Order, OrderReturn
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.dataset.values import coerce
from kg_service.errors import RuleError
from kg_service.money import Money
from kg_service.rules.after_sale import AfterSaleRules, resolve
from kg_service.rules.benefits import quote_coupons, quote_gifts, quote_points
from kg_service.rules.case import Case
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.freight import quote_freight
from kg_service.rules.instruments import Purse
from kg_service.rules.outcomes import outcomes_of
from kg_service.rules.quote import InstrumentAmount, KeptLine, LineEligibility, LineQuantity, ReturnQuote
from kg_service.rules.settlement import Settlement, settle
from kg_service.rules.smallest import smallest_superset
from kg_service.rules.trace import judgement_steps, refund_step, window_steps
from kg_service.rules.windows import Window, return_window
from kg_service.times import parse_instant
from kg_service.trace import Step

__all__ = ["build_case", "quote_return"]

_REASONS = ("NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER")
_STRICTEST = ("FLOOR_ZERO", "CHARGE_BUYER", "REFUSE_ALONE")


@dataclass(frozen=True)
class _State:
    """An order after some returns: what is gone, and R (promotions.md section 6)."""

    gone: Mapping[str, Mapping[str, int]]
    balance: int
    settlement: Settlement


def build_case(
    order: Order, promotions: Iterable[Promotion], terms: Sequence[Term], catalogue: Catalogue | None = None
) -> Case:
    """An order with its promotions, their after-sale rules and its goods, ready to be settled.

    Parameters
    ----------
    catalogue : mapping of sku_id to Goods, optional
        ``None`` says that there is no catalogue at all: then no class keeps goods from coming back, and the goods belong to
        the order's shop. A catalogue that lacks a SKU leaves its facts unknown.
    """
    goods: dict[str, Goods] = {}
    for line in order.lines:
        if catalogue is None:
            goods[line.sku_id] = Goods(line.sku_id, shop_id=order.shop_id, return_class="NORMAL")
        else:
            goods[line.sku_id] = catalogue.get(line.sku_id) or Goods(line.sku_id)
    by_key = {promotion.key: promotion for promotion in promotions}
    members: dict[str, list[Goods]] = {}
    lines = {line.line_id: line for line in order.lines}
    for application in order.applications or []:
        key = f"{application.promotion_id}@{application.version}"
        members.setdefault(key, []).extend(goods[lines[p.line_id].sku_id] for p in application.participants)
    rules: dict[str, AfterSaleRules] = {
        key: resolve(promotion, terms, members.get(key, list(goods.values())), order.placed_at)
        for key, promotion in by_key.items()
    }
    return Case(order, by_key, rules, goods)


def quote_return(
    order: Order | Mapping[str, Any],
    promotions: Iterable[Promotion | Mapping[str, Any]],
    terms: Iterable[Term | Mapping[str, Any]] = (),
    returned: Mapping[str, int | None] | None = None,
    reason: str | Mapping[str, str] = "NO_REASON",
    at: Any = None,
    *,
    catalogue: Catalogue | None = None,
    coupons: Iterable[Coupon | Mapping[str, Any]] = (),
    gift_kept: bool | None = None,
) -> ReturnQuote:
    """Quote the return of some units of an order.

    A pure function of its arguments: no store, no clock. Models and mappings in the data-set format are both accepted.

    Parameters
    ----------
    order : Order or mapping
        As recorded; it is never repriced. Earlier returns count as gone.
    promotions : iterable of Promotion
        At least the versions that the order's applications name, and the one that waived the freight.
    terms : iterable of Term
        After-sale terms; those in force at the purchase that cover the goods count.
    returned : mapping of line_id to units
        ``None`` as the units means all that are left. Absent: everything that is left.
    reason : str or mapping of line_id to str
        NO_REASON, QUALITY, SELLER_FAULT, SIZE or OTHER.
    at : str, datetime or int, optional
        The instant of the return request (ISO 8601, or epoch ms). Without it windows cannot be judged.
    catalogue : mapping of sku_id to Goods, optional
        Where the goods stand in the catalogue; without it goods count as of class NORMAL, and a term or component whose scope
        names products or categories cannot be matched.
    coupons : iterable of Coupon
        For their expiry.
    gift_kept : bool, optional
        The customer says that the gifts stay with them.

    Returns
    -------
    ReturnQuote
        With ``missing`` naming the facts where an amount could not be decided.

    Raises
    ------
    RuleError
        When the return names a line the order does not have, or more units than are left.
    pydantic.ValidationError
        When a mapping does not fit the data-set format.

    Examples
    --------
    >>> promotion = {"promotion_id": "P", "name": "满3000减300", "kind": "AMOUNT_THRESHOLD_OFF",
    ...              "tiers": [{"value": "3000.00", "effect": {"off": "300.00"}}]}
    >>> order = {"order_id": "O", "user_id": "U", "status": "RECEIVED", "placed_at": "2026-11-01",
    ...          "received_at": "2026-11-05", "returns": [], "freight": {"charged": "0.00"},
    ...          "lines": [{"line_id": "1", "sku_id": "phone", "quantity": 1, "list_price": "3000.00"},
    ...                    {"line_id": "2", "sku_id": "earphones", "quantity": 1, "list_price": "500.00"}],
    ...          "applications": [{"application_id": "A", "promotion_id": "P", "grant": "300.00", "tier_index": 0,
    ...                            "participants": [{"line_id": "1", "role": "BOTH", "share": "257.14"},
    ...                                             {"line_id": "2", "role": "BOTH", "share": "42.86"}]}],
    ...          "payments": [{"payment_id": "1", "kind": "CASH", "amount": "3200.00"}]}
    >>> quote = quote_return(order, [promotion], returned={"1": 1}, at="2026-11-08")
    >>> str(quote.refund_amount), quote.promotions[0].outcome, quote.eligible
    ('2700.00', 'LOST', True)
    """
    the_order = coerce(Order, order)
    the_terms = [coerce(Term, term) for term in terms]
    case = build_case(the_order, [coerce(Promotion, item) for item in promotions], the_terms, catalogue)
    instant = None if at is None else parse_instant(at)
    by_coupon = {coupon.coupon_id: coupon for coupon in (coerce(Coupon, item) for item in coupons)}
    return _Quoter(case, the_terms, instant, by_coupon, gift_kept).quote(returned, reason)


class _Quoter:
    """One return of one order."""

    def __init__(
        self,
        case: Case,
        terms: Sequence[Term],
        at: int | None,
        coupons: Mapping[str, Coupon],
        gift_kept: bool | None,
    ) -> None:
        self.case = case
        self.order = case.order
        self.terms = terms
        self.at = at
        self.coupons = coupons
        self.gift_kept = gift_kept
        self.trace: list[Step] = []

    def quote(self, returned: Mapping[str, int | None] | None, reason: str | Mapping[str, str]) -> ReturnQuote:
        start, blocking = self._start()
        units = self._units(start, returned)
        reasons = {line_id: self._reason(reason, line_id) for line_id in units}
        wanted = [LineQuantity(line_id=line_id, quantity=count) for line_id, count in units.items()]
        windows = [self._window(line_id, reasons[line_id]) for line_id in units if not self._is_gift(line_id)]
        self.trace.extend(window_steps(windows, self.case))
        quote = ReturnQuote(
            order_id=self.order.order_id,
            returned=wanted,
            lines=[
                LineEligibility(line_id=w.line_id, eligible=w.eligible, window_ends=w.ends, reasons=list(w.reasons))
                for w in windows
            ],
            warnings=sorted({warning for window in windows for warning in window.warnings}),
        )
        missing = [fact for window in windows for fact in window.missing]
        before, purse, facts = self._after_earlier_returns(start)
        blocking += facts
        if before is None or blocking:
            return self._without_amounts(quote, windows, [*blocking, *missing])
        return self._with_amounts(quote, windows, before, purse, units, reasons, missing)

    def _with_amounts(
        self,
        quote: ReturnQuote,
        windows: list[Window],
        before: _State,
        purse: Purse | None,
        units: Mapping[str, int],
        reasons: Mapping[str, str],
        missing: list[str],
    ) -> ReturnQuote:
        after = self._advance(before, units, reasons)
        settlement = after.settlement
        if settlement.missing:
            return self._without_amounts(quote, windows, [*missing, *settlement.missing], settlement)
        refund, owes, refused = self._settle_balance(before.balance, settlement, windows, units)
        self.trace.extend(judgement_steps(self.case, settlement))
        self.trace.append(refund_step(before.balance, settlement, refund, owes))
        all_or_nothing = self._all_or_nothing(settlement, windows, units)
        refused = refused or bool(all_or_nothing)
        full = not any(count for line_id, count in settlement.kept.items() if not self._is_gift(line_id))
        instruments, used_back = self._instruments(purse, refund, settlement, full)
        if purse is None:
            missing.append(f"Order {self.order.order_id}.payments")
        gifts = quote_gifts(self.case, settlement, self.gift_kept)
        coupons, coupon_steps, coupon_missing = quote_coupons(self.case, settlement, self.coupons, self.at)
        points, point_steps = quote_points(self.case, before.settlement, settlement, used_back)
        freight, freight_steps, freight_missing = quote_freight(
            self.case, before.settlement, settlement, after.gone, reasons, self.terms
        )
        self.trace.extend([*gifts.trace, *coupon_steps, *point_steps, *freight_steps])
        eligible, reasons_out = _eligibility(windows, refused)
        return quote.model_copy(
            update={
                "eligible": eligible,
                "reasons": reasons_out,
                "refund_amount": Money(refund),
                "buyer_owes": Money(owes),
                "by_instrument": instruments,
                "kept": [
                    KeptLine(line_id=line_id, quantity=settlement.kept[line_id], payable=Money(payable))
                    for line_id, payable in settlement.payable.items()
                    if not self._is_gift(line_id)
                ],
                "promotions": outcomes_of(settlement),
                "gifts": gifts.outcomes,
                "refund_if_gift_kept": Money(refund - gifts.value_high) if gifts.due and gifts.known else None,
                "refund_if_gift_kept_min": Money(refund - gifts.value_high) if gifts.due else None,
                "coupons": coupons,
                "points": points,
                "freight": freight,
                "smallest_return": self._smallest(before, units, reasons) if refused else [],
                "missing": _once([*missing, *gifts.missing, *coupon_missing, *freight_missing]),
                "trace": self.trace,
            }
        )

    def _without_amounts(
        self, quote: ReturnQuote, windows: list[Window], missing: list[str], settlement: Settlement | None = None
    ) -> ReturnQuote:
        eligible, reasons = _eligibility(windows, refused=False)
        return quote.model_copy(
            update={
                "eligible": eligible,
                "reasons": reasons,
                "promotions": [] if settlement is None else outcomes_of(settlement),
                "missing": _once(missing),
                "trace": self.trace,
            }
        )

    # the order before this return

    def _start(self) -> tuple[_State, list[str]]:
        """The order as bought. Facts without which no amount can be given are returned beside it."""
        order = self.order
        missing = [
            f"Order {order.order_id}.{name}"
            for name, value in (("applications", order.applications), ("returns", order.returns))
            if value is None
        ]
        settlement = settle(self.case, {})
        unpaid = order.paid_at is None and order.status == "PLACED" and not order.payments
        return _State({}, 0 if unpaid else settlement.total, settlement), missing

    def _after_earlier_returns(self, start: _State) -> tuple[_State | None, Purse | None, list[str]]:
        """R and the kept units after the returns that were made or are in progress, in order of requested_at."""
        purse = None if self.order.payments is None else Purse(self.order.payments)
        state = start
        for item in _earlier(self.order):
            units = {part.line_id: part.quantity for part in item.lines}
            after = self._advance(state, units, dict.fromkeys(units, item.reason))
            if after.settlement.missing:
                return None, purse, after.settlement.missing
            refund, owes, _ = self._settle_balance(state.balance, after.settlement, [], {})
            if item.refund_amount is not None:
                refund = int(item.refund_amount)
                owes = int(item.buyer_paid) if item.buyer_paid is not None else 0 if refund else owes
            elif item.status == "REFUNDED":
                return None, purse, [f"Return {self.order.order_id}/{item.return_id}.refund_amount"]
            if purse is not None:
                purse.refund(refund)
                purse.pay_in(f"return {item.return_id}", owes)
            state = replace(after, balance=state.balance - refund + owes)
            self.trace.append(
                refund_step(
                    state.balance + refund - owes, after.settlement, refund, owes, rule="earlier_return", ref=item.return_id
                )
            )
        return state, purse, []

    def _advance(self, state: _State, units: Mapping[str, int], reasons: Mapping[str, str]) -> _State:
        gone = {line_id: dict(by_reason) for line_id, by_reason in state.gone.items()}
        for line_id, count in units.items():
            of_line = gone.setdefault(line_id, {})
            of_line[reasons[line_id]] = of_line.get(reasons[line_id], 0) + count
        return _State(gone, state.balance, settle(self.case, gone))

    def _units(self, start: _State, returned: Mapping[str, int | None] | None) -> dict[str, int]:
        """The units to return, checked against what is left, in the order's line order."""
        left = {line.line_id: line.quantity for line in self.order.lines}
        for item in _earlier(self.order):
            for part in item.lines:
                left[part.line_id] -= part.quantity
        if returned is None:
            return {line_id: count for line_id, count in left.items() if count > 0 and not self._is_gift(line_id)}
        for line_id, count in returned.items():
            where = f"order {self.order.order_id}"
            if line_id not in left:
                raise RuleError(f"there is no line {line_id}", where=where, do=f"the lines are {', '.join(left)}")
            if count is not None and not 1 <= count <= left[line_id]:
                raise RuleError(f"{count} units of line {line_id} cannot be returned, {left[line_id]} are left", where=where)
            if count is None and left[line_id] <= 0:
                raise RuleError(f"no unit of line {line_id} is left to return", where=where)
        wanted = {line_id: left[line_id] if count is None else count for line_id, count in returned.items()}
        return {line_id: wanted[line_id] for line_id in left if line_id in wanted}

    def _reason(self, reason: str | Mapping[str, str], line_id: str) -> str:
        found = reason if isinstance(reason, str) else reason.get(line_id, "NO_REASON")
        if found not in _REASONS:
            raise RuleError(f"unknown reason {found!r}", do=f"one of {', '.join(_REASONS)}")
        return found

    def _is_gift(self, line_id: str) -> bool:
        return self.case.lines[line_id].role == "GIFT"

    def _window(self, line_id: str, reason: str) -> Window:
        line = self.case.lines[line_id]
        return return_window(self.order, line, self.case.goods_of(line), self.terms, reason, self.at)

    # this return

    def _settle_balance(
        self, balance: int, settlement: Settlement, windows: Sequence[Window], units: Mapping[str, int]
    ) -> tuple[int, int, bool]:
        """refund_amount, buyer_owes, and whether a term refuses the return on its own."""
        if balance == 0 and self.order.status == "PLACED" and not self.order.payments:
            return 0, 0, False
        refund = balance - settlement.total
        if refund >= 0:
            return refund, 0, False
        strictest = "FLOOR_ZERO"
        found = False
        for judgement in settlement.judgements:
            rules = self.case.rules_of(judgement.application)
            if judgement.state not in ("DEGRADED", "BROKEN") or not judgement.application.grant or rules is None:
                continue
            if judgement.ruling is not None and judgement.ruling.value == "RECORDED_SHARE":
                continue  # as if qualified: it takes nothing back
            found = True
            value = rules.negative_settlement.value
            members = {participant.line_id for participant in judgement.application.participants}
            if value == "REFUSE_ALONE" and _protected(windows, members & set(units)):
                value = "CHARGE_BUYER"
            strictest = max(strictest, value, key=_STRICTEST.index)
        if not found:
            strictest = "CHARGE_BUYER"
        if strictest == "FLOOR_ZERO":
            return 0, 0, False
        return 0, -refund, strictest == "REFUSE_ALONE"

    def _all_or_nothing(self, settlement: Settlement, windows: Sequence[Window], units: Mapping[str, int]) -> list[str]:
        """The applications whose term refuses the return unless every participating unit comes back."""
        refusing = []
        for judgement in settlement.judgements:
            if judgement.ruling is None or judgement.ruling.value != "ALL_OR_NOTHING":
                continue
            members = {participant.line_id for participant in judgement.application.participants}
            if judgement.state not in ("DEGRADED", "BROKEN") or not any(settlement.kept[member] for member in members):
                continue
            if members & set(units) and not _protected(windows, members & set(units)):
                refusing.append(judgement.application.application_id)
        return refusing

    def _smallest(self, before: _State, units: Mapping[str, int], reasons: Mapping[str, str]) -> list[LineQuantity]:
        """The smallest set with these units that may come back."""
        left = {line_id: count for line_id, count in before.settlement.kept.items() if not self._is_gift(line_id)}
        default = next(iter(reasons.values()), "NO_REASON")

        def may_come_back(wanted: Mapping[str, int]) -> bool:
            return self._may_come_back(before, wanted, {**dict.fromkeys(wanted, default), **reasons})

        return [
            LineQuantity(line_id=key, quantity=count) for key, count in smallest_superset(left, units, may_come_back).items()
        ]

    def _may_come_back(self, before: _State, units: Mapping[str, int], reasons: Mapping[str, str]) -> bool:
        windows = [self._window(line_id, reasons[line_id]) for line_id in units]
        settlement = self._advance(before, units, reasons).settlement
        _, _, refused = self._settle_balance(before.balance, settlement, windows, units)
        return not refused and not self._all_or_nothing(settlement, windows, units)

    def _instruments(
        self, purse: Purse | None, refund: int, settlement: Settlement, full: bool
    ) -> tuple[list[InstrumentAmount], int]:
        """The refund by instrument, and how much of it is points."""
        if purse is None:
            return [], 0
        keep_points = not full and any(rules.points_used.value == "NO_RETURN_ON_PARTIAL" for rules in self.case.rules.values())
        parts = purse.refund(refund, without=frozenset({"POINTS"}) if keep_points else frozenset())
        return parts, sum(int(part.amount) for part in parts if part.kind == "POINTS")


def _earlier(order: Order) -> list[OrderReturn]:
    """Returns that count as gone: service RETURN in any status but REJECTED, by requested_at."""
    return sorted(
        (item for item in order.returns or [] if item.service == "RETURN" and item.status != "REJECTED"),
        key=lambda item: (item.requested_at, item.return_id),
    )


def _protected(windows: Sequence[Window], line_ids: set[str]) -> bool:
    """Some returned line is inside the statutory seven days and may come back: no term may refuse it (第十七条)."""
    return any(window.statutory for window in windows if window.line_id in line_ids)


def _eligibility(windows: Sequence[Window], refused: bool) -> tuple[bool | None, list[str]]:
    reasons = _once([reason for window in windows for reason in window.reasons])
    if refused:
        return False, ["REFUSED_BY_TERM", *reasons]
    if any(window.eligible is False for window in windows):
        return False, [reason for reason in reasons if reason != "IN_WINDOW"]
    if any(window.eligible is None for window in windows):
        return None, reasons
    return True, reasons


def _once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
