"""Whatever is asked of whichever goods of one's own: every decider answers, none raises (engine.ask never does, either)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

import kg_service.api.mind as mind_module
from kg_service import Engine
from kg_service.api.runner import run
from kg_service.decisions.decision import Asker
from kg_service.dialogue.resolution import read_own_lines
from kg_service.linking.own import OwnLine
from kg_service.parsing.frame import EntityRef, Frame, Mention
from tests.support.cases import DATA
from tests.support.engines import embedded

_FORMS: tuple[dict[str, Any], ...] = (
    {"question_form": "YES_NO"},
    {"question_form": "YES_NO", "reason": "QUALITY", "quantity": 1},
    {"question_form": "AMOUNT", "whole_order": True},
)


@pytest.fixture(scope="module", params=sorted(DATA))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with embedded(tmp_path_factory.mktemp("every") / "store", DATA[request.param]) as found:
        yield found


def frames(intent: str, line: OwnLine, other: OwnLine | None) -> Iterator[Frame]:
    """The line named; named with another of its order; its order as a whole."""
    name = Mention(
        text=line.label, start=0, end=len(line.label), refs=(EntityRef(kind="line", id=line.key),), match="OWN_ORDER"
    )
    ref = (EntityRef(kind="order", id=line.order_id),)
    order = Mention(text=line.order_id, start=0, end=len(line.order_id), refs=ref)
    for form in _FORMS:
        yield Frame(intent=intent, confidence=0.9, text=line.label, mentions=(name,), **form)
        yield Frame(intent=intent, confidence=0.9, text=line.order_id, mentions=(order,), **form)
    if other is not None:
        start = len(line.label) + 1
        refs = (EntityRef(kind="line", id=other.key),)
        second = Mention(text=other.label, start=start, end=start + len(other.label), refs=refs, match="OWN_ORDER")
        yield Frame(intent=intent, confidence=0.9, text=f"{line.label}和{other.label}", mentions=(name, second))
        kept = (name.model_copy(update={"role": "RETURNED"}), second.model_copy(update={"role": "KEPT"}))
        yield Frame(intent=intent, confidence=0.9, text=f"{line.label}和{other.label}", mentions=kept)


def test_every_intent_answers_about_goods_on_their_way_back(engine: Engine) -> None:
    mind, now = engine._mind, engine._mind.data_sets.as_of or 0
    users = engine._store.read(_users())
    failed = []
    seen = set()
    for user_id in sorted(str(row["user_id"]) for row in users):
        lines = engine._run(read_own_lines(user_id))
        of_order: dict[str, list[OwnLine]] = {}
        for line in lines:
            of_order.setdefault(line.order_id, []).append(line)
        for found in of_order.values():
            if not any(line.returned_quantity for line in found):
                continue
            for line in found:
                kind = (line.role, line.remaining == 0, line.returned_quantity, line.order_status, len(found))
                if kind in seen:
                    continue
                seen.add(kind)
                other = next((one for one in found if one.line_id != line.line_id), None)
                for intent in mind.intents:
                    for frame in frames(intent.intent, line, other):
                        try:
                            decision = run(
                                mind._decided(frame, Asker(user_id, "customer", now)), engine._registry, engine._store
                            )
                            mind._worded(decision, frame, "simplified")
                        except Exception as error:
                            failed.append((intent.intent, line.key, frame.text, repr(error)[:200]))
    assert not failed, failed[:10]


def _users() -> Any:
    from kg_service.graph.store import Statement

    return Statement("MATCH (u:User) RETURN u.user_id AS user_id ORDER BY user_id", {})


def test_a_decider_that_fails_hands_over(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Any:
        raise ValueError("broken")

    known = mind_module.DECIDERS
    monkeypatch.setitem(known, engine._mind.intents["greeting"].rule, broken)
    with caplog.at_level(logging.ERROR):
        answer = engine.ask("你好")
    assert (answer.status, answer.handoff and answer.handoff.reason) == ("HANDOFF", "INTERNAL_ERROR")
    assert answer.text
    assert "broken" not in answer.text
    assert any(record.exc_info for record in caplog.records)
