"""Where the files beside the code are: ``schema``, ``cypher`` and ``seed_data``.

In a checkout they are the folders at its top; in an installed wheel they travel inside the package.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kg_service.errors import ResourceError

__all__ = ["resource"]

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
