"""Fixed costs as assets: how they stand, and what they add to the cost of a success of their scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from audits.domain.assets import Charged, PerSuccess, charged_in
from audits.domain.lines import Line
from audits.domain.sources import FixedCost as Cost
from audits.models import Entry, FixedCost
from audits.queries.moment import one_moment
from audits.queries.reports import figures
from audits.queries.sources import fixed_cost_source
from audits.queries.sums import Query
from spend.domain.periods import Period

Scope = tuple[tuple[str, int], ...]  # (dimension of a report, id), in the order of a report's dimensions
_COLUMNS = {"team": "team_id", "tier": "tier_id", "model": "llm_id"}


@dataclass(frozen=True)
class Asset:
    """`charged`: what the period bears of it by the schedule; `per_success.own`: the same by the ledger."""

    row: FixedCost
    cost: Cost
    charged: Charged
    per_success: PerSuccess


def assets(
    period: Period, *, teams: frozenset[int] | None, today: date, as_of: datetime, identity: UUID | None = None
) -> list[Asset]:
    """Return the assets whose team is one of `teams`, None for all; rows must be up to date (`actions.catch_up`).

    What is of no team is nobody's share, as in reports: only who sees all teams sees it.
    """
    rows = FixedCost.objects.select_related("team", "tier", "llm")
    if teams is not None:
        rows = rows.filter(team__in=teams)
    if identity is not None:
        rows = rows.filter(identity=identity)
    with one_moment():
        found = list(rows)
        ledger = _ledger(period, teams)
        lines = _lines({scope_of(row) for row in found}, Query(period, teams=teams), as_of)
    return [
        Asset(row, cost, charged_in(cost, period, today), _per_success(row, lines, ledger))
        for row in found
        for cost in [fixed_cost_source(row)]
    ]


def scope_of(row: FixedCost) -> Scope:
    ids = {"team": row.team_id, "tier": row.tier_id, "model": row.llm_id}
    return tuple((name, pk) for name, pk in ids.items() if pk is not None)


def _ledger(period: Period, teams: frozenset[int] | None) -> list[tuple[UUID, Mapping[str, int | None], int]]:
    """Return what fixed costs have in the ledger for the days of the period: (whose, where, nanos)."""
    entries = Entry.objects.filter(
        source_kind="fixed_cost", service_date__gte=period.first_day, service_date__lt=period.end_day
    )
    if teams is not None:
        entries = entries.filter(team__in=teams)
    sums = entries.order_by().values_list("source", *_COLUMNS.values()).annotate(Sum("amount_nanos"))
    return [(source, dict(zip(_COLUMNS, ids, strict=True)), int(amount)) for source, *ids, amount in sums]


def _lines(scopes: Iterable[Scope], query: Query, as_of: datetime) -> dict[Scope, Line]:
    """Return the line of a report for each scope that has one: a report for each set of dimensions."""
    lines: dict[Scope, Line] = {}
    for by in {tuple(name for name, _ in scope) for scope in scopes}:
        report = figures(Query(query.period, by, teams=query.teams), records=query.period, as_of=as_of)
        lines |= {tuple(row.ids.items()): row.line for row in report.rows} if by else {(): report.total}
    return lines


def _per_success(
    row: FixedCost, lines: Mapping[Scope, Line], ledger: list[tuple[UUID, Mapping[str, int | None], int]]
) -> PerSuccess:
    scope = scope_of(row)
    line = lines.get(scope)
    fixed = sum(amount for _, where, amount in ledger if all(where[name] == pk for name, pk in scope))
    return PerSuccess(
        successes=line.counted_successes if line else 0,
        running=line.true_cost - line.pending_cost - fixed if line else 0,
        fixed=fixed,
        own=sum(amount for source, _, amount in ledger if source == row.identity),
    )
