"""The true-cost report of a query: sums of monthly rows, made into lines by the domain, with names for ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from accounts.models import Team
from audits.domain.latency import LATENCY_BUCKETS
from audits.domain.lines import Line
from audits.domain.report import Coverage, CoverageFacts, build
from audits.queries import sums
from audits.queries.as_billed import Standing, standing
from audits.queries.closes import standing_of
from audits.queries.coverage import coverage_facts
from audits.queries.moment import one_moment as one_moment
from audits.queries.sums import Query
from spend.domain.periods import Period
from spend.models import Llm, TaskType, Tier

UNATTRIBUTED = "unattributed"
Names = dict[str, Callable[[Any], str | None]]
_NO_UNITS = {"touched": 0, "n": 0, "sum_x": 0, "sum_xx": 0, "sum_y": 0, "sum_xy": 0}
_NO_LATENCY = [0] * LATENCY_BUCKETS
_NO_TRIES = {"attempts": 0, "escalated": 0, "failed": 0}


class UnknownName(Exception):
    """A filter names what does not exist; `dimension` says of what kind."""

    def __init__(self, dimension: str, name: str) -> None:
        super().__init__(f"no such {dimension.replace('_', ' ')}: {name!r}")
        self.dimension = dimension


@dataclass(frozen=True)
class Row:
    """A line with the names of its dimensions; None is unattributed."""

    names: dict[str, str | None]
    ids: dict[str, Any]
    line: Line


@dataclass(frozen=True)
class TrueCost:
    """A whole report. `as_of` is when it was read. `groups`: by two dimensions, a subtotal for each of the first.

    `bills`: asked for as billed, how each bill stands in it, for those who see all teams. `closed`: one of
    `audits.queries.closes.STANDINGS`.
    """

    query: Query
    as_of: datetime
    rows: list[Row]
    groups: list[Row]
    total: Line
    coverage: Coverage
    bills: list[Standing]
    closed: str


def true_cost(query: Query, *, as_of: datetime) -> TrueCost:
    """Return the report as the monthly rows have it; bring them up to date first (`actions.catch_up`)."""
    with one_moment():
        calls = sums.calls(query)
        return _answer(query, as_of, calls, coverage_facts(query, calls))


def figures(query: Query, *, records: Period, as_of: datetime) -> TrueCost:
    """Return the report without latencies, its coverage of human records that of the months of `records` only.

    For many months at once: these two cost more to read than all that is left.
    """
    with one_moment():
        calls = [(key, {**row, "latency": _NO_LATENCY}) for key, row in sums.calls_without_latency(query)]
        return _answer(query, as_of, calls, coverage_facts(replace(query, period=records), calls))


def _answer(query: Query, as_of: datetime, calls: sums.Sums, facts: CoverageFacts) -> TrueCost:
    total, grouped = query.without_rows(), replace(query, by=query.by[:1])
    total_units = sums.units(total)
    total_incidents = sums.incidents(total)
    report = build(
        by=query.by,
        lens="route" if query.lens == "route" else "responsible",
        calls=calls,
        tasks=sums.tasks(query),
        units=[
            *((key, found | _NO_TRIES) for key, found in sums.units(query)),
            *((key, found | _NO_UNITS) for key, found in sums.tries(query)),
        ],
        total_units=total_units[0][1] if total_units else _NO_UNITS,
        entries=sums.entries(query),
        incidents=sums.incidents(query),
        total_incidents=total_incidents[0][1]["incidents"] if total_incidents else 0,
        facts=facts,
        group_units=sums.units(grouped) if len(query.by) > 1 else (),
        group_incidents=sums.incidents(grouped) if len(query.by) > 1 else (),
    )
    names = names_of(query.by, {name: {line.key[i] for line in report.lines} for i, name in enumerate(query.by)})
    rows = _named(report.lines, query.by, names)
    groups = _named(report.groups, query.by[:1], names)
    bills, closed = standing(query, as_of=as_of), standing_of(query.period)
    return TrueCost(query, as_of, rows, groups, report.total, report.coverage, bills, closed)


def _named(lines: list[Line], by: tuple[str, ...], names: Names) -> list[Row]:
    """Return the lines with the names of what they are of, sorted by them, unattributed last."""
    rows = [
        Row(
            names={name: names[name](value) for name, value in zip(by, line.key, strict=True)},
            ids=dict(zip(by, line.key, strict=True)),
            line=line,
        )
        for line in lines
    ]
    return sorted(rows, key=lambda row: [(name is None, name or "") for name in row.names.values()])


def names_of(by: tuple[str, ...], values: dict[str, set[Any]]) -> Names:
    """Return, for each dimension, what turns one of its `values` into its name."""
    tiers = dict(Tier.objects.values_list("id", "name"))

    def month(day: date) -> str:
        return f"{day:%Y-%m}"

    by_id: dict[str, Callable[[], dict[int, str]]] = {
        "team": lambda: dict(Team.objects.values_list("id", "name")),
        "tier": lambda: tiers,
        "model": lambda: {llm.pk: str(llm) for llm in Llm.objects.filter(pk__in=values["model"] - {None})},
        "task_type": lambda: dict(TaskType.objects.values_list("id", "name")),
    }
    special: dict[str, Callable[[Any], str | None]] = {"route": lambda text: route_name(text, tiers), "month": month}
    return {name: special.get(name) or by_id[name]().get for name in by}


def route_name(text: str | None, tiers: Mapping[int, str]) -> str | None:
    """Spell a route of daily rows, ids joined by `>`, in names of tiers."""
    if not text:
        return None
    return ">".join(tiers.get(int(tier), UNATTRIBUTED) for tier in text.split(">"))


def ids_of_filters(names: dict[str, list[str]]) -> dict[str, tuple[int | None, ...]]:
    """Turn the names of filters into ids; `unattributed` stands for none. Raises UnknownName."""
    look_up: dict[str, Callable[[str], int | None]] = {
        "team": lambda name: Team.objects.filter(name=name).values_list("id", flat=True).first(),
        "tier": lambda name: Tier.objects.filter(name=name).values_list("id", flat=True).first(),
        "task_type": lambda name: TaskType.objects.filter(name=name).values_list("id", flat=True).first(),
        "model": _model_called,
    }
    found: dict[str, tuple[int | None, ...]] = {}
    for dimension, wanted in names.items():
        ids = []
        for name in wanted:
            known = name != UNATTRIBUTED and "\x00" not in name  # NUL is in no name, and PostgreSQL would object
            value = look_up[dimension](name) if known else None
            if value is None and name != UNATTRIBUTED:
                raise UnknownName(dimension, name)
            ids.append(value)
        found[dimension] = tuple(ids)
    return found


def _model_called(text: str) -> int | None:
    """Find what rows call so, `provider/name` or the name alone, else a name that only one model has."""
    provider, _, name = text.partition("/")
    for exact in ({"provider": provider, "name": name}, {"provider": "", "name": text}, {"name": text}):
        matches = list(Llm.objects.filter(**exact).values_list("id", flat=True)[:2])
        if len(matches) == 1:
            return matches[0]
    return None
