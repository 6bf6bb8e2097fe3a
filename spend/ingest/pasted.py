"""Rework as it comes from a spreadsheet: bytes or pasted text to a table, its columns guessed, its rows as corrections.

Nothing here raises on any text: what cannot be read is a fault of a cell, with its reason. Bounded by MOST_ROWS,
MOST_COLUMNS and LONGEST; what is cut off is counted.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from spend.ingest.human_cells import read_day, read_minutes
from spend.ingest.reading import WHOLE_ITEM, read_item
from spend.ingest.records import Activity, Cause, Item, Provenance, Verdict

MOST_ROWS = 5_000
MOST_COLUMNS = 20
LONGEST = 1_000_000  # characters

# What a column may be. `hours` are minutes, told in hours.
FIELDS = (
    "worked_on", "task", "call", "activity", "minutes", "hours", "role", "verdict", "cause", "note", "team", "tier",
    "model", "provenance", "id",
)  # fmt: skip
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "activity": get_args(Activity), "verdict": get_args(Verdict), "cause": get_args(Cause),
    "provenance": get_args(Provenance),
}  # fmt: skip
_HEADINGS = {
    **{name: name for name in FIELDS},
    "date": "worked_on", "day": "worked_on", "worked on": "worked_on", "when": "worked_on", "datum": "worked_on",
    "task id": "task", "claim": "task", "ticket": "task", "case": "task", "call id": "call",
    "what": "activity", "work": "activity", "min": "minutes", "mins": "minutes", "time": "minutes",
    "duration": "minutes", "minuten": "minutes", "h": "hours", "hrs": "hours", "stunden": "hours",
    "who": "role", "rolle": "role", "outcome": "verdict", "result": "verdict", "reason": "cause", "why": "cause",
    "comment": "note", "comments": "note", "notes": "note", "notiz": "note",
}  # fmt: skip

_LINE_END = re.compile(r"\s*[\r\n]+\s*")  # in a cell: a cell is one line, so that the first line tells what parts them


@dataclass(frozen=True)
class Table:
    """Cells as they were written, each on one line; `cut` says how many rows were too many."""

    rows: list[list[str]]
    cut: int = 0


@dataclass(frozen=True)
class Columns:
    """What each column is, "" for none; whether the first row only says so."""

    names: list[str]
    has_heading: bool


@dataclass(frozen=True)
class Row:
    """A row of the table by its place. `item` is the record it says, None where `errors` (by field) tell why not."""

    place: int
    cells: list[str]
    item: Item | None
    errors: dict[str, list[str]] = field(default_factory=dict)


def decoded(data: bytes) -> str:
    """Return the text of a file: UTF-8 or UTF-16 where it says so or is it, else Windows-1252, which Excel writes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_table(text: str) -> Table:
    """Read cells parted by tabs, semicolons or commas, whichever the first line has; empty rows are left out."""
    text = text.removeprefix("\ufeff").replace("\x00", "")[:LONGEST]
    first = next((line for line in text.split("\n") if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first))
    rows: list[list[str]] = []
    cut = 0
    try:
        for cells in reader:
            stripped = [_LINE_END.sub(" ", cell).strip() for cell in cells[:MOST_COLUMNS]]
            if not any(stripped):
                continue
            if len(rows) > MOST_ROWS:  # one more than rows: a heading
                cut += 1
            else:
                rows.append(stripped)
    except csv.Error:  # a cell beyond any sense, such as a quote that never ends
        cut += 1
    return Table(rows, cut)


def _delimiter(line: str) -> str:
    return "\t" if "\t" in line else max(",;", key=line.count)


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """Return cells as text that `read_table` reads back."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows([*row, ""] if len(row) == 1 else row for row in rows)
    return out.getvalue()


def guess_columns(table: Table, *, roles: frozenset[str] = frozenset()) -> Columns:
    """Say what the columns are: by their headings, where there are some, else by what stands in them."""
    if not table.rows:
        return Columns([], has_heading=False)
    headings = [_HEADINGS.get(cell.casefold().replace("_", " ").strip(), "") for cell in table.rows[0]]
    headings = [name or _HEADINGS.get(cell.casefold(), "") for name, cell in zip(headings, table.rows[0], strict=True)]
    if sum(map(bool, headings)) > len(headings) / 3:
        return Columns(_once(headings), has_heading=True)
    width = max(map(len, table.rows))
    samples = [[row[at] for row in table.rows[:50] if at < len(row) and row[at]] for at in range(width)]
    return Columns(_once([_by_content(sample, roles) for sample in samples], rest=("task", "note")), has_heading=False)


def _by_content(sample: list[str], roles: frozenset[str]) -> str:
    """Return what most of a column can be, `*` for any text."""
    tests: list[tuple[str, Callable[[str], object]]] = [
        *((name, lambda cell, of=options: _chosen(cell) in of) for name, options in _CHOICES.items()),
        ("role", lambda cell: cell in roles),
        ("worked_on", lambda cell: _reads(lambda text: read_day(text, "day"), cell)),
        ("minutes", lambda cell: _reads(read_minutes, cell)),
    ]
    for name, fits in tests:
        if sample and sum(bool(fits(cell)) for cell in sample) * 2 > len(sample):
            return name
    return "*" if sample else ""


def _reads(read: Callable[[str], str], cell: str) -> bool:
    try:
        return bool(read(cell))
    except ValueError:
        return False


def _once(names: Sequence[str], rest: Sequence[str] = ()) -> list[str]:
    """Give each name to its first column only, and those of `rest` to columns of any text."""
    left, seen, once = iter(rest), set(), []
    for name in names:
        name = next(left, "") if name == "*" else name
        once.append("" if name in seen else name)
        seen.add(name)
    return once


def _chosen(cell: str) -> str:
    return "_".join(cell.casefold().replace("-", " ").replace("_", " ").split())


def rows_of(
    table: Table, columns: Columns, *, at: datetime, defaults: Mapping[str, str] | None = None, order: str = ""
) -> list[Row]:
    """Return each row as a correction. `defaults` stand in for cells that say nothing, `order` is of `read_day`.

    A row without an id gets one of its content, and of how often the table has said the same before: the same rows
    pasted again are the same records, and equal rows of one table are not.
    """
    seen: Counter[tuple[str, bytes]] = Counter()
    body = list(enumerate(table.rows))[1 if columns.has_heading else 0 :]
    return [_row(place, cells, columns.names, at, defaults or {}, order, seen) for place, cells in body]


def _row(
    place: int,
    cells: list[str],
    names: list[str],
    at: datetime,
    defaults: Mapping[str, str],
    order: str,
    seen: Counter[tuple[str, bytes]],
) -> Row:
    given = {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}
    stands_in = {name: value for name, value in defaults.items() if value and name not in given}
    raw, errors = _values({**stands_in, **given}, order)
    read = read_item({"id": "pasted", **raw}, kind="correction", index=place, at=at)
    if not isinstance(read, Item):
        for name, sentences in read.errors.items():
            errors.setdefault(name, sentences)
    if errors or not isinstance(read, Item):
        return Row(place, cells, None, errors)
    if "id" in raw:
        return Row(place, cells, read)
    said = (str(raw.get("team", "")), read.digest)
    seen[said] += 1
    named = read_item({**raw, "id": f"pasted-{read.digest.hex()}-{seen[said]}"}, kind="correction", index=place, at=at)
    return Row(place, cells, named if isinstance(named, Item) else None)


def _values(said: Mapping[str, str], order: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the cells as the wire would have them, and what is wrong with the others."""
    raw: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, cell in said.items():
        try:
            if name == "worked_on":
                raw[name] = read_day(cell, order)
            elif name in ("minutes", "hours"):
                raw["minutes"] = read_minutes(cell, in_hours=name == "hours")
            else:
                raw[name] = _chosen(cell) if name in _CHOICES else cell
        except ValueError as problem:
            errors[name] = [str(problem)]
    if "minutes" in said and "hours" in said:
        errors.setdefault(WHOLE_ITEM, []).append("says both minutes and hours")
    if "hours" in errors:  # so that they are not missed as well
        errors["minutes"] = errors.pop("hours")
    return raw, errors
