"""Exit codes of the ``kg`` command; the one place they are defined."""

from __future__ import annotations

from kg_service import errors

__all__ = ["BY_STATUS", "HELP", "INTERRUPTED", "REJECTED_ROWS", "UNEXPECTED", "USAGE", "of_error"]

UNEXPECTED = 1
USAGE = 2
REJECTED_ROWS = 20
INTERRUPTED = 130

#: The exit code of an answer by its status.
BY_STATUS = {
    "ANSWERED": 0,
    "CLARIFY": 10,
    "UNKNOWN": 11,
    "NOT_FOUND": 12,
    "FORBIDDEN": 13,
    "OUT_OF_SCOPE": 14,
    "HANDOFF": 15,
}

#: From the particular to the general: the first that fits.
_BY_ERROR: list[tuple[type[errors.KgError], int]] = [
    (errors.ConfigurationError, USAGE),
    (errors.DataError, REJECTED_ROWS),
    (errors.StoreLocked, 31),
    (errors.StoreError, 30),
    (errors.TemplateError, 40),
    (errors.ResourceError, 40),
]


def of_error(error: errors.KgError) -> int:
    """The exit code of an error.

    Examples
    --------
    >>> of_error(errors.StoreLocked("in use")), of_error(errors.RowError("no price")), of_error(errors.RuleError("?"))
    (31, 20, 1)
    """
    return next((code for kind, code in _BY_ERROR if isinstance(error, kind)), UNEXPECTED)


HELP = """\
Exit codes: 0 answered, done · 1 unexpected failure · 2 wrong usage or setting
10 clarification needed · 11 a fact is not recorded · 12 not found
13 sign in, or not available · 14 out of scope · 15 handed to a person
20 the data has errors · 30 store failed or unreachable · 31 store in use
40 broken installation or Cypher template · 130 interrupted"""
