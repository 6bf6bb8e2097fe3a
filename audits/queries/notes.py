"""Notes by finance, as far as somebody may read them.

A note of a team is for those who see that team; one without is of the whole installation, so it is for those who see
all of it: it may speak of any team.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.queries import shown_name
from audits.models import ReportNote
from audits.queries.sums import Query
from spend.domain.periods import Month, Period


@dataclass(frozen=True)
class Note:
    """A note as it is shown; `team` None: of the whole installation. `by` is its author as the reader may know them."""

    identity: UUID
    version: int
    month: Month
    team: str | None
    text: str
    withdrawn: bool
    by: str
    at: datetime


def notes_of(query: Query, *, reader: int | None = None) -> list[Note]:
    """Return the notes on the months of a report, of the teams it is narrowed down to and of all, in order of time."""
    found = _standing(query.period, query.teams)
    if "team" in query.filters:
        wanted = [team for team in query.filters["team"] if team is not None]
        found = found.filter(Q(team_id__in=wanted) | Q(team=None))
    return _shown(found, reader)


def notes_on(period: Period, *, teams: frozenset[int] | None, reader: int | None = None) -> list[Note]:
    """Return the notes on the months of `period`; `teams` are the ids of those that may be seen, None for all."""
    return _shown(_standing(period, teams), reader)


def note_of(identity: UUID, *, teams: frozenset[int] | None) -> ReportNote | None:
    """The guarded door to a note: its latest version, None where there is none and where it is a neighbour's."""
    return _seen(teams).filter(identity=identity).order_by("-version").first()


def versions_of(note: ReportNote, *, reader: int | None = None) -> list[Note]:
    """Return all versions of a note, the latest first."""
    return _shown(ReportNote.objects.filter(identity=note.identity), reader)[::-1]


def _seen(teams: frozenset[int] | None) -> QuerySet[ReportNote]:
    return ReportNote.objects.all() if teams is None else ReportNote.objects.filter(team_id__in=teams)


def _standing(period: Period, teams: frozenset[int] | None) -> QuerySet[ReportNote]:
    later = ReportNote.objects.filter(identity=OuterRef("identity"), version__gt=OuterRef("version"))
    months = _seen(teams).filter(month__gte=period.first_day, month__lt=period.end_day)
    return months.filter(~Exists(later), withdrawn=False)


def _shown(notes: QuerySet[ReportNote], reader: int | None) -> list[Note]:
    rows: Iterable[ReportNote] = notes.select_related("team", "author").order_by("month", "at", "pk")
    return [
        Note(
            identity=row.identity,
            version=row.version,
            month=Month.of(row.month),
            team=row.team.name if row.team else None,
            text=row.text,
            withdrawn=row.withdrawn,
            by=shown_name(row.author.get_username(), is_reader=row.author_id == reader),
            at=row.at,
        )
        for row in rows
    ]
