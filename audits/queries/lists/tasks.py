"""Tasks, newest first: what the counts of a report are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from audits.queries.lists import months, reading, tries
from audits.queries.lists.asking import Listing
from audits.queries.lists.calls import ENTRY_TIER, MODEL
from audits.queries.lists.judged import JUDGED
from audits.queries.lists.naming import names_tasks, of_task
from audits.queries.lists.reading import PAGE, Order, Page, Sums, Where
from audits.queries.reports import route_name
from spend.models import Tier

_SAME = {"team": "s.team_id", "task_type": "s.task_type_id", "route": "s.route"}
_DIMENSIONS = {
    "responsible": {**_SAME, "tier": "s.tier_id", "model": "s.llm_id"},
    "route": {**_SAME, "tier": ENTRY_TIER, "model": "s.first_llm_id"},
}
_COLUMNS = f"""
    s.task_key AS key, CASE WHEN NOT task.implicit THEN task.external_id END AS id, s.day, team.name AS team,
    kind.name AS task_type, s.route, tier.name AS tier, {MODEL.format("llm")} AS model, s.state, s.decided_by,
    s.first_pass, s.changes_on, s.cost_nanos,
    (SELECT COALESCE(sum(e.amount_nanos), 0) FROM audits_entry e WHERE e.task_key = s.task_key) AS entries_nanos
"""
_NAMES = """
LEFT JOIN spend_task task ON task.id = s.task_key
LEFT JOIN accounts_team team ON team.id = s.team_id
LEFT JOIN spend_tier tier ON tier.id = s.tier_id
LEFT JOIN spend_llm llm ON llm.id = s.llm_id
LEFT JOIN spend_tasktype kind ON kind.id = s.task_type_id
"""
_PAGE = f"""
SELECT {_COLUMNS} FROM (
    SELECT own.* FROM (SELECT id FROM accounts_team WHERE {{teams}}) mine CROSS JOIN LATERAL (
        SELECT s.* FROM audits_taskstate s WHERE s.team_id = mine.id AND {{where}}
        ORDER BY {{order}} LIMIT %(limit)s
    ) own ORDER BY {{order_own}} LIMIT %(limit)s
) s {_NAMES} ORDER BY {{order}}
"""
_ORDER = Order((("s.day", "day", date.fromisoformat), ("s.task_key", "key", UUID)))


def tasks(listing: Listing, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """Return a page of tasks, with the cost of their calls and of their entries."""
    where = _where(listing)
    begin = reading.opened(cursor, _ORDER)
    reading.after(where, begin, _ORDER)
    teams = "true" if listing.teams is None else "id = ANY(%(reach)s)"
    sql = _PAGE.format(where=where, teams=teams, order=_ORDER.sql(begin), order_own=_ORDER.sql(begin, "own"))
    found = reading.page(sql, where, _ORDER, begin, limit)
    return replace(found, rows=_with_routes(found.rows))


def sums_of_tasks(listing: Listing) -> Sums:
    """Return how many tasks there are, by state; where tries are asked for, how many of those."""
    found = tries.sums_of_months(listing) if tries.how(listing) else months.sums_of_tasks(listing)
    if found is not None:
        return found
    if not names_tasks(listing) and months.are_too_many(listing):
        return dict.fromkeys(("tasks", *_STATES, *(("tries",) if tries.how(listing) else ())))
    return {**_added_up(listing)}


def _added_up(listing: Listing) -> dict[str, int]:
    where = _where(listing)
    states = ", ".join(f"count(*) FILTER (WHERE s.state = '{state}') AS {state}" for state in _STATES)
    count = f", COALESCE(sum({tries.count_of(listing)}), 0) AS tries" if tries.how(listing) else ""
    sql = f"SELECT count(*) AS tasks, {states}{count} FROM audits_taskstate s WHERE {where}"
    return reading.whole_sums(sql, where.params)


def task_of(key: UUID, *, teams: frozenset[int] | None) -> reading.Row | None:
    """The guarded door to a task: None where there is none, and where it is a neighbour's."""
    where = Where()
    where.add("s.task_key = %(key)s", key=key)
    if teams is not None:
        where.add("s.team_id = ANY(%(reach)s)", reach=sorted(teams))
    rows = reading.rows_of(f"SELECT {_COLUMNS} FROM audits_taskstate s {_NAMES} WHERE {where}", where.params)
    return _with_routes(rows)[0] if rows else None


_STATES = ("success", "failure", "pending")


def _with_routes(rows: Sequence[reading.Row]) -> list[reading.Row]:
    names = dict(Tier.objects.values_list("id", "name")) if rows else {}
    return [{**row, "route": route_name(row["route"], names)} for row in rows]


def _where(listing: Listing) -> Where:
    where = reading.asked(tries.without_their_filters(listing), _DIMENSIONS[listing.lens], "s.day")
    if tries.how(listing):
        where.add(f"{tries.count_of(listing)} > 0", **tries.params(listing))
    columns = {"state": "s.state", "decided_by": "s.decided_by"}
    reading.said(where, listing, columns)
    reading.yes_no(where, listing, {"first_pass": "s.first_pass", "judged": JUDGED})
    of_task(where, listing, "s.task_key")
    return where
