"""Questions about orders, promotions and goods, answered from a knowledge graph with a proof.

>>> from kg_service import Engine
>>> with Engine.open() as engine:                                                   # doctest: +SKIP
...     answer = engine.ask("如果我退了手机,耳机的优惠还在吗", user_id="U1001")
...     answer.verdict, answer.facts["refund_amount"]
('NO', '2700.00')

The rules are pure functions, usable without any store: :func:`kg_service.rules.quote_return`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg_service.answers.answer import Answer
    from kg_service.api.async_engine import AsyncEngine
    from kg_service.api.engine import Engine
    from kg_service.errors import (
        ConfigurationError,
        DataError,
        KgError,
        LoadRefused,
        QueryError,
        ReferenceError_,
        ResourceError,
        RowError,
        RuleError,
        StoreError,
        StoreLocked,
        StoreTimeout,
        StoreUnavailable,
        TemplateError,
    )

__all__ = [
    "Answer",
    "AsyncEngine",
    "ConfigurationError",
    "DataError",
    "Engine",
    "KgError",
    "LoadRefused",
    "QueryError",
    "ReferenceError_",
    "ResourceError",
    "RowError",
    "RuleError",
    "StoreError",
    "StoreLocked",
    "StoreTimeout",
    "StoreUnavailable",
    "TemplateError",
]

# Imported when first used: ``import kg_service`` must not cost a parser, a driver and a JVM.
_WHERE = {
    "Answer": "kg_service.answers.answer",
    "AsyncEngine": "kg_service.api.async_engine",
    "Engine": "kg_service.api.engine",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE.get(name, "kg_service.errors")), name)


def __dir__() -> list[str]:
    return sorted(__all__)
