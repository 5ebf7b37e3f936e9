"""YAML with the line of every row, so that what is wrong with one can be said of it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kg_service.errors import DataError

__all__ = ["Located", "located"]

# libyaml where the platform's wheel has it: several times faster
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Located:
    """A value of a YAML file that knows its line, counted from 1."""

    node: Any

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_sequence(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def value(self) -> Any:
        """The value itself.

        Raises
        ------
        DataError
            When a tag or a date of it is none.
        """
        try:
            return yaml.constructor.SafeConstructor().construct_document(self.node)
        except (yaml.YAMLError, ValueError) as error:
            raise DataError(f"not a value: {getattr(error, 'problem', None) or error}", do="quote it or mend it") from error

    def entries(self) -> list[Located]:
        """The entries of a sequence."""
        return [Located(one) for one in self.node.value]

    def items(self) -> Iterator[tuple[str, Located]]:
        """The names and values of a mapping."""
        for key, value in self.node.value:
            yield str(key.value), Located(value)


def located(path: Path) -> Located:
    """A YAML file.

    Raises
    ------
    DataError
        When it cannot be read or is not YAML; the message names the line.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_LOADER)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(path), do="name a file that can") from error
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8", where=str(path), do="save the file as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise DataError(f"not YAML: {getattr(error, 'problem', error)}", where=where, do="mend the line") from error
    if root is None:
        raise DataError("the file is empty", where=str(path), do="write a list of cases, or a table of labels")
    return Located(root)
