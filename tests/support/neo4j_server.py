"""A real Neo4j for tests and for a person at work, without Docker.

Where it comes from, first that applies:

1. ``NEO4J_URI`` (with ``NEO4J_USER`` and ``NEO4J_PASSWORD``): a server that is there already.
   *The tests delete its data.*
2. testcontainers, where a Docker daemon answers.
3. Neo4j's own published Maven artifacts, run by the machine's JDK (17 or later) and fetched by its Maven.

    python -m tests.support.neo4j_server --foreground          # a server until Ctrl-C, with the settings that use it
    python -m tests.support.neo4j_server --fetch               # only fill the cache
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import neo4j
from neo4j.exceptions import DriverError, Neo4jError

VERSION = "5.26.30"
START_SECONDS = 120
STOP_SECONDS = 30

POM = """<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kg-service</groupId>
  <artifactId>neo4j-for-tests</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version></dependency>
    <dependency><groupId>org.neo4j.app</groupId><artifactId>neo4j-server</artifactId><version>{version}</version></dependency>
  </dependencies>
</project>
"""

CONFIGURATION = """server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.heap.initial_size={heap}
server.memory.heap.max_size={heap}
server.memory.pagecache.size=128m
dbms.usage_report.enabled=false
dbms.security.auth_enabled=true
"""


class NotAvailable(Exception):
    """No way to a Neo4j on this machine; the message says what is missing."""


@dataclass(frozen=True)
class Neo4jServer:
    """Where a running server is and how to sign in."""

    uri: str
    user: str
    password: str
    origin: str
    pid: int | None = None


@contextmanager
def neo4j_server() -> Iterator[Neo4jServer]:
    """A running server by the first way that works; ended on leaving, whatever happens.

    Raises
    ------
    NotAvailable
        When none of the three ways is open on this machine.
    """
    if uri := os.environ.get("NEO4J_URI"):
        yield Neo4jServer(
            uri, os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD", "neo4j"), "the server of NEO4J_URI"
        )
    elif docker_answers():
        with _container() as server:
            yield server
    else:
        with maven_server() as server:
            yield server


def docker_answers() -> bool:
    """Whether a Docker daemon is there; a client without a daemon is not enough."""
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        done = subprocess.run([docker, "info", "--format", "{{.ServerVersion}}"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())


@contextmanager
def _container() -> Iterator[Neo4jServer]:
    from testcontainers.neo4j import Neo4jContainer

    password = secrets.token_urlsafe(12)
    with Neo4jContainer("neo4j:5.26-community", password=password) as container:
        yield Neo4jServer(container.get_connection_url(), "neo4j", password, "a container of neo4j:5.26-community")


# ---------------------------------------------------------------------------------------------------- Maven artifacts


def cache_folder() -> Path:
    """Outside the repository, kept between runs: ``KG_TEST_CACHE``, else the user's cache folder."""
    base = os.environ.get("KG_TEST_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kg-service"
    return Path(base) / f"neo4j-{VERSION}"


def java() -> str:
    """The machine's JDK, 17 or later."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=f"{home}/bin") if home else None
    program = program or shutil.which("java")
    if program is None:
        raise NotAvailable("no java on this machine; install a JDK 17 or later (Debian: openjdk-17-jre-headless)")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60)
    match = re.search(r'version "(\d+)', said.stderr + said.stdout)
    if match is None or int(match.group(1)) < 17:
        raise NotAvailable(f"Neo4j {VERSION} needs Java 17 or later; {program} is {match.group(1) if match else 'unknown'}")
    return program


def classpath() -> str:
    """Neo4j's jars, fetched by Maven once (212 jars, about 123 MB)."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    listing = folder / "classpath.txt"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test runs must not fetch into each other
        if listing.exists():
            known = listing.read_text(encoding="utf-8").strip()
            if known and all(Path(jar).exists() for jar in known.split(os.pathsep)):
                return known
        maven = shutil.which("mvn")
        if maven is None:
            raise NotAvailable("no mvn on this machine to fetch Neo4j's published artifacts; install Maven (Debian: maven)")
        (folder / "pom.xml").write_text(POM.format(version=VERSION), encoding="utf-8")
        fresh = folder / "classpath.new"
        fresh.unlink(missing_ok=True)
        done = subprocess.run(
            [maven, "-B", "-q", "dependency:build-classpath", f"-Dmdep.outputFile={fresh}"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0 or not fresh.exists():
            raise NotAvailable(f"Maven could not fetch Neo4j's artifacts: {(done.stdout + done.stderr).strip()[-600:]}")
        fresh.replace(listing)
        return listing.read_text(encoding="utf-8").strip()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """In the child: be asked to stop when the parent is gone, even when it was killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 is PR_SET_PDEATHSIG


def start(home: Path, port: int, heap: str = "512m") -> subprocess.Popen[bytes]:
    """Start a server over a home folder; its output goes to ``home/neo4j.log``."""
    program, jars = java(), classpath()
    (home / "conf").mkdir(parents=True, exist_ok=True)
    (home / "conf" / "neo4j.conf").write_text(CONFIGURATION.format(port=port, heap=heap), encoding="utf-8")
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    command = [
        program,
        f"-Xms{heap}",
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        *opened,
        "-cp",
        jars,
        "org.neo4j.server.CommunityEntryPoint",
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
    ]
    with (home / "neo4j.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


def wait(process: subprocess.Popen[bytes], home: Path, uri: str, password: str) -> None:
    """Wait until the server answers, setting the password when it is a new one.

    Raises
    ------
    NotAvailable
        When the process ended, also where another server answers at its port, or it takes too long.
    """
    deadline = time.monotonic() + START_SECONDS
    address = uri.partition("://")[2].split(":")
    last: Exception | None = None
    while True:
        try:
            socket.create_connection((address[0], int(address[1])), timeout=5).close()  # else the driver logs each failure
            _sign_in(uri.replace("neo4j://", "bolt://"), password)
            if process.poll() is None:
                return
            last = NotAvailable(f"the process ended with {process.returncode}, and another server answers at {uri}")
        except (DriverError, Neo4jError, OSError) as error:
            last = error
        if process.poll() is not None or time.monotonic() > deadline:
            tail = (home / "neo4j.log").read_text(encoding="utf-8", errors="replace")[-1500:]
            raise NotAvailable(f"Neo4j did not start ({last}); its log ends:\n{tail}")
        time.sleep(0.25)


def _sign_in(uri: str, password: str) -> None:
    with neo4j.GraphDatabase.driver(uri, auth=("neo4j", password), connection_timeout=5) as driver:
        try:
            driver.verify_connectivity()
            return
        except neo4j.exceptions.AuthError:
            pass  # a new server still has its first password
    with (
        neo4j.GraphDatabase.driver(uri, auth=("neo4j", "neo4j"), connection_timeout=5) as driver,
        driver.session(database="system") as session,
    ):
        session.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $password", password=password).consume()


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server that :func:`start` started: asked first, then made to."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def maven_server(home: Path | None = None, port: int | None = None, password: str | None = None) -> Iterator[Neo4jServer]:
    """A server from the Maven artifacts, over a folder of its own that goes with it when none is given."""
    temporary = home is None
    home = home or Path(tempfile.mkdtemp(prefix="kg-neo4j-"))
    port = port or free_port()
    password = password or secrets.token_urlsafe(12)
    uri = f"neo4j://127.0.0.1:{port}"
    try:
        process = start(home, port)
        try:
            wait(process, home, uri, password)
            yield Neo4jServer(uri, "neo4j", password, f"Neo4j {VERSION} from Maven artifacts", process.pid)
        finally:
            stop(process)
    finally:
        if temporary:
            shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.neo4j_server", description="A Neo4j server without Docker.")
    parser.add_argument("--foreground", action="store_true", help="run a server until Ctrl-C")
    parser.add_argument("--fetch", action="store_true", help="only fetch Neo4j's artifacts into the cache")
    parser.add_argument("--port", type=int, default=7687, help="port of Bolt (7687)")
    parser.add_argument("--home", type=Path, default=cache_folder() / "home", help="folder of its data, kept (in the cache)")
    parser.add_argument("--password", default="kg-service", help="password of the user neo4j (kg-service)")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        if arguments.fetch:
            print(f"{len(classpath().split(os.pathsep))} jars in {cache_folder()}")
        if arguments.foreground:
            print(f"starting Neo4j {VERSION} over {arguments.home.resolve()} …", flush=True)
            with maven_server(arguments.home.resolve(), arguments.port, arguments.password) as server:
                print(
                    f"\n  export KG_STORE={server.uri}\n  export KG_NEO4J_USER={server.user}\n"
                    f"  export KG_NEO4J_PASSWORD={server.password}\n\nrunning; Ctrl-C stops it",
                    flush=True,
                )
                signal.pause()
    except NotAvailable as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped")
    if not (arguments.fetch or arguments.foreground):
        parser.print_help()
    return 0


if __name__ == "__main__":
    sys.exit(main())
