"""What answers by after-sales terms have in common: the lines asked about, the terms as facts, and their graph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import networkx as nx

from kg_service.answers.answer import Verdict
from kg_service.dataset.term import Term
from kg_service.decisions.decision import Decision
from kg_service.decisions.forms import may_be_yes_no, yes_no
from kg_service.decisions.own_case import OwnCase
from kg_service.decisions.policies import Area
from kg_service.decisions.return_words import day_words
from kg_service.graph.order_graph import Graph, add_edge, add_node
from kg_service.parsing.frame import Frame
from kg_service.rules.after_sale import term_basis
from kg_service.rules.catalogue import Goods
from kg_service.trace import Step

__all__ = ["asked_lines", "in_general", "own_words", "put", "term_facts", "terms_graph", "wants_verdict"]


def asked_lines(own: OwnCase) -> list[str]:
    """The lines a question is about: those it names, also when they are on their way back; else all that were bought."""
    resolution = own.resolution
    named = [one.line.line_id for one in resolution.chosen] or [line.line_id for line in resolution.on_its_way]
    if named:
        return list(dict.fromkeys(named))
    bought = [line for line in resolution.lines if line.role not in ("GIFT", "SERVICE")] or list(resolution.lines)
    return [line.line_id for line in bought if line.remaining] or [line.line_id for line in bought]


def own_words(own: OwnCase, line_ids: Iterable[str]) -> dict[str, Any]:
    """Names for the wording: the goods of the lines asked about, the order's day, whether it is merely the latest."""
    names = own.case.names
    return {
        "goods": [names.get(line_id, line_id) for line_id in line_ids],
        "names": dict(names),
        "day": day_words(own.resolution.lines),
        "recent": own.resolution.how == "RECENT",
    }


def term_facts(terms: Iterable[Term]) -> list[dict[str, Any]]:
    """Terms as :class:`~kg_service.answers.facts_terms.TermFacts`."""
    return [
        {
            "term_id": term.term_id,
            "text": term.text,
            "window_days": term.values.window_days,
            "months": term.values.months,
            "deposit_refundable": term.values.deposit_refundable,
        }
        for term in terms
    ]


_NO_VERDICT = re.compile(r"什么时候|啥时候|几时|何时|多久|多长时间|几[天年号个]|哪[天些种年里]|多少|怎么|如何|咋办|什么|啥")


def wants_verdict(frame: Frame) -> bool:
    """Whether a yes or no answers the question, also where its form was not understood ("保修到啥时候").

    Examples
    --------
    >>> ask = lambda text: wants_verdict(Frame(intent="repair_warranty", confidence=1, text=text))
    >>> ask("保修到啥时候"), ask("手表坏了给修")
    (False, True)
    """
    if frame.question_form == "STATEMENT":
        return _NO_VERDICT.search(frame.text) is None
    return may_be_yes_no(frame) and (yes_no(frame) or _NO_VERDICT.search(frame.text) is None)


def put(verdict: Verdict, frame: Frame) -> Verdict:
    """A verdict on the question as it was put: "不能开了吗" asks the opposite of "能开吗"."""
    if frame.asks != "IMPOSSIBLE" or verdict not in ("YES", "NO"):
        return verdict
    return "NO" if verdict == "YES" else "YES"


def in_general(topic: str, area: Area, terms: list[Term], facts: dict[str, Any], verdict: Verdict | None) -> Decision:
    """The terms of a topic as such, wording variant POLICY; UNKNOWN naming the missing term where there is none."""
    goods = area.goods or Goods("")
    about = {"product_id": goods.product_id or None, "terms": term_facts(terms), **facts}
    words = {"name": area.name, "general": area.goods is None}
    if not terms:
        where = f" for Product {goods.product_id}" if goods.product_id else f" for {area.name}" if area.name else ""
        return Decision("UNKNOWN", facts=about, missing=[f"Term {topic}{where}"], words=words, variant="UNKNOWN")
    steps = [
        Step(
            rule=f"{topic.lower()}.term",
            inputs={"term_id": term.term_id},
            formula="in force and about these goods",
            result=term.values.model_dump(mode="json", exclude_none=True, exclude_defaults=True, by_alias=True),
            basis=term_basis(term),
        )
        for term in terms
    ]
    return Decision("ANSWERED", facts=about, verdict=verdict, trace=steps, words=words, variant="POLICY",
                    graph=terms_graph(area, terms))  # fmt: skip


def terms_graph(area: Area, terms: Iterable[Term]) -> Graph:
    """Terms and the product they were asked for."""
    graph: Graph = nx.MultiDiGraph()
    target = None
    if area.goods is not None and area.goods.product_id:
        target = add_node(graph, "Product", {"product_id": area.goods.product_id, "name": area.name})
    for term in terms:
        values = {"term_id": term.term_id, "topic": term.topic, "text": term.text, "basis": term.basis}
        add_edge(graph, add_node(graph, "Term", values), "APPLIES_TO", target)
    return graph
