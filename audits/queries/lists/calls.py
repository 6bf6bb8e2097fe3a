"""Calls, newest first: what token figures of a report are made of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from audits.queries.lists import months, reading, sources
from audits.queries.lists.asking import Listing
from audits.queries.lists.judged import JUDGED
from audits.queries.lists.naming import keys_called, names_tasks, of_task
from audits.queries.lists.reading import PAGE, Order, Page, Sums, Where
from spend.domain.periods import start_of
from spend.queries.zone import reporting_zone

ENTRY_TIER = "NULLIF(NULLIF(split_part(s.route, '>', 1), ''), '0')::bigint"
_SAME = {"team": "c.team_id", "task_type": "s.task_type_id", "route": "COALESCE(s.route, '')"}
_DIMENSIONS = {
    "responsible": {**_SAME, "tier": "c.tier_id", "model": "c.llm_id"},
    "route": {**_SAME, "tier": ENTRY_TIER, "model": "s.first_llm_id"},
}
MODEL = "CASE WHEN {0}.provider = '' THEN {0}.name ELSE {0}.provider || '/' || {0}.name END"
_WASTED = (
    "(c.cost_nanos IS NOT NULL AND c.purpose = 'attempt'"
    " AND (s.state = 'failure' OR c.tier_id IS DISTINCT FROM s.tier_id))"
)
_LATE = (
    "EXISTS (SELECT FROM audits_close k WHERE k.state = 'closed' AND c.day >= k.first_month"
    " AND c.day < k.month + interval '1 month' AND c.received_at > k.closed_at)"
)
_IMPLICIT = "EXISTS (SELECT FROM spend_task k WHERE k.id = c.task_id AND k.implicit)"
_FROM = "spend_call c LEFT JOIN audits_taskstate s ON s.task_key = c.task_id"
_PAGE = f"""
SELECT c.id AS key, c.external_id AS id, c.occurred_at, c.day, team.name AS team, c.task_id AS task_key,
    CASE WHEN NOT task.implicit THEN task.external_id END AS task, kind.name AS task_type,
    {MODEL.format("llm")} AS model, tier.name AS tier, c.purpose, c.status, c.final, c.counted, c.repeated,
    c.input_tokens, c.cache_read_tokens, c.cache_write_tokens, c.output_tokens, c.reasoning_tokens,
    c.cost_nanos, c.computed_nanos, c.reported_nanos, c.cost_source, c.latency_ms, c.step, c.service_tier,
    c.environment, c.state
FROM (
    SELECT own.* FROM (SELECT id FROM accounts_team WHERE {{teams}}) mine CROSS JOIN LATERAL (
        SELECT c.*, s.state, s.task_type_id AS kind_id FROM {_FROM}
        WHERE c.team_id = mine.id AND {{where}} ORDER BY {{order}} LIMIT %(limit)s
    ) own ORDER BY {{order_own}} LIMIT %(limit)s
) c
LEFT JOIN spend_task task ON task.id = c.task_id
LEFT JOIN accounts_team team ON team.id = c.team_id
LEFT JOIN spend_tier tier ON tier.id = c.tier_id
LEFT JOIN spend_llm llm ON llm.id = c.llm_id
LEFT JOIN spend_tasktype kind ON kind.id = c.kind_id
ORDER BY {{order}}
"""
_ORDER = Order((("c.occurred_at", "occurred_at", datetime.fromisoformat), ("c.id", "key", UUID)))


def calls(listing: Listing, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """Return a page of calls. `task_type` is that of the task, and `state` where the task stands."""
    where = _where(listing)
    begin = reading.opened(cursor, _ORDER)
    reading.after(where, begin, _ORDER)
    teams = "true" if listing.teams is None else "id = ANY(%(reach)s)"
    if listing.task_key:  # one that has many calls is read from the end of its team's, not sorted as a whole
        teams += " AND id = (SELECT team_id FROM spend_task WHERE id = %(task_key)s)"
    sql = _PAGE.format(where=where, teams=teams, order=_ORDER.sql(begin), order_own=_ORDER.sql(begin, "own"))
    return reading.page(sql, where, _ORDER, begin, limit)


def sums_of_calls(listing: Listing) -> Sums:
    """Return how many calls there are, of how many tasks, how many are priced, and what they cost."""
    found = sources.sums_of_calls(listing) or months.sums_of_calls(listing)
    if found is not None:
        return found
    if not names_tasks(listing) and (sources if "source" in listing.only else months).are_too_many(listing):
        return dict.fromkeys(("calls", "priced_calls", "tasks", "cost_nanos"))
    where = _where(listing)
    sql = (
        "SELECT count(*) AS calls, count(c.cost_nanos) AS priced_calls, count(DISTINCT c.task_id) AS tasks,"
        f" COALESCE(sum(c.cost_nanos), 0) AS cost_nanos FROM {_FROM} WHERE {where}"
    )
    return {**reading.whole_sums(sql, where.params)}


def _where(listing: Listing) -> Where:
    """A report counts calls of production only, so that is what a list is of unless it is asked for others (R18)."""
    where = reading.asked(listing, _DIMENSIONS[listing.lens], "c.day")
    if listing.period:  # the index has the instant
        zone = reporting_zone()
        begin, end = (start_of(day, zone) for day in (listing.period.first_day, listing.period.end_day))
        where.add("c.occurred_at >= %(begin_at)s AND c.occurred_at < %(end_at)s", begin_at=begin, end_at=end)
        reading.yes_no(where, listing, {"other_months": "(s.day < %(first)s OR s.day >= %(end)s)"})
    counted = listing.only.get("counted", ("yes",))[-1]
    if counted != "all":
        where.add("c.counted" if counted == "yes" else "NOT c.counted")
    reading.said(where, listing, {"state": "s.state", "purpose": "c.purpose", "status": "c.status"})
    reading.yes_no(
        where,
        listing,
        {
            "priced": "c.cost_nanos IS NOT NULL",
            "wasted": _WASTED,
            "named": f"NOT {_IMPLICIT}",
            "judged": JUDGED,
            "late": _LATE,
        },
    )
    sources.of_source(where, listing)
    of_task(where, listing, "c.task_id", or_else="c.id = ANY(%(call_keys)s)", call_keys=keys_called(listing, "call"))
    return where
