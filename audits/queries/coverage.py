"""What coverage says of human records: whether they found what they name. Records are taken by their own date."""

from __future__ import annotations

from typing import Any

from django.db import connection

from audits.domain.report import CoverageFacts
from audits.queries.sums import Query, Sums

# A record is of the team it was given, else of those of the tasks it names that are known.
_CORRECTIONS = (
    "SELECT count(*), count(*) FILTER (WHERE known) FROM (SELECT k.team_id, EXISTS (SELECT 1 FROM spend_task t"
    " WHERE t.id = k.task_key) OR EXISTS (SELECT 1 FROM spend_call c WHERE c.id = k.call_key AND c.counted) AS known"
    " FROM audits_correction k WHERE k.latest AND NOT k.withdrawn AND (k.task_name <> '' OR k.call_name <> '')"
    " AND k.worked_on >= %(first)s AND k.worked_on < %(end)s) AS each WHERE {of_teams}"
)
_INCIDENTS = (
    "SELECT count(*) FILTER (WHERE confirmed AND names), count(*) FILTER (WHERE confirmed AND names AND known),"
    " count(*) FILTER (WHERE is_open) FROM (SELECT i.status = 'confirmed' AS confirmed, i.status = 'open' AS is_open,"
    " bool_or(l.id IS NOT NULL) AS names, bool_and(t.id IS NOT NULL OR c.id IS NOT NULL) AS known,"
    " array_remove(array_agg(COALESCE(i.team_id, t.team_id, c.team_id)), NULL) AS teams"
    " FROM audits_incident i LEFT JOIN audits_incidentlink l ON l.incident_id = i.id"
    " LEFT JOIN spend_task t ON t.id = l.key AND NOT l.is_call"
    " LEFT JOIN spend_call c ON c.id = l.key AND l.is_call AND c.counted"
    " WHERE i.latest AND NOT i.withdrawn AND i.occurred_on >= %(first)s AND i.occurred_on < %(end)s"
    " GROUP BY i.id) AS each WHERE {of_teams}"
)


def coverage_facts(query: Query, calls: Sums) -> CoverageFacts:
    """Return what the rows of `query` do not say; of its filters records heed that of the team only.

    `calls` are the sums of its calls, by whatever dimensions.
    """
    corrections, linked_corrections = _counted(_CORRECTIONS, "ARRAY[team_id]", query)
    incidents, linked_incidents, still_open = _counted(_INCIDENTS, "teams", query)
    return CoverageFacts(
        other_months_token_bill=sum(found["other_months_cost"] for _, found in calls),
        open_incidents=still_open,
        corrections_naming=corrections,
        corrections_linked=linked_corrections,
        incidents_naming=incidents,
        incidents_linked=linked_incidents,
    )


def _counted(sql: str, teams: str, query: Query) -> tuple[int, ...]:
    """Run `sql` over the records of the query's teams; `teams` is the array of those of one record."""
    params: dict[str, Any] = {"first": query.period.first_day, "end": query.period.end_day}
    conditions = ["true"]
    if query.teams is not None:
        params["seen"] = sorted(query.teams)
        conditions.append(f"{teams} && %(seen)s::int[]")
    if "team" in query.filters:
        wanted = query.filters["team"]
        params["wanted"] = [team for team in wanted if team is not None]
        none = f" OR array_remove({teams}, NULL) = '{{}}'" if None in wanted else ""
        conditions.append(f"({teams} && %(wanted)s::int[]{none})")
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{of_teams}", " AND ".join(conditions)), params)
        counted: tuple[int, ...] = cursor.fetchone()
    return counted
