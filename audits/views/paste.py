"""Paste rework from a spreadsheet: what is wrong is marked and mended in place, the good rows are saved.

Nothing is kept between requests but what the form itself carries, so that any of them can be sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.domain.reach import Reach
from accounts.queries import reach_of, teams_in
from accounts.views.guards import needs_scope
from audits.actions.pasting import Checked, check_rows, save_rows
from audits.forms.paste import Paste
from audits.queries.habits import roles_on
from audits.views.targets import parts_of
from spend.ingest.pasted import FIELDS, Columns, Row, Table, guess_columns, read_table, rows_of, table_text
from spend.ingest.reading import WHOLE_ITEM
from spend.queries.zone import reporting_day

SHOWN = 40  # rows to mend at once: with their cells they stay below the number of fields that a form may have
SHOWN_GOOD = 10
_LABELS = {"worked_on": "day"}
TEMPLATE = "date,task,activity,minutes,role,verdict,cause,note,id\r\n"


@dataclass(frozen=True)
class _Read:
    table: Table
    columns: Columns
    rows: list[Row]


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("audit")
def paste(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    form = _form(request, reach, at)
    context: dict[str, Any] = {"form": form, "as_of": at}
    if request.method != "POST" or not form.is_valid():
        return render(request, "audits/paste.html", context)
    read = _read(request.POST, form, at)
    if not read.rows:
        form.add_error("text", "There is no row in it.")
        return render(request, "audits/paste.html", context)
    if "save" in request.POST:
        return _save(request, form, read, reach, at)
    return render(
        request, "audits/paste.html", {**context, **_shown(read, check_rows(read.rows, reach=reach.team_ids))}
    )


@require_safe
@needs_scope("audit")
def template(request: HttpRequest) -> HttpResponse:
    """A file to fill in, with the columns that are understood."""
    response = HttpResponse(TEMPLATE, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="rework.csv"'
    return response


def _form(request: HttpRequest, reach: Reach, at: datetime) -> Paste:
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return Paste(*posted, roles=roles_on(reporting_day(at)), teams=sorted(teams_in(reach)))


def _read(data: Mapping[str, Any], form: Paste, at: datetime) -> _Read:
    table = read_table(form.table())
    roles = frozenset(value for value, _ in form.fields["role"].widget.choices)
    columns = guess_columns(table, roles=roles)
    if "column-0" in data and not form.cleaned_data.get("file"):
        columns = _as_said(data, columns)
        table = _mended(table, data)
    rows = rows_of(table, columns, at=at, defaults=form.defaults(), order=form.cleaned_data["order"])
    return _Read(table, columns, rows)


def _as_said(data: Mapping[str, Any], guessed: Columns) -> Columns:
    """Return what the columns were said to be; a column that is none of those known is none."""
    said = [str(data.get(f"column-{at}", "")) for at in range(max(len(guessed.names), _columns_in(data)))]
    return Columns([name if name in FIELDS else "" for name in said], has_heading="has_heading" in data)


def _columns_in(data: Mapping[str, Any]) -> int:
    return next(at for at in range(1_000) if f"column-{at}" not in data)


def _mended(table: Table, data: Mapping[str, Any]) -> Table:
    """Put the cells that were mended in their places."""
    width = _columns_in(data)
    rows = [
        [str(data.get(f"cell-{place}-{at}", cells[at] if at < len(cells) else "")).strip() for at in range(width)]
        if f"cell-{place}-0" in data
        else cells
        for place, cells in enumerate(table.rows)
    ]
    return replace(table, rows=rows)


def _save(request: HttpRequest, form: Paste, read: _Read, reach: Reach, at: datetime) -> HttpResponse:
    """Save what is good, and leave the rest to be mended."""
    before = check_rows(read.rows, reach=reach.team_ids)
    receipt = save_rows(
        [good.row for good in before.good], reach=reach.team_ids, at=at, today=reporting_day(at), by=request.user.pk
    )
    saved = {"saved": receipt.accepted, "known_rows": len(before.known) + receipt.duplicates, "left": len(before.bad)}
    if not before.bad:
        empty = Paste(roles=roles_on(reporting_day(at)), teams=sorted(teams_in(reach)))
        return render(request, "audits/paste.html", {"form": empty, "as_of": at, "done": saved})
    left = [row.cells for row in before.bad]
    heading = read.table.rows[:1] if read.columns.has_heading else []
    rest = Table([*heading, *left])
    rows = rows_of(
        rest, read.columns, at=at, defaults=form.defaults(), order=form.cleaned_data["order"]
    )  # fmt: skip
    shown = _shown(_Read(rest, read.columns, rows), check_rows(rows, reach=reach.team_ids))
    return render(request, "audits/paste.html", {"form": form, "as_of": at, "done": saved, **shown})


def _shown(read: _Read, checked: Checked) -> dict[str, Any]:
    width = max(len(read.columns.names), max(map(len, read.table.rows)))
    names = [*read.columns.names, *[""] * (width - len(read.columns.names))]
    heading = read.table.rows[0] if read.columns.has_heading else []
    return {
        "checked": checked,
        "parts": parts_of(checked.adds),
        "columns": [
            {
                "at": at,
                "name": name,
                "label": _LABELS.get(name, name) or f"Column {at + 1}",
                "heading": heading[at] if at < len(heading) else f"Column {at + 1}",
            }
            for at, name in enumerate(names)
        ],
        "fields": FIELDS,
        "has_heading": read.columns.has_heading,
        "text": table_text(read.table.rows),
        "cut": read.table.cut,
        "good": checked.good[:SHOWN_GOOD],
        "bad": [_to_mend(row, names) for row in checked.bad[:SHOWN]],
        "known_places": [row.place + 1 for row in checked.known[:SHOWN]],
    }


def _to_mend(row: Row, names: list[str]) -> dict[str, Any]:
    """Return a row as cells to edit, each with its reason; what is of no column stands beside the row."""
    said = {("minutes" if name == "hours" else name) for name in names}
    return {
        "place": row.place,
        "number": row.place + 1,
        "cells": [
            {
                "at": at,
                "value": row.cells[at] if at < len(row.cells) else "",
                "label": _LABELS.get(name, name) or f"column {at + 1}",
                "errors": row.errors.get("minutes" if name == "hours" else name, []) if name else [],
            }
            for at, name in enumerate(names)
        ],
        "others": [
            ("" if name == WHOLE_ITEM else name.replace("_", " "), sentences)
            for name, sentences in row.errors.items()
            if name not in said
        ],
    }
