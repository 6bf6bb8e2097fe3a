"""What people usually enter: the role and activity they used last, and the work that comes with a verdict."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from audits.domain.taps import Typical, typical_work
from audits.models import Correction, LabourRate
from audits.queries.lists.reading import rows_of
from spend.domain.periods import Month
from spend.models import TaskType

_COUNTING = Q(latest=True, withdrawn=False)


def roles_on(day: date) -> list[str]:
    """Return the roles that have a labour rate on `day`."""
    begun = LabourRate.objects.filter(starts_on__lte=day)
    return list(begun.order_by("role").values_list("role", flat=True).distinct())


def usual_role(*, person: int | None, teams: frozenset[int] | None, day: date) -> str:
    """Return the role this person used last, else their teams, else the only one there is, else nothing."""
    roles = roles_on(day)
    counting = Correction.objects.filter(_COUNTING, role__in=roles).order_by("-pk")
    if person is not None and (own := _last(counting.filter(recorded_by=person), "role")):
        return own
    if teams is not None and (theirs := _last(counting.filter(team__in=teams), "role")):
        return theirs
    return roles[0] if len(roles) == 1 else ""


def usual_activity(*, person: int | None) -> str:
    """Return the activity this person logged last."""
    return _last(Correction.objects.filter(_COUNTING, recorded_by=person).order_by("-pk"), "activity")


def role_of_task_type(task_type: int | None, *, team: int, day: date) -> str:
    """Return the role to take for a task of this type where nobody says: its own, else what its team used last."""
    roles = roles_on(day)
    stated = ""
    if task_type is not None:
        stated = TaskType.objects.filter(pk=task_type, role__in=roles).values_list("role", flat=True).first() or ""
    return stated or usual_role(person=None, teams=frozenset({team}), day=day)


def typical_work_of(verdict: str, *, team: int, task_type: int | None, day: date) -> Typical | None:
    """Return the work that came with `verdict` in this team on tasks of this type, in the twelve months before `day`.

    Of minutes that were measured or told, never of estimates, which would confirm themselves.
    """
    if task_type is None:
        return None
    of = {"verdict": verdict, "team": team, "kind": task_type, "since": _a_year_before(day), "day": day}
    return typical_work((row["activity"], row["minutes"]) for row in rows_of(_SAMPLES, of))


def _a_year_before(day: date) -> date:
    month = Month.of(day)
    return Month(month.year - 1, month.month).first_day


def _last(rows: QuerySet[Correction], column: str) -> str:
    return rows.values_list(column, flat=True).first() or ""


_SAMPLES = """
SELECT k.activity, k.minutes FROM audits_correction k JOIN audits_taskstate s ON s.task_key = k.task_key
WHERE k.latest AND NOT k.withdrawn AND k.team_id = %(team)s AND k.verdict = %(verdict)s AND k.minutes > 0
    AND k.provenance <> 'estimated' AND s.task_type_id = %(kind)s
    AND k.worked_on >= %(since)s AND k.worked_on <= %(day)s
"""
