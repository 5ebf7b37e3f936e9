"""Whatever one fact the graph loses: UNKNOWN that names it, or the same figures; never other ones (promotions.md 4.6, 9)."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import networkx as nx
import pytest

from kg_service import Engine
from kg_service.api.runner import run
from kg_service.graph.case import Case, case_of
from kg_service.graph.order_graph import Graph, read_order_graph
from kg_service.rules.quote import ReturnQuote
from kg_service.rules.returns import quote_return
from tests.support.cases import DATA
from tests.support.engines import embedded

ORDERS = {
    "a": ("U1001", "O20261108001", {"L1": 1}),
    "a-recorded": ("U1002", "O20261108002", {"L1": 1}),
    "b": ("U1003", "O20261108003", {"L1": 1}),
    "c": ("U1004", "O20261109001", {"L1": 1}),
    "d": ("U1005", "O20261109002", {"L1": 1}),
    "e": ("U1006", "O20261109003", {"L2": 1}),
    "coupon": ("U1026", "O20261108008", {"L1": 1}),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with embedded(tmp_path_factory.mktemp("facts") / "store", DATA["demo"]) as opened:
        yield opened


def quoted(graph: Graph, order_id: str, returned: dict[str, int], now: int) -> tuple[Case, ReturnQuote | None]:
    case = case_of(graph, order_id)
    if case.order is None or case.missing:
        return case, None
    quote = quote_return(
        case.order, case.promotions, case.terms, returned, at=now, catalogue=case.catalogue, coupons=case.coupons
    )
    return case, quote


def figures(quote: ReturnQuote) -> dict[str, object]:
    return quote.model_dump(
        mode="json", include={"refund_amount", "buyer_owes", "kept", "promotions", "by_instrument", "gifts"}
    )


def without_each_fact(graph: Graph, order: str) -> Iterator[tuple[str, Graph]]:
    for name, data in graph.nodes(data=True):
        for key in data["properties"]:
            less: Graph = copy.deepcopy(graph)
            del less.nodes[name]["properties"][key]
            yield f"{name}.{key}", less
        if name != order:
            less = copy.deepcopy(graph)
            less.remove_node(name)
            yield name, less
    for source, target, key, data in graph.edges(keys=True, data=True):
        for prop in data["properties"]:
            less = copy.deepcopy(graph)
            del less.edges[source, target, key]["properties"][prop]
            yield f"{source}-[{key}.{prop}]->{target}", less
        less = copy.deepcopy(graph)
        less.remove_edge(source, target, key)
        yield f"{source}-[{key}]->{target}", less


@pytest.mark.parametrize("shape", ORDERS)
def test_one_fact_less(engine: Engine, shape: str) -> None:
    user, order_id, returned = ORDERS[shape]
    graph = run(read_order_graph(user, order_id), engine._registry, engine._store)
    now = engine._mind.data_sets.as_of or 0
    whole = quoted(graph, order_id, returned, now)[1]
    assert whole is not None
    wanted = figures(whole)
    other = []
    for what, less in without_each_fact(graph, f"Order:{order_id}"):
        if f"Order:{order_id}" not in less:
            continue
        case, quote = quoted(less, order_id, returned, now)
        missing = case.missing if quote is None else quote.missing
        if not missing and (quote is None or figures(quote) != wanted):
            other.append(what)
    assert other == []


def test_the_order_of_nodes_and_edges_changes_nothing(engine: Engine) -> None:
    user, order_id, returned = ORDERS["coupon"]
    graph = run(read_order_graph(user, order_id), engine._registry, engine._store)
    now = engine._mind.data_sets.as_of or 0
    turned: Graph = nx.MultiDiGraph()
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(graph.edges(keys=True, data=True))))
    assert quoted(turned, order_id, returned, now)[1] == quoted(graph, order_id, returned, now)[1]
