"""What the two READMEs list is what there is: settings and defaults, exit codes, commands, make targets, files."""

import re
from pathlib import Path

import pytest

from kg_service.api.settings import Settings
from kg_service.cli import exits
from kg_service.cli.main import app

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(params=["README.md", "README.zh.md"])
def readme(request: pytest.FixtureRequest) -> str:
    return (ROOT / request.param).read_text(encoding="utf-8")


def test_settings_and_their_defaults(readme: str):
    listed = dict(re.findall(r"^\| `(KG_\w+)` \| `?([^|`]+?)`? \|", readme, re.MULTILINE))
    listed = {name: value for name, value in listed.items() if "a folder" not in value and "目录" not in value}
    fields = {f"KG_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    assert listed == {name: "–" if default is None else str(default) for name, default in fields.items()}


def test_exit_codes(readme: str):
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)}
    assert listed == {int(code) for code in re.findall(r"(?:^|: |· |\n)(\d+) ", exits.HELP)}


def test_commands(readme: str):
    listed = re.search(r"`kg ([\w-]+(?: · [\w-]+)+)`", readme)
    assert listed
    assert set(listed[1].split(" · ")) == {command.name for command in app.registered_commands}


def test_targets_and_links(readme: str):
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z0-9-]+)", readme.replace("and make", ""))) <= targets
    for link in re.findall(r"\]\(([^)]+)\)", readme):
        assert (ROOT / link).exists(), link
