"""How to order and how to pay: from the data set's preset answers; how an order was paid: from its record (answers.md)."""

from __future__ import annotations

import re

import networkx as nx

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.decisions.order_detail import amount_of, payments_of
from kg_service.decisions.own_case import OwnCase, read_own_order
from kg_service.decisions.term_answers import own_words
from kg_service.graph.order_graph import Graph, node_id
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.trace import Basis, Step

__all__ = ["order_place", "payment_methods"]

#: It is asked how an order was paid, not how one may pay.
_PAID = re.compile(
    r"(?:用|拿|走|从)的?(?:什么|啥|哪个|哪种|哪张|哪几种|哪里|哪儿)[^,.?!]{0,6}(?:付|支付|结|刷|买|扣)的"
    r"|怎么(?:付|支付|结|付款)的|(?:付款|支付|扣款)(?:记录|明细|情况|凭证)|(?:付|支付)款?(?:了)?几笔|哪里扣的|扣的哪"
    r"|(?:用|刷|走)的(?:什么|啥|哪)[^,.?!]{0,6}(?:付|支付|卡|方式)"
)


@decider("order_place")
def order_place(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The preset answer on how to order; UNKNOWN where the data set has none."""
    return (yield from _preset(frame, "ordering"))


@decider("payment_methods")
def payment_methods(frame: Frame, asker: Asker) -> Flow[Decision]:
    """How an order of the asker's was paid, where that is asked; else the preset answer on how one may pay."""
    if _PAID.search(frame.text) is not None:
        own = yield from read_own_order(frame, asker)
        return own if isinstance(own, Decision) else _paid(own)
    return (yield from _preset(frame, "payment_methods"))


def _paid(own: OwnCase) -> Decision:
    order = own.order
    payments = payments_of(order)
    paid = None if order.payments is None else sum((one.amount for one in order.payments), Money(0))
    step = Step(
        rule="order.payments",
        inputs={one.payment_id: str(one.amount) for one in order.payments or []},
        formula=" + ".join(str(one.amount) for one in order.payments or []),
        result=None if paid is None else str(paid),
        basis=Basis(kind="RECORD", id=node_id("Order", order.order_id), text="付款记录"),
    )
    return Decision(
        "UNKNOWN" if payments is None else "ANSWERED",
        facts={"order_id": order.order_id, "payments": payments, "paid": paid},
        missing=[f"Order {order.order_id}.payments"] if payments is None else [],
        trace=[step, amount_of(order).step],
        words=own_words(own, []),
        variant="UNKNOWN_FACTS" if payments is None else "PAID",
        graph=own.case.graph,
    )


def _preset(frame: Frame, topic: str) -> Flow[Decision]:
    rows = (yield Query("faq/by_id", {"faq_id": frame.faq_id})) if frame.faq_id is not None else []
    if not rows:
        step = Step(rule="preset", result=None, basis=Basis(kind="RECORD", text="没有登记这方面的说明"))
        return Decision("UNKNOWN", missing=[f"Faq {topic}"], trace=[step])
    row = rows[0]
    graph: Graph = nx.MultiDiGraph()
    name = node_id("Faq", row["faq_id"])
    graph.add_node(name, label="Faq", properties={"faq_id": row["faq_id"], "question": row["question"]})
    return Decision(
        "ANSWERED",
        facts={"faq_id": row["faq_id"], "source": "PRESET"},
        trace=[
            Step(
                rule="preset",
                inputs={"question": row["question"], "score": round(frame.faq_score, 3)},
                formula="the preset question of the same matter",
                result=row["faq_id"],
                basis=Basis(kind="RECORD", id=name, text=row["question"]),
            )
        ],
        words={"answer": str(row["answer"]).replace("\n", "¶")},
        graph=graph,
    )
