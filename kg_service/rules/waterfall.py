"""The discount waterfall of an order and of a return: list price, each promotion in the order it applied, freight, payable."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.values import Fen
from kg_service.money import Money
from kg_service.rules.case import Case
from kg_service.rules.quote import ReturnQuote

__all__ = ["Waterfall", "WaterfallRow", "build_rows", "waterfall_of_order"]

RowKind = Literal["LIST", "PROMOTION", "FREIGHT", "PAYABLE"]


class WaterfallRow(BaseModel):
    """One step. Amounts are positive; a PROMOTION takes its amount off. ``after`` is None without a return.

    ``before`` is the order as bought, ``after`` what the kept units cost after the return.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: RowKind
    label: str
    promotion_id: str | None = None
    before: Fen
    after: Fen | None = None


class Waterfall(BaseModel):
    """The steps from list price to what is paid; ``refund_amount`` and ``buyer_owes`` are of the return."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order_id: str
    rows: list[WaterfallRow]
    refund_amount: Fen | None = None
    buyer_owes: Fen | None = None

    @property
    def returned(self) -> bool:
        """Whether there is a return beside the order."""
        return any(row.after is not None for row in self.rows)

    def spans(self, *, after: bool = False) -> list[tuple[int, int]]:
        """Where each row's bar begins and ends, 分: sums from nothing, steps from where the one before ended."""
        found: list[tuple[int, int]] = []
        running = 0
        for row in self.rows:
            amount = int((row.after if after else row.before) or 0)
            if row.kind in ("LIST", "PAYABLE"):
                found.append((0, amount))
                running = amount
            else:
                end = running - amount if row.kind == "PROMOTION" else running + amount
                found.append((min(running, end), max(running, end)))
                running = end
        return found


def build_rows(
    total: tuple[int, int | None],
    promotions: list[tuple[str, str, int, int | None]],
    freight: int | None,
    payable: tuple[int, int | None],
) -> list[WaterfallRow]:
    """The rows from their figures, 分: (before, after) of list and payable, (id, name, before, after) of promotions."""

    def money(value: int | None) -> Money | None:
        return None if value is None else Money(value)

    rows = [WaterfallRow(kind="LIST", label="商品原价", before=Money(total[0]), after=money(total[1]))]
    rows += [
        WaterfallRow(kind="PROMOTION", label=name, promotion_id=key, before=Money(before), after=money(after))
        for key, name, before, after in promotions
        if before or after
    ]
    if freight:
        rows.append(
            WaterfallRow(
                kind="FREIGHT", label="运费", before=Money(freight), after=None if total[1] is None else Money(freight)
            )
        )
    paid = freight or 0
    rows.append(
        WaterfallRow(
            kind="PAYABLE",
            label="应付",
            before=Money(payable[0] + paid),
            after=None if payable[1] is None else Money(payable[1] + paid),
        )
    )
    return rows


def waterfall_of_order(case: Case, quote: ReturnQuote | None = None) -> Waterfall:
    """The waterfall of an order from its record, and beside it what a return leaves.

    Parameters
    ----------
    quote : a return of the order; without its amounts there is only the order
    """
    order = case.order
    after = quote is not None and quote.refund_amount is not None
    kept = {one.line_id: one for one in quote.kept} if quote is not None and after else {}
    total = sum(int(line.list_price) * line.quantity for line in order.lines)
    kept_total = sum(int(case.lines[key].list_price) * one.quantity for key, one in kept.items())
    now = {one.promotion_id: int(one.discount_after) for one in quote.promotions} if quote is not None and after else {}
    granted: dict[str, int] = {}
    names: dict[str, str] = {}
    for application in case.applications:
        key = application.promotion_id
        promotion = case.promotion_of(application)
        granted[key] = granted.get(key, 0) + int(application.grant)
        names[key] = promotion.name if promotion is not None else key
    rows = build_rows(
        (total, kept_total if after else None),
        [(key, names[key], grant, now.get(key, 0) if after else None) for key, grant in granted.items()],
        int(order.freight.charged) if order.freight is not None else None,
        (total - sum(granted.values()), sum(int(one.payable) for one in kept.values()) if after else None),
    )
    return Waterfall(
        order_id=order.order_id,
        rows=rows,
        refund_amount=quote.refund_amount if quote is not None else None,
        buyer_owes=quote.buyer_owes if quote is not None else None,
    )
