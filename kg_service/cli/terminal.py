"""What commands write to: standard output for results, standard error for everything else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["complain", "interactive", "learning_bar", "notes", "output"]

#: Lines in a pipe are not cut to a terminal's width, but tables have to end somewhere.
_PIPE_WIDTH = 140


def interactive() -> bool:
    """Whether a person looks at standard output."""
    return sys.stdout.isatty()


def output() -> Console:
    """The console on standard output; without colours and 140 columns wide in a pipe."""
    from rich.console import Console

    return Console(highlight=False, width=None if interactive() else _PIPE_WIDTH)


def notes() -> Console:
    """The console on standard error: progress and remarks that are not the result."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else _PIPE_WIDTH)


@contextmanager
def learning_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while intents are learnt, where a person looks at it; called with passes done, of how many."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    from rich.progress import Progress

    with Progress(console=console, transient=True) as bars:
        task = bars.add_task("learning", total=None)
        yield lambda done, of: bars.update(task, completed=done, total=of)


def complain(message: str, *, kind: str = "error") -> None:
    """One plain line on standard error."""
    print(f"kg: {kind}: {' '.join(message.split())}", file=sys.stderr)
