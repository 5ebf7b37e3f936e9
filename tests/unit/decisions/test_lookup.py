"""Intents that are data alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg_service.answers.facts_lookup import facts_model
from kg_service.decisions.decision import Asker, Decision
from kg_service.decisions.lookup import Lookup, looked_up, lookups
from kg_service.errors import ResourceError
from kg_service.parsing.frame import EntityRef, Frame, Mention
from kg_service.queries.registry import Registry
from kg_service.times import parse_instant

Ask = Callable[..., Decision]
Rows = dict[str, Any]


def test_every_template_is_there_and_personal_data_has_its_owner() -> None:
    registry = Registry.load()
    for intent, spec in lookups().items():
        for call in spec.queries:
            template = registry[call.template]
            assert set(template.parameters) == set(call.parameters), intent
            if template.owner is not None:
                assert call.parameters[template.owner] == "owner", intent


class TestCouponList:
    ROW = {"coupon_id": "C1", "promotion_id": "M1", "name": "满减券", "status": "UNUSED", "valid_to": 1796140799000}

    def test_rows_become_records(self, ask: Ask) -> None:
        decision = ask("coupon_list", "我有哪些券", {}, {"coupon/own_coupons": [self.ROW]}, user_id="U1")
        assert decision.facts["coupons"] == [{**self.ROW, "valid_to": "2026-12-01T23:59:59+08:00"}]

    def test_none_is_an_answer(self, ask: Ask) -> None:
        decision = ask("coupon_list", "我有哪些券", {}, {"coupon/own_coupons": []}, user_id="U1")
        assert (decision.status, decision.variant, decision.facts) == ("ANSWERED", "EMPTY", {"coupons": []})

    def test_the_owner_is_the_asker(self, ask: Ask) -> None:
        asked: list[Any] = []

        def rows(given: dict[str, Any]) -> list[Any]:
            asked.append(given)
            return []

        ask("coupon_list", "我有哪些券", {}, {"coupon/own_coupons": rows}, user_id="U7")
        assert [one["user_id"] for one in asked] == ["U7"]
        assert set(asked[0]) == {"user_id", "now"}

    def test_nobody(self, ask: Ask) -> None:
        assert ask("coupon_list", "我有哪些券").status == "FORBIDDEN"


WARRANTY = Lookup.model_validate(
    {
        "about": "product",
        "queries": [{"template": "x/warranty", "parameters": {"product_id": "product.product_id", "limit": {"value": 3}}}],
        "facts": {
            "product_id": {"type": "string", "from": "product.product_id"},
            "deposit": {"type": "money", "column": "deposit"},
            "since": {"type": "instant", "column": "since"},
        },
        "words": {"product": "product.name"},
        "needs": {"deposit": "Product {product_id}.deposit"},
    }
)


class TestAboutAProduct:
    @staticmethod
    def ask(shop: Rows, row: Rows, *ids: str) -> tuple[Decision, list[Any]]:
        asked: list[Any] = []
        refs = tuple(EntityRef(kind="product", id=key) for key in ids)
        frame = Frame(intent="x", confidence=1, text="云雀", mentions=(Mention(text="云雀", start=0, end=2, refs=refs),))
        flow = looked_up(WARRANTY, frame, Asker(None, "customer", parse_instant("2026-11-12")))
        rows = {**shop, "x/warranty": lambda given: asked.append(given) or [row]}
        query = next(flow)
        try:
            while True:
                query = flow.send(rows[query.template](query.parameters))
        except StopIteration as done:
            return done.value, asked

    def test_parameters_and_types(self, shop: Rows) -> None:
        decision, asked = self.ask(shop, {"deposit": 5000, "since": parse_instant("2026-01-01")}, "P1")
        assert asked == [{"product_id": "P1", "limit": 3}]
        assert decision.facts == {"product_id": "P1", "deposit": "50.00", "since": "2026-01-01T00:00:00+08:00"}
        facts_model("x", WARRANTY).model_validate(decision.facts)

    def test_a_needed_fact_that_is_not_recorded(self, shop: Rows) -> None:
        decision, _ = self.ask(shop, {"deposit": None, "since": None}, "P1")
        assert (decision.status, decision.missing) == ("UNKNOWN", ["Product P1.deposit"])

    def test_what_is_not_clear_is_asked(self, shop: Rows) -> None:
        decision, asked = self.ask(shop, {}, "P1", "P3")
        assert (decision.status, asked) == ("CLARIFY", [])


def test_a_path_that_is_not_known_is_named() -> None:
    spec = Lookup.model_validate({"queries": [{"template": "x/y", "parameters": {"a": "order_id"}}], "facts": {}})
    flow = looked_up(spec, Frame(intent="x", confidence=1, text="?"), Asker(None, "customer", 0))
    with pytest.raises(ResourceError, match="there is no 'order_id' here"):
        next(flow)
