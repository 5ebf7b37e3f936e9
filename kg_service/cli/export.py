"""``kg export``: the graph as a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg_service.cli.options import Json, Store
from kg_service.cli.terminal import output

__all__ = ["EXAMPLES", "export"]

EXAMPLES = ("kg export backup", "kg export demo-copy --data-set demo --store .kg-demo")


def export(
    folder: Annotated[Path, typer.Argument(help="Where to; a new or empty folder.", show_default=False)],
    data_set: Annotated[
        str | None,
        typer.Option("--data-set", metavar="NAME", help="Only the rows this data set brought.", show_default=False),
    ] = None,
    json: Json = False,
    store: Store = None,
) -> None:
    """Write the graph as a data set, which loads again as it is. It holds personal data: keep it accordingly."""
    import json as encoder

    from kg_service.cli.storing import open_location
    from kg_service.loading import export as export_to

    opened = open_location(store)
    try:
        counts = export_to(opened, folder, data_set=data_set)
    finally:
        opened.close()
    if json:
        print(encoder.dumps({"folder": str(folder), "rows": counts}, ensure_ascii=False))
    else:
        output().print(f"{sum(counts.values())} rows in {len(counts)} files: {folder}", soft_wrap=True)
