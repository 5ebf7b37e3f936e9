"""Reading the files of a data set row by row, with the line each row stands on.

One function per suffix turns a file into :class:`RawRow`; a file format more is a function more in :data:`READERS`.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, cast

from kg_service.errors import RowError

__all__ = ["OWN_COLUMNS", "READERS", "RawRow", "Source", "find_sources"]

#: Columns of a rejects file that say why a row was rejected; ignored when the mended file is loaded.
OWN_COLUMNS = ("_line", "_column", "_value", "_reason")

_CHUNK = 1 << 20
csv.field_size_limit(1 << 30)


@dataclass
class RawRow:
    """A row as it stands in the file.

    Attributes
    ----------
    line : the line it begins on, from 1
    values : column to value; an empty CSV cell is absent
    error : why the row could not be read at all
    column : where, when known
    text : the line itself when it could not be read
    columns : the header, where the file has one
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    column: str | None = None
    text: str | None = None
    columns: tuple[str, ...] = ()


@dataclass
class Source:
    """A file of the data set that is there.

    Attributes
    ----------
    name : which file of the format (``products``)
    path : where it is
    kind : its suffix without ``.gz`` (``.csv``)
    """

    name: str
    path: Path
    kind: str
    _raw: BinaryIO | None = field(default=None, repr=False, compare=False)

    @property
    def label(self) -> str:
        """How messages name it."""
        return self.path.name

    def rows(self) -> Iterator[RawRow]:
        """The rows in file order.

        Raises
        ------
        RowError
            When the file as a whole cannot be read: its encoding, its header, its compression.
        """
        try:
            yield from READERS[self.kind](self)
        except (EOFError, OSError, zlib.error) as error:
            raise RowError(f"cannot be read: {error}", file=self.label, do="check the file, write it again") from error

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The decompressed bytes."""
        with self.path.open("rb") as raw:
            self._raw = raw
            if self.path.suffix == ".gz":
                with gzip.GzipFile(fileobj=raw, mode="rb") as stream:
                    yield cast(BinaryIO, stream)
            else:
                yield raw

    def estimate(self, rows: int) -> int:
        """How many rows there are in all, judging by the bytes that ``rows`` of them took."""
        try:
            position = self._raw.tell() if self._raw is not None else 0
        except ValueError:  # closed
            return rows
        return max(rows, rows * self.path.stat().st_size // position) if position else rows


def find_sources(folder: Path, names: tuple[str, ...]) -> tuple[dict[str, list[Source]], list[Path]]:
    """The files of the format in a folder, by name, and the entries that are none."""
    found: dict[str, list[Source]] = {}
    unknown: list[Path] = []
    for path in sorted(folder.iterdir()):
        stem, suffixes = path.name.split(".", 1)[0], path.suffixes
        kinds = [suffix for suffix in suffixes if suffix != ".gz"]
        plain = len(kinds) == 1 and suffixes in ([kinds[0]], [kinds[0], ".gz"])
        if path.is_file() and plain and stem in names and kinds[0] in READERS:
            found.setdefault(stem, []).append(Source(stem, path, kinds[0]))
        else:
            unknown.append(path)
    return found, unknown


def _encoding(source: Source) -> str:
    """UTF-8 (with or without BOM) when all of the file is, else GB18030 when all of it is.

    Nearly any bytes are some GB18030, so a file that is UTF-8 but for a few damaged bytes is told, not read as GB18030.
    """
    with source.open() as stream:
        head = stream.read(4)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise RowError("is UTF-16", file=source.label, do="save it as UTF-8")
    line = _first_undecodable(source, "utf-8-sig")
    if line is None:
        return "utf-8-sig"
    if _nearly_utf8(source):
        raise RowError("is UTF-8 with damaged characters", file=source.label, line=line, do="mend this line")
    if _first_undecodable(source, "gb18030") is None:
        return "gb18030"
    raise RowError("is neither UTF-8 nor GB18030", file=source.label, line=line, do="save the file as UTF-8")


def _first_undecodable(source: Source, encoding: str) -> int | None:
    """The line of the first bytes that are not of the encoding; ``None`` when all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with source.open() as stream:
        chunk = b""
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
                lines += chunk.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return lines + error.object[: error.start].count(b"\n")
    return None


def _nearly_utf8(source: Source) -> bool:
    """Whether less than a tenth of the characters beyond ASCII are damaged, read as UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    damaged = sound = 0
    with source.open() as stream:
        while chunk := stream.read(_CHUNK):
            text = decoder.decode(chunk)
            here = text.count("\ufffd")
            damaged += here
            sound += sum(not char.isascii() for char in text) - here
    return damaged * 10 < sound


def _read_csv(source: Source) -> Iterator[RawRow]:
    encoding = _encoding(source)
    with source.open() as stream, io.TextIOWrapper(stream, encoding, newline="") as text:
        reader = csv.reader(text, strict=True)
        header: list[str] | None = None
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise RowError(
                    f"is no CSV from here on: {error}", file=source.label, line=line, do="check the quotes of this row"
                ) from None
            start, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(source, cells)
                continue
            yield _csv_row(header, cells, start)


def _header(source: Source, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise RowError(f"the header has {', '.join(twice)} more than once", file=source.label, line=1, do="remove one of them")
    while names and not names[-1]:
        names.pop()
    if "" in names:
        raise RowError("the header has a column without a name", file=source.label, line=1, do="name it or remove it")
    return names


def _csv_row(header: list[str], cells: list[str], line: int) -> RawRow:
    if len(cells) != len(header):
        extra = cells[len(header) :]
        if len(cells) < len(header) or any(cell.strip() for cell in extra):
            return RawRow(
                line,
                {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()},
                error=f"has {len(cells)} cells, the header has {len(header)}",
                text=",".join(cells),
                columns=tuple(header),
            )
    values = {name: cell for name, cell in zip(header, cells, strict=False) if cell.strip()}
    return RawRow(line, values, columns=tuple(header))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not allowed")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"key {next(name for name in names if names.count(name) > 1)!r} occurs twice in one object")
    return found


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)


def _read_jsonl(source: Source) -> Iterator[RawRow]:
    encoding = _encoding(source)
    with source.open() as stream, io.TextIOWrapper(stream, encoding, newline="\n") as text:
        for line, content in enumerate(text, start=1):
            content = content.strip()
            if not content:
                continue
            try:
                values = _DECODER.decode(content)
                if "\\u" in content:
                    json.dumps(values, ensure_ascii=False, default=str).encode()  # half of a surrogate pair is no text
            except json.JSONDecodeError as error:
                yield RawRow(line, error=f"is no JSON: {error.msg} at character {error.pos + 1}", text=content)
                continue
            except (ValueError, RecursionError) as error:  # UnicodeEncodeError is a ValueError
                yield RawRow(line, error=f"is no JSON: {error}", text=content)
                continue
            if not isinstance(values, dict):
                yield RawRow(line, error=f"is a JSON {type(values).__name__}, not an object", text=content)
                continue
            yield RawRow(line, values)


#: Suffix to reader.
READERS: dict[str, Callable[[Source], Iterator[RawRow]]] = {".csv": _read_csv, ".jsonl": _read_jsonl}
