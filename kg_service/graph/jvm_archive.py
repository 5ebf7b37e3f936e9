"""A faster start of the embedded store: the JVM's classes, loaded and linked once and kept (an AOT cache, JEP 483 and 514).

The archive lies in the user's cache folder, named by what it was made of; another version of the store, or another place of its
jars, is another archive. Without one, or with one the JVM does not accept, the JVM starts as ever.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["archive", "arguments", "make"]

#: What a JVM may take to write the archive, seconds.
_LIMIT_S = 120


def archive(classpath: list[str], flags: tuple[str, ...]) -> Path:
    """Where the archive for these jars and flags is, if it has been made.

    Parameters
    ----------
    classpath : the jars, in their order
    flags : what the JVM is started with
    """
    seen = hashlib.sha256()
    for jar in classpath:
        about = Path(jar).stat()
        seen.update(f"{jar} {about.st_size} {about.st_mtime_ns}\n".encode())
    seen.update("\n".join(flags).encode())
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "kg-service" / "jvm" / f"{seen.hexdigest()[:32]}.aot"


def arguments(found: Path) -> list[str]:
    """The JVM's arguments that use an archive; empty when there is none. One that does not fit is left aside in silence."""
    return [f"-XX:AOTCache={found}", "-Xlog:aot=off", "-Xlog:cds=off"] if found.exists() else []


def make(found: Path, java: Path, flags: tuple[str, ...]) -> bool:
    """Make an archive unless there is one; takes some seconds.

    A process of its own works on a small store with everything recorded; from the record the JVM writes the archive. Nothing is
    said and nothing breaks where that is not possible (a read-only cache folder, another kind of JVM).

    Returns
    -------
    bool
        Whether there is an archive now.
    """
    if found.exists():
        return True
    try:
        found.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=found.parent) as folder:
            record, classpath, fresh = Path(folder) / "record", Path(folder) / "classpath", Path(folder) / "aot"
            training = [sys.executable, "-m", "kg_service.api.jvm_training", folder]
            _run([*training])
            _run(
                [
                    str(java),
                    "-XX:AOTMode=create",
                    f"-XX:AOTConfiguration={record}",
                    f"-XX:AOTCache={fresh}",
                    *flags,
                    "-cp",
                    classpath.read_text(encoding="utf-8"),
                ]
            )
            fresh.replace(found)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _run(command: list[str]) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LIMIT_S, check=True)
