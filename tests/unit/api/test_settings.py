from __future__ import annotations

import pytest

from kg_service.api.settings import Settings
from kg_service.errors import ConfigurationError
from kg_service.graph import StoreOptions


def test_defaults_are_the_stores_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KG_STORE", raising=False)
    assert Settings.load().store == "./.kg"
    assert Settings.load().store_options() == StoreOptions()


def test_the_environment_and_what_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE", "neo4j://graph.example")
    monkeypatch.setenv("KG_NEO4J_USER", "kg")
    monkeypatch.setenv("KG_NEO4J_PASSWORD", "secret")
    monkeypatch.setenv("KG_READ_TIMEOUT_MS", "1234")
    settings = Settings.load(store=None)
    assert settings.store == "neo4j://graph.example"
    options = settings.store_options(quick_start=True)
    assert (options.user, options.password, options.read_timeout_ms, options.quick_start) == ("kg", "secret", 1234, True)
    assert "secret" not in repr(settings)
    assert Settings.load(store="elsewhere").store == "elsewhere"


@pytest.mark.parametrize(
    ("name", "value"), [("KG_POOL_SIZE", "many"), ("KG_EMBEDDED_HEAP", "big"), ("KG_READ_TIMEOUT_MS", "-1")]
)
def test_a_value_that_is_none_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        Settings.load()
