"""``kg doctor``: what is configured, reachable and loaded."""

from __future__ import annotations

import json as json_module
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import typer

from kg_service.cli import exits
from kg_service.cli.options import Json, Store
from kg_service.cli.terminal import interactive, output
from kg_service.errors import KgError

if TYPE_CHECKING:
    from kg_service.graph.store import Store as GraphStore

__all__ = ["EXAMPLES", "Finding", "doctor"]

EXAMPLES = ("kg doctor", "kg doctor --store neo4j://localhost:7687", "kg doctor --json | jq '.[] | select(.ok | not)'")

_PACKAGES = ("arcadedb-embedded", "neo4j", "networkx", "spacy", "jieba", "opencc", "ahocorasick-rs", "pydantic")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    section: str
    name: str
    detail: str
    ok: bool = True
    do: str | None = None


def doctor(json: Json = False, store: Store = None) -> None:
    """Say what is configured, reachable and loaded.

    Ends with the exit code of the first thing that is wrong.
    """
    found: list[Finding] = []
    failed: list[KgError] = []
    _try(found, failed, "settings", "KG_*", lambda: _settings(store))
    _try(found, failed, "installation", "packages", _installation)
    _try(found, failed, "templates", "cypher", _templates)
    _try(found, failed, "store", "open", lambda: _store(store, found, failed))
    if json:
        print(json_module.dumps([asdict(finding) for finding in found], ensure_ascii=False))
    else:
        _show(found)
    if failed:
        raise typer.Exit(exits.of_error(failed[0]))


def _try(found: list[Finding], failed: list[KgError], section: str, name: str, look: Callable[[], list[Finding]]) -> None:
    try:
        found.extend(look())
    except KgError as error:
        failed.append(error)
        where = f"{error.where}: " if error.where else ""
        found.append(Finding(section, name, f"{where}{error.what}", ok=False, do=error.do))


def _installation() -> list[Finding]:
    from kg_service.graph.fonts import chinese_font
    from kg_service.resources import resource

    found = [Finding("installation", "kg-service", f"{version('kg-service')} on Python {platform.python_version()}")]
    for name in _PACKAGES:
        try:
            found.append(Finding("installation", name, version(name)))
        except PackageNotFoundError:
            found.append(Finding("installation", name, "not installed", ok=False, do="reinstall kg-service"))
    for folder in ("schema", "cypher", "seed_data"):
        found.append(Finding("installation", folder, str(resource(folder))))
    font = chinese_font()
    found.append(
        Finding(
            "installation",
            "font for pictures",
            font or "none has Chinese characters",
            ok=font is not None,
            do=None if font else "pip install notojp-matplotlib, or install Noto Sans CJK",
        )
    )
    return found


def _settings(store: str | None) -> list[Finding]:
    from kg_service.api.settings import Settings

    settings = Settings.load(store=store)
    shown = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        # a secret prints as asterisks
        words = "–" if value is None else str(value)
        if value != field.default:
            words += " (set)"
        shown.append(Finding("settings", f"KG_{name.upper()}", f"{words} · {field.description}"))
    return shown


def _templates() -> list[Finding]:
    from kg_service.queries.registry import Registry

    return [Finding("templates", "read and checked", str(len(Registry.load())))]


def _store(location: str | None, found: list[Finding], failed: list[KgError]) -> list[Finding]:
    from kg_service.cli.storing import open_location

    store = open_location(location)
    try:
        info = store.info()
        found.append(Finding("store", info.kind, f"{info.version} at {info.location}"))
        _try(found, failed, "loaded", "counts", lambda: _loaded(store))
        _try(found, failed, "templates on this store", "plan", lambda: _planned(store))
        _try(found, failed, "understanding", "lexicon", lambda: _understanding(store))
    finally:
        store.close()
    return []


def _planned(store: GraphStore) -> list[Finding]:
    from kg_service.queries.registry import Registry

    registry = Registry.load()
    registry.check(store)
    return [Finding("templates on this store", "planned", str(len(registry)))]


def _understanding(store: GraphStore) -> list[Finding]:
    from kg_service.api.knowledge import read_entries
    from kg_service.api.runner import run
    from kg_service.parsing.intents import IntentSet
    from kg_service.queries.registry import Registry

    entries = run(read_entries(), Registry.load(), store)
    return [
        Finding("understanding", "entities in the lexicon", str(len(entries))),
        Finding("understanding", "intents", str(len(list(IntentSet.open())))),
    ]


def _loaded(store: GraphStore) -> list[Finding]:
    """Counts per label; the statements come from the schema, no text of a user is in them."""
    from kg_service.graph.display import display
    from kg_service.graph.schema import GraphSchema
    from kg_service.graph.store import Statement
    from kg_service.times import format_instant

    shown = []
    sets = store.read(
        Statement("MATCH (d:DataSet) RETURN d.name AS name, d.as_of AS as_of, d.loaded_at AS loaded_at ORDER BY name")
    )
    for row in sets:
        times = [f"{key} {format_instant(row[key])}" for key in ("as_of", "loaded_at") if row[key] is not None]
        shown.append(Finding("loaded", f"data set {row['name']}", ", ".join(times)))
    if not sets:
        shown.append(Finding("loaded", "data set", "none; kg load FOLDER loads one"))
    for label in GraphSchema.load().labels:
        rows = store.read(Statement(f"MATCH (n:{label}) RETURN count(n) AS number"))
        if number := rows[0]["number"]:
            shown.append(Finding("loaded", f"{label} {display().of(label).name}", str(number)))
    return shown


def _show(found: list[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not interactive():
        for finding in found:
            tail = f" ({finding.do})" if finding.do else ""
            print(f"{'ok' if finding.ok else 'FAIL'}\t{finding.section}\t{finding.name}\t{finding.detail}{tail}")
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(width=4)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    section = ""
    for finding in found:
        if finding.section != section:
            section = finding.section
            table.add_row("", Text(f"\n{section}", style="bold"), "")
        mark = Text("ok", style="green") if finding.ok else Text("FAIL", style="bold red")
        table.add_row(mark, Text(finding.name), Text(finding.detail + (f" ({finding.do})" if finding.do else "")))
    output().print(table)
