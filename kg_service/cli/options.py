"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

import typer

__all__ = ["Channel", "ExternalId", "Json", "Now", "Order", "Role", "RoleName", "Store", "User"]

_WHO = "Who asks, and when"


def _instant(value: str | None) -> str | None:
    """Refuse what is no time before anything is opened."""
    if value is not None:
        from kg_service.times import parse_instant

        try:
            parse_instant(value)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    return value


class RoleName(StrEnum):
    """Who is asking."""

    customer = "customer"
    agent = "agent"
    analyst = "analyst"


Store: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="FOLDER|URL", help="A folder (embedded) or neo4j://…; else KG_STORE, else ./.kg.", show_default=False
    ),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
User: TypeAlias = Annotated[
    str | None,
    typer.Option("--user", "-u", metavar="ID", help="The customer's user_id.", rich_help_panel=_WHO, show_default=False),
]
Order: TypeAlias = Annotated[
    str | None,
    typer.Option("--order", metavar="ID", help="The order the question is about.", rich_help_panel=_WHO, show_default=False),
]
Channel: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--channel",
        metavar="NAME",
        help="web, app, wechat, weibo, douyin, phone or api.",
        rich_help_panel=_WHO,
        show_default=False,
    ),
]
ExternalId: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--external-id", metavar="ID", help="The channel's own id of the customer.", rich_help_panel=_WHO, show_default=False
    ),
]
Now: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="ISO",
        help="The time of the question, for example 2026-11-12T10:00:00+08:00; else the data set's as_of, else the clock.",
        callback=_instant,
        rich_help_panel=_WHO,
        show_default=False,
    ),
]
Role: TypeAlias = Annotated[RoleName, typer.Option("--role", help="Who is asking.", rich_help_panel=_WHO)]
