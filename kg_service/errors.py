"""The one exception tree of the package.

Everything that ``kg_service`` raises on purpose is a :class:`KgError`::

    KgError
    ├── ConfigurationError        a setting is missing, unknown or contradicts another
    ├── DataError                 something about the data that is loaded or passed in
    │   ├── RowError              one row or value: carries file, line, column, id
    │   ├── ReferenceError_       a reference to an id that neither the files nor the graph have
    │   └── LoadRefused           the load as a whole was refused (``strict``, no manifest, …)
    ├── TemplateError             a Cypher template is not fit to be used: carries file and line
    ├── StoreError                the graph store
    │   ├── StoreUnavailable      it cannot be reached or opened
    │   ├── StoreLocked           another process holds the embedded folder
    │   ├── StoreTimeout          a query ran out of time
    │   └── QueryError            the store refused a statement
    ├── RuleError                 the rules were called with something they cannot decide over
    └── ResourceError             a file of the installation (schema, cypher, seed data) is missing or broken

Each message says what was wrong, where, and what to do about it.
"""

from __future__ import annotations

__all__ = [
    "ConfigurationError",
    "DataError",
    "KgError",
    "LoadRefused",
    "QueryError",
    "ReferenceError_",
    "ResourceError",
    "RowError",
    "RuleError",
    "StoreError",
    "StoreLocked",
    "StoreTimeout",
    "StoreUnavailable",
    "TemplateError",
]


class KgError(Exception):
    """Base of every error of this package.

    Parameters
    ----------
    what : str
        What was wrong.
    where : str, optional
        Where: ``file:line``, an id, a setting's name.
    do : str, optional
        What the reader can do about it.

    Examples
    --------
    >>> print(KgError("price is negative", where="skus.csv:3", do="write a price of 0.00 or more"))
    skus.csv:3: price is negative (write a price of 0.00 or more)
    """

    def __init__(self, what: str, *, where: str | None = None, do: str | None = None) -> None:
        self.what = what
        self.where = where
        self.do = do
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        tail = f" ({self.do})" if self.do else ""
        return f"{head}{self.what}{tail}"


class ConfigurationError(KgError):
    """A setting is missing, unknown or contradicts another."""


class DataError(KgError):
    """Something about the data that is loaded or passed in."""


class RowError(DataError):
    """One row or value of a data set is wrong.

    Attributes
    ----------
    file, line, column, value : where it stands and what it says; ``line`` counts from 1
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
        do: str | None = None,
    ) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.value = value
        where = ":".join(str(part) for part in (file, line) if part is not None)
        if column:
            where = f"{where} [{column}]" if where else f"[{column}]"
        super().__init__(what, where=where or None, do=do)


class ReferenceError_(RowError):
    """A reference to an id that neither the files nor the graph have."""


class LoadRefused(DataError):
    """The load as a whole was refused; nothing was written."""


class TemplateError(KgError):
    """A Cypher template is not fit to be used; ``where`` is its file and line."""


class StoreError(KgError):
    """The graph store failed."""


class StoreUnavailable(StoreError):
    """The store cannot be reached or opened."""


class StoreLocked(StoreError):
    """Another process holds the embedded folder."""


class StoreTimeout(StoreError):
    """A query ran out of its time."""


class QueryError(StoreError):
    """The store refused a statement."""


class RuleError(KgError):
    """The rules were called with something they cannot decide over."""


class ResourceError(KgError):
    """A file of the installation (schema, cypher, seed data) is missing or broken."""
