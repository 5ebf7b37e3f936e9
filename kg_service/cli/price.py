"""``kg price``: what a basket costs, line by line, and what returning a line would lose."""

from __future__ import annotations

import csv
import json as jsonlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg_service.cli import exits
from kg_service.cli.opening import open_engine
from kg_service.cli.options import Channel, Json, Now, Store, User
from kg_service.cli.terminal import output
from kg_service.errors import DataError

if TYPE_CHECKING:
    from rich.table import Table

    from kg_service.answers.facts_basket import BestPriceFacts, NotAppliedFacts
    from kg_service.decisions.price_quote import PriceQuote

__all__ = ["EXAMPLES", "price", "read_lines"]

EXAMPLES = (
    "kg price K1001=2 K2002 --user U1",
    "kg price 炒锅 乳胶枕=2 --user U1001 --coupon CP2001 --no-best",
    "kg price --file basket.csv --channel app --json | jq .price.payable",
)
_UNITS = re.compile(r"^(?P<name>.+?)=(?P<units>\d+)$")


def price(
    goods: Annotated[
        list[str] | None,
        typer.Argument(metavar="GOODS[=UNITS]...", help="sku_ids or names, each with its units (1).", show_default=False),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            "-f",
            help="A basket: .csv with sku_id,quantity; .json or .yaml with {sku_id: quantity} or a list of {sku_id, quantity}.",
            show_default=False,
        ),
    ] = None,
    user: User = None,
    coupon: Annotated[
        list[str] | None,
        typer.Option("--coupon", metavar="ID", help="A coupon to use; with --best, to choose among.", show_default=False),
    ] = None,
    channel: Channel = None,
    freight: Annotated[str, typer.Option("--freight", metavar="YUAN", help="Freight before waivers.")] = "0.00",
    best: Annotated[bool, typer.Option("--best/--no-best", help="Choose the coupons that pay least.")] = True,
    now: Now = None,
    json: Json = False,
    store: Store = None,
) -> None:
    """Price a basket: list, each promotion, payable; why others do not apply; what returning each line would lose."""
    lines = read_lines(goods or [], file)
    with open_engine(store, once=True) as engine:
        quote = engine.price(lines, user_id=user, coupons=coupon or None, channel=channel, now=now, freight=freight, best=best)
    if json:
        print(quote.model_dump_json())
    else:
        _show(quote)
    raise typer.Exit(exits.BY_STATUS[quote.status])


def read_lines(goods: list[str], file: Path | None) -> dict[str, int]:
    """Units by sku_id or name, of the arguments and the file; the same goods twice are added up.

    Raises
    ------
    DataError
        When there are none, or the file cannot be read; the message names file and line.

    Examples
    --------
    >>> read_lines(["K1=2", "K2", "K1"], None)
    {'K1': 3, 'K2': 1}
    """
    lines: dict[str, int] = {}
    for text in goods:
        found = _UNITS.match(text)
        if found is None and "=" in text:
            raise DataError(f"{text!r}: units are a whole number", do="write GOODS=UNITS, for example K1001=2")
        name, units = (found["name"], int(found["units"])) if found else (text, 1)
        lines[name] = lines.get(name, 0) + units
    for name, units in _of_file(file) if file is not None else ():
        lines[name] = lines.get(name, 0) + units
    if not lines:
        raise DataError("the basket is empty", do="name goods, for example kg price K1001=2, or give --file")
    return lines


def _of_file(path: Path) -> list[tuple[str, int]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot be read: {error}", where=str(path), do="give a UTF-8 file") from error
    suffix = path.suffix.lower()
    if suffix == ".csv":
        rows: Any = [dict(row) for row in csv.DictReader(text.splitlines())]
    elif suffix in (".json", ".yaml", ".yml"):
        rows = _parsed(text, suffix, path)
    else:
        raise DataError(f"a basket is no {suffix or 'file without suffix'}", where=str(path), do="give .csv, .json or .yaml")
    if isinstance(rows, dict):
        inner = rows.get("lines")
        rows = inner if isinstance(inner, list) else [{"sku_id": key, "quantity": value} for key, value in rows.items()]
    if not isinstance(rows, list):
        raise DataError("a basket is a list of lines", where=str(path), do="write {sku_id: quantity} or a list")
    return [_line(row, number, path) for number, row in enumerate(rows, 1)]


def _parsed(text: str, suffix: str, path: Path) -> Any:
    import yaml

    try:
        return jsonlib.loads(text) if suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise DataError(" ".join(str(error).split()), where=str(path), do="mend the file") from error


def _line(row: Any, number: int, path: Path) -> tuple[str, int]:
    where = f"{path}: line {number} of the basket"
    if isinstance(row, str):
        row = {"sku_id": row}
    name = (row.get("sku_id") or row.get("name")) if isinstance(row, dict) else None
    if not name:
        raise DataError("no sku_id or name", where=where, do="write sku_id and quantity")
    units = str(row.get("quantity") or 1)
    if not units.isdigit() or not int(units):
        raise DataError(f"{units!r} is no number of units", where=where, do="write a whole number from 1 up")
    return str(name), int(units)


def _show(quote: PriceQuote) -> None:
    console = output()
    if quote.price is None:
        print(quote.text)
        return
    found = quote.price
    console.print(_lines_table(found))
    console.print(_sums_table(quote, found))
    if found.not_applied or found.conditional:
        console.print(_refused_table([*found.not_applied, *found.conditional]))
    if found.certificate is not None:
        coupons = ", ".join(found.coupons) or "none"
        console.print(f"coupons: {coupons} · proof: {found.certificate.method}, bound {found.certificate.bound}")
    for one in found.claimable:
        console.print(f"would pay less with a coupon to claim: {one.name} ({one.promotion_id})")
    if quote.on_return:
        console.print(_returns_table(quote))
    if quote.missing:
        console.print(f"missing: {', '.join(quote.missing)} (payable {found.payable_min} to {found.payable_max})")


def _table(title: str, *columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for name in columns:
        table.add_column(name.lstrip("#"), justify="right" if name.startswith("#") else "left", overflow="fold")
    return table


def _lines_table(found: BestPriceFacts) -> Table:
    names = {one.promotion_id: one.name for one in found.discounts}
    table = _table("Basket", "sku", "goods", "#units", "#list", "promotions", "#payable")
    for line in found.lines:
        shares = "\n".join(f"−{one.share} {names[one.promotion_id]}" for one in line.discounts)
        table.add_row(line.sku_id, line.name, str(line.quantity), str(line.list), shares, str(line.payable))
    return table


def _sums_table(quote: PriceQuote, found: BestPriceFacts) -> Table:
    table = _table("From list to payable", "step", "#amount")
    table.add_row("list", str(found.total))
    for one in found.discounts:
        used = f" (coupon {one.coupon_id})" if one.coupon_id else ""
        table.add_row(f"{one.name}{used}", f"−{one.discount}")
    if quote.freight:
        table.add_row("freight", str(quote.freight))
        if quote.freight_waived:
            table.add_row("freight waived", f"−{quote.freight_waived}")
    table.add_row("payable", "not known" if quote.to_pay is None else str(quote.to_pay), style="bold")
    for gift in found.gifts:
        table.add_row(f"gift {gift.sku_id} × {gift.quantity}", "")
    return table


def _refused_table(items: list[NotAppliedFacts]) -> Table:
    table = _table("Did not apply", "promotion", "status", "why", "#gap")
    for one in items:
        why = [reason.code for reason in one.reasons] or ([f"by {one.by}"] if one.by else ["missing " + ", ".join(one.missing)])
        gaps = [f"{reason.gap}{reason.unit or ''}" for reason in one.reasons if reason.gap is not None]
        table.add_row(one.name, one.status, ", ".join(why), ", ".join(gaps))
    return table


def _returns_table(quote: PriceQuote) -> Table:
    table = _table("If a line is returned", "goods", "#paid", "#refund", "#buyer owes", "promotions lost")
    for one in quote.on_return:
        lost = "\n".join(
            f"{item.promotion_id} {item.outcome} {item.discount_before}→{item.discount_after}" for item in one.promotions
        )
        refund = "not known: " + ", ".join(one.missing) if one.refund_amount is None else str(one.refund_amount)
        table.add_row(one.name, str(one.paid), refund, str(one.buyer_owes or "0.00"), lost)
    return table
