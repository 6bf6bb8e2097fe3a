"""Loads the sample organisation and the insurer's example, through the same doors as anybody's facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from audits.actions.records import record_corrections, record_incidents
from audits.sample import bills, insurer
from audits.sample.generator import generate
from audits.sample.records import Record, SampleFacts
from config.loading import Advance
from config.reference import apply, import_prices
from config.used import used_by_kind
from spend.actions.bills import draft, import_bill
from spend.actions.calls import record_calls
from spend.actions.outcomes import record_outcomes
from spend.actions.simulation import mark_simulated
from spend.domain import catalogue
from spend.domain.reference.parse import parse
from spend.ingest.native import MOST_ITEMS, decode
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Kind
from spend.queries.zone import reporting_day

FILES = Path(insurer.__file__).parent


class NotTaken(Exception):
    """A record of ours was refused; the message says why."""


@transaction.atomic
def load_organisation(*, until: date, scale: float, at: datetime, advance: Advance) -> SampleFacts:
    """Load the twelve months that end with `until`, with that share of the tasks, and their reference data."""
    import_prices(catalogue.load(), at=at)
    _apply("organisation.yaml", at)
    mark_simulated()
    facts = generate(until, scale=scale)
    _record(facts, at=at, advance=advance)
    _bill(until.replace(day=1), at)
    return facts


def _bill(month: date, at: datetime) -> None:
    """Import bills of the sample's last month."""
    for provider in (bills.EXACT, bills.LOOSE):
        content = bills.bill(provider, month, used_by_kind(provider, month))
        import_bill(draft(content), content, by=None, at=at)


@transaction.atomic
def load_insurer(*, at: datetime, advance: Advance) -> SampleFacts:
    """Load the two months of the worked example; a second time changes nothing."""
    _apply("insurer.yaml", at)
    facts = insurer.facts()
    _record(facts, at=at, advance=advance)
    return facts


def _apply(file: str, at: datetime) -> None:
    wanted, problems = parse((FILES / file).read_text(encoding="utf-8"))
    if problems:
        raise NotTaken(str(problems[0]))
    apply(wanted, at=at)


def _record(facts: SampleFacts, *, at: datetime, advance: Advance) -> None:
    today = reporting_day(at)

    def everywhere(record: Callable[..., Receipt], **more: Any) -> Callable[[Sequence[Item]], Receipt]:
        return lambda items: record(items=items, reach=None, at=at, **more)

    streams: tuple[tuple[Kind, Sequence[Record], Callable[[Sequence[Item]], Receipt]], ...] = (
        ("call", facts.calls, everywhere(record_calls)),
        ("outcome", facts.outcomes, everywhere(record_outcomes)),
        ("correction", facts.corrections, everywhere(record_corrections, today=today)),
        ("incident", facts.incidents, everywhere(record_incidents, today=today)),
    )
    for kind, records, record in streams:
        for start in range(0, len(records), MOST_ITEMS):
            some = records[start : start + MOST_ITEMS]
            _take(kind, some, record, at)
            advance(kind, len(some), len(records))


def _take(kind: Kind, records: Sequence[Record], record: Callable[[Sequence[Item]], Receipt], at: datetime) -> None:
    """Record a batch as if it had been posted; every one must be good."""
    decoded = decode(msgspec.json.encode({f"{kind}s": records}), kind, at)
    for problem in (*decoded.problems, *record(decoded.items).rejected):
        raise NotTaken(f"{kind} {problem.id}: {problem.errors}")
