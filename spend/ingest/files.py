"""CSV and NDJSON files, packed or not, as items and problems by line, in bounded memory.

CSV has the names of the wire as its header; an empty cell is absent. Numbers have decimal points. `tasks` and `calls`
of incidents read `T1:2 T2:1` (name and weight, 1 if left out) or JSON; `metadata.x` is one entry of metadata.
The format is told by content: `{` begins NDJSON, gzip and zstd have their magic numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from spend.ingest.bodies import Readable
from spend.ingest.cells import cell_value, header_faults
from spend.ingest.json_text import Unreadable, decode_line
from spend.ingest.reading import WHOLE_ITEM, read_item, refused
from spend.ingest.records import Item, Kind, Problem
from spend.ingest.unpacking import CHUNK, Damaged, gunzip, unzstd

# The key of errors that are of the file, not of one line.
WHOLE_FILE = "file"
LONGEST_LINE = 1024 * 1024
_UNPACKER_BY_MAGIC = {b"\x1f\x8b": gunzip, b"\x28\xb5\x2f\xfd": unzstd}
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


def read_records(file: Readable, kind: Kind, at: datetime) -> Iterator[Item | Problem]:
    """Read a file opened in binary mode. `index` is the line on which the record begins, from 1.

    A fault that makes the rest unreadable (a bad header, damaged packing) is the last problem.
    """
    line = 0
    try:
        for read in _read(opened(file), kind, at):
            line = read.index
            yield read
    except Damaged as error:
        yield refused(line + 1, [(WHOLE_FILE, f"cannot be unpacked: {error}")])


def opened(file: Readable) -> io.BufferedReader:
    """Return what is in a file that may be packed. Reading it raises Damaged."""
    return io.BufferedReader(_Chunks(_unpacked(file)), CHUNK)


class _Chunks(io.RawIOBase):
    """An iterator of bytes as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._waiting:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._waiting = chunk
        size = min(len(buffer), len(self._waiting))
        buffer[:size] = self._waiting[:size]
        self._waiting = self._waiting[size:]
        return size


def _unpacked(file: Readable) -> Iterator[bytes]:
    first = file.read(CHUNK)
    chunks = chain([first], iter(lambda: file.read(CHUNK), b""))
    for magic, unpack in _UNPACKER_BY_MAGIC.items():
        if first.startswith(magic):
            return unpack(lambda _size: next(chunks, b""))
    return chunks


def _read(file: io.BufferedReader, kind: Kind, at: datetime) -> Iterator[Item | Problem]:
    beginning = file.peek(CHUNK)
    if beginning.startswith(_UTF16_BOMS):
        yield refused(1, [(WHOLE_FILE, "must be UTF-8, not UTF-16")])
        return
    without_mark(file)
    first = beginning.removeprefix(_UTF8_BOM).lstrip()[:1]
    if first == b"[":
        yield refused(1, [(WHOLE_FILE, "must be CSV or NDJSON (one object a line), not a JSON list")])
    elif first == b"{":
        yield from _read_ndjson(file, kind, at)
    else:
        yield from _read_csv(file, kind, at)


def without_mark(file: io.BufferedReader) -> None:
    """Read past the mark that some programs begin a file of UTF-8 with."""
    if file.peek(CHUNK).startswith(_UTF8_BOM):
        file.read(len(_UTF8_BOM))


def _read_ndjson(file: io.BufferedReader, kind: Kind, at: datetime) -> Iterator[Item | Problem]:
    lines = iter(lambda: file.readline(LONGEST_LINE), b"")
    for number, line in enumerate(lines, 1):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            yield refused(
                number, [(WHOLE_ITEM, f"must have fewer than {LONGEST_LINE} bytes; nothing after it was read")]
            )
            return
        if not line.strip():
            continue
        value = decode_line(line)
        if isinstance(value, Unreadable):
            yield refused(number, [(WHOLE_ITEM, value.sentence)])
        else:
            yield read_item(value, kind=kind, index=number, at=at)


def _read_csv(file: io.BufferedReader, kind: Kind, at: datetime) -> Iterator[Item | Problem]:
    try:
        rows = csv_rows(file)
        _, header = next(rows, (1, []))
        if faults := header_faults(header, kind):
            yield refused(1, faults)
            return
        for number, row in rows:
            yield _read_row(header, row, kind=kind, number=number, at=at)
    except BadCsv as error:
        yield refused(error.line, [(WHOLE_ITEM, str(error))])


class BadCsv(Exception):
    """What begins on `line` cannot be told apart into cells."""

    def __init__(self, line: int, reason: csv.Error) -> None:
        super().__init__(f"is not valid CSV: {reason}; nothing after it was read")
        self.line = line


def csv_rows(file: io.BufferedReader) -> Iterator[tuple[int, list[str]]]:
    """Return the rows, the first with its cells stripped, each with the line it begins on. Raises BadCsv."""
    lines = _lines(io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline=""))
    number = 1
    try:
        first = next(lines, "")
        rows = csv.reader(chain([first], lines), delimiter=_delimiter(first), strict=True)
        yield number, [name.strip() for name in next(rows, [])]
        number = rows.line_num + 1
        for row in rows:
            if row:
                yield number, row
            number = rows.line_num + 1
    except csv.Error as error:
        raise BadCsv(number, error) from error


def _read_row(header: list[str], row: list[str], *, kind: Kind, number: int, at: datetime) -> Item | Problem:
    if len(row) != len(header):
        return refused(number, [(WHOLE_ITEM, f"has {len(row)} cells where the header has {len(header)}")])
    raw: dict[str, object] = {}
    metadata: dict[str, object] = {}
    for name, text in zip(header, row, strict=True):
        cell = text.strip()
        if not cell:
            continue
        if name.startswith("metadata."):
            metadata[name.removeprefix("metadata.")] = cell
        else:
            raw[name] = cell_value(name, cell)
    if metadata:
        raw["metadata"] = metadata
    return read_item(raw, kind=kind, index=number, at=at)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    for line in iter(lambda: text.readline(LONGEST_LINE), ""):
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise csv.Error(f"a line must have fewer than {LONGEST_LINE} characters")
        yield line


def _delimiter(header: str) -> str:
    """Return the one of comma, semicolon and tab that the header has most of."""
    return max(",;\t", key=header.count)
