"""What is exported loads again as it is: the graph does not change, and an empty one becomes the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg_service.errors import DataError
from kg_service.graph.store import Store
from kg_service.loading import check, export, load
from kg_service.resources import resource
from tests.benchmarks.synthetic import write_data_set
from tests.integration.loading.snapshot import differences, snapshot


@pytest.mark.parametrize("which", ["synthetic", "demo"])
def test_what_is_exported_loads_again_as_it_is(
    which: str, store: Store, make_store: Callable[[], Store], tmp_path: Path
) -> None:
    folder = write_data_set(tmp_path / "data", 40) if which == "synthetic" else resource("seed_data", "demo")
    loaded = load(store, folder)
    counts = export(store, tmp_path / "out")
    assert counts == {name: file.added for name, file in loaded.files.items() if file.added}
    assert check(tmp_path / "out").ok
    other = make_store()
    load(other, tmp_path / "out")
    # Explicit nulls and defaults are not told from absent ones, so fingerprints may differ; nothing else may.
    ours, theirs = snapshot(store, fingerprints=False), snapshot(other, fingerprints=False)
    assert differences(ours, theirs) == []


def test_a_folder_with_something_in_it_is_not_overwritten(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="not empty"):
        export(store, tmp_path)
