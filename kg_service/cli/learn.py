"""``kg learn``: train the understanding from the examples of the intents."""

from __future__ import annotations

import json as jsonlib
from typing import TYPE_CHECKING, Annotated

import typer

from kg_service.cli.options import Json
from kg_service.cli.terminal import learning_bar, output

if TYPE_CHECKING:
    from kg_service.parsing.learning import LearningReport

__all__ = ["EXAMPLES", "learn"]

EXAMPLES = (
    "kg learn",
    "kg learn --no-check --package",
    "kg learn --json | jq .accuracy",
)
#: Confusions printed in a terminal; all of them are in ``--json``.
_SHOWN = 10


def learn(
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Measure first on examples it has not seen (five-fold).")
    ] = True,
    package: Annotated[
        bool, typer.Option("--package", help="Keep it in the package, to travel in a wheel, not in the user's cache.")
    ] = False,
    json: Json = False,
) -> None:
    """Train the classifier of intents from the examples in seed_data/intents.

    Seldom needed: a store that is opened after the examples changed trains by itself. Nothing of the graph is read.
    """
    from kg_service.linking.lexicon import Lexicon
    from kg_service.parsing.concepts import ConceptLexicon
    from kg_service.parsing.intents import IntentSet
    from kg_service.parsing.learning import learn as train
    from kg_service.parsing.parser import Parser

    parser = Parser(IntentSet.open(), ConceptLexicon.open(), Lexicon.build(()))
    with learning_bar() as progress:
        report = train(parser, package=package, check=check, progress=progress)
    if json:
        print(jsonlib.dumps(_plain(report), ensure_ascii=False))
    else:
        _show(report)


def _plain(report: LearningReport) -> dict[str, object]:
    return {
        "examples": report.examples,
        "intents": report.intents,
        "seconds": round(report.seconds, 1),
        "accuracy": None if report.accuracy is None else round(report.accuracy, 4),
        "confused": [{"intent": intent, "chosen": chosen, "times": times} for intent, chosen, times in report.confused],
        "fingerprint": report.fingerprint,
        "folder": str(report.folder),
    }


def _show(report: LearningReport) -> None:
    from rich.table import Table

    console = output()
    console.print(f"{report.examples} examples of {report.intents} intents in {report.seconds:.1f} s → {report.folder}")
    if report.accuracy is None:
        return
    console.print(f"five-fold accuracy {report.accuracy:.1%}")
    if report.confused:
        table = Table("intent", "taken for", "times", title="most often confused", title_justify="left")
        for intent, chosen, times in report.confused[:_SHOWN]:
            table.add_row(intent, chosen, str(times))
        console.print(table)
