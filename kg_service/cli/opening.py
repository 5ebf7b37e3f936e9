"""Opening the engine for a command; what is slow to import is imported here and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg_service.api.engine import Engine

__all__ = ["open_engine"]


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
