"""Plain builders of domain values: what a test does not say has the dullest value there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from audits.domain.attribution import Lookups
from audits.domain.lines import Line
from audits.domain.rollup import CALL_KEY, TASK_KEY, UNIT_KEY, Rollup, TaskFacts
from audits.domain.sources import Work
from audits.domain.status import Status, status_of
from spend.domain.tasks import CallFact, Shape, shape_of

COMMODITY, FRONTIER, MID = 1, 2, 3
SMALL, LARGE, MIDDLE = 10, 20, 30
TIER_NAMES = {COMMODITY: "commodity", FRONTIER: "frontier", MID: "mid"}
TIER_OF = {SMALL: COMMODITY, LARGE: FRONTIER, MIDDLE: MID}
CLAIMS = 7
DOLLAR = 1_000_000_000
UNSET: Any = object()


def key(name: str) -> UUID:
    return uuid5(NAMESPACE_OID, name)


def make_call(
    name: str = "c-1", at: str = "2026-10-05T12:00", llm: int | None = SMALL, tier: Any = UNSET, **more: Any
) -> CallFact:
    occurred_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    values: dict[str, Any] = {
        "id": key(name),
        "external_id": name,
        "occurred_at": occurred_at,
        "day": occurred_at.date(),
        "llm": llm,
        "tier": TIER_OF.get(llm or 0) if tier is UNSET else tier,
        "task_type": None,
        "purpose": "attempt",
        "status": "ok",
        "final": False,
        "cost": 0,
        "input_tokens": None,
        "cache_read_tokens": None,
        "cache_write_tokens": None,
        "output_tokens": None,
        "latency_ms": None,
    }
    return CallFact(**(values | more))


def make_work(*calls: CallFact, name: str = "T-1", team: int = CLAIMS) -> Work:
    calls = calls or (make_call(),)
    return Work(key(name), team, shape_of(calls, None), calls)


def make_status(shape: Shape, **more: Any) -> Status:
    values: dict[str, Any] = {
        "invalidated": False,
        "verdicts": (),
        "reworked": False,
        "outcome": None,
        "acceptance_days": 14,
        "today": date(2026, 10, 31),
    }
    return status_of(shape=shape, **(values | more))


def make_task(*calls: CallFact, entries: Any = (), value: Any = None, manual: Any = None, **status: Any) -> TaskFacts:
    calls = calls or (make_call(),)
    shape = shape_of(calls, None)
    return TaskFacts(shape, make_status(shape, **status), calls, entries, value, manual)


def make_lookups(counts: dict[int | None, int] | None = None, tier_of: Callable[[int, date], Any] = UNSET) -> Lookups:
    return Lookups(
        tier_of=(lambda llm, day: TIER_OF.get(llm)) if tier_of is UNSET else tier_of,
        tasks_by_tier=lambda team, month: counts or {},
        tier_names=TIER_NAMES,
    )


def make_line(**given: Any) -> Line:
    """Return a line with 1,000 tasks, all successful, all judged, all priced, $1.00 each; tokens are 10 cents of it."""
    values = {field.name: 0 for field in fields(Line)} | {
        "key": (None,),
        "tasks": 1000,
        "successes": 1000,
        "judged": 1000,
        "calls": 1000,
        "priced_calls": 1000,
        "token_cost_per_task": DOLLAR // 10,
        "true_cost_per_success": DOLLAR,
        "true_cost_per_success_low": DOLLAR * 9 // 10,
        "true_cost_per_success_high": DOLLAR * 11 // 10,
    }
    return Line(**(values | given))


def roll_up(tasks: Iterable[TaskFacts]) -> Rollup:
    rollup = Rollup()
    for task in tasks:
        rollup.add(task)
    return rollup


def group_by(table: dict[Any, Any], columns: tuple[str, ...], by: tuple[str, ...], **where: Any) -> list[Any]:
    """Do what the SQL does: sum the rows of a table of sums by some columns of its keys."""
    found: dict[Any, dict[str, Any]] = {}
    for row_key, sums in table.items():
        row = dict(zip(columns, row_key, strict=True))
        if any(row[column] != wanted for column, wanted in where.items()):
            continue
        bill_as_computed = {"bill_difference": 0} if columns == CALLS else {}
        target = found.setdefault(tuple(row[column] for column in by), bill_as_computed)
        for name in sums.__dataclass_fields__:
            value = getattr(sums, name)
            if isinstance(value, list):
                target[name] = [a + b for a, b in zip(target.get(name, [0] * len(value)), value, strict=True)]
            else:
                target[name] = target.get(name, 0) + value
    return list(found.items())


CALLS, TASKS, UNITS = CALL_KEY, TASK_KEY, UNIT_KEY
