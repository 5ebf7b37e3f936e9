"""``kg check``: validate a data set without loading it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg_service.cli import exits
from kg_service.cli.load import progress_bars, show_report
from kg_service.cli.options import Json, Store

__all__ = ["EXAMPLES", "check"]

EXAMPLES = (
    "kg check seed_data/demo",
    "kg check my-shop --store .kg",
    "kg check my-shop --json | jq '.problems[] | {file, line, reason}'",
)


def check(
    folder: Annotated[Path, typer.Argument(help="The data set: a folder with a manifest.yaml.", show_default=False)],
    json: Json = False,
    store: Store = None,
) -> None:
    """Validate a data set; nothing is written.

    Without --store the data set must be complete in itself; with it, ids that the graph has may be referred to. Exit code 20
    when a row would be rejected.
    """
    from kg_service.cli.storing import open_location
    from kg_service.loading import check as check_folder

    opened = open_location(store) if store is not None else None
    try:
        with progress_bars() as progress:
            report = check_folder(folder, opened, progress=progress)
    finally:
        if opened is not None:
            opened.close()
    if json:
        print(report.model_dump_json())
    else:
        show_report(report)
    raise typer.Exit(0 if report.ok else exits.REJECTED_ROWS)
