"""Notes by finance on a month: written, changed by a further version, withdrawn by one. Nothing is overwritten."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Team, User
from audits.models import ReportNote
from spend.domain.periods import Month


class ChangedMeanwhile(Exception):
    """Somebody wrote the next version of the note first."""


def write_note(*, month: Month, team: Team | None, text: str, by: User, at: datetime) -> ReportNote:
    """Write a note on `month`; without a team it is of the whole installation."""
    return ReportNote.objects.create(month=month.first_day, team=team, text=text, author=by, at=at)


def change_note(*, note: ReportNote, text: str, by: User, at: datetime) -> ReportNote:
    """Write the version that follows `note`. Raises ChangedMeanwhile."""
    return _follow(note, text=text, withdrawn=False, by=by, at=at)


def withdraw_note(*, note: ReportNote, by: User, at: datetime) -> ReportNote:
    """Take a note back; what it said stays in its versions. Raises ChangedMeanwhile."""
    return _follow(note, text=note.text, withdrawn=True, by=by, at=at)


def _follow(note: ReportNote, *, text: str, withdrawn: bool, by: User, at: datetime) -> ReportNote:
    following = ReportNote(
        identity=note.identity, version=note.version + 1, month=note.month, team_id=note.team_id, text=text,
        withdrawn=withdrawn, author=by, at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            following.save(force_insert=True)
    except IntegrityError as problem:
        raise ChangedMeanwhile from problem
    return following
