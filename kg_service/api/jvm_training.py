"""What the embedded store's JVM is shown when its archive is made: every template, on a small store.

    python -m kg_service.api.jvm_training FOLDER

writes ``FOLDER/record`` (at the JVM's end) and ``FOLDER/classpath``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kg_service.errors import StoreError
from kg_service.graph import jvm
from kg_service.graph.arcadedb import ArcadeStore
from kg_service.graph.options import StoreOptions
from kg_service.graph.schema import GraphSchema
from kg_service.queries.registry import Registry

__all__ = ["train"]


def train(folder: Path) -> None:
    """Open a new store twice and run every template on it, with everything recorded."""
    recording = ("-XX:AOTMode=record", f"-XX:AOTConfiguration={folder / 'record'}")
    options = StoreOptions(quick_start=True, jvm_arguments=recording)
    templates = Registry.load()
    with ArcadeStore(folder / "store", options) as store:
        store.apply_schema(GraphSchema.load().statements())
    with ArcadeStore(folder / "store", options) as store:
        for name, template in templates.items():
            statement = templates.sample(name)
            try:
                if template.mode == "write":
                    store.write([statement])
                else:
                    store.read(statement)
            except StoreError:
                continue  # a sample value that a constraint refuses has loaded the classes all the same
    path = jvm.java_class("java.lang.System").getProperty("java.class.path")
    (folder / "classpath").write_text(str(path), encoding="utf-8")


if __name__ == "__main__":
    train(Path(sys.argv[1]))
