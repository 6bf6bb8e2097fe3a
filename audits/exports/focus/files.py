"""The FOCUS export as CSV, written while it is read: it holds no more than some rows at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from django.http import StreamingHttpResponse

from audits.exports.focus.rows import COLUMNS, Row, Rows
from audits.queries.asking_focus import FocusQuery
from audits.queries.charged import named
from audits.queries.charges import charges, one_moment
from spend.domain.periods import Period
from spend.queries.zone import reporting_zone

_AT_ONCE = 500


def focus_response(asked: FocusQuery, *, teams: frozenset[int] | None) -> StreamingHttpResponse:
    """Answer with the file. Bring rows up to date first."""
    return StreamingHttpResponse(
        as_csv(asked, teams=teams),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{focus_name(asked.period)}"'},
    )


def as_csv(asked: FocusQuery, *, teams: frozenset[int] | None) -> Iterator[bytes]:
    """Yield the file piece by piece, all of one moment; `teams` None is all. Bring rows up to date first."""
    with one_moment():
        rows = Rows(named(), reporting_zone())
        found = charges(asked.period, teams=teams, bill=asked.bill)
        yield from _written(rows.of(month, charge) for month, charge in found)


def _written(rows: Iterable[Row]) -> Iterator[bytes]:
    values = ([row[name] for name in COLUMNS] for row in rows)
    yield _lines([list(COLUMNS)])
    while some := list(islice(values, _AT_ONCE)):
        yield _lines(some)


def _lines(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def focus_name(period: Period) -> str:
    """Return a name that says what is inside: truecost-2026-10-focus.csv."""
    first, last = period.first, period.last
    return f"truecost-{first if first == last else f'{first}-to-{last}'}-focus.csv"
