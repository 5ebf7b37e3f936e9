"""A decider fed with rows by hand, and a small shop to ask about."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from kg_service.answers.render import render
from kg_service.answers.wording import Wording
from kg_service.decisions.decision import DECIDERS, Asker, Decision
from kg_service.graph.store import Row
from kg_service.intent_files import intent_documents
from kg_service.parsing.frame import EntityRef, Frame, Mention
from kg_service.queries.flow import Flow
from kg_service.times import parse_instant

Rows = Mapping[str, "list[Row] | Callable[[Mapping[str, Any]], list[Row]]"]
RULES = {document["intent"]: document["rule"] for _, document in intent_documents()}
NOW = parse_instant("2026-11-12T10:00:00+08:00")


def feed(flow: Flow[Decision], rows: Rows) -> Decision:
    """Run a flow to its end; a template that no rows were given for is an error of the test."""
    try:
        query = next(flow)
        while True:
            answer = rows[query.template]
            query = flow.send(answer(query.parameters) if callable(answer) else answer)
    except StopIteration as done:
        result: Decision = done.value
        return result


def mention(text: str, *refs: tuple[str, str], within: str, **more: Any) -> Mention:
    start = within.index(text)
    found = tuple(EntityRef(kind=kind, id=key) for kind, key in refs)  # type: ignore[arg-type]
    return Mention(text=text, start=start, end=start + len(text), refs=found, **more)


Ask = Callable[..., Decision]


@pytest.fixture
def ask() -> Ask:
    """``ask(intent, text, {"云雀手机": [("product", "P1")]}, rows, …)``.

    What is decided fits the facts of the intent and can be said: the text is in ``words["text"]``.
    """

    def run(
        intent: str,
        text: str,
        names: Mapping[str, list[tuple[str, str]]] | None = None,
        rows: Rows | None = None,
        *,
        user_id: str | None = None,
        match: str = "EXACT",
        **fields: Any,
    ) -> Decision:
        mentions = tuple(mention(name, *refs, within=text, match=match) for name, refs in (names or {}).items())
        frame = Frame(intent=intent, confidence=0.9, text=text, mentions=mentions, **fields)
        decision = feed(DECIDERS[RULES.get(intent, intent)](frame, Asker(user_id, "customer", NOW)), rows or {})
        answer = render(decision, frame, answer_id="A1", wording=Wording.open())
        decision.words["text"] = answer.text
        assert answer.text
        return decision

    return run


def product(product_id: str, name: str, **more: Any) -> Row:
    row: Row = {
        "product_id": product_id,
        "name": name,
        "status": "ON_SALE",
        "return_class": None,
        "warranty_months": None,
        "description": None,
        "brand_id": None,
        "brand_name": None,
        "shop_id": "H1",
        "shop_name": "山海店",
        "categories": [],
    }
    return {**row, **more}


def sku(sku_id: str, product_id: str, price: int | None, stock: int | None, **spec: str) -> Row:
    return {
        "sku_id": sku_id,
        "product_id": product_id,
        "spec": json.dumps(spec, ensure_ascii=False),
        "price": price,
        "stock": stock,
    }


def promotion(promotion_id: str, kind: str, **fields: Any) -> Row:
    """A row of ``promotion/in_force``: properties as the graph has them."""
    properties: dict[str, Any] = {"promotion_id": promotion_id, "name": f"活动{promotion_id}", "kind": kind, "version": 1}
    for name, value in fields.items():
        properties[name] = json.dumps(value) if isinstance(value, dict | list) else value
    return {"promotion_id": promotion_id, "version": properties["version"], "promotion": properties}


@pytest.fixture
def promotion_row() -> Callable[..., Row]:
    """``promotion_row("M1", kind, **fields in the graph encoding)``: a row of ``promotion/in_force``."""
    return promotion


@pytest.fixture
def shop() -> dict[str, Any]:
    """The rows of a small shop: two phones and an earphone that share an alias, a phone off the shelf."""
    phones = {"category_id": "C2", "name": "手机", "return_class": None, "depth": 1}
    digital = {"category_id": "C1", "name": "数码", "return_class": "NORMAL", "depth": 2}
    products = [
        product("P1", "云雀手机", brand_id="B1", brand_name="云雀", categories=[phones, digital], warranty_months=12),
        product("P2", "灰鹭手机", brand_id="B2", brand_name="灰鹭", categories=[phones, digital]),
        product("P3", "松果耳机", brand_id="B1", brand_name="云雀", categories=[digital]),
        product("P4", "旧款手机", status="OFF_SHELF", categories=[phones, digital]),
    ]
    skus = [
        sku("S11", "P1", 300000, 3, 颜色="曜石黑", 容量="256GB"),
        sku("S12", "P1", 340000, 0, 颜色="云白", 容量="512GB"),
        sku("S21", "P2", 199900, None, 颜色="蓝"),
        sku("S31", "P3", 50000, 9),
        sku("S41", "P4", 100000, 1),
    ]
    return {
        "catalogue/products": lambda given: [row for row in products if row["product_id"] in given["product_ids"]],
        "catalogue/skus": lambda given: [row for row in skus if row["product_id"] in given["product_ids"]],
        "catalogue/products_of_skus": lambda given: [row for row in skus if row["sku_id"] in given["sku_ids"]],
        "catalogue/in_category": lambda given: [
            row for row in products if {"C1", "C2"} & set(given["category_ids"]) and row["product_id"] != "P3"
        ],
        "catalogue/of_brand": lambda given: [row for row in products if row["brand_id"] in given["brand_ids"]],
        "catalogue/top_categories": [{"category_id": "C1", "name": "数码"}],
        "catalogue/names": [],
        "promotion/in_force": [],
    }
