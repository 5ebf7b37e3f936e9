"""The rejects folder: rejected rows in the format of their file, to be mended and loaded."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from kg_service.errors import DataError, LoadRefused
from kg_service.loading.reading import OWN_COLUMNS, RawRow, Source
from kg_service.loading.report import Problem

__all__ = ["MARK", "Rejects"]

#: A file that says that a folder holds rejected rows.
MARK = ".rejects"


class Rejects:
    """Writes rejected rows, each file in its own format, with why in columns that a load ignores.

    The folder is itself a data set (it has the manifest): mended, it is loaded as it is.

    Parameters
    ----------
    folder : where; made when the first row is written, emptied of an earlier load's rows
    manifest : the data set's manifest, copied
    """

    def __init__(self, folder: Path, manifest: Path) -> None:
        self.folder = folder
        self._manifest = manifest
        self._files: dict[str, tuple[TextIO, Any]] = {}
        self._stack = ExitStack()
        self._ready = False

    def write(self, source: Source, raw: RawRow, problems: list[Problem]) -> None:
        """Write one row with all that is wrong with it."""
        try:
            self._write(source, raw, problems)
        except OSError as error:
            raise DataError(
                f"rejected rows cannot be written: {error}", where=str(self.folder), do="free space, or name another folder"
            ) from error

    def prepare(self) -> None:
        """Make sure that nothing but an earlier load's rejected rows is overwritten.

        Raises
        ------
        LoadRefused
            When the folder is there and is no rejects folder.
        """
        if not self.folder.exists() or (self.folder.is_dir() and not any(self.folder.iterdir())):
            return
        if not (self.folder / MARK).exists():
            raise LoadRefused(
                "is there and holds something else than rejected rows", where=str(self.folder), do="name another folder"
            )

    def _write(self, source: Source, raw: RawRow, problems: list[Problem]) -> None:
        if not self._ready:
            self.folder.mkdir(parents=True, exist_ok=True)
            for old in self.folder.iterdir():
                if old.is_file():
                    old.unlink()
            (self.folder / MARK).touch()
            (self.folder / "manifest.yaml").write_bytes(self._manifest.read_bytes())
            self._ready = True
        why = {
            "_line": str(raw.line),
            "_column": "; ".join(problem.column or "" for problem in problems),
            "_value": "; ".join(problem.value or "" for problem in problems),
            "_reason": "; ".join(problem.reason for problem in problems),
        }
        if source.kind == ".csv":
            self._csv(source, raw, why)
        else:
            self._jsonl(source, raw, why)

    def _csv(self, source: Source, raw: RawRow, why: dict[str, str]) -> None:
        header = [name for name in raw.columns if name not in OWN_COLUMNS]
        if source.name not in self._files:
            stream = self._stack.enter_context((self.folder / f"{source.name}.csv").open("w", encoding="utf-8", newline=""))
            writer = csv.writer(stream)
            writer.writerow([*header, *OWN_COLUMNS])
            self._files[source.name] = (stream, writer)
        cells = [raw.values.get(name, "") for name in header]
        self._files[source.name][1].writerow([*cells, *(why[name] for name in OWN_COLUMNS)])

    def _jsonl(self, source: Source, raw: RawRow, why: dict[str, str]) -> None:
        if source.name not in self._files:
            opened = self._stack.enter_context((self.folder / f"{source.name}.jsonl").open("w", encoding="utf-8"))
            self._files[source.name] = (opened, None)
        stream = self._files[source.name][0]
        if raw.text is not None:
            # A line that is no JSON stays as it was, to be mended; it has no room for a reason.
            stream.write(raw.text + "\n")
            return
        values = {key: value for key, value in raw.values.items() if key not in OWN_COLUMNS}
        stream.write(json.dumps({**values, **why}, ensure_ascii=False, default=_number) + "\n")

    def close(self) -> Path | None:
        """Finish the files; the folder, or ``None`` when no row was written."""
        self._stack.close()
        return self.folder if self._ready else None


def _number(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)  # amounts and percents may be strings; a float could change them
    raise TypeError(f"{type(value).__name__} is no JSON")
