"""The ``kg`` command: one module per subcommand, registered here."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Callable, Iterable
from typing import Any

import typer

from kg_service.cli import ask, chat, check, demo, doctor, exits, explain, export, learn, load, price, what_if
from kg_service.cli import eval as evaluation  # the command's name is a builtin's
from kg_service.cli.terminal import complain
from kg_service.errors import KgError

__all__ = ["app", "main"]

app = typer.Typer(
    name="kg",
    help="Questions over an e-commerce knowledge graph: promotions, partial returns, and why.",
    epilog=exits.HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _register(name: str, command: Callable[..., Any], examples: Iterable[str]) -> None:
    lines = "\n\n".join(f"  {example}" for example in examples)
    app.command(name, epilog=f"[bold]Examples[/bold]\n\n{lines}" if lines else None)(command)


for _name, _command, _module in (
    ("demo", demo.demo, demo),
    ("load", load.load, load),
    ("export", export.export, export),
    ("check", check.check, check),
    ("ask", ask.ask, ask),
    ("chat", chat.chat, chat),
    ("explain", explain.explain, explain),
    ("price", price.price, price),
    ("what-if", what_if.what_if, what_if),
    ("learn", learn.learn, learn),
    ("eval", evaluation.evaluate, evaluation),
    ("doctor", doctor.doctor, doctor),
):
    _register(_name, _command, getattr(_module, "EXAMPLES", ()))


@app.callback(invoke_without_command=True)
def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and leave.", is_eager=True),
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(installed("kg-service"))
        raise typer.Exit


def main() -> None:
    """Run the command; an error of the package ends it with one line and its exit code."""
    # A third of a start went to looking for garbage among what is imported, which is there to stay.
    gc.disable()
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        # Chinese text must pass whatever the locale says (C, POSIX, cp936), and a stray byte must not end the command
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(prog_name="kg")
    except KgError as error:
        complain(str(error))
        sys.exit(exits.of_error(error))
