"""What needs somebody's attention: what falsifies figures, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, Sum

from accounts.models import ApiKey, Team
from audits.models import DailyCalls, LabourRate, MonthlyCalls
from audits.queries import lists
from audits.queries.lists import Listing
from audits.queries.reports import TrueCost
from spend.domain.periods import Period
from spend.models import Llm, TaskType

# Who sent calls on ten days of the two months before it fell silent does not merely pause for a week.
WATCHED = timedelta(days=60)
REGULAR_DAYS = 10
SILENT = timedelta(days=7)


@dataclass(frozen=True)
class Unpriced:
    """A model with calls of no known price; None: a model that reports do not know."""

    model: str | None
    calls: int


@dataclass(frozen=True)
class Silent:
    name: str
    last: date


@dataclass(frozen=True)
class Attention:
    """Calls and corrections are those of `recent`; open incidents are of all times.

    `corrections_linked` is the share, of the corrections that name a task or call, whose task or call is known.
    """

    recent: Period
    unpriced: list[Unpriced]
    roles_without_rate: list[str]
    open_incidents: int
    corrections_linked: float | None
    silent_teams: list[Silent]
    silent_keys: list[Silent]


def attention(recent: Period, report: TrueCost, *, at: datetime, today: date) -> Attention:
    """Return what needs attention among those who may see `report`, whose coverage of records is that of `recent`.

    Roles and keys are of the installation: show them to those who may set them.
    """
    teams = report.query.teams
    still_open = Listing("incidents", only={"status": ("open",)}, teams=teams)
    return Attention(
        recent=recent,
        unpriced=unpriced(recent, teams),
        roles_without_rate=roles_without_rate(today),
        open_incidents=lists.sums_of_incidents(still_open)["incidents"],
        corrections_linked=report.coverage.corrections_linked,
        silent_teams=_silent_teams(teams, today),
        silent_keys=_silent_keys(at),
    )


def unpriced(period: Period, teams: frozenset[int] | None) -> list[Unpriced]:
    """Models with calls of no known price, most calls first."""
    rows = MonthlyCalls.objects.filter(month__gte=period.first_day, month__lt=period.end_day)
    if teams is not None:
        rows = rows.filter(team_id__in=teams)
    missing = rows.values("llm_id").annotate(missing=Sum(F("calls") - F("priced_calls"))).filter(missing__gt=0)
    found = list(missing.order_by("-missing", "llm_id").values_list("llm_id", "missing"))
    names = Llm.objects.in_bulk([llm for llm, _ in found if llm])
    return [Unpriced(str(names[llm]) if llm in names else None, int(calls)) for llm, calls in found]


def roles_without_rate(today: date) -> list[str]:
    """Roles that would do a task type by hand and have no rate today: their manual baseline is unknown.

    A correction or incident needs its rate to be taken at all, so theirs are there.
    """
    rated = LabourRate.objects.filter(starts_on__lte=today).values("role")
    roles = TaskType.objects.exclude(role="").exclude(role__in=rated).values_list("role", flat=True)
    return sorted(set(roles))


def _silent_teams(teams: frozenset[int] | None, today: date) -> list[Silent]:
    """Teams whose calls came on most days and have stopped."""
    rows = DailyCalls.objects.filter(day__gt=today - WATCHED)
    if teams is not None:
        rows = rows.filter(team_id__in=teams)
    active = rows.values("team_id").annotate(last=Max("day"), days=Count("day", distinct=True)).order_by("last")
    stopped = {row["team_id"]: row["last"] for row in active.filter(days__gte=REGULAR_DAYS, last__lt=today - SILENT)}
    names = Team.objects.in_bulk([team for team in stopped if team])
    return [Silent(names[team].name, last) for team, last in stopped.items() if team in names]


def _silent_keys(at: datetime) -> list[Silent]:
    """Keys in force that were used in the time watched, and not of late."""
    keys = ApiKey.objects.filter(revoked_at=None, last_used_at__gt=at - WATCHED, last_used_at__lt=at - SILENT)
    keys = keys.exclude(expires_at__lte=at).order_by("last_used_at")
    return [Silent(key.name, key.last_used_at.date()) for key in keys if key.last_used_at]
