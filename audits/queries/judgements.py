"""What people said of the tasks of some slices, and what the ledger traces to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from audits.domain.parts import TracedEntry
from audits.domain.sources import EXTERNAL_FAILURE, INTERNAL_FAILURE
from audits.domain.status import Verdict, is_rework
from spend.store import raw_cursor

_FAILURES = (INTERNAL_FAILURE, EXTERNAL_FAILURE)
_SLICE = "t.team_id = %s AND t.day = ANY(%s)"


@dataclass(frozen=True)
class Judgements:
    """By task: verdicts, whether people reworked it, incidents that invalidate it, what it cost besides calls."""

    verdicts: dict[UUID, list[Verdict]]
    reworked: set[UUID]
    invalidated: dict[UUID, set[UUID]]
    costs: dict[UUID, list[TracedEntry]]


def judgements(team: int, days: Collection[date]) -> Judgements:
    """Return what is said of the tasks of a team whose day is one of `days`."""
    verdicts: dict[UUID, list[Verdict]] = defaultdict(list)
    reworked = set()
    for task, worked_on, verdict, activity, minutes, call in _corrections(team, days):
        if verdict:
            verdicts[task].append(Verdict(worked_on, verdict, call))
        if is_rework(activity, minutes):
            reworked.add(task)
    return Judgements(verdicts, reworked, _invalidated(team, days), _costs(team, days))


def _corrections(team: int, days: Collection[date]) -> list[tuple[Any, ...]]:
    columns = "k.worked_on, k.verdict, k.activity, k.minutes, k.call_key"
    with raw_cursor() as cursor:
        cursor.execute(
            f"SELECT t.id, {columns} FROM spend_task t JOIN audits_correction k ON k.task_key = t.id"
            f" WHERE {_SLICE} AND k.latest AND NOT k.withdrawn UNION ALL "
            f"SELECT t.id, {columns} FROM audits_correction k JOIN spend_call c ON c.id = k.call_key AND c.counted"
            f" JOIN spend_task t ON t.id = c.task_id WHERE {_SLICE} AND k.latest AND NOT k.withdrawn",
            [team, list(days), team, list(days)],
        )
        return cursor.fetchall()


def _invalidated(team: int, days: Collection[date]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    counts = "i.latest AND NOT i.withdrawn AND i.status = 'confirmed' AND i.invalidates_output"
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT t.id, i.identity FROM spend_task t JOIN audits_incidentlink l ON l.key = t.id AND NOT l.is_call"
            f" JOIN audits_incident i ON i.id = l.incident_id WHERE {_SLICE} AND {counts} UNION "
            "SELECT t.id, i.identity FROM audits_incidentlink l JOIN audits_incident i ON i.id = l.incident_id"
            " JOIN spend_call c ON c.id = l.key AND c.counted JOIN spend_task t ON t.id = c.task_id"
            f" WHERE l.is_call AND {_SLICE} AND {counts}",
            [team, list(days), team, list(days)],
        )
        for task, incident in cursor:
            found[task].add(incident)
    return dict(found)


def _costs(team: int, days: Collection[date]) -> dict[UUID, list[TracedEntry]]:
    costs: dict[UUID, list[TracedEntry]] = defaultdict(list)
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT task_key, tier_id, llm_id, sum(amount_nanos), source_kind = 'incident', category = ANY(%s)"
            " FROM audits_entry WHERE team_id = %s AND service_date = ANY(%s) AND traced"
            " GROUP BY 1, 2, 3, 5, 6 HAVING sum(amount_nanos) <> 0",
            [list(_FAILURES), team, list(days)],
        )
        for task, tier, llm, amount, is_incident, is_failure in cursor:
            costs[task].append(TracedEntry(tier, llm, int(amount), is_incident, is_failure))
    return costs
