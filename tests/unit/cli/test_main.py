"""The commands as typer sees them: names, help, usage errors; nothing heavy is imported for it."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from kg_service.cli.main import app

COMMANDS = ("demo", "load", "export", "check", "ask", "chat", "explain", "doctor")
runner = CliRunner(env={"COLUMNS": "120", "TERM": "dumb"})


def test_the_help_lists_the_commands_and_the_exit_codes():
    result = runner.invoke(app, ["--help"])
    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)
    assert "Exit codes" in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_examples(command: str):
    result = runner.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Examples" in result.output
    assert f"kg {command}" in result.output


@pytest.mark.parametrize(
    "arguments",
    [["ask"], ["ask", "有货吗", "--role", "king"], ["explain"], ["load"], ["nothing"], ["ask", "有货吗", "--unknown"]],
)
def test_wrong_usage_ends_with_2(arguments: list[str]):
    assert runner.invoke(app, arguments).exit_code == 2


def test_the_version_is_the_packages():
    from importlib.metadata import version

    assert runner.invoke(app, ["--version"]).output.strip() == version("kg-service")


def test_help_imports_nothing_heavy():
    heavy = ("spacy", "matplotlib", "arcadedb_embedded", "jpype", "neo4j", "jieba", "networkx", "prompt_toolkit", "opencc")
    code = f"import sys, kg_service.cli.main; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
