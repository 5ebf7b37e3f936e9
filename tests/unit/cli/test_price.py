"""Baskets for kg price: from arguments and files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg_service.cli.price import read_lines
from kg_service.errors import DataError


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("b.csv", "sku_id,quantity\nK1,2\nK2,1\n"),
        ("b.json", '{"K1": 2, "K2": 1}'),
        ("b.yaml", "- {sku_id: K1, quantity: 2}\n- {sku_id: K2}\n"),
        ("b.json", '{"lines": [{"sku_id": "K1", "quantity": 2}, {"name": "K2"}]}'),
    ],
)
def test_files(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert read_lines([], path) == {"K1": 2, "K2": 1}


@pytest.mark.parametrize(
    ("name", "text"), [("b.json", "{"), ("b.csv", "sku_id,quantity\nK1,0x\n"), ("b.txt", "K1"), ("b.yaml", "3")]
)
def test_bad_files_are_named(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=name):
        read_lines([], path)


def test_nothing_is_an_error() -> None:
    with pytest.raises(DataError, match="empty"):
        read_lines([], None)
