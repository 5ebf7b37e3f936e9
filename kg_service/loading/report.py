"""What a load or a check found and did: per file, per row, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Code", "FileReport", "LoadReport", "Problem", "Progress", "ProgressCallback"]

#: What kind of problem it is; stable, unlike the words.
Code: TypeAlias = Literal[
    "MANIFEST",  # the manifest is missing or wrong
    "FILE",  # a file cannot be read: encoding, header, compression
    "SYNTAX",  # a line is no JSON, a CSV row has too many or too few cells
    "VALUE",  # a value is missing, of the wrong type, out of range or not one of the allowed
    "CONTRADICTION",  # the row's own values contradict each other
    "DUPLICATE",  # the key occurred before
    "REFERENCE",  # an id that neither the files nor the graph have
    "REJECTED_REFERENCE",  # an id whose own row was rejected
    "CYCLE",  # categories that are their own ancestors
    "UNKNOWN_COLUMN",  # warning: a column the format does not have
    "UNKNOWN_FILE",  # warning: a file the format does not have
    "NOT_VALID_THEN",  # warning: a promotion or coupon not valid at the order's time
    "STATUS_TIMES",  # warning: a status that its times contradict
    "OUT_OF_SCOPE",  # warning: a participant the promotion does not cover
    "PRICE",  # warning: the current price is not the last of its history
    "COUPON",  # warning: a coupon that is not the order's customer's, or not the promotion's
    "ODD",  # warning: anything else worth a look
]


class Problem(BaseModel):
    """One thing that is wrong, or odd, with a data set.

    Attributes
    ----------
    file, line : where; ``line`` counts from 1, the header of a CSV file is line 1
    column : the column, for nested values its path such as ``tiers[0].effect.off``
    id : the row's key, as far as it could be read
    value : what stands there
    reason, do : what is wrong and what to do about it
    """

    model_config = ConfigDict(frozen=True)

    code: Code
    file: str
    line: int | None = None
    column: str | None = None
    id: str | None = None
    value: str | None = None
    reason: str
    do: str | None = None

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        column = f" [{self.column}]" if self.column else ""
        name = f" {self.id}" if self.id else ""
        tail = f" ({self.do})" if self.do else ""
        return f"{where}{column}:{name + ':' if name else ''} {self.reason}{tail}"


class FileReport(BaseModel):
    """What became of one file's rows; ``removed`` are rows the graph had of this data set and the file has no longer."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    warnings: int = 0


class LoadReport(BaseModel):
    """The outcome of a load, a dry run or a check.

    Attributes
    ----------
    data_set : the manifest's name
    written : whether the graph was touched (a check and a dry run do not touch it)
    files : per file name (``products``) what became of its rows
    problems : rows that were rejected and why, the first :data:`LISTED` of them; ``problem_count`` is all of them
    warnings : what loads but looks wrong; likewise cut
    rejects : the folder with the rejected rows, to be mended and loaded
    seconds, rate : duration, and rows handled per second
    changed_files : the files of which something was (or, in a dry run, would be) added, changed or removed
    """

    data_set: str | None = None
    folder: str
    mode: Literal["check", "dry-run", "load"] = "load"
    written: bool = False
    files: dict[str, FileReport] = Field(default_factory=dict)
    problems: list[Problem] = Field(default_factory=list)
    problem_count: int = 0
    warnings: list[Problem] = Field(default_factory=list)
    warning_count: int = 0
    rejects: str | None = None
    seconds: float = 0.0
    rate: float = 0.0

    @property
    def ok(self) -> bool:
        """No row was rejected and no file was unreadable."""
        return self.problem_count == 0

    @property
    def changed_files(self) -> list[str]:
        """Files of which something was added, changed or removed."""
        return [name for name, file in self.files.items() if file.added or file.changed or file.removed]

    @property
    def total(self) -> FileReport:
        """The sums over all files."""
        names = FileReport.model_fields
        return FileReport(**{name: sum(getattr(file, name) for file in self.files.values()) for name in names})

    def __str__(self) -> str:
        columns = ("rows", "added", "changed", "unchanged", "removed", "rejected", "warnings")
        table: list[tuple[str, ...]] = [("file", *columns)]
        table += [(name, *(str(getattr(file, c)) for c in columns)) for name, file in self.files.items()]
        table.append(("total", *(str(getattr(self.total, c)) for c in columns)))
        widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
        lines = [
            "  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True)))
            for row in table
        ]
        lines += [f"error: {problem}" for problem in self.problems]
        lines += [f"warning: {problem}" for problem in self.warnings]
        if self.problem_count > len(self.problems):
            lines.append(f"… and {self.problem_count - len(self.problems)} more errors: see the rejects")
        if self.warning_count > len(self.warnings):
            lines.append(f"… and {self.warning_count - len(self.warnings)} more warnings")
        if self.rejects:
            lines.append(f"rejected rows: {self.rejects} (mend and load that folder)")
        lines.append(self.summary())
        return "\n".join(lines)

    def summary(self) -> str:
        """One line: what happened."""
        total = self.total
        verb = {"check": "checked", "dry-run": "would load", "load": "loaded"}[self.mode]
        changes = f"{total.added} added, {total.changed} changed, {total.unchanged} unchanged, {total.removed} removed, "
        if self.mode == "check":
            changes = ""
        elif self.ok and not self.changed_files:
            changes = f"nothing changed ({total.unchanged} unchanged), "
        return (
            f"{verb} {self.data_set or self.folder}: {total.rows} rows, {changes}{total.rejected} rejected, "
            f"{self.problem_count} errors, {self.warning_count} warnings in {self.seconds:.1f} s ({self.rate:.0f} rows/s)"
        )


#: How many problems and how many warnings a report lists; all rejected rows are in the rejects folder.
LISTED = 1000


@dataclass(frozen=True)
class Progress:
    """How far a load is.

    Attributes
    ----------
    phase : ``validate`` or ``write``
    file : the file being handled
    done, total : rows; ``total`` is an estimate while validating
    rate : rows per second in this file
    """

    phase: Literal["validate", "write"]
    file: str
    done: int
    total: int
    rate: float

    @property
    def seconds_left(self) -> float:
        """Estimated seconds until this file is done."""
        return max(0, self.total - self.done) / self.rate if self.rate else 0.0


ProgressCallback: TypeAlias = Callable[[Progress], None]
