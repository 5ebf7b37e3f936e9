"""Preset answers (answers.md, "Service"): found by meaning while the question was understood, read here as they stand."""

from __future__ import annotations

import networkx as nx

from kg_service.decisions.decision import Asker, Decision, decider
from kg_service.graph.order_graph import Graph, node_id
from kg_service.parsing.frame import Frame
from kg_service.queries.flow import Flow, Query
from kg_service.trace import Basis, Step

__all__ = ["faq"]


@decider("faq")
def faq(frame: Frame, asker: Asker) -> Flow[Decision]:
    """The preset answer whose question means the same, verbatim; OUT_OF_SCOPE when there is none."""
    if frame.faq_id is None:
        return Decision("OUT_OF_SCOPE")
    rows = yield Query("faq/by_id", {"faq_id": frame.faq_id})
    if not rows:
        return Decision("OUT_OF_SCOPE")
    row = rows[0]
    graph: Graph = nx.MultiDiGraph()
    name = node_id("Faq", row["faq_id"])
    graph.add_node(name, label="Faq", properties={"faq_id": row["faq_id"], "question": row["question"]})
    return Decision(
        "ANSWERED",
        facts={"faq_id": row["faq_id"], "source": "PRESET"},
        trace=[
            Step(
                rule="faq.closest",
                inputs={"question": row["question"], "score": round(frame.faq_score, 3)},
                formula="the preset question closest in meaning",
                result=row["faq_id"],
                basis=Basis(kind="RECORD", id=name, text=row["question"]),
            )
        ],
        # in the wording a line break is nothing and ¶ is a new line
        words={"answer": str(row["answer"]).replace("\n", "¶"), "question": row["question"]},
        graph=graph,
    )
