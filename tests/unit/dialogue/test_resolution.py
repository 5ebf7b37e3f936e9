"""Which order and lines a question is about, over hand-made rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kg_service.decisions.decision import Asker
from kg_service.dialogue.resolution import Resolution, not_found, resolve_lines, resolve_order
from kg_service.parsing.frame import EntityRef, Frame, Mention, Period
from kg_service.queries.flow import Flow

DAY = 24 * 60 * 60 * 1000
NOW = 1_000 * DAY


def line(order: str, number: str, category: str, days_ago: int, **more: Any) -> dict[str, Any]:
    return {
        "order_id": order,
        "order_status": "RECEIVED",
        "placed_at": NOW - days_ago * DAY,
        "received_at": NOW - days_ago * DAY + DAY,
        "line_id": number,
        "quantity": 1,
        "role": "GOODS",
        "list_price": 10_000,
        "sku_id": f"S-{order}-{number}",
        "spec": json.dumps({"颜色": more.pop("colour", "黑")}),
        "product_id": f"P-{category}",
        "product_name": f"甲牌{category}",
        "aliases": [],
        "brand_id": "B1",
        "brand_name": "甲牌",
        "brand_aliases": [],
        "shop_id": "H1",
        "category_id": f"C-{category}",
        **more,
    }


def categories(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = sorted({row["category_id"] for row in rows})
    return [{"category_id": one, "name": one[2:], "aliases": [], "parent_id": None} for one in ids]


def run(flow: Flow[Resolution], rows: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Resolution:
    answer: Any = None
    try:
        while True:
            query = next(flow) if answer is None else flow.send(answer)
            match query.template:
                case "order/own_lines":
                    answer = rows
                case "order/own_categories":
                    answer = categories(rows)
                case "order/own_ids":
                    known = tables.get("ids", [])
                    answer = [row for row in known if row["id"] in query.parameters["ids"]]
                case name:
                    answer = tables.get(name.partition("/")[2], [])
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


def goods(text: str, role: str | None = None, *, start: int = 0, quantity: int | None = None) -> Mention:
    ref = EntityRef(kind="category", id=f"C-{text}")
    return Mention(text=text, start=start, end=start + len(text), refs=(ref,), role=role, quantity=quantity)  # type: ignore[arg-type]


def ask(*mentions: Mention, text: str = "……………………", **more: Any) -> Frame:
    return Frame(intent="promotion_after_return", confidence=1.0, text=text, mentions=mentions, **more)


def customer(**more: Any) -> Asker:
    return Asker(user_id=more.pop("user_id", "U1"), role=more.pop("role", "customer"), now=NOW, **more)


PHONE_AND_EARS = [line("O1", "L1", "手机", 5), line("O1", "L2", "耳机", 5)]


def lines_of(rows: list[dict[str, Any]], frame: Frame, asker: Asker | None = None, **more: Any) -> Resolution:
    return run(resolve_lines(frame, asker or customer(), **more.pop("how", {})), rows, **more)


def test_a_name_becomes_the_line_of_the_one_order() -> None:
    found = lines_of(PHONE_AND_EARS, ask(goods("手机", "RETURNED"), goods("耳机", "KEPT", start=5)))
    assert found.order_id == "O1"
    assert found.how == "ONLY"
    assert found.returned == {"L1": 1}
    assert [one.line.line_id for one in found.by_role("KEPT")] == ["L2"]


def test_two_goods_pick_the_order_that_holds_both() -> None:
    rows = [*PHONE_AND_EARS, line("O2", "L1", "手机", 2), line("O3", "L1", "耳机", 1)]
    assert lines_of(rows, ask(goods("手机", "RETURNED"), goods("耳机", "KEPT", start=5))).order_id == "O1"


def test_goods_in_different_orders_are_told_apart() -> None:
    rows = [line("O1", "L1", "手机", 5), line("O2", "L1", "耳机", 3)]
    found = lines_of(rows, ask(goods("手机", "RETURNED"), goods("耳机", "KEPT", start=5)))
    assert found.order_id == "O1"
    assert [one.order_id for one in found.elsewhere] == ["O2"]


def test_one_order_within_ninety_days_is_taken_and_said() -> None:
    rows = [line("O1", "L1", "手机", 200), line("O2", "L1", "手机", 89)]
    found = lines_of(rows, ask(goods("手机", "RETURNED")))
    assert (found.order_id, found.how) == ("O2", "RECENT")


@pytest.mark.parametrize("days", [(3, 30), (100, 200)])
def test_more_orders_are_asked_about_newest_first(days: tuple[int, int]) -> None:
    rows = [line("O1", "L1", "手机", days[1]), line("O2", "L2", "手机", days[0])]
    decision = lines_of(rows, ask(goods("手机", "RETURNED"))).decision
    assert decision is not None
    assert decision.clarification is not None
    assert [option.id for option in decision.clarification.options] == ["O2/L2", "O1/L1"]


def test_without_a_name_the_orders_themselves_are_offered() -> None:
    rows = [line("O1", "L1", "手机", 30), line("O2", "L1", "耳机", 3)]
    decision = run(resolve_order(ask(), customer()), rows).decision
    assert decision is not None
    assert decision.clarification is not None
    assert [option.id for option in decision.clarification.options] == ["O2", "O1"]


def test_time_narrows() -> None:
    rows = [line("O1", "L1", "手机", 30), line("O2", "L1", "手机", 3)]
    period = Period(text="上个月", start=NOW - 35 * DAY, end=NOW - 25 * DAY)
    assert lines_of(rows, ask(goods("手机", "RETURNED"), period=period)).order_id == "O1"


def test_returned_and_cancelled_lines_are_not_meant() -> None:
    rows = [
        line("O1", "L1", "手机", 3, order_status="CANCELLED"),
        line("O2", "L1", "手机", 4),
        line("O3", "L1", "手机", 5),
    ]
    gone = [{"order_id": "O3", "line_id": "L1", "quantity": 1, "service": "RETURN", "status": "REFUNDED", "return_id": "R"}]
    assert lines_of(rows, ask(goods("手机", "RETURNED")), own_returns=gone).order_id == "O2"


def test_a_unit_on_its_way_back_is_said_to_be() -> None:
    gone = [{"order_id": "O1", "line_id": "L1", "quantity": 1, "service": "RETURN", "status": "IN_TRANSIT", "return_id": "R"}]
    found = lines_of(PHONE_AND_EARS, ask(goods("手机", "RETURNED")), own_returns=gone)
    assert [one.line_id for one in found.on_its_way] == ["L1"]


def test_a_rejected_return_leaves_the_unit_with_the_customer() -> None:
    gone = [{"order_id": "O1", "line_id": "L1", "quantity": 1, "service": "RETURN", "status": "REJECTED", "return_id": "R"}]
    assert lines_of(PHONE_AND_EARS, ask(goods("手机", "RETURNED")), own_returns=gone).returned == {"L1": 1}


def test_a_line_of_several_units_is_meant_whole_unless_it_is_said() -> None:
    rows = [line("O1", "L1", "手机", 3, quantity=3)]
    whole = lines_of(rows, ask(goods("手机", "RETURNED")))
    assert whole.returned == {"L1": 3}
    assert whole.chosen[0].whole_line
    assert lines_of(rows, ask(goods("手机", "RETURNED", quantity=2))).returned == {"L1": 2}


def test_the_same_kind_twice_in_an_order_is_asked_about_or_taken_as_a_set() -> None:
    rows = [line("O1", "L1", "手机", 3), line("O1", "L2", "手机", 3, colour="白")]
    asked = lines_of(rows, ask(goods("手机", "RETURNED")), how={"one_line": True}).decision
    assert asked is not None
    assert asked.clarification is not None
    assert [option.id for option in asked.clarification.options] == ["O1/L1", "O1/L2"]
    assert len(lines_of(rows, ask(goods("手机", "RETURNED"))).chosen) == 2


def test_a_colour_beside_the_noun_narrows_to_one() -> None:
    rows = [line("O1", "L1", "手机", 3), line("O1", "L2", "手机", 3, colour="白")]
    white = Mention(text="白色", start=0, end=2, refs=(EntityRef(kind="spec", id="颜色=白"),), role="RETURNED")
    found = lines_of(rows, ask(white, goods("手机", "RETURNED", start=3), text="白色的手机退了"), how={"one_line": True})
    assert found.returned == {"L2": 1}


def test_a_colour_nobody_bought_is_asked_about_not_assumed() -> None:
    red = Mention(text="红色", start=0, end=2, refs=(EntityRef(kind="spec", id="颜色=红"),), role="RETURNED")
    decision = lines_of(PHONE_AND_EARS, ask(red, goods("手机", "RETURNED", start=3), text="红色的手机退了")).decision
    assert decision is not None
    assert decision.status == "CLARIFY"


def test_the_whole_order() -> None:
    assert lines_of(PHONE_AND_EARS, ask(whole_order=True)).returned == {"L1": 1, "L2": 1}


def test_what_is_not_named_is_what_is_left() -> None:
    assert lines_of(PHONE_AND_EARS, ask(goods("耳机", "KEPT"))).returned == {"L1": 1}


def test_goods_come_before_gifts_unless_only_a_gift_is_meant() -> None:
    rows = [line("O1", "L1", "手机", 3), line("O1", "L2", "耳机", 3, role="GIFT"), line("O2", "L1", "耳机", 4)]
    assert lines_of(rows, ask(goods("耳机", "RETURNED"))).order_id == "O2"
    assert lines_of(rows, ask(goods("手机", "RETURNED"), goods("耳机", "KEPT", start=5))).order_id == "O1"


@pytest.mark.parametrize("order_id", ["O-OTHERS", "O-NOWHERE"])
def test_another_s_order_and_one_that_does_not_exist_are_told_alike(order_id: str) -> None:
    mention = Mention(text=order_id, start=0, end=8, refs=(EntityRef(kind="order", id=order_id),))
    by_text = lines_of(PHONE_AND_EARS, ask(mention)).decision
    by_call = lines_of(PHONE_AND_EARS, ask(), customer(order_id=order_id)).decision
    assert by_text == by_call == not_found(order_id)


def test_an_id_in_the_text_beats_the_call_and_the_names() -> None:
    rows = [*PHONE_AND_EARS, line("O2", "L1", "手机", 200)]
    mention = Mention(text="O2", start=0, end=2, refs=(EntityRef(kind="order", id="O2"),))
    ids = [{"kind": "order", "id": "O2", "order_id": "O2"}]
    found = lines_of(rows, ask(mention, goods("手机", "RETURNED", start=4)), customer(order_id="O1"), ids=ids)
    assert (found.order_id, found.how) == ("O2", "ID")


def test_a_return_s_id_names_its_order() -> None:
    mention = Mention(text="R7", start=0, end=2, refs=(EntityRef(kind="return", id="R7"),))
    found = run(resolve_order(ask(mention), customer()), PHONE_AND_EARS, ids=[{"kind": "return", "id": "R7", "order_id": "O1"}])
    assert found.order_id == "O1"
    assert found.return_ids == ("R7",)


def test_what_nobody_bought_is_not_found() -> None:
    decision = lines_of(PHONE_AND_EARS, ask(goods("冰箱", "RETURNED"))).decision
    assert decision is not None
    assert (decision.status, decision.words["what"]) == ("NOT_FOUND", "冰箱")


@pytest.mark.parametrize(
    ("asker", "status"),
    [
        (customer(user_id=None), "FORBIDDEN"),
        (customer(known=False), "FORBIDDEN"),
        (customer(user_id=None, role="agent"), "CLARIFY"),
    ],
)
def test_who_may_ask(asker: Asker, status: str) -> None:
    decision = lines_of(PHONE_AND_EARS, ask(goods("手机", "RETURNED")), asker).decision
    assert decision is not None
    assert decision.status == status


def test_an_analyst_may_ask_about_any_order() -> None:
    mention = Mention(text="O1", start=0, end=2, refs=(EntityRef(kind="order", id="O1"),))
    found = run(
        resolve_order(ask(mention), customer(user_id=None, role="analyst")),
        PHONE_AND_EARS,
        ids=[{"kind": "order", "id": "O1", "order_id": "O1"}],
        owners=[{"order_id": "O1", "user_id": "U9"}],
    )
    assert (found.order_id, found.owner) == ("O1", "U9")


def test_rows_in_any_order_give_the_same() -> None:
    rows = [*PHONE_AND_EARS, line("O2", "L1", "手机", 200), line("O3", "L1", "手机", 300)]
    frame = ask(goods("手机", "RETURNED"))
    assert lines_of(rows, frame) == lines_of(rows[::-1], frame)
