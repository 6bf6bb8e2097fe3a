"""Plain builders: reference data from YAML, records from wire dicts, through the product's own actions."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from audits.actions.records import record_corrections, record_incidents
from audits.actions.reports import answer
from audits.exports.plain import told
from audits.queries.asking import parse_query
from config.reference import apply
from spend.actions.calls import record_calls
from spend.actions.outcomes import record_outcomes
from spend.domain.periods import Month
from spend.domain.reference.parse import parse
from spend.ingest.native import decode
from spend.ingest.receipt import Receipt
from spend.ingest.records import Kind
from spend.queries.zone import reporting_day


def have_reference(text: str, *, at: datetime) -> None:
    """Apply reference data written as YAML."""
    wanted, problems = parse(text)
    assert not problems, problems
    apply(wanted, at=at)


def record(kind: Kind, *records: dict[str, Any], at: datetime, reach: frozenset[int] | None = None) -> Receipt:
    """Record wire dicts as a key of all teams would, or one that reaches only `reach`."""
    decoded = decode(json.dumps({f"{kind}s": records}).encode(), kind, at)
    assert not decoded.problems, decoded.problems
    if kind == "call":
        return record_calls(items=decoded.items, reach=reach, at=at)
    if kind == "outcome":
        return record_outcomes(items=decoded.items, reach=reach, at=at)
    write = record_corrections if kind == "correction" else record_incidents
    return write(items=decoded.items, reach=reach, at=at, today=reporting_day(at))


def report(at: datetime, **words: str) -> dict[str, Any]:
    """Ask for the report as the API would answer it."""
    given = {name.rstrip("_"): [value] for name, value in words.items()}
    return told(answer(parse_query(given, teams=None, latest=Month.of(at.date())), at=at))


def row(answer: dict[str, Any], **names: str | None) -> dict[str, Any]:
    """Return the one row of these names."""
    [found] = [line for line in answer["rows"] if all(line[name] == value for name, value in names.items())]
    return dict(found)
