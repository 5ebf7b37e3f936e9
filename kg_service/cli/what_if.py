"""``kg what-if``: what a return would come to, and better ways to return."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg_service.cli import exits
from kg_service.cli.opening import open_engine
from kg_service.cli.options import Json, Now, Store, User
from kg_service.cli.terminal import complain, interactive, output

if TYPE_CHECKING:
    from rich.table import Table

    from kg_service.api.what_if import WhatIf
    from kg_service.rules.quote import ReturnQuote
    from kg_service.rules.what_if import Ways

__all__ = ["EXAMPLES", "what_if"]

EXAMPLES = (
    "kg what-if O20261108001 --user U1001 --return L1",
    "kg what-if O20261107010 --user U1029 --return L1=1 --return L3 --reason QUALITY",
    "kg what-if O20261108001 --user U1001 --cheapest L1 --keep PR-DIG-3000-300",
    "kg what-if O20261108001 --user U1001 --return L1 --waterfall return.svg",
)


def what_if(
    order: Annotated[str, typer.Argument(help="The order's id.", show_default=False)],
    user: User = None,
    returned: Annotated[
        list[str] | None,
        typer.Option("--return", metavar="LINE[=N]", help="What goes back: a line, or N of its units.", show_default=False),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="REASON", help="NO_REASON, QUALITY, SELLER_FAULT, SIZE or OTHER.")
    ] = "NO_REASON",
    cheapest: Annotated[
        list[str] | None,
        typer.Option("--cheapest", metavar="LINE[=N]", help="The cheapest ways to return this.", show_default=False),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option("--keep", metavar="PROMOTION", help="What may go back while this stays.", show_default=False),
    ] = None,
    waterfall: Annotated[
        Path | None,
        typer.Option("--waterfall", metavar="FILE", help="Draw the discounts into an .svg or .png file.", show_default=False),
    ] = None,
    now: Now = None,
    json: Json = False,
    store: Store = None,
) -> None:
    """Say what a return would do to promotions, money, gifts, coupons and freight; nothing is changed.

    Without --return, --cheapest and --keep everything that is left goes back.
    """
    if user is None:
        complain("an order is somebody's: say whose with --user")
        raise typer.Exit(exits.BY_STATUS["FORBIDDEN"])
    wanted, cheap = _units(returned), _units(cheapest)
    with open_engine(store, once=True) as engine:
        found = engine.what_if(order, user_id=user, returned=wanted, reason=reason, cheapest=cheap, keep=keep, now=now)
    if waterfall is not None and found.waterfall is not None:
        from kg_service.graph.waterfall import draw_waterfall

        draw_waterfall(found.waterfall, waterfall, title=f"订单 {order}")
    if json:
        print(found.model_dump_json())
    elif found.status == "NOT_FOUND":
        complain(f"customer {user} has no order {order}")
    else:
        _show(found)
    raise typer.Exit(exits.BY_STATUS[found.status])


def _units(items: list[str] | None) -> dict[str, int | None] | None:
    """``L1`` is a whole line, ``L1=2`` two of its units."""
    if not items:
        return None
    found: dict[str, int | None] = {}
    for item in items:
        line_id, sign, count = item.partition("=")
        if sign and not (count.isdecimal() and int(count) > 0):
            raise typer.BadParameter(f"{item}: after = stands a number of units")
        found[line_id] = int(count) if sign else None
    return found


def _show(found: WhatIf) -> None:
    from rich.text import Text

    console = output()
    if found.quote is not None:
        _show_quote(found, found.quote)
    if found.waterfall is not None and found.quote is not None:
        from kg_service.answers.waterfall import plain_waterfall, waterfall_table

        if interactive():
            console.print(waterfall_table(found.waterfall))
        else:
            console.print(Text(plain_waterfall(found.waterfall)), soft_wrap=True)
    for title, ways in (("最划算的退法", found.cheapest), ("优惠还在的最大退货组合", found.last_safe)):
        if ways is not None:
            console.print(_ways_table(title, ways, found.names))
            if not ways.exact:
                console.print(f"组合太多,只比较了 {ways.weighed} 种", soft_wrap=True)
    if found.missing:
        console.print(f"missing: {', '.join(found.missing)}", soft_wrap=True)


def _show_quote(found: WhatIf, quote: ReturnQuote) -> None:
    from rich.text import Text

    console = output()
    rows = [("退", "、".join(_named(found.names, one.line_id, one.quantity) for one in quote.returned))]
    able = {True: "可以退", False: "不能退", None: "要看情况"}[quote.eligible]
    rows.append(("能不能退", " ".join([able, *quote.reasons])))
    if quote.refund_amount is not None:
        rows.append(("退款", str(quote.refund_amount)))
        rows.append(("要补", str(quote.buyer_owes)))
    elif quote.refund_min is not None:
        rows.append(("退款", f"{quote.refund_min} – {quote.refund_max}, 取决于 {quote.decides}"))
    if quote.by_instrument:
        rows.append(("退到", "、".join(f"{one.kind} {one.amount}" for one in quote.by_instrument)))
    for gift in quote.gifts:
        rows.append(
            ("赠品", f"{found.names.get(gift.line_id, gift.line_id)} {gift.action} {gift.declared_value or ''}".rstrip())
        )
    for coupon in quote.coupons:
        rows.append(("券", f"{coupon.coupon_id} {'退回' if coupon.returned else '不退回'} {coupon.reason}"))
    if quote.points:
        rows.append(("积分", "、".join(f"{key} {value}" for key, value in quote.points.items())))
    freight = quote.freight
    deductible = "" if freight.deductible_max is None else f", 可能扣 {freight.deductible_min} – {freight.deductible_max}"
    rows.append(("运费", f"寄回 {freight.return_payer or '–'}{deductible}, 退还 {freight.refundable or '–'}"))
    table = _table(None, "", "")
    for name, value in rows:
        table.add_row(name, value)
    console.print(table)
    if quote.promotions:
        table = _table("优惠", "活动", "结果", "退货前", "退货后", right=2)
        for one in quote.promotions:
            table.add_row(one.name or one.promotion_id, one.outcome, str(one.discount_before), str(one.discount_after))
        console.print(table)
    if quote.kept:
        table = _table("留下的商品", "商品", "件数", "结算价", right=1)
        for kept in quote.kept:
            table.add_row(found.names.get(kept.line_id, kept.line_id), str(kept.quantity), str(kept.payable))
        console.print(table)
    if quote.smallest_return:
        least = "、".join(_named(found.names, one.line_id, one.quantity) for one in quote.smallest_return)
        console.print(Text(f"至少要一起退: {least}"), soft_wrap=True)


def _ways_table(title: str, ways: Ways, names: dict[str, str]) -> Table:
    table = _table(title, "退", "退款", "要补", "少掉的优惠", "优惠", right=1)
    for one in ways.sets:
        table.add_row(
            "、".join(_named(names, part.line_id, part.quantity) for part in one.returned),
            str(one.refund_amount),
            str(one.buyer_owes),
            str(one.discount_lost),
            "、".join(f"{promotion.name or promotion.promotion_id} {promotion.outcome}" for promotion in one.promotions),
        )
    return table


def _table(title: str | None, *columns: str, right: int = 99) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE, show_header=any(columns))
    for number, column in enumerate(columns):
        number_like = right <= number and column != "优惠"
        table.add_column(column, justify="right" if number_like else "left", overflow="fold")
    return table


def _named(names: dict[str, str], line_id: str, units: int) -> str:
    return f"{names.get(line_id, line_id)}×{units}"
