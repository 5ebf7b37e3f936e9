"""kill -9 during a load, then the load again: the same graph as an uninterrupted load."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg_service.graph import open_store
from kg_service.loading import load
from tests.benchmarks.synthetic import write_data_set
from tests.integration.loading.snapshot import Snapshot, differences, snapshot

# Small batches: many transactions, so that there are many places to be killed at.
CHILD = """
import sys
from kg_service.graph import open_store
from kg_service.loading import load as function, Progress
module = sys.modules["kg_service.loading.load"]
module._ROWS, module._ORDERS = 40, 20
store = open_store(sys.argv[1])
print("open", flush=True)
def step(at):
    if at.phase == "write":
        print("batch", flush=True)
function(store, sys.argv[2], replace=sys.argv[3] == "replace", progress=step)
store.close()
print("done", flush=True)
"""


def run_and_kill(store: Path, folder: Path, after: int, delay_s: float, mode: str = "add") -> bool:
    """Load in a process of its own and kill it after a number of batches; whether it was killed before its end."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(store), str(folder), mode], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert child.stdout is not None
    seen = 0
    for line in child.stdout:
        if line.strip() == "done":
            break
        seen += line.strip() == "batch"
        if seen >= after:
            break
    try:
        child.wait(timeout=delay_s)
    except subprocess.TimeoutExpired:
        os.kill(child.pid, signal.SIGKILL)
    child.stdout.close()
    return child.wait() == -signal.SIGKILL


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot]:
    """A data set, and its graph as an uninterrupted load makes it."""
    base = tmp_path_factory.mktemp("whole")
    folder = write_data_set(base / "data", 120)
    with open_store(base / "store") as store:
        load(store, folder)
        return folder, snapshot(store)


@pytest.mark.parametrize("after", [1, 12, 21])
def test_a_killed_load_is_completed_by_loading_again(tmp_path: Path, data: tuple[Path, Snapshot], after: int) -> None:
    folder, expected = data
    # When a load is killed, and the next one too, and then it is run to its end
    rng = random.Random(after)
    killed = [run_and_kill(tmp_path / "killed", folder, after * turn, rng.random() * 0.05) for turn in (1, 2)]
    assert killed[0], "the first process was to be killed before it was done"
    with open_store(tmp_path / "killed") as store:
        load(store, folder)
        found = snapshot(store)
        again = load(store, folder)
    # Then it is the same graph, and there is nothing left to do
    assert differences(found, expected) == []
    assert again.changed_files == []


def test_a_killed_replacement_is_completed_by_loading_again(tmp_path: Path) -> None:
    old, new = write_data_set(tmp_path / "old", 120, seed=1), write_data_set(tmp_path / "new", 90, seed=2)
    with open_store(tmp_path / "whole") as store:
        load(store, old)
        load(store, new, replace=True)
        expected = snapshot(store)
    with open_store(tmp_path / "killed") as store:
        load(store, old)
    assert run_and_kill(tmp_path / "killed", new, 20, 0.02, "replace")
    with open_store(tmp_path / "killed") as store:
        load(store, new, replace=True)
        assert differences(snapshot(store), expected) == []
