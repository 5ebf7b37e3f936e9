from __future__ import annotations

from pathlib import Path

import pytest

from kg_service.errors import TemplateError
from kg_service.queries.flow import Query
from kg_service.queries.registry import Registry

ONE = """// purpose: one
// mode: read
// audience: system
// param name: string
// param number: integer
// param when: instant?
// param yes: boolean
// param names: strings
// param rows: maps
// returns: x integer
RETURN CASE WHEN $name = 'a' AND $number > 0 AND $when IS NULL AND $yes THEN size($names) ELSE size($rows) END AS x ORDER BY x
"""
GOOD = {"name": "a", "number": 1, "when": None, "yes": True, "names": ["x"], "rows": [{"id": "1"}]}


@pytest.fixture
def one(tmp_path: Path) -> Registry:
    (tmp_path / "area").mkdir()
    (tmp_path / "area" / "one.cypher").write_text(ONE, encoding="utf-8")
    return Registry.load(tmp_path)


def test_a_statement_with_its_parameters(one: Registry) -> None:
    statement = one.statement(Query("area/one", GOOD))
    assert statement.name == "area/one"
    assert statement.parameters == GOOD


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": 1}, r"one\.cypher:4: parameter name is int 1, not string"),
        ({"name": None}, "parameter name is null"),
        ({"number": "1"}, "parameter number is str '1', not integer"),
        ({"number": True}, "parameter number is bool True, not integer"),
        ({"number": 2**63}, "parameter number is int"),
        ({"number": 1.0}, "parameter number is float"),
        ({"when": "2026-01-01"}, "parameter when is str"),
        ({"yes": 1}, "parameter yes is int"),
        ({"names": "x"}, "parameter names is str"),
        ({"names": [1]}, "parameter names is list"),
        ({"rows": [1]}, "parameter rows is list"),
        ({"other": 1}, "parameter other is unknown"),
    ],
)
def test_parameters_of_another_kind(one: Registry, changes: dict[str, object], message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        one["area/one"].statement({**GOOD, **changes})


def test_a_parameter_left_out(one: Registry) -> None:
    with pytest.raises(TemplateError, match="parameter when is missing"):
        one["area/one"].statement({name: value for name, value in GOOD.items() if name != "when"})


def test_no_such_template(one: Registry) -> None:
    with pytest.raises(TemplateError, match="no template 'area/two'"):
        one["area/two"]
    assert "area/two" not in one


def test_several_folders(one: Registry, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "two.cypher").write_text(ONE, encoding="utf-8")
    assert list(Registry.load(tmp_path / "area", tmp_path / "more")) == ["one", "two"]
    with pytest.raises(TemplateError, match="two templates have this name"):
        Registry.load(tmp_path / "area", tmp_path / "area")
    (tmp_path / "empty").mkdir()
    with pytest.raises(TemplateError, match="no templates"):
        Registry.load(tmp_path / "empty")


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "one.cypher").write_bytes("// purpose: 客户的订单".encode("gb18030"))
    with pytest.raises(TemplateError, match="not UTF-8"):
        Registry.load(tmp_path)


def test_the_installation_has_templates_for_customers_with_an_owner(registry: Registry) -> None:
    assert registry["order/own_lines"].owner == "user_id"
    assert {template.mode for template in registry.values()} == {"read", "write"}
