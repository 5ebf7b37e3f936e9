"""``kg explain``: how an answer was reached."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg_service.cli import exits
from kg_service.cli.opening import open_engine
from kg_service.cli.options import Json, Store
from kg_service.cli.terminal import complain, interactive, output
from kg_service.errors import DataError

if TYPE_CHECKING:
    from kg_service.answers.answer import Answer

__all__ = ["EXAMPLES", "explain", "save_picture", "save_waterfall", "show_explanation"]

EXAMPLES = ("kg explain A3f9c…", "kg explain A3f9c… --graph why.svg", "kg explain A3f9c… --waterfall discounts.png")


def explain(
    answer_id: Annotated[str, typer.Argument(help="As kg ask printed it.", show_default=False)],
    graph: Annotated[
        Path | None,
        typer.Option("--graph", metavar="FILE", help="Draw the subgraph into an .svg or .png file.", show_default=False),
    ] = None,
    waterfall: Annotated[
        Path | None,
        typer.Option("--waterfall", metavar="FILE", help="Draw the discounts into an .svg or .png file.", show_default=False),
    ] = None,
    json: Json = False,
    store: Store = None,
) -> None:
    """Show how an answer was reached: facts, trace, queries, and the graph it was read from."""
    with open_engine(store, once=True) as engine:
        answer = engine.answer(answer_id)
    if answer is None:
        complain(f"no answer {answer_id} is recorded in this store (kg ask prints an answer's id)")
        raise typer.Exit(exits.BY_STATUS["NOT_FOUND"])
    if graph is not None:
        save_picture(answer, graph, title=None)
    if waterfall is not None:
        save_waterfall(answer, waterfall)
    if json:
        print(answer.model_dump_json())
        return
    show_explanation(answer)
    for path in (graph, waterfall):
        if path is not None:
            output().print(f"picture: {path}", soft_wrap=True)


def show_explanation(answer: Answer) -> None:
    """Print the whole explanation of an answer."""
    from rich.text import Text

    from kg_service.answers.show import answer_panel, evidence_table, facts_table, trace_tree
    from kg_service.answers.waterfall import answer_waterfall, plain_waterfall, waterfall_table
    from kg_service.graph.display import subgraph_of
    from kg_service.graph.outline import outline

    console = output()
    console.print(answer_panel(answer))
    if answer.facts:
        console.print(facts_table(answer.facts))
    found = answer_waterfall(answer)
    if found is not None and found.returned:
        console.print(waterfall_table(found) if interactive() else Text(plain_waterfall(found)), soft_wrap=not interactive())
    console.print(trace_tree(answer))
    console.print()
    if answer.evidence.queries:
        console.print(evidence_table(answer.evidence, answer.timings_ms))
    text = outline(subgraph_of(answer.evidence.subgraph))
    console.print(Text("Graph", style="italic"))
    console.print(Text(text or "no part of the graph was read"), soft_wrap=True)


def save_picture(answer: Answer, path: Path, *, title: str | None) -> None:
    """Draw an answer's subgraph; the lines a return is asked about are framed."""
    from kg_service.graph.display import subgraph_of
    from kg_service.graph.picture import PictureWarning, draw

    graph = subgraph_of(answer.evidence.subgraph)
    order = answer.facts.get("order_id")
    returned = {
        f"OrderLine:{order}/{item.get('line_id')}" for item in answer.facts.get("returned") or [] if isinstance(item, dict)
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PictureWarning)
        draw(graph, path, title=title or answer.text, focus=returned & set(graph.nodes))
    for warning in caught:
        if issubclass(warning.category, PictureWarning):
            complain(str(warning.message), kind="warning")


def save_waterfall(answer: Answer, path: Path) -> None:
    """Draw the discounts of the order an answer is about, and of its return where it quotes one.

    Raises
    ------
    DataError
        When the answer was not read from an order.
    """
    from kg_service.answers.waterfall import answer_waterfall
    from kg_service.graph.waterfall import draw_waterfall

    found = answer_waterfall(answer)
    if found is None:
        raise DataError("the answer was not read from an order", where=answer.answer_id, do="explain an answer about a return")
    draw_waterfall(found, path, title=f"订单 {found.order_id}")
