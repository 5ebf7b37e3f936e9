"""The second pass: write the sound rows of a data set into the graph, batch by batch, each batch in one transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

from kg_service.dataset import FILES, Category, DataFile, Manifest
from kg_service.dataset.values import Row
from kg_service.errors import LoadRefused, QueryError, RowError, StoreError
from kg_service.graph.schema import FINGERPRINT, GraphSchema
from kg_service.graph.store import Statement, Store
from kg_service.loading import statements as cypher
from kg_service.loading.check import Inspection, inspect
from kg_service.loading.graphrows import GraphRow, graph_row
from kg_service.loading.ingraph import batches
from kg_service.loading.reading import RawRow, Source
from kg_service.loading.rejects import Rejects
from kg_service.loading.report import FileReport, LoadReport, Problem, Progress, ProgressCallback
from kg_service.loading.rows import check_row
from kg_service.times import now_ms

__all__ = ["load"]

#: Rows of a transaction; orders bring some ten nodes and edges each.
_ROWS = 2000
_ORDERS = 500
_PAGE = 20_000
_ATTEMPTS = 5
#: Loads into one store of this process take turns.
_TURNS: WeakKeyDictionary[Store, Lock] = WeakKeyDictionary()
_TURNS_LOCK = Lock()


def load(
    store: Store,
    folder: Path | str,
    *,
    replace: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    progress: ProgressCallback | None = None,
    rejects: Path | str | None = None,
) -> LoadReport:
    """Load a data set into a graph.

    Every row is validated before anything is written; then the sound rows are written. A row that the graph has already is left
    alone, a changed one is rewritten with all it owns. Interrupted at any point and run again, the result is the same.

    Parameters
    ----------
    store : where to
    folder : the data set
    replace : also remove what this data set (by its manifest's name) brought earlier and has no longer
    dry_run : only say what would change
    strict : refuse the whole data set when any row is wrong
    progress : called about every thousand rows
    rejects : folder for the rejected rows; ``<folder>.rejects`` beside the data set when absent

    Returns
    -------
    LoadReport

    Raises
    ------
    LoadRefused
        Nothing was written: no manifest, ``strict`` and a row is wrong, a file is there twice, ``replace`` with a rejects
        folder.
    StoreError
        The store failed; what was written before stays and the load can be repeated.
    """
    with _TURNS_LOCK:
        turn = _TURNS.setdefault(store, Lock())
    with turn:
        return _load(store, Path(folder), replace, dry_run, strict, progress, Path(rejects) if rejects else None)


def _load(
    store: Store,
    folder: Path,
    replace: bool,
    dry_run: bool,
    strict: bool,
    progress: ProgressCallback | None,
    rejects: Path | None,
) -> LoadReport:
    started = time.monotonic()
    if not dry_run:
        store.apply_schema(GraphSchema.load().statements())
    found = inspect(folder, store, replace=replace, progress=progress)
    report = found.report
    report.mode = "dry-run" if dry_run else "load"
    _refuse(found, replace, strict)
    assert found.manifest is not None
    out = Rejects(rejects or folder.with_name(f"{folder.resolve().name}.rejects"), folder / "manifest.yaml")
    out.prepare()
    run = _Run(store, found, found.manifest, dry_run, progress)
    try:
        for file in FILES:
            if file.name in found.sources:
                run.file(file, found.sources[file.name], None if dry_run else out)
        if replace:
            for file in reversed(FILES):
                run.remove(file)
        run.finish()
    except StoreError as error:
        if run.wrote:
            error.do = "; ".join(filter(None, [error.do, "what was loaded so far stays: repeat the load to complete it"]))
        raise
    finally:
        written = out.close()
    report.rejects = str(written) if written else None
    report.written = run.wrote
    report.seconds = time.monotonic() - started
    report.rate = report.total.rows / max(report.seconds, 1e-9)
    return report


def _refuse(found: Inspection, replace: bool, strict: bool) -> None:
    report = found.report
    fatal = [problem for problem in report.problems if problem.code == "MANIFEST" or (problem.code == "FILE" and strict)]
    fatal += [problem for problem in report.problems if problem.code == "FILE" and "more than once" in problem.reason]
    if fatal:
        first = fatal[0]
        where = first.file if first.line is None else f"{first.file}:{first.line}"
        raise LoadRefused(first.reason, where=where, do=first.do)
    if strict and not report.ok:
        rest = report.problem_count - 1
        more = f", and {rest} more problem{'s' if rest > 1 else ''}" if rest else ""
        raise LoadRefused(
            f"{report.problems[0]}{more}; nothing was written", where=str(found.folder), do="mend them, or load without strict"
        )
    if replace and found.mended:
        raise LoadRefused(
            "is a folder of rejected rows: replacing would remove all the others",
            where=str(found.folder),
            do="load it without replace",
        )
    if replace and found.unreadable:
        raise LoadRefused(
            f"{', '.join(sorted(found.unreadable))} could not be read to the end: replacing would remove rows that it has",
            where=str(found.folder),
            do="mend the file, or load without replace",
        )


@dataclass
class _Run:
    """One load: what it writes to and what it counts."""

    store: Store
    found: Inspection
    manifest: Manifest
    dry_run: bool
    progress: ProgressCallback | None
    wrote: bool = False
    _begun: bool = False
    _seen: dict[str, set[str]] = field(default_factory=dict)

    def file(self, file: DataFile, source: Source, rejects: Rejects | None) -> None:
        """Write what is new or changed in one file."""
        report = self.found.report.files[file.name]
        rows = self._rows(file, source, rejects)
        if file.model is Category:
            rows = iter(_parents_first(list(rows)))
        made = (graph_row(file, row, self.manifest.name) for row in rows)
        total = report.rows - report.rejected
        started, done = time.monotonic(), 0
        empty = self._is_empty(file)
        for batch in batches(made, _ORDERS if file.name == "orders" else _ROWS):
            added, changed = self._batch(file, batch, {} if empty else self._have(file, batch))
            report.added += added
            report.changed += changed
            report.unchanged += len(batch) - added - changed
            done += len(batch)
            if self.progress is not None:
                seconds = max(time.monotonic() - started, 1e-9)
                self.progress(Progress("write", file.name, done, total, done / seconds))

    def _batch(self, file: DataFile, batch: list[GraphRow], have: dict[str, str | None]) -> tuple[int, int]:
        """Write what the graph does not have, or has differently; how many rows were added and changed."""
        for attempt in range(_ATTEMPTS):
            new = [row for row in batch if row.key not in have]
            changed = [row for row in batch if row.key in have and have[row.key] != row.row]
            if self.dry_run or not (new or changed):
                break
            try:
                self._write(file, new, changed)
                break
            except QueryError:
                # Another load may have written some of these rows since we looked: look again.
                now = self._have(file, batch)
                if now == have or attempt == _ATTEMPTS - 1:
                    raise
                have = now
        return len(new), len(changed)

    def _rows(self, file: DataFile, source: Source, rejects: Rejects | None) -> Iterator[Row]:
        bad = self.found.bad.get(source.label, {})
        for raw in source.rows() if file.name not in self.found.unreadable else _readable(source):
            problems = bad.get(raw.line)
            if problems:
                if rejects is not None:
                    rejects.write(source, raw, problems)
                continue
            checked = check_row(file, source.label, raw)
            if checked.row is None:
                raise RowError(
                    "changed while it was being loaded",
                    file=source.label,
                    line=raw.line,
                    do="load it again when it is complete",
                )
            yield checked.row

    def _is_empty(self, file: DataFile) -> bool:
        if file.label not in GraphSchema.load().labels:
            return False
        rows = self.store.read(Statement(f"MATCH (n:{file.label}) RETURN n.{FINGERPRINT} AS row LIMIT 1"))
        return not rows

    def _have(self, file: DataFile, batch: list[GraphRow]) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for statement in cypher.fingerprints(file.label, batch):
            found.update({row["key"]: row["row"] for row in self.store.read(statement)})
        return found

    def _write(self, file: DataFile, new: list[GraphRow], changed: list[GraphRow]) -> None:
        """One transaction: a batch is in the graph with everything it owns, or not at all."""
        before = [Statement(text.text, text.parameters) for text in self._begin()]
        keys = [row.key for row in changed]
        if keys:
            before += cypher.remove(file.label, keys) if file.label == "ProductRelation" else cypher.clear(file.label, keys)
        rows = [*new, *changed]
        steps = cypher.create_nodes([row.node for row in new if row.node is not None])
        again = [row.node for row in changed if row.node is not None]
        steps += cypher.set_nodes(again)
        steps += cypher.create_edges([node.edge for node in again if node.edge is not None])
        steps += cypher.create_nodes([child for row in rows for child in row.children])
        steps += cypher.create_edges(edge for row in rows for edge in row.edges)
        after = cypher.link_versions([row.key for row in new]) if file.label == "Promotion" and new else []
        results = self.store.write([*before, *(step.statement for step in steps), *after])
        self.wrote = True
        for step, result in zip(steps, results[len(before) :], strict=False):
            count = result[0]["c"] if result else 0
            if count < step.count or (count > step.count and not step.several):
                self._void(file, rows)
                raise StoreError(
                    f"{step.count} things were to be made for {file.name} and {count} were: the graph changed during the load",
                    where=step.statement.text[:120],
                    do="let no one else write, and load again",
                )

    def _void(self, file: DataFile, rows: list[GraphRow]) -> None:
        """Take back the fingerprints of a batch that was not written as meant, so that the next load writes it again."""
        if file.label in GraphSchema.load().labels:
            key = GraphSchema.load().label(file.label).key
            text = f"UNWIND $keys AS k MATCH (n:{file.label} {{{key}: k}}) SET n.{FINGERPRINT} = '-'"
            self.store.write([Statement(text, {"keys": [row.key for row in rows]})])

    def _begin(self) -> list[Statement]:
        """With the first batch: the data set is being loaded; until :meth:`finish` it says ``incomplete``."""
        if self._begun:
            return []
        self._begun = True
        return [Statement("MERGE (d:DataSet {name: $name}) SET d.incomplete = true", {"name": self.manifest.name})]

    def remove(self, file: DataFile) -> None:
        """Remove the rows of this data set that its file has no longer; rejected rows stay as they were."""
        if file.name in self.found.nameless:
            reason = "has rejected rows without a key: nothing of it was removed"
            self.found.warn(
                None, Problem(code="ODD", file=file.name, reason=reason, do="mend them and load with replace again")
            )
            return
        known = self.found.known
        here = known.places.get(file.name, {})
        gone = 0
        for page in self._keys(file):
            keys = [key for key in page if key not in here and (file.name, key) not in known.rejected]
            gone += len(keys)
            for batch in batches(keys, _ORDERS):
                if not self.dry_run:
                    results = self.store.write([*self._begin(), *cypher.remove(file.label, batch)])
                    self.wrote = True
                    marked = sum(row.get("marked", 0) for result in results for row in result)
                    if marked:
                        reason = f"{marked} rows of other data sets, or rejected ones, refer to what was removed"
                        self.found.warn(None, Problem(code="ODD", file=file.name, reason=reason, do="load them again"))
        if gone:
            self.found.report.files.setdefault(file.name, FileReport()).removed += gone

    def _keys(self, file: DataFile) -> Iterator[list[str]]:
        for index in range(len(cypher.rows_of(file.label, "", "", 1))):
            after = ""
            while True:
                statement = cypher.rows_of(file.label, self.manifest.name, after, _PAGE)[index]
                page = [row["key"] for row in self.store.read(statement)]
                if not page:
                    break
                yield page
                after = page[-1]

    def finish(self) -> None:
        """Note the end of the load, when there was something to load; engines that poll ``loaded_at`` then look again."""
        if self.dry_run:
            return
        name = {"name": self.manifest.name}
        have = self.store.read(
            Statement("MATCH (d:DataSet {name: $name}) RETURN d.incomplete AS incomplete, d.as_of AS as_of", name)
        )
        if have and not have[0]["incomplete"] and not self._begun and have[0]["as_of"] == self.manifest.as_of:
            return
        text = (
            "MERGE (d:DataSet {name: $name}) "
            "SET d.loaded_at = $now, d.as_of = $as_of, d.term_ids = $term_ids, d.incomplete = null"
        )
        terms = [key for page in self._keys(next(file for file in FILES if file.label == "Term")) for key in page]
        about = {"now": now_ms(), "as_of": self.manifest.as_of, "term_ids": terms}
        self.store.write([Statement(text, {**name, **about})])
        self.wrote = True


def _readable(source: Source) -> Iterator[RawRow]:
    """The rows before the place at which a file stops being readable."""
    rows = source.rows()
    while True:
        try:
            yield next(rows)
        except (StopIteration, RowError):
            return


def _parents_first(rows: list[Row]) -> list[Row]:
    """Categories in an order in which a parent comes before its children."""
    by_id = {row.category_id: row for row in rows if isinstance(row, Category)}
    done: dict[str, Row] = {}
    for start in by_id:
        path = []
        at: str | None = start
        while at is not None and at in by_id and at not in done and at not in path:
            path.append(at)
            at = by_id[at].parent_id
        for category in reversed(path):
            done[category] = by_id[category]
    return list(done.values())
