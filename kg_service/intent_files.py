"""The intents as they stand in their files, for parts of the package that read their own section of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from kg_service.errors import ResourceError
from kg_service.resources import read_yaml, resource

__all__ = ["intent_documents"]


@cache
def intent_documents(folder: Path | None = None) -> tuple[tuple[Path, dict[str, Any]], ...]:
    """Every intent file with its content.

    Raises
    ------
    ResourceError
        When a file is no YAML mapping with an ``intent``.
    """
    found = []
    for path in sorted((folder or resource("seed_data", "intents")).glob("*.yaml")):
        document = read_yaml(path)
        if not isinstance(document, dict) or "intent" not in document:
            raise ResourceError("an intent file is a mapping with the key intent", where=str(path), do="add it")
        found.append((path, document))
    return tuple(found)
