"""Opening a store for commands that need no engine."""

from __future__ import annotations

import os
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
    from kg_service.graph.opening import open_store
    from kg_service.graph.options import StoreOptions

    options = StoreOptions(
        user=os.environ.get("KG_USER"), password=os.environ.get("KG_PASSWORD"), database=os.environ.get("KG_DATABASE")
    )
    return open_store(store or os.environ.get("KG_STORE") or ".kg", options)
