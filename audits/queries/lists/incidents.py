"""Incidents as people reported them, the last received first; the version that counts of each."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from audits.queries.lists import reading
from audits.queries.lists.asking import Listing
from audits.queries.lists.corrections import COUNTS, IS_CALL_OF_TASK, NAMES, ORDER, SHARED, with_names
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
_COUNTS_OF_LINKS = """
    (SELECT json_build_array(count(*), count(*) FILTER (WHERE t.id IS NULL AND c.id IS NULL))
        FROM audits_incidentlink l LEFT JOIN spend_task t ON t.id = l.key AND NOT l.is_call
        LEFT JOIN spend_call c ON c.id = l.key AND l.is_call AND c.counted
        WHERE l.incident_id = k.id AND (k.team_id IS NOT NULL OR {own}))
"""
_PAGE = f"""
SELECT {SHARED}, k.identity, k.title, k.severity, k.occurred_on, k.discovered_on, k.loss_nanos, k.recovered_nanos,
    k.response_minutes, k.status, k.invalidates_output, {{links}} AS links,
    (SELECT COALESCE(sum(e.amount_nanos), 0) FROM audits_entry e WHERE e.source = k.identity AND {{mine}})
        AS entries_nanos
FROM audits_incident k {NAMES} WHERE {COUNTS} AND {{where}} ORDER BY {{order}} LIMIT %(limit)s
"""


def incidents(listing: Listing, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """Return a page of incidents; of those that teams share, the links to one's own work and what that cost."""
    found = _page(listing, _LINKS, cursor, limit)
    return replace(found, rows=_within(listing.teams, found.rows))


def incidents_in_short(listing: Listing, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """The same, but `links` is how many there are (up to 10,000), and how many have not arrived."""
    own = "true" if listing.teams is None else "COALESCE(t.team_id, c.team_id) = ANY(%(reach)s)"
    return _page(listing, _COUNTS_OF_LINKS.format(own=own), cursor, limit)


def _page(listing: Listing, links: str, cursor: str | None, limit: int) -> Page:
    where = where_of(listing)
    begin = reading.opened(cursor, ORDER)
    reading.after(where, begin, ORDER)
    mine = "true" if listing.teams is None else "e.team_id = ANY(%(reach)s)"
    sql = _PAGE.format(where=where, mine=mine, links=links, order=ORDER.sql(begin))
    return with_names(reading.page(sql, where, ORDER, begin, limit), listing)


def sums_of_incidents(listing: Listing) -> dict[str, int]:
    """Return how many incidents there are, by status."""
    where = where_of(listing)
    statuses = ", ".join(f"count(*) FILTER (WHERE k.status = '{name}') AS {name}" for name in _STATUSES)
    sql = f"SELECT count(*) AS incidents, {statuses} FROM audits_incident k WHERE {COUNTS} AND {where}"
    return reading.whole_sums(sql, where.params)


_STATUSES = ("open", "confirmed", "dismissed")


def where_of(listing: Listing) -> Where:
    """Return the conditions of a list of incidents, of the table as `k`."""
    others = {name: wanted for name, wanted in listing.filters.items() if name not in ("team", "tier", "model")}
    where = reading.asked(replace(listing, filters=others, teams=None), _DIMENSIONS, "k.occurred_on")
    if listing.teams is not None:
        where.add(f"{_TEAMS} && %(reach)s::int[]", reach=sorted(listing.teams))
    if "team" in listing.filters:
        wanted = listing.filters["team"]
        none = f" OR {_TEAMS} = '{{}}'" if None in wanted else ""
        where.add(f"({_TEAMS} && %(teams)s::int[]{none})", teams=[team for team in wanted if team is not None])
    for name in _BLAMED:
        if name in listing.filters:
            _blames(where, listing, name)
    _holds_text(where, listing)
    reading.said(where, listing, {"severity": "k.severity", "status": "k.status"})
    if listing.task_key:
        named = f"key = %(task_key)s OR is_call AND {IS_CALL_OF_TASK.format('key')}"
        links = f"SELECT incident_id FROM audits_incidentlink WHERE {named}"
        where.add(f"k.id IN ({links})", task_key=listing.task_key)
    return where


class _Blamed(NamedTuple):
    """How the tier or model of an incident is spelt: of itself, of a task and of a call it names, of an entry."""

    scope: str
    of_task: str
    of_call: str
    entry: str


_BLAMED = {
    "tier": _Blamed("k.tier_id", "s.tier_id", "c.tier_id", "e.tier_id"),
    "model": _Blamed("k.llm_id", "s.llm_id", "c.llm_id", "e.llm_id"),
}
_HOLDS = "e.reverses_id IS NULL AND NOT EXISTS (SELECT FROM audits_entry r WHERE r.reverses_id = e.id)"


def _blames(where: Where, listing: Listing, name: str) -> None:
    """Keep what costs the tier or model something, or would once confirmed: what it names is of it."""
    column, wanted = _BLAMED[name], listing.filters[name]
    own = "true" if listing.teams is None else "{} = ANY(%(reach)s)"
    is_one = f"= ANY(%({name})s)"
    none = "false"
    if None in wanted:  # nothing named is of any, or what it costs could be given to none
        none = (
            f"({column.scope} IS NULL AND k.tier_id IS NULL AND k.llm_id IS NULL AND NOT EXISTS ("
            " SELECT FROM audits_incidentlink l WHERE l.incident_id = k.id))"
            f" OR EXISTS (SELECT FROM audits_entry e WHERE e.source = k.identity AND {column.entry} IS NULL"
            f" AND {own.format('e.team_id')} AND {_HOLDS})"
        )
    where.add(
        f"({column.scope} {is_one} OR {none} OR EXISTS ("
        " SELECT FROM audits_incidentlink l LEFT JOIN audits_taskstate s ON s.task_key = l.key AND NOT l.is_call"
        " LEFT JOIN spend_call c ON c.id = l.key AND l.is_call AND c.counted WHERE l.incident_id = k.id"
        f" AND COALESCE({column.of_task}, {column.of_call}) {is_one}"
        f" AND {own.format('COALESCE(s.team_id, c.team_id)')}"
        f") OR EXISTS (SELECT FROM audits_entry e WHERE e.source = k.identity AND {column.entry} {is_one}"
        f" AND {own.format('e.team_id')} AND {_HOLDS}))",
        **{name: [value for value in wanted if value is not None]},
    )


def _holds_text(where: Where, listing: Listing) -> None:
    """Keep what has all the words in its title, id or note."""
    texts = [text for given in listing.only.get("q", ()) for text in given.split()]
    for at, text in enumerate(texts):
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where.add(
            f"(k.title || ' ' || k.external_id || ' ' || k.note) ILIKE %(text_{at})s", **{f"text_{at}": f"%{escaped}%"}
        )


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
