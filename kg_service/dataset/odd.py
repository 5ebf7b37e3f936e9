"""What loads and looks wrong about one row, and the odd things a scope can say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg_service.dataset.promotion import Scope, ScopeRef

__all__ = ["Odd", "covers_nothing", "empty_scopes"]


class Odd(NamedTuple):
    """A warning about a row: where, what stands there, why it looks wrong, what to do."""

    column: str | None
    value: str | None
    reason: str
    do: str


def covers_nothing(scope: Scope) -> str | None:
    """Why a scope can cover no goods at all; ``None`` when it can.

    Examples
    --------
    >>> covers_nothing(Scope.model_validate({"include": []}))
    'includes nothing'
    """
    if scope.include is not None and not scope.include:
        return "includes nothing"
    excluded = {_key(entry) for entry in scope.exclude or ()}
    if ("all", None) in excluded:
        return "excludes all goods"
    if scope.include and all(_key(entry) in excluded for entry in scope.include):
        return "excludes all that it includes"
    return None


def empty_scopes(path: str, scope: Scope) -> Iterator[Odd]:
    """Entries of a scope that cover nothing, because the same scope excludes them or names them twice."""
    excluded = {_key(entry) for entry in scope.exclude or ()}
    seen: set[tuple[str, str | None]] = set()
    for index, entry in enumerate(scope.include or ()):
        column = f"{path}.include[{index}]"
        if _key(entry) in excluded:
            yield Odd(column, entry.id, f"{entry.type} {entry.id} is excluded by the same scope", "drop one of the two")
        elif _key(entry) in seen:
            yield Odd(column, entry.id, f"{entry.type} {entry.id} is included twice", "drop one of the two")
        seen.add(_key(entry))


def _key(entry: ScopeRef) -> tuple[str, str | None]:
    return entry.type, entry.id
