"""Upload an export of people's work: what each line would become and cost is shown, then the good ones are saved."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.domain.reach import Reach
from accounts.queries import reach_of, teams_in
from accounts.views.guards import needs_scope
from audits.actions.pasting import Checked, check_rows, save_rows
from audits.forms.upload import Upload
from audits.queries.habits import roles_on
from audits.views.targets import parts_of
from spend.ingest.pasted import MOST_ROWS, Row
from spend.ingest.people.files import read_export
from spend.ingest.people.reading import LeftOut, PeoplesRows
from spend.ingest.reading import WHOLE_ITEM
from spend.ingest.records import Item, Withdrawal
from spend.queries.mappings import profile_of
from spend.queries.zone import reporting_day, reporting_zone

SHOWN = 40
SHOWN_GOOD = 10


@dataclass
class _Read:
    """An export by what its lines say: of work, that something no longer counts, or nothing of concern."""

    rows: list[Row] = field(default_factory=list)
    taken_back: list[Row] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    cut: int = 0

    def add(self, one: Item | LeftOut | Row) -> None:
        if isinstance(one, LeftOut):
            self.left_out[one.why] += 1
        elif len(self.rows) + len(self.taken_back) >= MOST_ROWS:
            self.cut += 1
        elif isinstance(one, Row):
            self.rows.append(one)
        else:
            rows = self.taken_back if isinstance(one.record, Withdrawal) else self.rows
            rows.append(Row(one.index, [], one))


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("audit")
def upload(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    form = _form(request, reach, at)
    if request.method != "POST" or not form.is_valid():
        return render(request, "audits/upload.html", {"form": form, "as_of": at})
    whose = _whose(form, reach)
    text = form.export()
    read = _read(text, form, whose, at)
    checked = check_rows(read.rows, reach=whose)
    if "save" not in request.POST:
        return render(request, "audits/upload.html", {"form": form, "as_of": at, **_shown(text, read, checked)})
    rows = [*(good.row for good in checked.good), *read.taken_back]
    receipt = save_rows(rows, reach=whose, at=at, today=reporting_day(at), by=request.user.pk)
    done = {
        "saved": receipt.accepted,
        "known": len(checked.known) + receipt.duplicates,
        "refused": len(checked.bad) + len(receipt.rejected),
    }
    empty = Upload(roles=roles_on(reporting_day(at)), teams=sorted(teams_in(reach)))
    return render(request, "audits/upload.html", {"form": empty, "as_of": at, "done": done})


def _form(request: HttpRequest, reach: Reach, at: datetime) -> Upload:
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return Upload(*posted, roles=roles_on(reporting_day(at)), teams=sorted(teams_in(reach)))


def _whose(form: Upload, reach: Reach) -> frozenset[int] | None:
    """Return the teams that the file is of: the one chosen, else all that its sender may write for."""
    team = form.cleaned_data["team"]
    return frozenset({teams_in(reach)[team]}) if team else reach.team_ids


def _read(text: str, form: Upload, whose: frozenset[int] | None, at: datetime) -> _Read:
    kind = form.cleaned_data["profile"]
    rows = PeoplesRows(kind, profile_of(kind, whose), at, reporting_zone(), form.cleaned_data["role"])
    read = _Read()
    for one in read_export(io.BytesIO(text.encode(errors="replace")), rows):
        read.add(one if isinstance(one, Item | LeftOut) else Row(one.index, [], None, one.errors))
    return read


def _shown(text: str, read: _Read, checked: Checked) -> dict[str, Any]:
    return {
        "checked": checked,
        "read": read,
        "text": text,
        "parts": parts_of(checked.adds),
        "good": checked.good[:SHOWN_GOOD],
        "to_save": len(checked.good) + len(read.taken_back),
        "left_out": sorted(read.left_out.items()),
        "bad": [
            (
                row.place,
                [("" if name == WHOLE_ITEM else name.replace("_", " "), said) for name, said in row.errors.items()],
            )
            for row in checked.bad[:SHOWN]
        ],
    }
