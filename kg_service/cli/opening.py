"""Opening the engine for a command; what is slow to import is imported here and not before."""

from __future__ import annotations

import gc
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg_service.api.engine import Engine
    from kg_service.graph.store import StoreInfo

__all__ = ["open_engine", "prepare_quick_start"]


def open_engine(store: str | None, *, once: bool = False) -> Engine:
    """The engine on a store; ``None`` leaves the choice to ``KG_STORE``.

    ``once`` prefers a fast start to peak speed, for commands that answer one question.

    Raises
    ------
    KgError
        As ``Engine.open``.
    """
    _tell_what_takes_long()
    from kg_service.api.engine import Engine
    from kg_service.cli.terminal import learning_bar
    from kg_service.parsing.learning import Learning

    Learning.shown = staticmethod(learning_bar)
    engine = Engine.open(store, quick_start=once)
    if not once:
        gc.enable()  # main() goes without
    return engine


class _Notes(logging.Handler):
    """What the engine says of itself, to the person at the terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        from kg_service.cli.terminal import notes

        notes().print(record.getMessage())


def _tell_what_takes_long() -> None:
    log = logging.getLogger("kg_service")
    if not any(isinstance(handler, _Notes) for handler in log.handlers):
        log.addHandler(_Notes())
        log.setLevel(logging.INFO)


def prepare_quick_start(info: StoreInfo) -> None:
    """Once on a machine, after a load into an embedded store: make what lets a command that answers once start faster."""
    if info.kind != "arcadedb":
        return
    from kg_service.cli.terminal import notes
    from kg_service.graph.jvm import make_archive

    if not make_archive(only_look=True):
        notes().print("preparing faster starts, once on this machine …")
        make_archive()
