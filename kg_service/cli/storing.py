"""Opening a store for commands that need no engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg_service.graph.store import Store

__all__ = ["open_location"]


def open_location(store: str | None) -> Store:
    """The store at a location; ``None`` leaves the choice to ``KG_STORE``, else ``./.kg``.

    Raises
    ------
    StoreLocked, StoreUnavailable, ConfigurationError
    """
    from kg_service.api.settings import Settings
    from kg_service.graph.opening import open_store

    settings = Settings.load(store=store)
    return open_store(settings.store, settings.store_options())
