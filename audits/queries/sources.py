"""The facts that make entries, as the domain takes them: versions that count, with the work they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from audits.domain import sources
from audits.domain.sources import Link, Scope, Work
from audits.models import Correction, FixedCost, Incident, IncidentLink
from audits.queries.rates import Rates, rates
from spend.domain.money import to_nanos
from spend.domain.periods import Month
from spend.domain.tasks import shape_of
from spend.queries.tasks import outcomes_of, tasks_of_calls, tasks_with_calls
from spend.store import raw_cursor

ZERO = Decimal(0)
Counting = TypeVar("Counting", Correction, Incident)


@dataclass(frozen=True)
class _Known:
    """The tasks that some records name, and the tasks of the calls they name."""

    works: Mapping[UUID, Work]
    task_of_call: Mapping[UUID, UUID]

    def link(self, name: str, task: UUID | None, call: UUID | None, weight: Decimal = Decimal(1)) -> Link:
        if call is not None:
            task = self.task_of_call.get(call)
        return Link(name, self.works.get(task) if task else None, call, weight)


def corrections(identities: Collection[UUID], *, lock: bool = False) -> Iterator[tuple[UUID, sources.Correction]]:
    """Return the corrections that count, each by its identity; with `lock`, nobody else settles them meanwhile."""
    rows = list(_counting(Correction.objects.filter(identity__in=list(identities)), lock))
    for row, source in zip(rows, as_sources(rows), strict=True):
        yield row.identity, source


def as_sources(rows: Sequence[Correction]) -> Iterator[sources.Correction]:
    """Return what the domain makes entries of, for rows that are stored or only to be."""
    known = _known({row.task_key for row in rows}, {row.call_key for row in rows})
    hourly = rates()
    for row in rows:
        names_work = bool(row.task_name or row.call_name)
        yield sources.Correction(
            worked_on=_stated(row.worked_on),
            activity=row.activity,
            minutes=row.minutes,
            hourly=_hourly(hourly, row.role, _stated(row.worked_on), row.minutes),
            scope=Scope(row.team_id, row.tier_id, row.llm_id),
            link=known.link(row.task_name or row.call_name, row.task_key, row.call_key) if names_work else None,
        )


def incidents(identities: Collection[UUID], *, lock: bool = False) -> Iterator[tuple[UUID, sources.Incident]]:
    """Return the incidents that count, of whatever status, each by its identity."""
    rows = list(_counting(Incident.objects.filter(identity__in=list(identities)), lock))
    links: dict[int, list[IncidentLink]] = {}
    for link in IncidentLink.objects.filter(incident__in=rows):
        links.setdefault(link.incident_id, []).append(link)
    stated = incident_sources([(row, links.get(row.pk, ())) for row in rows])
    for row, source in zip(rows, stated, strict=True):
        yield row.identity, source


def incident_sources(rows: Sequence[tuple[Incident, Sequence[IncidentLink]]]) -> Iterator[sources.Incident]:
    """Return what the domain makes entries of, for rows with their links that are stored or only to be."""
    named = [link for _, links in rows for link in links]
    known = _known({link.key for link in named if not link.is_call}, {link.key for link in named if link.is_call})
    hourly = rates()
    for row, links in rows:
        day = _stated(row.occurred_on)
        yield sources.Incident(
            occurred_on=day,
            status=row.status,
            loss=row.loss_nanos,
            recovered=row.recovered_nanos,
            response_minutes=row.response_minutes,
            hourly=_hourly(hourly, row.role, day, row.response_minutes),
            scope=Scope(row.team_id, row.tier_id, row.llm_id),
            links=[
                known.link(link.name, None, link.key, link.weight)
                if link.is_call
                else known.link(link.name, link.key, None, link.weight)
                for link in links
            ],
        )


def fixed_costs(identities: Collection[UUID], *, lock: bool = False) -> Iterator[tuple[UUID, sources.FixedCost]]:
    rows = FixedCost.objects.filter(identity__in=list(identities)).order_by("identity")
    for row in rows.select_for_update() if lock else rows:
        yield row.identity, fixed_cost_source(row)


def fixed_cost_source(row: FixedCost) -> sources.FixedCost:
    return sources.FixedCost(
        kind=row.kind,
        amount=to_nanos(row.amount),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        abandoned_on=row.abandoned_on,
        is_labour=row.hours is not None,
        scope=Scope(row.team_id, row.tier_id, row.llm_id),
    )


def _counting(rows: QuerySet[Counting], lock: bool) -> QuerySet[Counting]:
    if lock:  # all versions, then read: who waited for a new version would otherwise find neither it nor the old one
        list(rows.order_by("identity", "pk").select_for_update().values_list("pk", flat=True))
    return rows.filter(latest=True, withdrawn=False).order_by("identity")


def _known(task_keys: Collection[UUID | None], call_keys: Collection[UUID | None]) -> _Known:
    task_of_call = tasks_of_calls({key for key in call_keys if key})
    wanted = {key for key in task_keys if key} | set(task_of_call.values())
    outcomes = outcomes_of(wanted)
    works = {}
    for task, (team, calls) in tasks_with_calls(wanted).items():
        outcome = outcomes.get(task)
        works[task] = Work(task, team, shape_of(calls, outcome.task_type if outcome else None), calls)
    return _Known(works, task_of_call)


def _stated(day: date | None) -> date:
    """Only a withdrawal states no day, and it does not count."""
    if day is None:
        raise ValueError("a record that counts has no day")
    return day


def _hourly(hourly: Rates, role: str, day: date, minutes: Decimal) -> Decimal:
    """Return the rate; without minutes none is needed."""
    rate = hourly.on(role, day)
    if rate is None and minutes:
        raise LookupError(f"no labour rate for {role!r} on {day}, though a record needs it")
    return rate or ZERO


def corrections_of_slices(team: int, days: Collection[date]) -> set[UUID]:
    """Return the identities of the corrections that name a task of these slices, or a call of one."""
    return _identities(
        "SELECT k.identity FROM spend_task t JOIN audits_correction k ON k.task_key = t.id"
        " WHERE t.team_id = %s AND t.day = ANY(%s) AND k.latest UNION "
        "SELECT k.identity FROM audits_correction k JOIN spend_call c ON c.id = k.call_key AND c.counted"
        " JOIN spend_task t ON t.id = c.task_id WHERE t.team_id = %s AND t.day = ANY(%s) AND k.latest",
        team,
        days,
    )


def incidents_of_slices(team: int, days: Collection[date]) -> set[UUID]:
    """The same for incidents."""
    return _identities(
        "SELECT i.identity FROM spend_task t JOIN audits_incidentlink l ON l.key = t.id AND NOT l.is_call"
        " JOIN audits_incident i ON i.id = l.incident_id WHERE t.team_id = %s AND t.day = ANY(%s) AND i.latest UNION "
        "SELECT i.identity FROM audits_incidentlink l JOIN audits_incident i ON i.id = l.incident_id"
        " JOIN spend_call c ON c.id = l.key AND c.counted JOIN spend_task t ON t.id = c.task_id"
        " WHERE l.is_call AND t.team_id = %s AND t.day = ANY(%s) AND i.latest",
        team,
        days,
    )


def _identities(sql: str, team: int, days: Collection[date]) -> set[UUID]:
    with raw_cursor() as cursor:
        cursor.execute(sql, [team, list(days), team, list(days)])
        return {row[0] for row in cursor}


def scope_sources(team: int, month: date) -> tuple[set[UUID], set[UUID], set[UUID]]:
    """Return the corrections, incidents and fixed costs that name only this team, in the month that begins so."""
    end = Month.of(month).end_day
    only_team = {"team_id": team, "tier": None, "llm": None}
    counting = {**only_team, "latest": True, "withdrawn": False}
    worked = Correction.objects.filter(**counting, task_name="", call_name="", worked_on__gte=month, worked_on__lt=end)
    occurred = Incident.objects.filter(**counting, links=None, occurred_on__gte=month, occurred_on__lt=end)
    running = FixedCost.objects.filter(**only_team).filter(
        Q(starts_on__lt=end, ends_on__gt=month) | Q(abandoned_on__gte=month, abandoned_on__lt=end)
    )
    return tuple(set(rows.values_list("identity", flat=True)) for rows in (worked, occurred, running))  # type: ignore[return-value]
