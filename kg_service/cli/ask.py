"""``kg ask``: one question, one answer."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from kg_service.cli import exits
from kg_service.cli.opening import open_engine
from kg_service.cli.options import Channel, ExternalId, Json, Now, Order, Role, RoleName, Store, User
from kg_service.cli.terminal import interactive, output

__all__ = ["EXAMPLES", "ask"]

EXAMPLES = (
    'kg ask "如果我退了手机,耳机的优惠还在吗" --user U1001',
    'kg ask "能退多少钱" --user U1001 --order O20261111001 --json | jq .facts',
    'echo "这款手机有货吗" | kg ask -',
)


def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.", show_default=False)],
    user: User = None,
    order: Order = None,
    session: Annotated[
        str | None,
        typer.Option("--session", metavar="ID", help="Keeps the context from one question to the next.", show_default=False),
    ] = None,
    channel: Channel = None,
    external_id: ExternalId = None,
    now: Now = None,
    role: Role = RoleName.customer,
    trace: Annotated[bool, typer.Option("--trace", help="Show facts and trace as well.")] = False,
    json: Json = False,
    store: Store = None,
) -> None:
    """Ask a question about orders, promotions and goods.

    A panel in a terminal, plain text in a pipe. The exit code tells the answer's status.
    """
    text = sys.stdin.read().strip() if question == "-" else os.fsencode(question).decode(errors="replace")
    with open_engine(store, once=True) as engine:
        answer = engine.ask(
            text,
            user_id=user,
            order_id=order,
            session_id=session,
            channel=channel,
            external_id=external_id,
            now=now,
            role=role.value,
        )
        started = {"store_start": engine.store_start_ms, **answer.timings_ms}
    if json:
        print(answer.model_copy(update={"timings_ms": started}).model_dump_json())
    else:
        from kg_service.answers.show import answer_panel, facts_table, plain, trace_tree

        console = output()
        if interactive():
            console.print(answer_panel(answer))
        else:
            print(plain(answer))
        if trace:
            console.print(facts_table(answer.facts))
            console.print(trace_tree(answer))
    raise typer.Exit(exits.BY_STATUS[answer.status])
