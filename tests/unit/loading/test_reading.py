"""Reading: encodings, compression, lines, empty cells, exact figures."""

from __future__ import annotations

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from kg_service.errors import RowError
from kg_service.loading.reading import RawRow, find_sources

TEXT = "shop_id,name,aliases\r\nH1,青禾旗舰店,青禾|旗舰\r\nH2,南山,\r\n"


def rows(folder: Path, name: str, content: bytes) -> list[RawRow]:
    (folder / name).write_bytes(content)
    sources, _ = find_sources(folder, (name.split(".")[0],))
    return list(sources[name.split(".")[0]][0].rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str, suffix: str) -> None:
    content = TEXT.encode(encoding)
    found = rows(tmp_path, f"shops{suffix}", gzip.compress(content) if suffix.endswith(".gz") else content)
    assert [row.values for row in found] == [
        {"shop_id": "H1", "name": "青禾旗舰店", "aliases": "青禾|旗舰"},
        {"shop_id": "H2", "name": "南山"},
    ]


def test_the_line_is_where_a_row_begins(tmp_path: Path) -> None:
    content = 'shop_id,name\n\nH1,"一\n二\n三"\nH2,南山\n'
    assert [row.line for row in rows(tmp_path, "shops.csv", content.encode())] == [3, 6]


def test_json_figures_stay_exact(tmp_path: Path) -> None:
    found = rows(tmp_path, "orders.jsonl", b'{"a": 0.10, "b": [1, {"c": 2999.00}]}\n')
    assert found[0].values == {"a": Decimal("0.10"), "b": [1, {"c": Decimal("2999.00")}]}


def test_half_a_surrogate_pair_is_no_text(tmp_path: Path) -> None:
    assert rows(tmp_path, "orders.jsonl", b'{"a": "\\ud800"}\n')[0].error is not None


def test_a_line_of_json_may_contain_any_separator_character(tmp_path: Path) -> None:
    found = rows(tmp_path, "faqs.jsonl", '{"a": "一\u2028二\x85三"}\n{"a": "四"}\n'.encode())
    assert [(row.line, row.values["a"]) for row in found] == [(1, "一\u2028二\x85三"), (2, "四")]


def test_an_unreadable_encoding_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(RowError, match=r"shops\.csv:3: is UTF-8 with damaged characters"):
        rows(tmp_path, "shops.csv", ("shop_id,name\nH1,青禾旗舰店和南山专营店\nH2,南".encode() + b"\xe5\xb1\n"))
