"""``kg chat``: a conversation that keeps its context."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from kg_service.cli.explain import save_picture, show_explanation
from kg_service.cli.opening import open_engine
from kg_service.cli.options import Channel, ExternalId, Now, Order, Role, RoleName, Store, User
from kg_service.cli.terminal import complain, interactive, notes, output
from kg_service.errors import KgError

if TYPE_CHECKING:
    from kg_service.answers.answer import Answer

__all__ = ["EXAMPLES", "chat"]

EXAMPLES = (
    "kg chat --user U1001",
    "kg chat --user U1001 --now 2026-11-12T10:00:00+08:00 < questions.txt",
)
_HELP = """\
/explain        how the last answer was reached
/graph FILE     draw what it was read from (.svg or .png)
/help           this list
/quit           leave (also Ctrl-D)"""


def chat(
    user: User = None,
    order: Order = None,
    session: Annotated[
        str | None,
        typer.Option("--session", metavar="ID", help="Go on with an earlier conversation.", show_default=False),
    ] = None,
    channel: Channel = None,
    external_id: ExternalId = None,
    now: Now = None,
    role: Role = RoleName.customer,
    store: Store = None,
) -> None:
    """Talk: follow-up questions are understood from what was said before.

    Arrow keys bring back earlier questions; in a pipe each line is a question.
    """
    session_id = session or f"chat-{uuid4().hex[:12]}"
    last: Answer | None = None
    with open_engine(store) as engine:
        for line in _lines():
            if line.startswith("/"):
                if line.split()[0] in ("/quit", "/exit", "/q"):
                    break
                _command(line, last)
                continue
            try:
                last = engine.ask(
                    line,
                    user_id=user,
                    order_id=order,
                    session_id=session_id,
                    channel=channel,
                    external_id=external_id,
                    now=now,
                    role=role.value,
                )
            except KgError as error:
                complain(str(error))
                continue
            _show(last)


def _show(answer: Answer) -> None:
    from kg_service.answers.show import answer_panel, plain

    if interactive():
        output().print(answer_panel(answer))
    else:
        print(plain(answer), flush=True)


def _command(line: str, last: Answer | None) -> None:
    name, _, rest = line.partition(" ")
    if name == "/help":
        print(_HELP)
    elif name not in ("/explain", "/graph"):
        complain(f"no command {name}; /help lists them")
    elif last is None:
        complain("nothing has been answered yet")
    elif name == "/explain":
        show_explanation(last)
    elif not rest.strip():
        complain("/graph needs a file name, for example /graph why.svg")
    else:
        try:
            save_picture(last, Path(rest.strip()).expanduser(), title=None)
            print(f"picture: {rest.strip()}")
        except (KgError, OSError) as error:
            complain(str(error))


def _lines() -> Iterator[str]:
    """What the person types, or the lines of a pipe; without empty ones."""
    if not (sys.stdin.isatty() and interactive()):
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    notes().print("[dim]/help lists commands; Ctrl-D leaves[/dim]")
    prompt: PromptSession[str] = PromptSession(history=FileHistory(str(_history())))
    while True:
        try:
            line = prompt.prompt("› ").strip()
        except EOFError:
            return
        except KeyboardInterrupt:
            continue
        if line:
            yield line


def _history() -> Path:
    """Earlier questions, readable by their author only."""
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    path = base / "kg-service" / "chat-history"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600, exist_ok=True)
    return path
