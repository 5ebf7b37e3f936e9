"""What a user gets: the wheel, installed in an environment of its own, working in an empty folder."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.packaging


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # nothing of the checkout may help: no PYTHONPATH, no settings of the person who runs the tests
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KG_", "VIRTUAL_ENV"))}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env={**clean, **environment}, capture_output=True, text=True, timeout=600
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "build", "--wheel", "--outdir", out, ROOT, cwd=out)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("env") / "venv"
    venv.create(home, with_pip=True)
    done = run(home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile", wheel, cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return home / "bin"


def test_the_wheel_carries_every_file_beside_the_code(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = run("git", "ls-files", "schema", "cypher", "seed_data", cwd=ROOT).stdout.split()
    here = [name for name in tracked if (ROOT / name).exists()]
    assert here
    assert {f"kg_service/_data/{name}" for name in here} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_the_demo_runs_in_an_empty_folder(installed: Path, tmp_path: Path):
    done = run(installed / "kg", "demo", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2700.00" in done.stdout
    assert "Traceback" not in done.stderr
    assert (tmp_path / "kg-demo" / "graph.svg").stat().st_size > 10_000
    assert (tmp_path / "kg-demo" / "graph.png").stat().st_size > 10_000

    asked = run(installed / "kg", "doctor", "--store", ".kg-demo", cwd=tmp_path)
    assert asked.returncode == 0, asked.stdout + asked.stderr


def test_the_package_is_typed_and_names_its_version(installed: Path, wheel: Path, tmp_path: Path):
    done = run(installed / "kg", "--version", cwd=tmp_path)
    assert done.stdout.strip() == wheel.name.split("-")[1]
    assert "kg_service/py.typed" in zipfile.ZipFile(wheel).namelist()
