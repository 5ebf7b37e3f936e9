"""Importing spaCy without its command line."""

from __future__ import annotations

import sys
from types import ModuleType

__all__ = ["import_spacy"]

_COMMANDS = ("spacy.cli", "spacy.cli.info")


def import_spacy() -> None:
    """Import spaCy less its commands: it loads them for one function, and they load a web client and a project manager (0.4 s).

    Whoever imports ``spacy.cli`` afterwards gets the real one.
    """
    if "spacy" in sys.modules:
        return
    stand_ins = {name: ModuleType(name) for name in _COMMANDS}
    stand_ins["spacy.cli.info"].__dict__["info"] = None
    sys.modules.update(stand_ins)
    try:
        import spacy  # noqa: F401
    finally:
        for name, module in stand_ins.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
