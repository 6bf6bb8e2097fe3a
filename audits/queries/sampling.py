"""Quality audits: which successes nobody looked at, who was drawn, and what is still to be answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.domain.reach import Reach
from audits.models import AuditDraw, AuditPlan
from audits.queries.lists.reading import Row, rows_of
from spend.domain.periods import Month, Period


class Group(NamedTuple):
    """A stratum by ids: task type x delivering tier x month (its first day)."""

    task_type: int | None
    tier: int | None
    month: date


# A person looked: a verdict decided, or what they wrote names the task with a verdict or as a review.
LOOKED = """(s.decided_by = 'verdict' OR EXISTS (
    SELECT FROM audits_correction k WHERE k.task_key = s.task_key AND k.latest AND NOT k.withdrawn
        AND (k.verdict <> '' OR k.activity = 'review')))"""
_UNSEEN = f"""
    s.day >= %(first)s AND s.day < %(end)s AND (%(all)s OR s.team_id = ANY(%(teams)s))
    AND (%(task_type)s::bigint IS NULL OR s.task_type_id = %(task_type)s) AND s.state = 'success' AND NOT {LOOKED}
    AND NOT EXISTS (SELECT FROM audits_auditdraw d WHERE d.task_key = s.task_key)
"""
_STRATUM = "s.task_type_id AS task_type, s.tier_id AS tier, date_trunc('month', s.day)::date AS month"
_FRAME = f"SELECT s.task_key AS key, s.team_id AS team, {_STRATUM} FROM audits_taskstate s WHERE {_UNSEEN}"
_SIZES = f"SELECT {_STRATUM}, count(*) AS successes FROM audits_taskstate s WHERE {_UNSEEN} GROUP BY 1, 2, 3"
# The review that answers a draw; `withdrawn` since, it answers nothing and the draw is open again.
_ANSWER = """
    LEFT JOIN audits_correction k ON k.identity = d.review AND k.latest AND NOT k.withdrawn AND k.verdict <> ''
"""
_OPEN = f"""
SELECT d.id FROM audits_auditdraw d {_ANSWER}
WHERE k.id IS NULL AND d.expires_on > %(today)s AND (%(all)s OR d.team_id = ANY(%(teams)s))
ORDER BY d.expires_on, d.review
"""
_TALLY = f"""
SELECT p.identity, count(*) AS drawn, count(k.id) AS answered, count(*) FILTER (WHERE k.verdict = 'rejected') AS failed,
    count(*) FILTER (WHERE k.id IS NULL AND d.expires_on > %(today)s) AS open
FROM audits_auditdraw d JOIN audits_auditplan p ON p.id = d.plan_id {_ANSWER}
WHERE %(all)s OR d.team_id = ANY(%(teams)s) GROUP BY p.identity
"""


def drawn_from(today: date) -> Period:
    """Return the months whose tasks are drawn: this one and the last, so that whoever is asked can still judge."""
    month = Month.of(today)
    return Period(month.previous, month)


def frame(plan: AuditPlan, today: date) -> tuple[dict[Group, list[str]], dict[str, int]]:
    """Return the names of the successes nobody looked at, by stratum, and the team of each."""
    strata: dict[Group, list[str]] = {}
    teams: dict[str, int] = {}
    for row in rows_of(_FRAME, _of_plan(plan, today)):
        strata.setdefault(Group(row["task_type"], row["tier"], row["month"]), []).append(str(row["key"]))
        teams[str(row["key"])] = row["team"]
    return strata, teams


def sizes(plan: AuditPlan, today: date) -> dict[Group, int]:
    """Return how many there are by stratum."""
    found = rows_of(_SIZES, _of_plan(plan, today))
    return {Group(row["task_type"], row["tier"], row["month"]): row["successes"] for row in found}


def drawn_so_far(plan: AuditPlan, today: date) -> int:
    """Return how many tasks of these months this plan has drawn, in whatever version."""
    months = drawn_from(today)
    mine = AuditDraw.objects.filter(plan__identity=plan.identity)
    return mine.filter(month__gte=months.first.first_day, month__lt=months.last.end_day).count()


def plans_in(reach: Reach) -> QuerySet[AuditPlan]:
    """Return the plans somebody may see: of their teams, and those of all teams, which draw from theirs too."""
    plans = AuditPlan.objects.filter(latest=True).select_related("team", "task_type", "made_by")
    return plans if reach.team_ids is None else plans.filter(Q(team__in=reach.team_ids) | Q(team=None))


def open_draws(*, teams: frozenset[int] | None, today: date) -> list[int]:
    """Return the draws still to be answered, those that expire first before the others."""
    params = {"today": today, "all": teams is None, "teams": sorted(teams or ())}
    return [row["id"] for row in rows_of(_OPEN, params)]


def draw_of(pk: int, *, teams: frozenset[int] | None) -> AuditDraw | None:
    """The guarded door to one draw: None where there is none, and where it is a neighbour's."""
    found = AuditDraw.objects.select_related("team", "task_type", "tier", "plan").filter(pk=pk).first()
    return found if found and (teams is None or found.team_id in teams) else None


def tallies(*, teams: frozenset[int] | None, today: date) -> Mapping[UUID, Row]:
    """Return what became of the draws of each plan from `teams`, None for all, by its identity."""
    params = {"today": today, "all": teams is None, "teams": sorted(teams or ())}
    return {row["identity"]: row for row in rows_of(_TALLY, params)}


def versions_of(identity: UUID) -> list[AuditPlan]:
    """Return the versions of a plan, the newest first, with how many tasks each drew."""
    plans = AuditPlan.objects.filter(identity=identity).select_related("team", "task_type", "made_by")
    return list(plans.annotate(drawn=Count("draws")).order_by("-version"))


def _of_plan(plan: AuditPlan, today: date) -> dict[str, Any]:
    months = drawn_from(today)
    return {
        "first": months.first.first_day,
        "end": months.last.end_day,
        "all": plan.team_id is None,
        "teams": [plan.team_id] if plan.team_id is not None else [],
        "task_type": plan.task_type_id,
    }


def may_plan(reach: Reach) -> bool:
    """Team leads plan for their teams; finance and administrators for all."""
    return reach.may("audit") or reach.writes_reference


def may_change(reach: Reach, plan: AuditPlan) -> bool:
    return reach.writes_reference or (plan.team_id is not None and reach.sees(plan.team_id))


_DRAWS = f"""
SELECT d.id, p.identity AS plan, d.week, d.task_key,
    CASE WHEN t.implicit THEN NULL ELSE t.external_id END AS task, team.name AS team, kind.name AS task_type,
    tier.name AS tier, d.month, d.taken, d.successes, d.expires_on, k.verdict,
    CASE WHEN k.id IS NOT NULL THEN 'answered' WHEN d.expires_on > %(today)s THEN 'open'
        ELSE 'non_response' END AS state
FROM audits_auditdraw d JOIN audits_auditplan p ON p.id = d.plan_id JOIN accounts_team team ON team.id = d.team_id
LEFT JOIN spend_task t ON t.id = d.task_key LEFT JOIN spend_tasktype kind ON kind.id = d.task_type_id
LEFT JOIN spend_tier tier ON tier.id = d.tier_id {_ANSWER}
WHERE d.id > %(after)s AND (%(all)s OR d.team_id = ANY(%(teams)s)) AND (%(plan)s::uuid IS NULL OR p.identity = %(plan)s)
"""


def draws(
    *, teams: frozenset[int] | None, today: date, plan: UUID | None, state: str, after: int, limit: int
) -> list[Row]:
    """Return draws behind the place `after` with what became of each: answered, open or non_response."""
    params = {"today": today, "all": teams is None, "teams": sorted(teams or ()), "plan": plan, "after": after}
    found = f"SELECT * FROM ({_DRAWS}) AS found WHERE %(state)s = '' OR state = %(state)s ORDER BY id LIMIT %(limit)s"
    return rows_of(found, params | {"state": state, "limit": limit})
