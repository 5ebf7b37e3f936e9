"""The first pass over a data set: read and validate every row, write nothing."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kg_service.dataset import FILES, DataFile, Manifest
from kg_service.errors import LoadRefused, RowError
from kg_service.graph.store import Store
from kg_service.loading.crosschecks import Finding, findings, price_findings
from kg_service.loading.ingraph import categories_in_graph, references_in_graph
from kg_service.loading.interplay import interplay
from kg_service.loading.known import Known, Place, RowId
from kg_service.loading.manifest import read_manifest
from kg_service.loading.reading import Source, find_sources
from kg_service.loading.references import Ref, references
from kg_service.loading.rejects import MARK
from kg_service.loading.report import LISTED, FileReport, LoadReport, Problem, Progress, ProgressCallback
from kg_service.loading.rows import check_row

__all__ = ["Inspection", "check", "inspect"]

_NAMES = tuple(file.name for file in FILES)
_EVERY = 1000


@dataclass
class Inspection:
    """What the first pass found.

    Attributes
    ----------
    sources : the files that are there, by name, in load order
    bad : file label to line to the problems that reject the row on it
    unreadable : names of files that could not be read to their end
    nameless : names of files with rejected rows whose key could not be read
    mended : whether the folder is an earlier load's rejects
    """

    folder: Path
    manifest: Manifest | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    report: LoadReport = field(default_factory=lambda: LoadReport(folder=""))
    bad: dict[str, dict[int, list[Problem]]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    nameless: set[str] = field(default_factory=set)
    mended: bool = False

    def problem(self, problem: Problem) -> None:
        """Note an error; the row on its line, if it has one, is rejected."""
        self.report.problem_count += 1
        if len(self.report.problems) < LISTED:
            self.report.problems.append(problem)
        if problem.line is not None:
            self.bad.setdefault(problem.file, {}).setdefault(problem.line, []).append(problem)

    def warn(self, name: str | None, problem: Problem) -> None:
        """Note a warning about a row of the file ``name``."""
        self.report.warning_count += 1
        if name is not None:
            self.report.files[name].warnings += 1
        if len(self.report.warnings) < LISTED:
            self.report.warnings.append(problem)


def check(folder: Path | str, store: Store | None = None, *, progress: ProgressCallback | None = None) -> LoadReport:
    """Validate a data set; nothing is written.

    Parameters
    ----------
    folder : the data set
    store : a graph whose ids may be referred to; without one the files must be complete in themselves
    progress : called every thousand rows

    Returns
    -------
    LoadReport
        With ``mode="check"``; its ``ok`` says whether everything would load. A missing or broken manifest is a problem in it.
    """
    report = inspect(Path(folder), store, progress=progress).report
    report.mode = "check"
    return report


def inspect(
    folder: Path, store: Store | None, *, replace: bool = False, progress: ProgressCallback | None = None
) -> Inspection:
    """The first pass: every row of every file, its references and its agreement with other rows."""
    started = time.monotonic()
    found = Inspection(folder, report=LoadReport(folder=str(folder)))
    try:
        found.manifest = read_manifest(folder)
        found.report.data_set = found.manifest.name
    except LoadRefused as error:
        place, _, line = (error.where or "manifest.yaml").partition(":")
        where = int(line) if line.isdigit() else None
        found.problem(Problem(code="MANIFEST", file=place, line=where, reason=error.what, do=error.do))
        if not folder.is_dir():
            return found
    found.mended = (folder / MARK).exists()
    _find_files(found)
    for file in FILES:
        if file.name in found.sources:
            found.report.files[file.name] = FileReport()
            _read_file(found, file, found.sources[file.name], progress)
            if file.name == "categories":
                _categories(found, store)
    _interplay(found)
    _settle(found, store, replace)
    _prices(found)
    for name, source in found.sources.items():
        found.report.files[name].rejected = len(found.bad.get(source.label, {}))
    found.report.seconds = time.monotonic() - started
    found.report.rate = found.report.total.rows / max(found.report.seconds, 1e-9)
    return found


def _find_files(found: Inspection) -> None:
    by_name, unknown = find_sources(found.folder, _NAMES)
    for name in _NAMES:
        sources = by_name.get(name, [])
        if len(sources) > 1:
            others = ", ".join(source.label for source in sources)
            found.problem(
                Problem(
                    code="FILE",
                    file=sources[0].label,
                    reason=f"{name} is there more than once: {others}",
                    do="keep one of them",
                )
            )
        if sources:
            found.sources[name] = sources[0]
    for path in unknown:
        if path.name in ("manifest.yaml",) or path.name.startswith((".", "README")):
            continue
        do = f"the files are manifest.yaml and {', '.join(_NAMES)} as .csv or .jsonl, each also .gz"
        found.warn(
            None, Problem(code="UNKNOWN_FILE", file=path.name, reason="is no file of the format and was left out", do=do)
        )


def _read_file(found: Inspection, file: DataFile, source: Source, progress: ProgressCallback | None) -> None:
    report = found.report.files[file.name]
    started = time.monotonic()
    unknown: Counter[str] = Counter()
    firsts: dict[str, Problem] = {}
    read = 0
    try:
        for raw in source.rows():
            report.rows += 1
            checked = check_row(file, source.label, raw)
            for column, value in checked.unknown:
                general = _general(column)
                unknown[general] += 1
                if general not in firsts:
                    firsts[general] = Problem(
                        code="UNKNOWN_COLUMN", file=source.label, line=raw.line, column=column, value=value or None, reason=""
                    )
            for problem in checked.problems:
                found.problem(problem)
                if problem.id is not None:
                    found.known.rejected.add((file.name, problem.id))
                else:
                    found.nameless.add(file.name)
            if checked.row is not None:
                _take(found, file, Place(source.label, raw.line), checked.row)
            if progress is not None and report.rows % _EVERY == 0:
                read = report.rows
                seconds = max(time.monotonic() - started, 1e-9)
                progress(Progress("validate", file.name, read, source.estimate(read), read / seconds))
    except RowError as error:
        found.unreadable.add(file.name)
        found.problem(Problem(code="FILE", file=source.label, line=error.line, reason=error.what, do=error.do))
    for column, first in firsts.items():
        times = unknown[column]
        reason = "is no column of the format and was left out" + (f" (in {times} rows)" if times > 1 else "")
        found.warn(file.name, first.model_copy(update={"reason": reason, "do": "rename or remove it"}))
    if progress is not None:
        seconds = max(time.monotonic() - started, 1e-9)
        progress(Progress("validate", file.name, report.rows, report.rows, report.rows / seconds))


def _general(path: str) -> str:
    """A path without its indexes, so that one unknown key is one warning."""
    out, depth = [], 0
    for char in path:
        depth += (char == "[") - (char == "]")
        if depth == 0 and char != "]":
            out.append(char)
    return "".join(out)


def _take(found: Inspection, file: DataFile, place: Place, row: object) -> None:
    """Accept a sound row unless its key occurred before or it contradicts other rows."""
    assert isinstance(row, file.model)
    key = file.key_of(row)

    def problem(finding: Finding) -> Problem:
        return _problem(finding, place, key)

    before = found.known.place_of(file.name, key)
    if before is not None:
        reason = f"the key occurred before, on line {before.line}"
        found.problem(problem(Finding("DUPLICATE", ", ".join(file.key), key, reason, "keep one of the rows")))
        return
    found_now = list(findings(row, found.known))
    errors = [finding for finding in found_now if finding.error]
    for finding in found_now:
        if finding.error:
            found.problem(problem(finding))
        else:
            found.warn(file.name, problem(finding))
    if errors:
        found.known.rejected.add((file.name, key))
    else:
        found.known.add(file, key, place, row, list(references(row)))


def _interplay(found: Inspection) -> None:
    """What is wrong between rows that are each sound; all of it is found before any row is rejected for it."""
    refused: set[RowId] = set()
    for (name, key), finding in list(interplay(found.known)):
        place = found.known.place_of(name, key)
        if place is not None:
            problem = _problem(finding, place, key)
            if finding.error:
                found.problem(problem)
            else:
                found.warn(name, problem)
        if finding.error:
            refused.add((name, key))
    for row in refused:
        found.known.reject(row)


def _problem(finding: Finding, place: Place, key: str) -> Problem:
    return Problem(
        code=finding.code,
        file=place.label,
        line=place.line,
        column=finding.column,
        id=key,
        value=finding.value,
        reason=finding.reason,
        do=finding.do,
    )


def _settle(found: Inspection, store: Store | None, replace: bool) -> None:
    """Look the open references up in the graph; reject the rows whose references nothing has."""
    missing = found.known.open_references()
    without = found.manifest.name if replace and found.manifest else None
    in_graph = references_in_graph(store, missing, without) if store is not None else set()
    for (_, key), place, ref, was_rejected in found.known.settle(in_graph):
        found.problem(_unreferenced(key, place, ref, was_rejected, store is not None))


def _unreferenced(key: str, place: Place, ref: Ref, was_rejected: bool, with_graph: bool) -> Problem:
    name = ref.target
    if was_rejected:
        reason, do = f"refers to {name} {ref.id}, whose row was rejected", "mend that row first"
    else:
        where = "neither the files nor the graph have" if with_graph else "the files do not have"
        reason, do = f"refers to {name} {ref.id}, which {where}", f"add the {name} or correct the id"
    return Problem(
        code="REJECTED_REFERENCE" if was_rejected else "REFERENCE",
        file=place.label,
        line=place.line,
        column=ref.column,
        id=key,
        value=ref.id,
        reason=reason,
        do=do,
    )


def _categories(found: Inspection, store: Store | None) -> None:
    known = found.known
    if not known.parents:
        return
    mine = set(known.parents)
    if store is not None:
        for category, parent in categories_in_graph(store):
            known.parents.setdefault(category, parent)
    for category, path in known.cyclic_categories():
        place = known.place_of("categories", category)
        if category in mine and place is not None:
            found.problem(
                Problem(
                    code="CYCLE",
                    file=place.label,
                    line=place.line,
                    column="parent_id",
                    id=category,
                    value=path[1],
                    reason=f"category {category} is its own ancestor: {' → '.join(path)}",
                    do="correct one of the parent_id",
                )
            )
            known.reject(("categories", category))


def _prices(found: Inspection) -> None:
    for sku_id, finding in price_findings(found.known):
        place = found.known.place_of("skus", sku_id)
        if place is not None:
            found.warn("skus", _problem(finding, place, sku_id))


def _main(arguments: list[str]) -> Iterator[str]:
    for folder in arguments:
        yield str(check(folder))


if __name__ == "__main__":
    for text in _main(sys.argv[1:]):
        print(text)
