"""Steps of a decision and what they rest on; the same in rules and answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Basis", "Step"]


class Basis(BaseModel):
    """What a step rests on.

    ``kind`` is STATUTE, PLATFORM_TERM, MERCHANT_TERM, PROMOTION, RECORDED_SHARE, RECORD or ENGINE_DEFAULT; ``id`` the term,
    article, application or promotion; ``source`` the address of a statute or platform rule.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    id: str | None = None
    text: str | None = None
    source: str | None = None


class Step(BaseModel):
    """One step of a decision. Amounts in ``inputs`` and ``result`` are decimal yuan strings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    inputs: dict[str, Any] = {}
    formula: str = ""
    result: Any = None
    basis: Basis
