"""An answer for a terminal (rich) and for a pipe (plain text)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from kg_service.answers.answer import Answer, Evidence
from kg_service.answers.prose import Prose
from kg_service.trace import Basis, Step

__all__ = ["answer_panel", "evidence_table", "facts_table", "plain", "trace_tree"]

_COLOURS = {
    "ANSWERED": "green",
    "CLARIFY": "yellow",
    "UNKNOWN": "yellow",
    "NOT_FOUND": "magenta",
    "FORBIDDEN": "red",
    "OUT_OF_SCOPE": "blue",
    "HANDOFF": "cyan",
}
_FIGURE = "bold"
_QUIET = "dim"


def plain(answer: Answer) -> str:
    """The answer as lines of text: what it says, its options, and a last line with its status, intent, verdict and id.

    Examples
    --------
    >>> print(plain(Answer(answer_id="A1", status="ANSWERED", intent="greeting", text="您好,有什么可以帮您?")))
    您好,有什么可以帮您?
    [ANSWERED greeting A1]
    """
    lines = [answer.text, *_options(answer)]
    head = [answer.status, answer.intent, answer.verdict, answer.answer_id]
    lines.append(f"[{' '.join(word for word in head if word)}]")
    return "\n".join(lines)


def answer_panel(answer: Answer) -> Panel:
    """What the answer says, with its options, suggestions and times."""
    body: list[RenderableType] = [Prose(answer.text)]
    body += [Prose(line, style="bold") for line in _options(answer)]
    if answer.missing:
        body.append(Text("missing: " + ", ".join(answer.missing), style="yellow"))
    if answer.handoff:
        parts = [answer.handoff.reason, answer.handoff.queue, answer.handoff.priority, answer.handoff.ticket_id]
        body.append(Text("handoff: " + " · ".join(part for part in parts if part), style="cyan"))
    body += [Prose(f"→ {suggestion.text}", style=_QUIET) for suggestion in answer.suggestions]
    title = Text(answer.status, style=f"bold {_COLOURS[answer.status]}")
    for word in (answer.intent, answer.verdict):
        if word:
            title.append(f" · {word}")
    if answer.intent:
        title.append(f" · {answer.confidence:.2f}", style=_QUIET)
    total = answer.timings_ms.get("total")
    foot = Text(answer.answer_id if total is None else f"{answer.answer_id} · {total:.0f} ms", style=_QUIET)
    return Panel(
        Group(*body),
        title=title,
        subtitle=foot,
        title_align="left",
        subtitle_align="right",
        border_style=_COLOURS[answer.status],
    )


def _options(answer: Answer) -> list[str]:
    """The options, unless the text names them already."""
    if answer.clarification is None or all(option.label in answer.text for option in answer.clarification.options):
        return []
    return [f"{number}. {option.label} ({option.id})" for number, option in enumerate(answer.clarification.options, 1)]


def facts_table(facts: Mapping[str, Any], *, title: str | None = "Facts") -> Table:
    """The facts, one a row; records one below the other. Facts that are null share the last row."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE, show_header=False, padding=(0, 1))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if value is not None:
            table.add_row(name, _value(value))
    if absent := [name for name, value in facts.items() if value is None]:
        table.add_row("null", Prose(", ".join(absent), style=_QUIET))
    return table


def _value(value: Any) -> RenderableType:
    if _is_records(value):
        return Group(*(_record(row) for row in value))
    return Prose(_words(value))


def _is_records(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _record(row: Mapping[str, Any]) -> RenderableType:
    """A record's own values in one line, the records inside it indented below."""
    line = Text()
    inside: list[RenderableType] = []
    for name, value in row.items():
        if _is_records(value):
            inside += [Padding(Group(Text(name, style="cyan"), *(_record(inner) for inner in value)), (0, 0, 0, 2))]
        elif value not in (None, [], {}, ""):
            line.append("  " if line else "").append(f"{name} ", style=_QUIET).append(_brief(value))
    return Group(Prose.of(line), *inside)


def _brief(value: Any) -> str:
    """A value inside a record; of a basis its kind and id: the trace has its words."""
    if isinstance(value, Mapping) and "kind" in value and "id" in value:
        return f"{value['kind']} {value['id'] or ''}".rstrip()
    return _words(value)


def _words(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return " · ".join(f"{name} {_words(inner)}" for name, inner in value.items()) or "{}"
    if isinstance(value, list | tuple):
        return "; ".join(_words(inner) for inner in value) or "[]"
    return str(value)


def trace_tree(answer: Answer) -> Tree:
    """How the answer was reached: each step's formula and result, its inputs, and what it rests on."""
    tree = Tree(Text(f"Trace of {answer.answer_id}", style="bold"))
    for number, step in enumerate(answer.trace, 1):
        _add_step(tree, number, step)
    # the top level is the first part's, so the trace of the others stands only with them
    for part in answer.parts[1:]:
        branch = tree.add(Prose(f"{part.intent}: {part.text}", style="bold"))
        for number, step in enumerate(part.trace, 1):
            _add_step(branch, number, step)
    if not tree.children:
        tree.add(Text("no steps: nothing had to be computed or decided", style=_QUIET))
    return tree


def _add_step(tree: Tree, number: int, step: Step) -> None:
    head = Text(f"{number}. {step.rule}", style="cyan")
    if step.formula:
        head.append(f"  {step.formula}", style="default")
    if step.result is not None:
        head.append("  → ", style="default")
        head.append(_words(step.result), style=_FIGURE)
    branch = tree.add(Prose.of(head))
    if step.inputs:
        branch.add(Prose(", ".join(f"{name} = {_words(value)}" for name, value in step.inputs.items())))
    branch.add(Prose(_basis(step.basis), style="green"))


def _basis(basis: Basis) -> str:
    words = [basis.kind, basis.id, basis.text]
    line = " · ".join(" ".join(word.split()) for word in words if word)
    return f"{line} <{basis.source}>" if basis.source else line


def evidence_table(evidence: Evidence, timings_ms: Mapping[str, float] | None = None) -> Table:
    """The queries that were run: template, parameters, rows, the store's time in ms; below, where the time went."""
    times = " · ".join(f"{name} {ms:.1f} ms" for name, ms in (timings_ms or {}).items())
    table = Table(title="Evidence", title_justify="left", caption=times or None, caption_justify="left", box=box.SIMPLE)
    table.add_column("template", style="cyan", no_wrap=True)
    table.add_column("parameters", overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("ms", justify="right")
    for query in evidence.queries:
        table.add_row(query.template, Text(", ".join(_parameters(query.parameters))), str(query.rows), f"{query.ms:.1f}")
    return table


def _parameters(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        text = json.dumps(value, ensure_ascii=False, default=str)
        yield f"{name}={text if len(text) <= 60 else text[:57] + '...'}"
