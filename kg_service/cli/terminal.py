"""What commands write to: standard output for results, standard error for everything else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["complain", "interactive", "notes", "output"]

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


def complain(message: str, *, kind: str = "error") -> None:
    """One plain line on standard error."""
    print(f"kg: {kind}: {' '.join(message.split())}", file=sys.stderr)
