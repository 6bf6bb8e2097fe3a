"""What came in by signed links: how much of late, and how often real minutes were asked for and told."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from audits.domain.taps import Extrapolation, extrapolation
from audits.models import Correction


def logged_lately(team: int, task: str, *, since: datetime) -> int:
    """Return how many versions were logged by links for this task since then."""
    return Correction.objects.filter(by_link=True, team=team, task_name=task, received_at__gt=since).count()


def extrapolated(team: int, *, since: date, before: date) -> tuple[Extrapolation | None, int, int]:
    """Return what real minutes say of taps of [since, before), how many taps were asked, and how many answered."""
    drawn = Correction.objects.filter(
        team=team, latest=True, withdrawn=False, drawn=True, worked_on__gte=since, worked_on__lt=before
    ).values_list("provenance", "minutes", "tap_minutes")
    rows = list(drawn)
    answers: list[tuple[Decimal, Decimal]] = [(real, tap) for said, real, tap in rows if said == "measured" and tap]
    return extrapolation(answers, len(rows)), len(rows), len(answers)
