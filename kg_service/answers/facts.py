"""The typed facts of each intent (answers.md): one pydantic model per intent, registered under the intents' names.

Models live in ``kg_service/answers/facts_*.py`` and register themselves::

    @facts_of("order_status")
    class OrderStatusFacts(Facts):
        order_id: str
        ...

:func:`schemas` gives their JSON Schemas; ``schema/facts/*.json`` are generated from it and checked in a test.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from kg_service.errors import KgError

__all__ = ["Facts", "FactsError", "Part", "dump_facts", "facts_of", "models", "schemas", "write_schemas"]


class FactsError(KgError):
    """A decider gave facts that its intent's model does not have."""


class Part(BaseModel):
    """A piece of the facts."""

    model_config = ConfigDict(extra="forbid")


class Facts(Part):
    """Base of the facts of an intent. ``None`` means not decided; amounts are decimal yuan strings when dumped.

    ``faq_id`` is there when a preset answer is about the same thing.
    """

    faq_id: str | None = None


F = TypeVar("F", bound=type[Facts])

_MODELS: dict[str, type[Facts]] = {}


def facts_of(*intents: str) -> Callable[[F], F]:
    """Register a model as the facts of these intents."""

    def register(model: F) -> F:
        for intent in intents:
            if _MODELS.get(intent, model) is not model:
                raise ValueError(f"facts of {intent!r} are registered twice")
            _MODELS[intent] = model
        return model

    return register


@cache
def models() -> Mapping[str, type[Facts]]:
    """The facts models by intent."""
    import kg_service.answers as package

    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("facts_"):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_MODELS.items()))


def dump_facts(intent: str | None, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they stand in an answer: checked against the intent's model, in JSON values.

    Raises
    ------
    FactsError
        When they do not fit the model.
    """
    if not facts:
        return {}
    model = models().get(intent or "")
    if model is None:
        raise FactsError(f"intent {intent!r} has no facts model", do="register one in kg_service/answers/facts_*.py")
    try:
        dumped = model.model_validate(dict(facts)).model_dump(mode="json")
    except ValidationError as error:
        raise FactsError(f"facts of intent {intent!r}: {error}") from error
    if dumped.get("faq_id") is None:
        dumped.pop("faq_id", None)
    return dumped


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas of the facts, by intent, as they are dumped."""
    return {intent: model.model_json_schema(mode="serialization") for intent, model in models().items()}


def write_schemas(folder: Path) -> None:
    """Write the JSON Schema of each intent's facts to ``<folder>/<intent>.json``; files of intents that are gone go too."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = schemas()
    for path in folder.glob("*.json"):
        if path.stem not in wanted:
            path.unlink()
    for intent, schema in wanted.items():
        text = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True)
        (folder / f"{intent}.json").write_text(f"{text}\n", encoding="utf-8")
