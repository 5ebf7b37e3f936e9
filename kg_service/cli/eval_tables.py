"""Measures as tables for a person."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg_service.cli.terminal import notes, output
from kg_service.evaluation.cases import CaseFile
from kg_service.evaluation.measures import Group, Measures

__all__ = ["show"]

#: Lines of confusions and of problems that are printed; all of them are in ``--json``.
_SHOWN = 20
_BAR = 30


def show(cases: CaseFile, found: Measures, *, answered: bool) -> None:
    """Print what was measured; remarks about the file go to standard error."""
    console = output()
    if found.intents:
        console.print(_groups("by intent", found.intents, confident=True))
    if found.confusions:
        table = _table("taken for another", "expected", "taken for", "times")
        for one in found.confusions[:_SHOWN]:
            table.add_row(one.name, one.taken_for or "(nothing)", str(one.times))
        console.print(table)
        _more(console, len(found.confusions))
    if found.slots and found.all_slots is not None:
        table = _table("slots", "slot", "right", "extra", "lacking", "precision", "recall", "F1")
        for slot in (*found.slots, found.all_slots):
            rates = (f"{rate:.1%}" for rate in (slot.precision, slot.recall, slot.f1))
            table.add_row(slot.name, str(slot.right), str(slot.extra), str(slot.lacking), *rates)
        console.print(table)
    if found.answers:
        console.print(_groups("answers", found.answers))
    if found.calibration is not None:
        table = _table("calibration", "confidence", "questions", "says", "right")
        for step in found.calibration.bins:
            bar = "█" * round(step.accuracy * _BAR)
            table.add_row(
                f"{step.low:.1f}–{step.high:.1f}", str(step.questions), f"{step.confidence:.1%}", f"{step.accuracy:.1%} {bar}"
            )
        table.columns[3].justify = "left"
        console.print(table)
    for line in _summary(found, answered):
        console.print(Text(line), soft_wrap=True)
    _remarks(cases)


def _summary(found: Measures, answered: bool) -> list[str]:
    lines = [f"{found.cases} cases {'answered' if answered else 'understood, none answered'}"]
    if found.accuracy is not None:
        lines.append(f"accuracy {found.accuracy:.1%} ({found.right} of {found.questions} questions)")
    if found.confidence is not None:
        at = found.confidence
        lines.append(
            f"confident mistakes {at.rate:.1%} of all, {at.rate_of_confident:.1%} of the {at.confident} taken at"
            f" {at.accept:.2g} or above ({at.wrong}; harmless: {', '.join(at.harmless) or 'none'})"
        )
    if found.calibration is not None:
        lines.append(f"calibration error {found.calibration.error:.1%} over {found.calibration.questions} questions")
    if found.all_slots is not None:
        lines.append(f"slots F1 {found.all_slots.f1:.1%}")
    if found.evidence is not None:
        nodes = found.evidence.nodes
        lines.append(
            f"evidence of {found.evidence.questions} questions: recall {nodes.recall:.1%}, precision {nodes.precision:.1%},"
            f" overlap {found.evidence.overlap:.1%}, all expected nodes in {found.evidence.complete}"
        )
    if found.latency is not None:
        at_time = found.latency
        lines.append(
            f"ms a question: p50 {at_time.p50:.1f}, p95 {at_time.p95:.1f}, p99 {at_time.p99:.1f}, most {at_time.most:.1f};"
            f" {at_time.per_second:.0f} a second"
        )
    return lines


def _remarks(cases: CaseFile) -> None:
    console = notes()
    for problem in cases.problems[:_SHOWN]:
        console.print(Text.assemble(("error: ", "red"), str(problem)), soft_wrap=True)
    _more(console, len(cases.problems))
    if cases.problems:
        console.print(Text(f"left out, as they are no cases: {len(cases.problems)} rows"), soft_wrap=True)
    if cases.unmapped:
        rows = sum(cases.unmapped.values())
        console.print(
            Text(f"left out, as --labels lacks their labels: {rows} rows of {len(cases.unmapped)} labels"), soft_wrap=True
        )
    if cases.ignored:
        console.print(Text(f"nothing is measured of: {', '.join(sorted(cases.ignored))}"), soft_wrap=True)


def _groups(title: str, groups: list[Group], *, confident: bool = False) -> Table:
    columns = ["what", "questions", "right", "accuracy"]
    table = _table(title, *columns, *(["confident mistakes"] if confident else []))
    for one in groups:
        row = [one.name, str(one.questions), str(one.right), f"{one.accuracy:.1%}"]
        table.add_row(*row, *([str(one.confident_wrong or "")] if confident else []))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for number, name in enumerate(columns):
        words = number == 0 or name == "taken for"
        table.add_column(name, justify="left" if words else "right")
    return table


def _more(console: Console, total: int) -> None:
    if total > _SHOWN:
        console.print(Text(f"… and {total - _SHOWN} more (--json lists them)", style="dim"))
