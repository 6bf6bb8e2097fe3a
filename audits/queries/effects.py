"""What changed fixed costs and task types would move: fixed costs by the day, tasks by their acceptance window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncMonth

from audits.domain.sources import FixedCost, accrual
from audits.models import TaskState
from spend.domain.effects import Effect, Moved
from spend.domain.money import to_nanos
from spend.domain.periods import Month
from spend.domain.reference import records
from spend.models import TaskType
from spend.store import raw_cursor


def accruals(before: records.FixedCost | None, after: records.FixedCost, *, today: date) -> Effect:
    """Return what each month bears of a fixed cost, now and then: over its whole period, the days to come too."""
    months: dict[Month, Moved] = defaultdict(Moved)
    for day, amount in _days(before) if before else ():
        months[Month.of(day)].before += amount
    for day, amount in _days(after):
        months[Month.of(day)].after += amount
        months[Month.of(day)].count += 1
    moved = {month: row for month, row in months.items() if row.difference}
    to_come = sum(1 for month in moved if month > Month.of(today))
    notes = (f"{to_come} of these months are to come: a cost enters the report day by day.",) if to_come else ()
    return Effect("Fixed cost", "day", moved, notes=notes)


def _days(cost: records.FixedCost) -> list[tuple[date, int]]:
    return accrual(spread(cost), max(cost.ends_on, cost.abandoned_on or cost.ends_on))


def spread(cost: records.FixedCost) -> FixedCost:
    """Return a fixed cost as the domain spreads it over its days; whose it is makes no difference to that."""
    return FixedCost(cost.kind, to_nanos(cost.amount), cost.starts_on, cost.ends_on, cost.abandoned_on)


def windows(before: records.TaskType | None, after: records.TaskType, *, today: date) -> list[Effect]:
    """Return the tasks that another acceptance window would call presumed, or pending again (R4)."""
    old = _window(before.acceptance_days if before else None)
    new = _window(after.acceptance_days)
    if old == new:
        return []
    presumed: dict[Month, Moved] = defaultdict(Moved)
    pending: dict[Month, Moved] = defaultdict(Moved)
    for month, is_pending, count in _moving(after.name, new, today):
        (presumed if is_pending else pending)[Month.of(month)].count += count
    return [
        *([Effect("Pending tasks that become presumed", "task", presumed, is_money=False)] if presumed else []),
        *([Effect("Presumed tasks that become pending again", "task", pending, is_money=False)] if pending else []),
    ]


def _window(days: int | None) -> int:
    return int(settings.ACCEPTANCE_DAYS) if days is None else days


def _moving(task_type: str, days: int, today: date) -> list[tuple[date, bool, int]]:
    """Return (month, pending now?, tasks) of those for which `days` say otherwise. The window counts from the deciding
    call, else from the last one (see `spend.domain.tasks.Shape`).
    """
    with raw_cursor() as cursor:
        cursor.execute(
            "WITH windows AS (SELECT s.day, s.state = 'pending' AS pending, coalesce("
            " (SELECT c.day FROM spend_call c WHERE c.id = s.deciding_call),"
            " (SELECT max(c.day) FROM spend_call c WHERE c.task_id = s.task_key AND c.counted)) AS first_day"
            " FROM audits_taskstate s JOIN spend_tasktype y ON y.id = s.task_type_id"
            " WHERE y.name = %s AND s.decided_by IN ('none', 'window'))"
            " SELECT date_trunc('month', day)::date, pending, count(*) FROM windows"
            " WHERE (%s - first_day > %s) = pending GROUP BY 1, 2",
            [task_type, today, days],
        )
        return cursor.fetchall()


def revalued(task_types: Iterable[str], *, since: date | None = None) -> Effect | None:
    """Return the tasks of these types: what they would cost by hand, or are worth, is reckoned anew."""
    tasks = TaskState.objects.filter(task_type_id__in=TaskType.objects.filter(name__in=task_types).values("id"))
    if since is not None:
        tasks = tasks.filter(day__gte=since)
    rows = tasks.order_by().annotate(month=TruncMonth("day")).values_list("month").annotate(count=Count("pk"))
    months = {Month.of(month): Moved(count) for month, count in rows}
    title = "Tasks whose cost by hand or value is reckoned anew"
    return Effect(title, "task", months, is_money=False) if months else None
