"""Where the files beside the code are: ``schema``, ``cypher`` and ``seed_data``.

In a checkout they are the folders at its top; in an installed wheel they travel inside the package.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kg_service.errors import ResourceError

__all__ = ["read_yaml", "resource"]

# libyaml where the platform's wheel has it: several times faster, and a command's start is counted
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_PACKAGE = Path(__file__).resolve().parent


@cache
def resource(*parts: str) -> Path:
    """The path of a file or folder of the installation.

    Parameters
    ----------
    *parts : str
        For example ``resource("schema", "graph.yaml")``.

    Raises
    ------
    ResourceError
        When neither the checkout nor the installed package has it.
    """
    for base in (_PACKAGE.parent, _PACKAGE / "_data"):
        path = base.joinpath(*parts)
        if path.exists() and (base != _PACKAGE.parent or (base / "pyproject.toml").exists()):
            return path
    raise ResourceError(
        f"the installation lacks {'/'.join(parts)}",
        where=str(_PACKAGE),
        do="reinstall the package",
    )


def read_yaml(path: Path) -> Any:
    """A YAML file of the installation.

    Raises
    ------
    ResourceError
        When it is not YAML; the message names the file and the line.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1}" if mark else path.name
        raise ResourceError(f"not YAML: {getattr(error, 'problem', error)}", where=where, do="mend the file") from error
