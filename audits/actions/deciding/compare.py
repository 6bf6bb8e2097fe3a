"""Is cheap cheaper here? Tiers or models on the same mix of work (docs/method.md, 19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from audits.actions.catch_up import catch_up
from audits.domain.comparing import LEAST_SUCCESSES, Withheld, severity_of
from audits.domain.decisions.fair import Candidate, Fair, compare_all
from audits.queries import strata, sums
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked
from audits.queries.reports import Row, TrueCost, figures, one_moment
from audits.queries.strata import Stratum
from audits.queries.sums import Query
from spend.queries.zone import reporting_day

OWN = ("against",)


@dataclass(frozen=True)
class Compared:
    """Each candidate held against one of them, by name. `candidates`: lines of the report, cheapest tokens first.

    `mix`: tasks of each stratum, of all teams, tiers and models that the reader asked about, most first. `against`
    None: nobody finished anything.
    """

    asked: Asked
    as_of: datetime
    candidates: list[Row]
    against: str | None
    pairs: Mapping[str, Fair | Withheld]
    mix: Mapping[Stratum, int]


def answer(asked: Asked, *, at: datetime) -> Compared:
    """Compare as of `at`. Raises BadQuery for an `against` that did none of the work."""
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        report = figures(asked.query, records=asked.query.period, as_of=at)
        found = _candidates(report)
        whole = strata.mix(_of_all(asked.query))
    rows = sorted(
        (row for row in report.rows if _name(row) in found),
        key=lambda row: (row.line.token_cost_per_task or 0, _name(row)),
    )
    against = _against(asked, rows)
    pairs = {}
    if against is not None:
        compared = compare_all([found[_name(row)] for row in rows], whole, severity_of(report.total), against=against)
        pairs = {one: pair for (one, _), pair in compared.items()}
    return Compared(asked, at, rows, against, pairs, dict(sorted(whole.items(), key=lambda item: -item[1])))


def _candidates(report: TrueCost) -> dict[str, Candidate]:
    """Return who has a name and finished anything; what nobody knows whom to give to is compared with nobody."""
    (dimension,) = report.query.by
    units = strata.cost_units(report.query)
    spread = {key: found["allocated_without_incidents"] for key, found in sums.entries(report.query)}
    return {
        name: Candidate(name, row.line, units[name], spread.get((row.ids[dimension],), 0))
        for row in report.rows
        if (name := row.names[dimension]) is not None and name in units and row.line.successes
    }


def _of_all(query: Query) -> Query:
    """The same work, whoever did it."""
    return replace(query, filters={name: ids for name, ids in query.filters.items() if name in ("team", "task_type")})


def _against(asked: Asked, rows: Sequence[Row]) -> str | None:
    """Return the one asked for, else of those with enough successes, or of all, the one with the dearest tokens."""
    names = [_name(row) for row in rows]
    known = [_name(row) for row in rows if row.line.successes >= LEAST_SUCCESSES]
    wanted = asked.own.get("against")
    if wanted is not None and wanted not in names:
        raise BadQuery({"against": [f"did none of this work: {wanted!r}"]})
    return wanted or next(iter(reversed(known or names)), None)


def _name(row: Row) -> str:
    (name,) = row.names.values()
    return name or ""
