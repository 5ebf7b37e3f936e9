"""What only the embedded store has: its folder, its lock, its recovery, its silence."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg_service.errors import StoreLocked, StoreUnavailable
from kg_service.graph import Statement, open_store
from kg_service.graph.arcadedb import ArcadeStore

WRITER = """
import sys
from kg_service.graph import GraphSchema, Statement, open_store
store = open_store(sys.argv[1])
store.apply_schema(GraphSchema.load().statements())
for number in range(100_000):
    rows = [{"id": f"{number}-{n}"} for n in range(20)]
    store.write([
        Statement("UNWIND $rows AS row CREATE (s:Shop {shop_id: row.id, name: 'n'})", {"rows": rows}),
        Statement("MERGE (d:DataSet {name: 'last'}) SET d.as_of = $number", {"number": number}),
    ])
    print(number, flush=True)
"""
OPENER = """
import sys
from kg_service.errors import KgError
from kg_service.graph import open_store
try:
    open_store(sys.argv[1])
except KgError as error:
    print(type(error).__name__, error)
"""
QUIET = """
import sys
from kg_service.graph import GraphSchema, Statement, open_store
store = open_store(sys.argv[1])
store.apply_schema(GraphSchema.load().statements())
store.write([Statement("CREATE (s:Shop {shop_id: 'H1', name: 'n'})")])
print(store.read(Statement("MATCH (s:Shop) RETURN s.shop_id AS id")))
"""


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, timeout=120)


def test_a_missing_folder_is_made_and_opened_again(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with open_store(folder) as store:
        store.write([Statement("CREATE (s:Shop {shop_id: 'H1', name: 'n'})")])
    with open_store(str(folder)) as store:
        assert store.read(Statement("MATCH (s:Shop) RETURN s.shop_id AS id")) == [{"id": "H1"}]


def test_several_stores_in_one_process(tmp_path: Path) -> None:
    with open_store(tmp_path / "one") as one, open_store(tmp_path / "two") as two:
        one.write([Statement("CREATE (s:Shop {shop_id: 'H1', name: 'n'})")])
        assert two.read(Statement("MATCH (s:Shop) RETURN count(s) AS number")) == [{"number": 0}]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear all")
    with pytest.raises(StoreUnavailable, match="holds no store"):
        open_store(tmp_path)


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="file"):
        open_store(tmp_path / "file")


def test_a_second_process_is_told_who_has_it(tmp_path: Path) -> None:
    with open_store(tmp_path / "store"):
        done = run(OPENER, tmp_path / "store")
        assert done.stdout.startswith("StoreLocked")
        assert "another process has this embedded store open" in done.stdout
        assert "kg serve" in done.stdout
        assert done.stderr == ""


def test_opening_twice_in_one_process(tmp_path: Path) -> None:
    with open_store(tmp_path / "store"), pytest.raises(StoreLocked, match="this process"):
        open_store(tmp_path / "store")


def test_nothing_but_the_answer_on_stdout(tmp_path: Path) -> None:
    done = run(QUIET, tmp_path / "store")
    assert done.stdout == "[{'id': 'H1'}]\n"
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_acknowledged_survives_the_process(tmp_path: Path, kind: signal.Signals) -> None:
    folder = tmp_path / "store"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 30:
                break
        time.sleep(0.05)
    finally:
        process.send_signal(kind)
    rest, _ = process.communicate(timeout=60)
    acknowledged = max(int(line) for line in (*rest.split(), "30"))
    with open_store(folder) as store:
        last = store.read(Statement("MATCH (d:DataSet) RETURN d.as_of AS number"))[0]["number"]
        assert last >= acknowledged
        # Whole transactions only: twenty shops for each.
        assert store.read(Statement("MATCH (s:Shop) RETURN count(s) AS number")) == [{"number": (last + 1) * 20}]
        store.write([Statement("CREATE (s:Shop {shop_id: 'after', name: 'n'})")])


def test_overlapping_limits_never_cut_a_call_short(tmp_path: Path) -> None:
    with ArcadeStore(tmp_path / "store") as store, store._limit(60_000), store._limit(5):
        configuration = store._open_database().get_java_database().getConfiguration()
        from com.arcadedb import GlobalConfiguration  # type: ignore[import-not-found]

        assert configuration.getValueAsLong(GlobalConfiguration.COMMAND_TIMEOUT) == 60_000
