"""The engine on both stores: sessions, identities, access, explanation, parity of sync and async."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg_service import Answer, AsyncEngine, DataError, Engine
from kg_service.dialogue.session import REMEMBERED_MS
from kg_service.graph.display import subgraph_of
from kg_service.times import now_ms
from tests.support.cases import DATA, cases
from tests.support.engines import embedded, on_neo4j

ANCHOR = "如果我退了手机,耳机的优惠还在吗"


@pytest.fixture(scope="module", params=["arcadedb", "neo4j"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if request.param == "neo4j":
        opened = on_neo4j(request.getfixturevalue("neo4j_server"), DATA["demo"])
    else:
        opened = embedded(tmp_path_factory.mktemp("engine") / "store", DATA["demo"])
    with opened as found:
        yield found


def plain(answer: Answer) -> dict[str, object]:
    """What does not change from one time to the next."""
    dumped = answer.model_dump(mode="json", exclude={"answer_id", "timings_ms"})
    for query in dumped["evidence"]["queries"]:
        del query["ms"]
    return dumped


def test_an_answer_carries_its_proof(engine: Engine) -> None:
    answer = engine.ask(ANCHOR, user_id="U1001")
    assert answer.facts["refund_amount"] == "2700.00"
    assert any(step.basis.id and "第十七条" in step.basis.id for step in answer.trace)
    assert {query.template for query in answer.evidence.queries} >= {"order/own_lines", "order/case_applications"}
    graph = subgraph_of(answer.evidence.subgraph)
    assert "Order:O20261108001" in graph
    assert set(answer.timings_ms) == {"understand", "query", "decide", "render", "total"}
    json.dumps(answer.model_dump(mode="json"))


def test_an_answer_is_found_again_by_its_id(engine: Engine) -> None:
    answer = engine.ask(ANCHOR, user_id="U1001")
    assert engine.answer(answer.answer_id) == answer
    assert engine.answer("nope") is None


def test_the_same_question_gets_the_same_answer(engine: Engine) -> None:
    assert plain(engine.ask(ANCHOR, user_id="U1001")) == plain(engine.ask(ANCHOR, user_id="U1001"))


def test_the_channel_s_own_id_is_the_customer(engine: Engine) -> None:
    rows = engine._store.read(  # type: ignore[attr-defined]
        _statement(
            "MATCH (u:User)-[:KNOWN_AS]->(i:Identity) RETURN u.user_id AS u, i.channel AS c, i.external_id AS x ORDER BY u"
        )
    )
    row = rows[0]
    by_channel = engine.ask("我的订单到哪了", channel=row["c"], external_id=row["x"])
    by_user = engine.ask("我的订单到哪了", user_id=row["u"], channel=row["c"])
    assert (by_channel.text, by_channel.facts) == (by_user.text, by_user.facts)
    assert by_channel.status == "ANSWERED"
    assert engine.ask("我的订单到哪了", channel="web", external_id="nobody").status == "FORBIDDEN"


def _statement(text: str, **parameters: object) -> object:
    from kg_service.graph import Statement

    return Statement(text, parameters)


def test_a_choice_from_a_clarification_is_understood(engine: Engine) -> None:
    first = engine.ask(ANCHOR, user_id="U1016", session_id="S-choice")
    assert first.status == "CLARIFY"
    assert first.clarification is not None
    second = engine.ask("第二个", user_id="U1016", session_id="S-choice")
    assert second.status == "ANSWERED", second.text
    assert second.facts["order_id"] == first.clarification.options[1].id.partition("/")[0]
    assert second.intent == "promotion_after_return"


def test_without_a_session_nothing_is_remembered(engine: Engine) -> None:
    engine.ask(ANCHOR, user_id="U1016")
    assert engine.ask("第二个", user_id="U1016").facts.get("order_id") is None


def test_a_session_is_its_customer_s_alone(engine: Engine) -> None:
    engine.ask(ANCHOR, user_id="U1016", session_id="S-private")
    answer = engine.ask("第二个", user_id="U1001", session_id="S-private")
    assert "O202611" not in answer.model_dump_json().replace("O20261108001", "")


@pytest.mark.parametrize(("aged", "status"), [(-60_000, "ANSWERED"), (60_000, "CLARIFY")])
def test_a_conversation_ends_a_day_after_its_last_message(engine: Engine, aged: int, status: str) -> None:
    session = f"S-aged-{status}"
    engine.ask("X30手机多少钱", user_id="U1001", session_id=session)
    before = now_ms() - REMEMBERED_MS - aged
    engine._store.write(  # type: ignore[attr-defined]
        [_statement("MATCH (s:Session {session_id: $id}) SET s.updated_at = $at", id=session, at=before)]
    )
    assert engine.ask("它有货吗", user_id="U1001", session_id=session).status == status


def test_not_understood_twice_in_a_row_brings_a_person(engine: Engine) -> None:
    asked = [engine.ask("帮我写一首关于秋天的诗", user_id="U1001", session_id="S-lost") for _ in range(2)]
    assert [answer.status for answer in asked] == ["OUT_OF_SCOPE", "HANDOFF"]
    assert asked[1].handoff is not None
    assert asked[1].text


def test_another_s_order_looks_like_one_that_does_not_exist(engine: Engine) -> None:
    texts = {
        engine.ask(f"订单{order}退手机能退多少", user_id="U1001").text.replace(order, "X")
        for order in ("O20261108002", "O20261199999")
    }
    assert len(texts) == 1
    assert texts.pop().startswith("没有在您的账户下找到")


@pytest.mark.parametrize("user", ["U1001", "U1016", None, "nobody"])
def test_no_fact_of_another_customer(engine: Engine, user: str | None) -> None:
    foreign = [
        engine.ask(question, user_id=user, order_id=order).model_dump_json()
        for order in ("O20261108003", None)
        for question in ("订单O20261108003到哪了", "O20261108003退手机能退多少", "我买的手机和耳机呢,订单O20261108003", ANCHOR)
    ]
    for text in foreign:
        assert "云帆 N6 手机(石墨灰" not in text or user == "U1016"
        assert '"Order:O20261108003"' not in text


def test_an_agent_names_the_customer(engine: Engine) -> None:
    assert engine.ask(ANCHOR, role="agent").status == "CLARIFY"
    assert engine.ask(ANCHOR, role="agent", user_id="U1001").facts["refund_amount"] == "2700.00"


def test_the_question_s_script_is_the_answer_s(engine: Engine) -> None:
    assert "訂單" in engine.ask("退手機能退多少錢", user_id="U1001").text


def test_now_may_be_said_in_several_ways(engine: Engine) -> None:
    late = [engine.ask("手机还能退吗", user_id="U1001", now=now) for now in ("2026-11-30T10:00:00+08:00", 1_796_004_000_000)]
    assert [answer.verdict for answer in late] == ["NO", "NO"]
    assert engine.ask("手机还能退吗", user_id="U1001").verdict == "YES"
    with pytest.raises(DataError, match="now"):
        engine.ask("手机还能退吗", user_id="U1001", now="tomorrow")


@pytest.mark.parametrize(
    "text", ["", " ", "?", "😀" * 50, "\x00", "退" * 5000, "'; MATCH (n) DETACH DELETE n //", "{{ 7*7 }}", "¶"]
)
def test_whatever_is_typed_is_answered(engine: Engine, text: str) -> None:
    answer = engine.ask(text, user_id="U1001")
    assert answer.text
    assert "49" not in answer.text


def test_every_amount_of_a_text_is_in_its_facts_or_trace(engine: Engine) -> None:
    """Promotion and goods names are left out: their figures are names."""
    named = {
        str(row["name"])
        for row in engine._store.read(_statement("MATCH (p:Promotion) RETURN p.name AS name ORDER BY name"))  # type: ignore[attr-defined]
    }
    for data, case in cases():
        if data != "demo" or case["expect"].get("intent") not in _QUOTED:
            continue
        answer = engine.ask(case["question"], **{key: case[key] for key in ("user_id", "order_id", "now") if key in case})
        text = answer.text
        for name in sorted(named, key=len, reverse=True):
            text = text.replace(name, "")
        proof = json.dumps(answer.facts) + json.dumps([step.model_dump(mode="json") for step in answer.trace])
        for amount in re.findall(r"\d+\.\d{2}", text):
            assert f'"{amount}"' in proof or amount in proof, f"{case['id']}: {amount}\n{answer.text}"


_QUOTED = {
    "promotion_after_return",
    "refund_amount",
    "gift_after_return",
    "coupon_after_return",
    "return_eligibility",
    "exchange",
}


def test_sync_and_async_agree(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    questions = [(ANCHOR, "U1001"), ("手机还能退吗", "U1004"), ("我的订单到哪了", "U1001"), (ANCHOR, None)]

    async def asked() -> list[Answer]:
        if "neo4j" in request.node.name:
            settings = engine.settings
            assert settings.neo4j_password is not None
            opened = await AsyncEngine.open(
                settings.store, neo4j_user=settings.neo4j_user, neo4j_password=settings.neo4j_password.get_secret_value()
            )
        else:
            opened = await AsyncEngine.open(tmp_path / "store")
            await opened.load(DATA["demo"])
        async with opened:
            first = await opened.ask(ANCHOR, user_id="U1001")
            assert await opened.answer(first.answer_id) == first
            return list(await asyncio.gather(*(opened.ask(question, user_id=user) for question, user in questions)))

    answers = asyncio.run(asked())
    assert [plain(answer) for answer in answers] == [plain(engine.ask(question, user_id=user)) for question, user in questions]
