from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kg_service.graph import open_store
from kg_service.graph.store import Store


@pytest.fixture
def make_store(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Makes empty stores, closed at the end."""
    with ExitStack() as stack:
        made: list[Store] = []

        def make() -> Store:
            store = open_store(tmp_path / f"store{len(made)}")
            made.append(store)
            stack.callback(store.close)
            return store

        yield make


@pytest.fixture
def store(make_store: Callable[[], Store]) -> Store:
    return make_store()
