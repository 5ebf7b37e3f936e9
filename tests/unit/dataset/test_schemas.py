"""The JSON Schemas in ``schema/`` are those of the models, and real rows satisfy them."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from kg_service.dataset import FILES
from kg_service.dataset.schemas import schema_texts
from kg_service.resources import resource

TEXTS = schema_texts()


def test_the_schemas_in_the_repository_are_the_models() -> None:
    folder = resource("schema")
    assert {path.name for path in folder.glob("*.schema.json")} == set(TEXTS), "run python -m kg_service.dataset.schemas"
    for name, text in TEXTS.items():
        assert (folder / name).read_text(encoding="utf-8") == text, f"{name}: run python -m kg_service.dataset.schemas"


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_each_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(TEXTS[name]))


DEMO = resource("seed_data", "demo")
IN_JSON = [file.name for file in FILES if (DEMO / f"{file.name}.jsonl").exists()]


@pytest.mark.parametrize("file", IN_JSON)
def test_the_rows_of_the_demo_satisfy_them(file: str) -> None:
    path = DEMO / f"{file}.jsonl"
    validator = Draft202012Validator(json.loads(TEXTS[f"{file}.schema.json"]))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        problems = [error.message for error in validator.iter_errors(json.loads(line))]
        assert problems == [], f"{path.name}:{number}"
