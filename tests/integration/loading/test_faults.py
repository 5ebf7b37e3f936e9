"""A full disk, two loads at once, a rejects folder in the way: clear errors, and a later load sets it right."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg_service.errors import LoadRefused
from kg_service.graph import open_store
from kg_service.graph.store import Store
from kg_service.loading import load
from tests.benchmarks.synthetic import write_data_set
from tests.integration.loading.snapshot import differences, snapshot

# A limit on the size of a file stands in for a disk that is full: a write fails in the middle of the load.
FULL = """
import resource, signal, sys
from kg_service.errors import KgError
from kg_service.graph import open_store
from kg_service.loading import load
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_store(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    load(store, sys.argv[2])
except KgError as error:
    print(type(error).__name__, error)
    sys.stdout.flush()
    import os
    os._exit(3)
"""


def test_after_a_full_disk_the_load_is_completed_by_loading_again(tmp_path: Path, make_store: Callable[[], Store]) -> None:
    folder = write_data_set(tmp_path / "data", 150)
    expected = make_store()
    load(expected, folder)
    make_store().close()
    shutil.copytree(tmp_path / "other1", tmp_path / "full")
    limit = max(path.stat().st_size for path in (tmp_path / "full").iterdir()) + 200_000
    run = [sys.executable, "-c", FULL, str(tmp_path / "full"), str(folder), str(limit)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=120)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    with open_store(tmp_path / "full") as store:
        load(store, folder)
        assert differences(snapshot(store), snapshot(expected)) == []


def test_two_loads_at_once_make_the_same_graph(
    store: Store, tmp_path: Path, make_store: Callable[[], Store], request: pytest.FixtureRequest
) -> None:
    folder = write_data_set(tmp_path / "data", 100)
    stores = [store, store]
    if store.info().kind == "neo4j":  # as another process would
        stores[1] = open_store(request.getfixturevalue("neo4j_server").uri, request.getfixturevalue("neo4j_options"))
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda at: load(at, folder), stores))
    if stores[1] is not store:
        stores[1].close()
    assert all(report.ok for report in reports)
    expected = make_store()
    load(expected, folder)
    assert differences(snapshot(store), snapshot(expected)) == []


def test_rejected_rows_never_overwrite_another_folder(tmp_path: Path, make_store: Callable[[], Store]) -> None:
    folder = write_data_set(tmp_path / "data", 5)
    (tmp_path / "data.rejects").mkdir()
    (tmp_path / "data.rejects" / "important.txt").touch()
    with pytest.raises(LoadRefused, match="something else"):
        load(make_store(), folder)
