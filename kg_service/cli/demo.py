"""``kg demo``: a real question answered from a real graph, with its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kg_service.cli.explain import save_picture, show_explanation
from kg_service.cli.load import show_report
from kg_service.cli.opening import open_engine, prepare_quick_start
from kg_service.cli.terminal import interactive, notes, output
from kg_service.errors import ResourceError
from kg_service.resources import read_yaml, resource

__all__ = ["EXAMPLES", "demo"]

EXAMPLES = ("kg demo", "kg demo --store /tmp/demo --out /tmp")


def demo(
    store: Annotated[
        Path,
        typer.Option("--store", metavar="FOLDER", help="Where the demo graph is kept; created when missing."),
    ] = Path(".kg-demo"),
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the pictures go.")] = Path("kg-demo"),
) -> None:
    """Load the demo data set into an embedded store and ask it some questions.

    The first answer is shown with its trace and the graph it was read from, also as a picture.
    """
    from rich.rule import Rule
    from rich.text import Text

    from kg_service.answers.show import answer_panel, plain

    script = _script()
    console = output()
    with open_engine(str(store)) as engine:
        notes().print(f"loading the demo data set into {store} …")
        report = engine.load(resource("seed_data", "demo"))
        show_report(report)
        prepare_quick_start(engine.info())
        for number, turn in enumerate(script["questions"]):
            answer = engine.ask(
                turn["question"], user_id=turn.get("user_id"), now=script["now"], session_id=turn.get("session")
            )
            who = f" ({turn['user_id']})" if turn.get("user_id") else ""
            console.print(Rule(Text(f"{turn['question']}{who}"), align="left"))
            if turn.get("about"):
                console.print(Text(turn["about"], style="dim"))
            if number == 0:
                show_explanation(answer)
                for suffix in ("svg", "png"):
                    save_picture(answer, out / f"graph.{suffix}", title=turn["question"])
                console.print(f"pictures: {out / 'graph.svg'}, {out / 'graph.png'}", soft_wrap=True)
            else:
                console.print(answer_panel(answer) if interactive() else Text(plain(answer)), soft_wrap=not interactive())
    first = script["questions"][0]
    console.print(Rule(Text("go on"), align="left"))
    console.print(Text(f"kg chat --store {store} --user {first.get('user_id')}", style="bold"), soft_wrap=True)


def _script() -> dict[str, Any]:

    path = resource("seed_data", "demo-questions.yaml")
    script = read_yaml(path)
    if not isinstance(script, dict) or not script.get("questions"):
        raise ResourceError("no questions to ask", where=str(path), do="reinstall the package")
    manifest = read_yaml(resource("seed_data", "demo", "manifest.yaml"))
    return {"now": manifest["as_of"], **script}
