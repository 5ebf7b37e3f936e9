"""Loading is idempotent, rewrites what changed, and with ``replace`` removes what is gone; on both stores."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg_service.errors import LoadRefused
from kg_service.graph.store import Statement, Store
from kg_service.loading import load
from tests.benchmarks.synthetic import write_data_set
from tests.integration.loading.snapshot import differences, snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_data_set(tmp_path / "data", 60)


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def edit_order(folder: Path, order_id: str, **changes: object) -> None:
    path = folder / "orders.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        if row["order_id"] == order_id:
            row.update(changes)
            for key in [key for key, value in changes.items() if value is ...]:
                del row[key]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def fresh(store: Store, folder: Path, make: Callable[[], Store]) -> None:
    """The graph is what a first load of the folder into an empty store makes."""
    other = make()
    load(other, folder)
    assert differences(snapshot(store), snapshot(other)) == []


def test_loading_twice_changes_nothing_and_says_so(store: Store, folder: Path) -> None:
    first = load(store, folder)
    before = snapshot(store)
    assert first.ok
    assert first.total.added == first.total.rows > 0
    assert first.written
    second = load(store, folder)
    assert (second.total.added, second.total.changed, second.total.removed) == (0, 0, 0)
    assert second.total.unchanged == second.total.rows == first.total.rows
    assert "nothing changed" in str(second)
    assert not second.written
    assert snapshot(store) == before


def test_a_changed_row_is_rewritten_with_what_it_owns(store: Store, folder: Path, make_store: Callable[[], Store]) -> None:
    load(store, folder)
    edit_order(folder, "O0", returns=[], shipments=..., status="CLOSED", closed_at="2026-02-01T00:00:00+08:00", freight=0)
    edit(folder / "products.csv", lambda text: text.replace("品3,物3", "新品3,"))
    edit(folder / "product_relations.csv", lambda text: text.replace("P11,", "P11,配得上", 1))
    edit(folder / "skus.csv", lambda text: text.replace("S5,P2,", "S5,P3,"))
    report = load(store, folder)
    changed = {name for name, file in report.files.items() if file.changed}
    assert changed == {"orders", "products", "product_relations", "skus"}
    assert report.total.changed == 4
    assert report.total.added == report.total.removed == 0
    fresh(store, folder, make_store)


def test_a_dry_run_says_what_would_change_and_writes_nothing(store: Store, folder: Path) -> None:
    load(store, folder)
    before = snapshot(store)
    edit_order(folder, "O1", channel="wechat")
    edit(folder / "agents.csv", lambda text: text.replace("G1,小周,AFTER_SALES|ORDER", "G2,小郑,ORDER"))
    report = load(store, folder, replace=True, dry_run=True)
    assert (report.files["orders"].changed, report.files["agents"].added, report.files["agents"].removed) == (1, 1, 1)
    assert not report.written
    assert snapshot(store) == before


def test_replace_removes_what_the_data_set_no_longer_has(
    store: Store, tmp_path: Path, folder: Path, make_store: Callable[[], Store]
) -> None:
    load(store, write_data_set(tmp_path / "more", 90, seed=3))
    without = load(store, folder)
    assert without.total.removed == 0
    report = load(store, folder, replace=True)
    assert report.files["orders"].removed == 30
    fresh(store, folder, make_store)


def test_replace_leaves_another_data_set_alone(store: Store, tmp_path: Path, folder: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "manifest.yaml").write_text("name: other\nformat_version: 1\n", encoding="utf-8")
    (other / "brands.csv").write_text("brand_id,name\nZ1,他牌\n", encoding="utf-8")
    load(store, other)
    load(store, folder)
    load(store, folder, replace=True)
    assert store.read(Statement("MATCH (b:Brand {brand_id: 'Z1'}) RETURN b.name AS name")) == [{"name": "他牌"}]


def test_a_row_that_loses_what_it_refers_to_is_written_again_when_that_comes_back(
    store: Store, tmp_path: Path, folder: Path, make_store: Callable[[], Store]
) -> None:
    load(store, folder)
    # Product P3 goes, its SKU stays in the file: the SKU is rejected, its old node stays, without its edge.
    text = (folder / "products.csv").read_text(encoding="utf-8")
    edit(folder / "products.csv", lambda text: "".join(line for line in text.splitlines(True) if not line.startswith("P3,")))
    report = load(store, folder, replace=True)
    assert {problem.code for problem in report.problems} == {"REFERENCE", "REJECTED_REFERENCE"}
    (folder / "products.csv").write_text(text, encoding="utf-8")
    load(store, folder)
    fresh(store, folder, make_store)


def test_a_new_version_of_a_promotion_is_linked_to_the_coupons_there_are(
    store: Store, folder: Path, make_store: Callable[[], Store]
) -> None:
    load(store, folder)
    path = folder / "promotions.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows.append({**rows[-1], "version": 2, "name": "新券"})
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    report = load(store, folder)
    assert report.changed_files == ["promotions"]
    fresh(store, folder, make_store)


def test_bad_rows_go_to_a_folder_that_can_be_mended_and_loaded(
    store: Store, folder: Path, make_store: Callable[[], Store]
) -> None:
    good = (folder / "skus.csv").read_text(encoding="utf-8")
    edit(folder / "skus.csv", lambda text: text.replace("S3,P1,颜色=色3;容量=3,", "S3,P1,颜色=色3;容量=3,价"))
    report = load(store, folder)
    assert report.files["skus"].rejected == 1
    assert report.rejects is not None
    rejected = Path(report.rejects)
    # The orders and prices of that SKU are rejected with it, and wait beside it.
    assert {path.name for path in rejected.iterdir()} >= {"manifest.yaml", "skus.csv"}
    header, row = (rejected / "skus.csv").read_text(encoding="utf-8").splitlines()
    assert header == "sku_id,product_id,spec,price,stock,_line,_column,_value,_reason"
    assert row.startswith("S3,P1,")
    with pytest.raises(LoadRefused, match="rejected rows"):
        load(store, rejected, replace=True)
    edit(rejected / "skus.csv", lambda text: text.replace(",价", ","))
    mended = load(store, rejected)
    assert mended.ok
    assert mended.warnings == []
    (folder / "skus.csv").write_text(good, encoding="utf-8")
    fresh(store, folder, make_store)


def test_strict_refuses_the_whole_data_set(store: Store, folder: Path) -> None:
    edit(folder / "skus.csv", lambda text: text.replace("S3,P1,颜色=色3;容量=3,", "S3,P1,颜色=色3;容量=3,价"))
    with pytest.raises(LoadRefused, match=r"skus\.csv:5 \[price\]"):
        load(store, folder, strict=True)
    assert snapshot(store) == {"nodes": {}, "edges": []}


def test_engines_can_tell_that_something_was_loaded(store: Store, folder: Path) -> None:
    def loaded_at() -> int:
        return int(store.read(Statement("MATCH (d:DataSet {name: 'synthetic'}) RETURN d.loaded_at AS at"))[0]["at"])

    load(store, folder)
    first = loaded_at()
    load(store, folder)
    assert loaded_at() == first
    edit(folder / "agents.csv", lambda text: text.replace("小周", "小吴"))
    assert load(store, folder).changed_files == ["agents"]
    assert loaded_at() > first
