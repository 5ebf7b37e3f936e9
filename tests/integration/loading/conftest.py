from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kg_service.graph import open_store
from kg_service.graph.store import Store


@pytest.fixture
def make_store(tmp_path: Path, _arcade_seed: Path) -> Iterator[Callable[[], Store]]:
    """Makes empty embedded stores beside the test's own store, to compare with."""
    with ExitStack() as stack:
        made: list[Store] = []

        def make() -> Store:
            folder = tmp_path / f"other{len(made)}"
            shutil.copytree(_arcade_seed, folder)
            made.append(open_store(folder))
            stack.callback(made[-1].close)
            return made[-1]

        yield make
