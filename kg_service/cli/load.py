"""``kg load``: a data set into the graph."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg_service.cli import exits
from kg_service.cli.opening import prepare_quick_start
from kg_service.cli.options import Json, Store
from kg_service.cli.terminal import notes, output

if TYPE_CHECKING:
    from kg_service.loading import LoadReport, ProgressCallback

__all__ = ["EXAMPLES", "load", "progress_bars", "show_report"]

EXAMPLES = (
    "kg load seed_data/demo",
    "kg load my-shop --dry-run",
    "kg load my-shop --replace --store neo4j://localhost:7687",
    "kg load my-shop --strict --json | jq .problems",
)

#: Problems printed in a terminal; all of them are in ``--json`` and in the rejects folder.
_SHOWN = 20


def load(
    folder: Annotated[Path, typer.Argument(help="The data set: a folder with a manifest.yaml.", show_default=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Also remove what the data set no longer has.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the whole data set when any row is wrong.")] = False,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", metavar="FOLDER", help="Where rejected rows go; else <folder>.rejects.", show_default=False),
    ] = None,
    json: Json = False,
    store: Store = None,
) -> None:
    """Load a data set into the graph.

    Every row is validated first. Sound rows are written; rejected ones go to a folder with the reasons, to be mended and
    loaded.
    Loading again changes nothing; an interrupted load is completed by running it again. Exit code 20 when rows were rejected.
    """
    from kg_service.cli.storing import open_location
    from kg_service.loading import load as load_into

    opened = open_location(store)
    try:
        with progress_bars() as progress:
            report = load_into(
                opened, folder, replace=replace, dry_run=dry_run, strict=strict, progress=progress, rejects=rejects
            )
    finally:
        opened.close()
    if report.written:
        prepare_quick_start(opened.info())
    if json:
        print(report.model_dump_json())
    else:
        show_report(report)
    raise typer.Exit(0 if report.ok else exits.REJECTED_ROWS)


@contextmanager
def progress_bars() -> Iterator[ProgressCallback | None]:
    """A progress bar per file on standard error, where a person looks at it."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    from kg_service.loading import Progress as Step

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:>9.0f} rows/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def step(at: Step) -> None:
            name = f"{at.phase} {at.file}"
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=at.total, rate=0.0)
            bars.update(tasks[name], completed=at.done, total=at.total, rate=at.rate)

        yield step


def show_report(report: LoadReport) -> None:
    """The summary per file as a table, then what is wrong, then one line in all."""
    from rich.table import Table
    from rich.text import Text

    console = output()
    table = Table(box=None, pad_edge=False)
    columns = ["rows", "rejected", "warnings"]
    if report.mode != "check":
        columns = ["rows", "added", "changed", "unchanged", "removed", "rejected", "warnings"]
    table.add_column("file")
    for name in columns:
        table.add_column(name, justify="right")
    for name, file in report.files.items():
        table.add_row(name, *(_count(column, getattr(file, column)) for column in columns))
    console.print(table)
    for style, kind, problems, total in (
        ("red", "error", report.problems, report.problem_count),
        ("yellow", "warning", report.warnings, report.warning_count),
    ):
        for problem in problems[:_SHOWN]:
            console.print(Text.assemble((f"{kind}: ", style), str(problem)), soft_wrap=True)
        if total > _SHOWN:
            console.print(Text(f"… and {total - _SHOWN} more (--json lists them)", style="dim"))
    if report.rejects:
        console.print(Text(f"rejected rows: {report.rejects} (mend and load that folder)"), soft_wrap=True)
    console.print(Text(report.summary()), soft_wrap=True)


def _count(column: str, value: int) -> str:
    style = {"rejected": "red", "warnings": "yellow"}.get(column) if value else ("dim" if not value else None)
    return f"[{style}]{value}[/{style}]" if style else str(value)
