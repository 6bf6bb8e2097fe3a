"""What coverage says of human records: whether they found what they name. Records are taken by their own date."""

from __future__ import annotations

from typing import Any

from django.db import connection

from audits.domain.report import CoverageFacts
from audits.queries.sums import Query, Sums

# A record is of the team it was given, else of those of the tasks it names that are known.
_COUNTED = (
    "count(*) FILTER (WHERE kind = 'correction' AND names {side}), "
    "count(*) FILTER (WHERE kind = 'correction' AND names AND known {side}), "
    "count(*) FILTER (WHERE kind = 'incident' AND names {side}), "
    "count(*) FILTER (WHERE kind = 'incident' AND names AND known {side}), "
    "count(*) FILTER (WHERE is_open {side})"
)


def coverage_facts(query: Query, calls: Sums) -> CoverageFacts:
    """Return what the rows of `query` do not say; of its filters records heed that of the team only.

    `calls` are the sums of its calls, by whatever dimensions.
    """
    corrections, linked_corrections, incidents, linked_incidents, still_open = _counted(query)
    return CoverageFacts(
        other_months_token_bill=sum(found["other_months_cost"] for _, found in calls),
        open_incidents=still_open,
        corrections_naming=corrections,
        corrections_linked=linked_corrections,
        incidents_naming=incidents,
        incidents_linked=linked_incidents,
    )


def _counted(query: Query) -> list[int]:
    """Count the records of the query's teams: by their own day, or as they were reported and have moved since."""
    params: dict[str, Any] = {"first": query.period.first_day, "end": query.period.end_day}
    conditions = ["{when} >= %(first)s AND {when} < %(end)s"]
    if query.teams is not None:
        params["seen"] = sorted(query.teams)
        conditions.append("teams && %(seen)s::int[]")
    if "team" in query.filters:
        wanted = query.filters["team"]
        params["wanted"] = [team for team in wanted if team is not None]
        none = " OR teams = '{{}}'" if None in wanted else ""
        conditions.append(f"(teams && %(wanted)s::int[]{none})")
    where = " AND ".join(conditions)
    with connection.cursor() as cursor:
        if query.basis == "restated":
            counted = _COUNTED.format(side="")
            cursor.execute(f"SELECT {counted} FROM audits_coveredrecords WHERE {where.format(when='day')}", params)
            return list(cursor.fetchone())
        sides = f"{_COUNTED.format(side='AND side > 0')}, {_COUNTED.format(side='AND side < 0')}"
        cursor.execute(f"SELECT {sides} FROM audits_reportedrecords WHERE {where.format(when='period')}", params)
        found: tuple[int, ...] = cursor.fetchone()
    half = len(found) // 2
    return [is_now - was for is_now, was in zip(found[:half], found[half:], strict=True)]
