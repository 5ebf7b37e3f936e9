"""What other services import."""

from __future__ import annotations

import inspect
import subprocess
import sys

import kg_service
from kg_service import AsyncEngine, Engine

VERBS = ("ask", "answer", "load", "refresh", "info", "close")


def test_the_public_names() -> None:
    assert {"Answer", "AsyncEngine", "Engine", "KgError"} <= set(kg_service.__all__)
    for name in kg_service.__all__:
        assert getattr(kg_service, name).__name__ == name


def test_both_engines_have_the_same_verbs_with_the_same_parameters() -> None:
    for verb in VERBS:
        sync, other = getattr(Engine, verb), getattr(AsyncEngine, verb)
        assert inspect.iscoroutinefunction(other)
        assert list(inspect.signature(sync).parameters) == list(inspect.signature(other).parameters), verb


def test_importing_the_package_costs_no_parser_driver_or_jvm() -> None:
    code = "import kg_service, sys; print(sorted({'spacy', 'neo4j', 'jpype', 'pydantic', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
