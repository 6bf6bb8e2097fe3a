"""An export as a file: its rows as corrections, with problems by line, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

from spend.ingest.bodies import Readable
from spend.ingest.files import WHOLE_FILE, BadCsv, csv_rows, opened, without_mark
from spend.ingest.people.reading import Cells, LeftOut, PeoplesRows, heading_faults
from spend.ingest.reading import WHOLE_ITEM, refused
from spend.ingest.records import Item, Problem
from spend.ingest.unpacking import Damaged

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_export(file: Readable, rows: PeoplesRows) -> Iterator[Item | Problem | LeftOut]:
    """Read a CSV file, packed or not, of which the first row has the headings. `index` is the line, from 1."""
    line = 1
    try:
        lines = opened(file)
        if lines.peek(2).startswith(_UTF16_MARKS):
            yield refused(1, [(WHOLE_FILE, "must be UTF-8, not UTF-16")])
            return
        without_mark(lines)
        cells = csv_rows(lines)
        _, headings = next(cells, (1, []))
        if faults := heading_faults(headings, rows.profile):
            yield refused(1, faults)
            return
        for line, row in cells:
            if any(cell.strip() for cell in row):
                yield _read(line, headings, row, rows)
    except Damaged as error:
        yield refused(line + 1, [(WHOLE_FILE, f"cannot be unpacked: {error}")])
    except BadCsv as error:
        yield refused(error.line, [(WHOLE_ITEM, str(error))])


def _read(line: int, headings: list[str], row: list[str], rows: PeoplesRows) -> Item | Problem | LeftOut:
    if len(row) > len(headings):
        return refused(line, [(WHOLE_ITEM, f"has {len(row)} cells where there are {len(headings)} headings")])
    return rows.read(line, Cells(zip(headings, row, strict=False)))
