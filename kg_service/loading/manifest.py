"""Reading ``manifest.yaml``."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from kg_service.dataset import Manifest
from kg_service.errors import LoadRefused

__all__ = ["read_manifest"]

_EXAMPLE = "a manifest has at least the lines  name: my-shop  and  format_version: 1"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a data set.

    Raises
    ------
    LoadRefused
        When the folder or its manifest is missing or wrong; the message says what and where.
    """
    if not folder.is_dir():
        raise LoadRefused("is no folder", where=str(folder), do="give the folder of a data set")
    path = folder / "manifest.yaml"
    if not path.is_file():
        raise LoadRefused("is missing", where="manifest.yaml", do=_EXAMPLE)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise LoadRefused("is not UTF-8", where="manifest.yaml", do="save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"manifest.yaml:{mark.line + 1}" if mark else "manifest.yaml"
        raise LoadRefused(f"is no YAML: {getattr(error, 'problem', error)}", where=where, do=_EXAMPLE) from None
    if not isinstance(values, dict):
        raise LoadRefused("has no keys", where="manifest.yaml", do=_EXAMPLE)
    try:
        return Manifest.model_validate(values)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        column = ".".join(str(part) for part in detail["loc"])
        reason = {
            "missing": "is required and not there",
            "extra_forbidden": "is no key of a manifest",
            "literal_error": f"must be {detail.get('ctx', {}).get('expected', '')}",
        }.get(detail["type"], detail["msg"].removeprefix("Value error, "))
        raise LoadRefused(f"{column} {reason}", where="manifest.yaml", do=_EXAMPLE) from None
