"""The typed facts of the intents, and the JSON Schemas generated from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg_service.answers.facts import FactsError, dump_facts, models, schemas
from kg_service.money import Money
from kg_service.parsing.intents import IntentSet
from kg_service.resources import resource

#: Intents that state nothing but their text.
_WITHOUT_FACTS = {"greeting", "thanks", "human_agent", "out_of_scope"}


def test_the_schemas_beside_the_code_are_those_of_the_models() -> None:
    folder = resource("schema", "facts")
    written = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(folder).glob("*.json")}
    assert written == schemas(), "run: python -c 'from kg_service.answers.facts import *; write_schemas(…/schema/facts)'"


def test_every_intent_that_states_facts_has_a_model() -> None:
    intents = {intent.intent for intent in IntentSet.open()}
    assert intents - set(models()) <= _WITHOUT_FACTS


def test_amounts_are_yuan_strings_and_dates_iso() -> None:
    facts = dump_facts(
        "refund_amount", {"order_id": "O1", "refund_amount": Money(270000), "window_ends": "2026-11-17", "placed_at": 0}
    )
    assert facts["refund_amount"] == "2700.00"
    assert facts["window_ends"] == "2026-11-17"
    assert facts["placed_at"] == "1970-01-01T08:00:00+08:00"
    assert facts["eligible"] is None


@pytest.mark.parametrize(
    ("intent", "facts"),
    [("refund_amount", {"order_id": "O1", "refund": 1}), ("refund_amount", {"eligible": True}), ("nope", {"a": 1})],
)
def test_facts_the_model_does_not_have_are_an_error(intent: str, facts: dict[str, object]) -> None:
    with pytest.raises(FactsError, match=intent):
        dump_facts(intent, facts)
