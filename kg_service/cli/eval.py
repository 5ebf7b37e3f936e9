"""``kg eval``: how well the questions of a file are understood, and answered."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg_service.cli import exits
from kg_service.cli.options import Json
from kg_service.cli.terminal import notes

if TYPE_CHECKING:
    from kg_service.evaluation.asking import Progress
    from kg_service.evaluation.cases import CaseFile
    from kg_service.evaluation.measures import Measures, Outcome

__all__ = ["EXAMPLES", "evaluate"]

EXAMPLES = (
    "kg eval tests/cases/understanding.yaml",
    "kg eval tests/cases/refund_amount.yaml --store .kg-demo --out report",
    "kg eval questions.jsonl --labels labels.yaml --json | jq .confidence.rate",
)


def evaluate(
    file: Annotated[Path, typer.Argument(help="Cases: .jsonl or .yaml (docs/evaluating.md).", show_default=False)],
    labels: Annotated[
        Path | None,
        typer.Option("--labels", metavar="FILE", help="YAML: the right intents of each foreign label.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Write calibration.svg and .png, failures.jsonl.", show_default=False),
    ] = None,
    harmless: Annotated[
        list[str] | None,
        typer.Option(
            "--harmless",
            metavar="INTENT",
            help="Never a confident mistake; repeatable, '' is none. Else human_agent, complaint, faq, out_of_scope.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="FOLDER|URL",
            # KG_STORE does not count: whether questions are answered must not depend on where the command runs
            help="Answer from this store: a folder (embedded) or neo4j://…; without it questions are only understood.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Measure how well questions are understood: accuracy, confident mistakes, calibration, slots, time.

    With --store they are answered by the engine, and status, facts and evidence are checked, too. A file that brings its own
    catalogue is always only understood. Exit code 20 when rows of the file were no cases; the others are measured.
    """
    from kg_service.errors import ConfigurationError
    from kg_service.evaluation.cases import read_cases, read_labels
    from kg_service.evaluation.measures import HARMLESS, measure
    from kg_service.parsing.intents import IntentSet

    known = IntentSet.open()
    named = HARMLESS if harmless is None else [name for name in harmless if name]
    for name in named:
        if name not in known:
            raise ConfigurationError(f"there is no intent {name!r}", where="--harmless", do="see seed_data/intents")
    if out is not None:
        _made(out)
    cases = read_cases(file, known, read_labels(labels, known) if labels is not None else None)
    outcomes, asked = _outcomes(cases, store)
    found = measure(outcomes, harmless=named)
    written = _write(out, file, found, outcomes) if out is not None else []
    for remark in _left_out(cases, asked):
        notes().print(remark)
    if json:
        print(jsonlib.dumps(_plain(cases, found, asked, written), ensure_ascii=False))
    else:
        from kg_service.cli.eval_tables import show

        show(cases, found, answered=asked)
        for path in written:
            notes().print(f"→ {path}", soft_wrap=True)
    raise typer.Exit(exits.REJECTED_ROWS if cases.problems else 0)


def _outcomes(cases: CaseFile, store: str | None) -> tuple[list[Outcome], bool]:
    """What became of the cases, and whether they were answered from a store."""
    from kg_service.evaluation.asking import answered, understood

    if store is None or cases.catalogue is not None:
        from kg_service.parsing.parser import Parser

        parser = Parser.open()
        with _progress() as progress:
            return understood(cases, parser, progress), False
    from kg_service.cli.opening import open_engine

    with open_engine(store) as engine, _progress() as progress:
        return answered(cases, engine, progress), True


def _left_out(cases: CaseFile, asked: bool) -> Iterator[str]:
    """What the cases expect and this run cannot measure."""
    if asked and any(part.slots for case in cases.cases for part in case.parts):
        yield "slots are measured without --store only"
    if not asked and cases.catalogue is None and any(case.answer or case.evidence for case in cases.cases):
        yield "status, facts and evidence are checked with --store only, and names of a catalogue are known there only"


def _made(folder: Path) -> None:
    """Make the folder before anything is asked: minutes of answers are not to be lost to it."""
    from kg_service.errors import ConfigurationError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"cannot be made: {error.strerror}", where=str(folder), do="name another --out") from error


def _write(folder: Path, file: Path, found: Measures, outcomes: list[Outcome]) -> list[Path]:
    from kg_service.errors import ConfigurationError
    from kg_service.evaluation.failures import write_failures

    try:
        written = [write_failures(outcomes, folder / "failures.jsonl", found.confidence)]
        if found.calibration is not None and found.confidence is not None:
            from kg_service.evaluation.picture import draw_calibration

            written += [
                draw_calibration(
                    found.calibration, folder / f"calibration{suffix}", accept=found.confidence.accept, title=file.name
                )
                for suffix in (".svg", ".png")
            ]
    except OSError as error:
        raise ConfigurationError(f"cannot be written: {error.strerror}", where=str(folder), do="name another --out") from error
    return written


def _plain(cases: CaseFile, found: Measures, answered: bool, written: list[Path]) -> dict[str, Any]:
    measures = found.model_dump(mode="json")
    for group, row in zip((*found.intents, *found.answers), (*measures["intents"], *measures["answers"]), strict=True):
        row["accuracy"] = group.accuracy
    return {
        "file": str(cases.path),
        "answered": answered,
        **measures,
        "problems": [
            {"file": one.file, "line": one.line, "reason": one.what, "do": getattr(one, "do", None)} for one in cases.problems
        ],
        "unmapped": dict(cases.unmapped),
        "ignored": dict(cases.ignored),
        "written": [str(path) for path in written],
    }


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on standard error, where a person looks at it."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        task = bars.add_task("asking", total=None)
        yield lambda done, of: bars.update(task, completed=done, total=of)
