"""Incidents as people reported them, the last received first; the version that counts of each."""

from __future__ import annotations

from dataclasses import replace

from audits.queries.lists import reading
from audits.queries.lists.asking import Listing
from audits.queries.lists.corrections import CALLS_OF_TASK, COUNTS, NAMES, ORDER, SHARED, with_names
from audits.queries.lists.reading import PAGE, Page, Row, Where
from spend.models import Call, Task

# Task type and route mean nothing to an incident, so they match none.
_DIMENSIONS = {"team": "", "tier": "k.tier_id", "model": "k.llm_id", "task_type": "NULL::bigint", "route": "NULL"}
# Of the team it was given, else of those of the tasks and calls it names that are known.
_TEAMS = """(
    SELECT array_remove(array_agg(COALESCE(k.team_id, t.team_id, c.team_id)), NULL) FROM (SELECT) AS one
    LEFT JOIN audits_incidentlink l ON l.incident_id = k.id
    LEFT JOIN spend_task t ON t.id = l.key AND NOT l.is_call
    LEFT JOIN spend_call c ON c.id = l.key AND l.is_call AND c.counted
)"""
_LINKS = """
    (SELECT COALESCE(json_agg(json_build_object(CASE WHEN l.is_call THEN 'call' ELSE 'task' END, l.name,
        'weight', l.weight::text, 'key', l.key) ORDER BY l.id), '[]') FROM audits_incidentlink l
        WHERE l.incident_id = k.id)
"""
_PAGE = f"""
SELECT {SHARED}, k.title, k.severity, k.occurred_on, k.discovered_on, k.loss_nanos, k.recovered_nanos,
    k.response_minutes, k.status, k.invalidates_output, {_LINKS} AS links,
    (SELECT COALESCE(sum(e.amount_nanos), 0) FROM audits_entry e WHERE e.source = k.identity AND {{mine}})
        AS entries_nanos
FROM audits_incident k {NAMES} WHERE {COUNTS} AND {{where}} ORDER BY {{order}} LIMIT %(limit)s
"""


def incidents(listing: Listing, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """Return a page of incidents; of those that teams share, the links to one's own work and what that cost."""
    where = _where(listing)
    begin = reading.opened(cursor, ORDER)
    reading.after(where, begin, ORDER)
    mine = "true" if listing.teams is None else "e.team_id = ANY(%(reach)s)"
    found = reading.page(_PAGE.format(where=where, mine=mine, order=ORDER.sql(begin)), where, ORDER, begin, limit)
    return with_names(replace(found, rows=_within(listing.teams, found.rows)), listing)


def sums_of_incidents(listing: Listing) -> dict[str, int]:
    """Return how many incidents there are, by status."""
    where = _where(listing)
    statuses = ", ".join(f"count(*) FILTER (WHERE k.status = '{name}') AS {name}" for name in _STATUSES)
    sql = f"SELECT count(*) AS incidents, {statuses} FROM audits_incident k WHERE {COUNTS} AND {where}"
    return reading.whole_sums(sql, where.params)


_STATUSES = ("open", "confirmed", "dismissed")


def _where(listing: Listing) -> Where:
    others = {name: wanted for name, wanted in listing.filters.items() if name != "team"}
    where = reading.asked(replace(listing, filters=others, teams=None), _DIMENSIONS, "k.occurred_on")
    if listing.teams is not None:
        where.add(f"{_TEAMS} && %(reach)s::int[]", reach=sorted(listing.teams))
    if "team" in listing.filters:
        wanted = listing.filters["team"]
        none = f" OR {_TEAMS} = '{{}}'" if None in wanted else ""
        where.add(f"({_TEAMS} && %(teams)s::int[]{none})", teams=[team for team in wanted if team is not None])
    reading.said(where, listing, {"severity": "k.severity", "status": "k.status"})
    if listing.task_key:
        links = f"SELECT incident_id FROM audits_incidentlink WHERE key = %(task_key)s OR key IN {CALLS_OF_TASK}"
        where.add(f"k.id IN ({links})", task_key=listing.task_key)
    return where


def _within(teams: frozenset[int] | None, incidents: list[Row]) -> list[Row]:
    """Leave out of incidents of no one team the tasks and calls of neighbours."""
    if teams is None:
        return incidents
    keys = [link["key"] for incident in incidents for link in incident["links"] if link["key"]]
    own = {
        str(key)
        for model in (Task, Call)
        for key in model.objects.filter(pk__in=keys, team_id__in=teams).values_list("pk", flat=True)
    }
    return [
        row if row["team"] else {**row, "links": [link for link in row["links"] if link["key"] in own]}
        for row in incidents
    ]
