"""The JVM of the embedded store: one per process, started at the first need.

The package's own starter loads the vector module, which prints a warning on every start, and switches on a scripting engine
that costs 0.3 s; a graph of shops needs neither. Its starter joins a JVM that runs already.
"""

from __future__ import annotations

import atexit
import os
import threading
from pathlib import Path
from typing import Any

import jpype

from kg_service.errors import StoreUnavailable
from kg_service.graph import jvm_archive
from kg_service.graph.options import StoreOptions

__all__ = ["java_class", "make_archive", "quiet", "start"]

_LOCK = threading.Lock()

_ARGUMENTS = (
    "-Xrs",  # signals stay with Python: a JVM that handles SIGTERM itself crashes amid a call
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF8",
    "-XX:+UseSerialGC",  # the stores here are small beside a server's: less memory, a faster start
    "-XX:+UseCompactObjectHeaders",
    "--enable-native-access=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "-Darcadedb.polyglotEngineEnabled=false",
)


def start(options: StoreOptions) -> None:
    """Start the JVM unless it runs already; the first caller's options decide for the process."""
    with _LOCK:
        if jpype.isJVMStarted():
            return
        from arcadedb_embedded import jvm

        jars = _jars()
        arguments = [
            *_ARGUMENTS,
            *(options.jvm_arguments or jvm_archive.arguments(jvm_archive.archive(jars, _ARGUMENTS))),
            f"-Xmx{options.heap}",
            f"-Djava.util.logging.config.file={Path(__file__).with_name('logging.properties')}",
            f"-XX:ErrorFile={os.environ.get('ARCADEDB_JVM_ERROR_FILE', '/dev/null')}",
        ]
        if options.quick_start:
            arguments.append("-XX:TieredStopAtLevel=1")
        try:
            jpype.startJVM(jvm.get_bundled_jre_lib_path(), *arguments, classpath=os.pathsep.join(jars), interrupt=False)
        except Exception as error:
            raise StoreUnavailable(
                f"the embedded store's JVM did not start: {error}",
                do="check KG_EMBEDDED_HEAP against the machine's memory, or use a Neo4j server by KG_STORE=neo4j://…",
            ) from error
        # At its first word the engine's logger would read the configuration again, and undo what `quiet` has set by then.
        java_class("com.arcadedb.log.DefaultLogger")().init()
        if threading.current_thread() is not threading.main_thread():
            # The thread that starts a JVM is its main thread, and its end waits for it: for ever when that was a worker that is
            # gone. Attached as a daemon it is not waited for.
            thread = java_class("java.lang.Thread")
            thread.detach()
            thread.attachAsDaemon()
        # Registered after JPype's own hook and so run before it: an open database would hold the JVM's end for 30 s.
        atexit.register(_close_databases)


def _jars() -> list[str]:
    from arcadedb_embedded import jvm

    return sorted(str(jar) for jar in Path(jvm.get_jar_path()).glob("*.jar"))


def make_archive(*, only_look: bool = False) -> bool:
    """Whether the archive that makes this JVM start faster is there; it is made (in some seconds) unless ``only_look``."""
    from arcadedb_embedded import jvm

    found = jvm_archive.archive(_jars(), _ARGUMENTS)
    if only_look:
        return found.exists()
    # …/lib/server/libjvm.so
    java = Path(jvm.get_bundled_jre_lib_path()).parents[2] / "bin" / ("java.exe" if os.name == "nt" else "java")
    return jvm_archive.make(found, java, _ARGUMENTS)


def java_class(name: str) -> Any:
    """A Java class by its full name."""
    return jpype.JClass(name)


def quiet(level: str) -> None:
    """Set what Java's logging lets through: ``OFF`` or ``SEVERE``."""
    java_class("java.util.logging.Logger").getLogger("").setLevel(getattr(java_class("java.util.logging.Level"), level))


def _close_databases() -> None:
    if not jpype.isJVMStarted():
        return
    for database in list(java_class("com.arcadedb.database.DatabaseFactory").getActiveDatabaseInstances()):
        if database.isOpen():
            database.close()
