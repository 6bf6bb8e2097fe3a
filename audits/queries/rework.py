"""What corrections of past months cost by the age at which they became known: the triangle of a chain ladder."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

from audits.domain.chain_ladder import Expected, TooLittle, expected
from spend.domain.periods import Month
from spend.queries.zone import reporting_zone
from spend.store import raw_cursor

PAST_MONTHS = 12


def rework_to_come(month: Month, *, today: date) -> Expected | TooLittle:
    """Return what corrections of tasks of `month` are still to cost, by how past months went on from this age."""
    return expected(triangle(month, today=today))


def triangle(month: Month, *, today: date) -> list[list[int]]:
    """Return the rows that `expected` takes: for each month, its cost known when it was as old as `month` is today.

    A correction is known from the later of the day of the work and the day it came in. What was done before the first
    correction came in at all was brought along from elsewhere: it counts by the day of the work.
    """
    months = list(_past(month))
    known = _costs(months[0], month)
    return [
        [_known_by(known.get(each, {}), _moved(today, age - back)) for age in range(back + 1)]
        for back, each in zip(range(len(months) - 1, -1, -1), months, strict=True)
    ]


def _past(month: Month) -> Iterator[Month]:
    """Yield the past months, the oldest first, and `month`."""
    first = month
    for _ in range(PAST_MONTHS):
        first = first.previous
    while first <= month:
        yield first
        first = first.next


def _moved(day: date, months: int) -> date:
    """Return the same day of the month some months away, the last one of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _known_by(costs: dict[date, int], day: date) -> int:
    return sum(cost for known_on, cost in costs.items() if known_on <= day)


def _costs(first: Month, last: Month) -> dict[Month, dict[date, int]]:
    """Return what corrections cost, in nanos, by service month and the day they became known."""
    found: dict[Month, dict[date, int]] = {}
    with raw_cursor() as cursor:
        cursor.execute(_COSTS, {"first": first.first_day, "end": last.end_day, "zone": str(reporting_zone())})
        for month, known_on, cost in cursor:
            found.setdefault(Month.of(month), {})[known_on] = int(cost)
    return found


def known_rework(month: Month) -> list[tuple[Any, ...]]:
    """Return category, team, tier, model and task type of what corrections of tasks of `month` cost, with the nanos."""
    with raw_cursor() as cursor:
        cursor.execute(_KNOWN, {"first": month.first_day, "end": month.end_day})
        return [(*key, int(cost)) for *key, cost in cursor]


_KNOWN = """
SELECT category, team_id, tier_id, llm_id, task_type_id, sum(amount_nanos) FROM audits_entry
WHERE source_kind = 'correction' AND service_date >= %(first)s AND service_date < %(end)s
GROUP BY 1, 2, 3, 4, 5 HAVING sum(amount_nanos) > 0
"""
_COSTS = """
WITH came AS (
    SELECT identity, max(worked_on) FILTER (WHERE latest) AS worked_on,
           (min(received_at) AT TIME ZONE %(zone)s)::date AS came_on
    FROM audits_correction GROUP BY identity
), began AS (SELECT min(came_on) AS day FROM came)
SELECT date_trunc('month', e.service_date)::date, CASE WHEN c.worked_on < b.day THEN c.worked_on
       ELSE greatest(c.worked_on, c.came_on) END, sum(e.amount_nanos)
FROM audits_entry e JOIN came c ON c.identity = e.source CROSS JOIN began b
WHERE e.source_kind = 'correction' AND e.service_date >= %(first)s AND e.service_date < %(end)s
GROUP BY 1, 2 HAVING sum(e.amount_nanos) <> 0
"""
