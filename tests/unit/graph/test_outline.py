"""Subgraphs as text."""

import random

import networkx as nx

from kg_service.graph.outline import outline, roots
from tests.unit.graph.sample import order_graph

EXPECTED = """\
客户 钱多多
└─ 下单 -> 订单 O5 · 状态 已签收 · 下单 2026-09-21 22:13
   ├─ 包含 -> 订单行 1 破壁料理机 · 件数 1 · 原价 100.00
   │  ├─ 参与 凑单并享优惠 10.00 -> 优惠使用 A ^
   │  └─ 购买规格 -> 规格 灰 · 现价 99.00
   │     └─ 是规格 -> 商品 破壁料理机
   │        └─ 属于类目 -> 类目 厨房电器
   │           └─ 属于上级 -> 类目 家电
   ├─ 包含 -> 订单行 2 不锈钢汤锅 · 件数 2 · 原价 200.00
   │  ├─ 参与 凑单并享优惠 20.00 -> 优惠使用 A ^
   │  └─ 购买规格 -> 规格 灰 · 现价 99.00
   │     └─ 是规格 -> 商品 不锈钢汤锅
   │        └─ 属于类目 -> 类目 厨房电器 ^
   └─ 使用优惠 -> 优惠使用 A · 优惠 30.00
      └─ 即活动 -> 促销 厨具每满200减30 · 类型 满减"""


def test_the_order_is_shown_from_its_customer_to_the_rules():
    assert outline(order_graph()) == EXPECTED


def test_the_order_of_nodes_and_edges_changes_nothing():
    graph, shuffled = order_graph(), nx.MultiDiGraph()
    nodes, edges = list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))
    random.Random(4).shuffle(nodes)
    random.Random(5).shuffle(edges)
    shuffled.add_nodes_from(nodes)
    shuffled.add_edges_from(edges)
    assert outline(shuffled) == EXPECTED


def test_every_node_and_every_relationship_stands_once():
    graph = order_graph()
    lines = outline(graph).splitlines()
    assert sum(not line.endswith("^") for line in lines) == graph.number_of_nodes()
    assert sum("->" in line or "<-" in line for line in lines) == graph.number_of_edges()


def test_parts_that_are_not_connected_follow_each_other():
    graph = order_graph()
    graph.add_node("Term:T", label="Term", properties={"term_id": "T", "text": "七日内可退"})
    assert roots(graph) == ["User:U5", "Term:T"]
    assert outline(graph).endswith("\n条款 七日内可退")


def test_cycles_end_and_an_empty_graph_is_empty():
    graph = nx.MultiDiGraph()
    for one, other in (("a", "b"), ("b", "a"), ("a", "a")):
        graph.add_edge(one, other, type="SUBSTITUTE_OF")
    for node in graph:
        graph.nodes[node].update(label="Product", properties={"name": node})
    assert len(outline(graph).splitlines()) == 4
    assert outline(nx.MultiDiGraph()) == ""
