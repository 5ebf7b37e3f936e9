"""Preset answers, agents, and the manifest of a data set."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kg_service.dataset.values import Id, Instant, Names, Row

__all__ = ["Agent", "Faq", "Manifest"]


class Faq(Row):
    faq_id: Id
    topic: str | None = None
    question: Annotated[str, Field(min_length=1)]
    similar_questions: Names = []
    answer: Annotated[str, Field(min_length=1)]
    target_type: str | None = None
    target_id: Id | None = None


class Agent(Row):
    agent_id: Id
    name: str | None = None
    skills: Names = []
    level: str | None = None
    capacity: Annotated[int, Field(ge=0)] | None = None


class Manifest(Row):
    name: Annotated[str, Field(min_length=1)]
    format_version: Literal[1]
    currency: Literal["CNY"] = "CNY"
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    as_of: Instant | None = None
