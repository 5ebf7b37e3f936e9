"""Opening the engine for a command; what is slow to import is imported here and not before."""

from __future__ import annotations

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
    from kg_service.api.engine import Engine

    return Engine.open(store, quick_start=once)


def prepare_quick_start(info: StoreInfo) -> None:
    """Once on a machine, after a load into an embedded store: make what lets a command that answers once start faster."""
    if info.kind != "arcadedb":
        return
    from kg_service.cli.terminal import notes
    from kg_service.graph.jvm import make_archive

    if not make_archive(only_look=True):
        notes().print("preparing faster starts, once on this machine …")
        make_archive()
