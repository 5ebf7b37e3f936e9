"""From a decision to an answer: facts checked, wording chosen, evidence attached, script of the question."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from kg_service.answers.answer import Answer, Evidence, QueryRecord
from kg_service.answers.facts import dump_facts
from kg_service.answers.wording import Wording
from kg_service.decisions.decision import Decision
from kg_service.graph.schema import GraphSchema
from kg_service.money import Money
from kg_service.parsing.frame import Frame
from kg_service.text.script import Script, to_traditional
from kg_service.times import format_instant

__all__ = ["evidence_graph", "join_parts", "render"]

_NUMBERED = re.compile(r"\d+[.．]")


def render(
    decision: Decision,
    frame: Frame,
    *,
    answer_id: str,
    wording: Wording,
    wording_name: str | None = None,
    script: Script = "simplified",
    queries: Sequence[QueryRecord] = (),
) -> Answer:
    """Put a decision into words.

    Parameters
    ----------
    wording_name : the wording file, where it is not the intent's name
    script : of the question; the text is given in it
    """
    facts = dump_facts(frame.intent, decision.facts)
    values = {
        "facts": facts,
        "verdict": decision.verdict,
        "status": decision.status,
        "missing": decision.missing,
        "options": [option.model_dump() for option in decision.clarification.options] if decision.clarification else [],
        "intent": frame.intent,
        "handoff": decision.handoff.model_dump() if decision.handoff else None,
        "words": decision.words,
        **decision.words,
    }
    text = wording.say(wording_name or frame.intent, _variants(decision), values)
    if script == "traditional":
        text = to_traditional(text)
    return Answer(
        answer_id=answer_id,
        status=decision.status,
        intent=frame.intent,
        confidence=round(min(1.0, max(0.0, frame.confidence)), 4),
        text=text,
        verdict=decision.verdict,
        facts=facts,
        trace=decision.trace,
        evidence=Evidence(queries=list(queries), subgraph=evidence_graph(decision.graph) if decision.graph is not None else {}),
        clarification=decision.clarification,
        missing=decision.missing,
        handoff=decision.handoff,
        suggestions=decision.suggestions,
    )


def _variants(decision: Decision) -> list[str]:
    names = [decision.variant] if decision.variant else []
    if decision.verdict is not None:
        names.append(f"{decision.status}_{decision.verdict}")
        if decision.status == "ANSWERED":
            names.append(decision.verdict)
    return [*names, decision.status]


def join_parts(parts: Sequence[Answer]) -> Answer:
    """One answer for a message with several questions: the first's fields, the text of all.

    What was not understood stands behind what was: a message begun with an aside is not out of scope. What one answer says
    another need not say again.
    """
    parts = sorted(parts, key=lambda part: part.status == "OUT_OF_SCOPE")
    first = parts[0]
    if len(parts) == 1:
        return first
    texts = _once([part.text for part in parts])
    text = "\n".join(f"（{index}）{said}" for index, said in enumerate(texts, 1)) if len(texts) > 1 else texts[0]
    return first.model_copy(update={"text": text, "parts": list(parts)})


def _once(texts: Sequence[str]) -> list[str]:
    """Texts without the lines that an earlier one has; numbered lines stay, and a text of which nothing new is left goes.

    Examples
    --------
    >>> _once(["还在。\\n退款：退X，退给您5元。", "退X，退给您5元。\\n变化：\\n还在。", "还在。"])
    ['还在。\\n退款：退X，退给您5元。', '退X，退给您5元。']
    """
    known: set[str] = set()
    kept: list[str] = []
    for text in texts:
        lines = text.split("\n")
        fresh = [line not in known or _NUMBERED.match(line) is not None for line in lines]
        for at in range(len(lines) - 2, -1, -1):
            # a heading of nothing
            fresh[at] &= not (lines[at].endswith("：") and not fresh[at + 1])
        if any(new and line not in known for line, new in zip(lines, fresh, strict=True)):
            kept.append("\n".join(line for line, new in zip(lines, fresh, strict=True) if new))
        known.update(lines)
    return kept


def evidence_graph(graph: nx.MultiDiGraph[str]) -> dict[str, Any]:
    """A subgraph as node-link JSON: stable ids, money as decimal yuan, instants as ISO 8601."""
    schema = GraphSchema.load()
    nodes = []
    for name in sorted(graph.nodes):
        data = graph.nodes[name]
        types = {key: prop.type for key, prop in schema.label(data["label"]).properties.items()}
        nodes.append({"id": name, "label": data["label"], "properties": _shown(data["properties"], types)})
    links = []
    for source, target, key, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        about = schema.relationships.get(str(data.get("type", key)))
        types = {name: prop.type for name, prop in about.properties.items()} if about else {}
        links.append(
            {
                "source": source,
                "target": target,
                "key": key,
                "type": data.get("type", key),
                "properties": _shown(data.get("properties", {}), types),
            }
        )
    return {"directed": True, "multigraph": True, "graph": {}, "nodes": nodes, "links": links}


def _shown(properties: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in sorted(properties.items()):
        if value is None:
            continue
        kind = types.get(name)
        if kind == "money" and isinstance(value, int):
            shown[name] = str(Money(value))
        elif kind == "instant" and isinstance(value, int):
            shown[name] = format_instant(value)
        else:
            shown[name] = value if isinstance(value, str | int | bool | list) else json.loads(json.dumps(value, default=str))
    return shown
