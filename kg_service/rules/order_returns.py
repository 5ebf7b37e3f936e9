"""The returns of one order: any number of them quoted or weighed over what is the same for all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg_service.dataset.customer import Coupon
from kg_service.dataset.term import Term
from kg_service.errors import RuleError
from kg_service.money import Money
from kg_service.rules.balance import refused_by_all_or_nothing, settle_balance
from kg_service.rules.benefits import quote_coupons, quote_gifts
from kg_service.rules.case import Case
from kg_service.rules.freight import quote_freight
from kg_service.rules.interval import Interval, refund_interval
from kg_service.rules.outcomes import outcomes_of
from kg_service.rules.past import Past, State, past_of
from kg_service.rules.points import points_used_ruling, quote_points
from kg_service.rules.quote import KeptLine, LineEligibility, LineQuantity, ReturnQuote
from kg_service.rules.settlement import Settlement
from kg_service.rules.smallest import smallest_superset
from kg_service.rules.trace import judgement_steps, refund_step, window_steps
from kg_service.rules.windows import Window, return_window

__all__ = ["OrderReturns", "Weighed"]

_REASONS = ("NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER")


@dataclass(frozen=True)
class Weighed:
    """What a return comes to, without its proof. Amounts in 分.

    Attributes
    ----------
    refused : a term refuses the return
    missing : facts without which the amounts could not be decided; they are 0 then
    """

    settlement: Settlement | None
    refund: int = 0
    owes: int = 0
    refused: bool = False
    missing: tuple[str, ...] = ()


class OrderReturns:
    """The returns of one order. What does not depend on the units that come back is computed once."""

    def __init__(
        self, case: Case, terms: Sequence[Term], at: int | None, coupons: Mapping[str, Coupon], gift_kept: bool | None
    ) -> None:
        self.case = case
        self.order = case.order
        self.terms = terms
        self.at = at
        self.coupons = coupons
        self.gift_kept = gift_kept
        self._windows: dict[tuple[str, str], Window] = {}

    @cached_property
    def past(self) -> Past:
        """What the earlier returns made of the order."""
        return past_of(self.case)

    @property
    def left(self) -> dict[str, int]:
        """The units of goods that can still be returned, by line; gifts follow what they were given for."""
        return {key: count for key, count in self.past.left.items() if count > 0 and not self.case.is_gift(key)}

    def window(self, line_id: str, reason: str) -> Window:
        """May a line come back for a reason, and until when."""
        if (line_id, reason) not in self._windows:
            line = self.case.lines[line_id]
            goods = self.case.goods_of(line)
            self._windows[line_id, reason] = return_window(self.order, line, goods, self.terms, reason, self.at)
        return self._windows[line_id, reason]

    def weigh(self, units: Mapping[str, int], reasons: Mapping[str, str]) -> Weighed:
        """What the return of some units comes to. Many times faster than :meth:`quote`, which also says why.

        Parameters
        ----------
        units : line_id to units, of those that are left
        reasons : line_id to the reason
        """
        before = self.past.state
        if before is None or self.past.missing:
            return Weighed(None, missing=tuple(self.past.missing))
        settlement = before.advance(self.case, units, reasons).settlement
        if settlement.missing:
            return Weighed(settlement, missing=tuple(settlement.missing))
        windows = [self.window(line_id, reasons[line_id]) for line_id in units if not self.case.is_gift(line_id)]
        refund, owes, refused = settle_balance(self.case, before.balance, settlement, windows, units)
        refused = refused or refused_by_all_or_nothing(settlement, windows, units)
        return Weighed(settlement, refund, owes, refused)

    def quote(
        self, returned: Mapping[str, int | None] | None = None, reason: str | Mapping[str, str] = "NO_REASON"
    ) -> ReturnQuote:
        """Quote one return; parameters, result and errors as of :func:`kg_service.rules.quote_return`."""
        units = self._units(returned)
        reasons = {line_id: _reason_of(reason, line_id) for line_id in units}
        windows = [self.window(line_id, reasons[line_id]) for line_id in units if not self.case.is_gift(line_id)]
        quote = ReturnQuote(
            order_id=self.order.order_id,
            returned=[LineQuantity(line_id=line_id, quantity=count) for line_id, count in units.items()],
            lines=[
                LineEligibility(line_id=w.line_id, eligible=w.eligible, window_ends=w.ends, reasons=list(w.reasons))
                for w in windows
            ],
            warnings=sorted({warning for window in windows for warning in window.warnings}),
            trace=[*window_steps(windows, self.case), *self.past.trace],
        )
        missing = [fact for window in windows for fact in window.missing]
        before = self.past.state
        if before is None or self.past.missing:
            interval = refund_interval(self.case, self.past, units, reasons)
            further = () if interval is None else interval.missing
            return _without_amounts(quote, windows, [*self.past.missing, *missing, *further], interval)
        after = before.advance(self.case, units, reasons)
        if after.settlement.missing:
            interval = refund_interval(self.case, self.past, units, reasons)
            return _without_amounts(quote, windows, [*missing, *after.settlement.missing], interval, after.settlement)
        return self._with_amounts(quote, windows, before, after, units, reasons, missing)

    def _with_amounts(
        self,
        quote: ReturnQuote,
        windows: list[Window],
        before: State,
        after: State,
        units: Mapping[str, int],
        reasons: Mapping[str, str],
        missing: list[str],
    ) -> ReturnQuote:
        case, settlement = self.case, after.settlement
        refund, owes, refused = settle_balance(case, before.balance, settlement, windows, units)
        refused = refused or refused_by_all_or_nothing(settlement, windows, units)
        if any(window.missing for window in windows):
            # what the law protects depends on the window: where that is not known, neither is whether a term may refuse
            refused = False
        trace = [*judgement_steps(case, settlement), refund_step(before.balance, settlement, refund, owes)]
        ruling = points_used_ruling(case, self.terms)
        no_points = frozenset({"POINTS"}) if ruling.value == "NO_RETURN_ON_PARTIAL" else frozenset()
        purse = self.past.purse(self.order, without=no_points)
        full = not any(count for line_id, count in settlement.kept.items() if not case.is_gift(line_id))
        instruments = purse.refund(refund, without=frozenset() if full else no_points) if purse is not None else []
        if purse is None:
            missing.append(f"Order {self.order.order_id}.payments")
        gifts = quote_gifts(case, settlement, self.gift_kept)
        if_kept = Money(refund - gifts.value_high) if gifts.due and gifts.value_high is not None else None
        coupons, coupon_steps, coupon_missing = quote_coupons(case, settlement, self.coupons, self.at)
        points, point_steps = quote_points(case, before.settlement, settlement, instruments, ruling)
        freight, freight_steps, freight_missing = quote_freight(
            case, before.settlement, settlement, after.gone, reasons, self.terms
        )
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
                    if not case.is_gift(line_id)
                ],
                "promotions": outcomes_of(settlement),
                "gifts": gifts.outcomes,
                "refund_if_gift_kept": if_kept if gifts.known else None,
                "refund_if_gift_kept_min": if_kept,
                "coupons": coupons,
                "points": points,
                "freight": freight,
                "smallest_return": self._smallest(before, units, reasons) if refused else [],
                "missing": _once([*missing, *gifts.missing, *coupon_missing, *freight_missing]),
                "trace": [*quote.trace, *trace, *gifts.trace, *coupon_steps, *point_steps, *freight_steps],
            }
        )

    def _units(self, returned: Mapping[str, int | None] | None) -> dict[str, int]:
        """The units to return, checked against what is left, in the order's line order."""
        left = self.past.left
        if returned is None:
            return self.left
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

    def _smallest(self, before: State, units: Mapping[str, int], reasons: Mapping[str, str]) -> list[LineQuantity]:
        """The smallest set with these units that may come back."""
        left = {line_id: count for line_id, count in before.settlement.kept.items() if not self.case.is_gift(line_id)}
        default = next(iter(reasons.values()), "NO_REASON")

        def may_come_back(wanted: Mapping[str, int]) -> bool:
            return not self.weigh(wanted, {**dict.fromkeys(wanted, default), **reasons}).refused

        return [
            LineQuantity(line_id=key, quantity=count) for key, count in smallest_superset(left, units, may_come_back).items()
        ]


def _without_amounts(
    quote: ReturnQuote,
    windows: list[Window],
    missing: list[str],
    interval: Interval | None,
    settlement: Settlement | None = None,
) -> ReturnQuote:
    eligible, reasons = _eligibility(windows, refused=False)
    bounds: dict[str, object] = {}
    if interval is not None:
        bounds = {"refund_min": Money(interval.low), "refund_max": Money(interval.high), "decides": interval.decides}
        bounds["trace"] = [*quote.trace, interval.step(quote.order_id)]
    elif missing:
        bounds["decides"] = missing[0]
    return quote.model_copy(
        update={
            **bounds,
            # a term of what is not known may refuse what the window allows
            "eligible": None if eligible else eligible,
            "reasons": reasons,
            "promotions": [] if settlement is None else outcomes_of(settlement),
            "missing": _once(missing),
        }
    )


def _reason_of(reason: str | Mapping[str, str], line_id: str) -> str:
    found = reason if isinstance(reason, str) else reason.get(line_id, "NO_REASON")
    if found not in _REASONS:
        raise RuleError(f"unknown reason {found!r}", do=f"one of {', '.join(_REASONS)}")
    return found


def _eligibility(windows: Sequence[Window], refused: bool) -> tuple[bool | None, list[str]]:
    # where it is not known, the fact that nobody recorded is the reason
    unknown = [fact for window in windows if window.eligible is None and not window.reasons for fact in window.missing]
    reasons = [*_once([reason for window in windows for reason in window.reasons]), *_once(unknown)]
    if refused:
        return False, ["REFUSED_BY_TERM", *reasons]
    if any(window.eligible is False for window in windows):
        return False, [reason for reason in reasons if reason != "IN_WINDOW"]
    if any(window.eligible is None for window in windows):
        return None, reasons
    return True, reasons


def _once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))
