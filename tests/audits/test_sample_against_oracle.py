"""A small edition of the sample organisation through REST: every column and every entry are the oracle's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import yaml

from audits.sample.generator import generate
from config.reference import import_prices
from config.sample import FILES
from spend.domain import catalogue
from spend.models import Price
from tests.agreement import disagreements
from tests.oracle import Facts, entries
from tests.oracle.report import Query, report_of
from tests.oracle.tasks import read_book
from tests.organisations import DIMENSIONS
from tests.product import KINDS, installed, net_entries, untrue_reversals

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

UNTIL = date(2026, 10, 31)
AS_OF = date(2026, 11, 9)  # the tasks of the last days are pending
SCALE = 0.1
BATCH = 1_000
LAST_MONTH = {"first": "2026-10", "last": "2026-10"}
YEAR = {"first": "2025-11", "last": "2026-10"}
ASKED: list[dict[str, Any]] = [
    {**period, "by": by, "lens": lens}
    for period in (LAST_MONTH, YEAR)
    for by in [*((name,) for name in DIMENSIONS), ("tier", "task_type"), ("team", "month")]
    for lens in ("responsible", "route")
]


def test_it_agrees_in_every_column() -> None:
    sample = generate(UNTIL, scale=SCALE)
    reference = yaml.safe_load((FILES / "organisation.yaml").read_text())
    said = Facts(sample.calls, sample.outcomes, sample.corrections, sample.incidents, reference, "UTC", AS_OF)
    with installed(said) as product:
        import_prices(catalogue.load(), at=datetime.now(UTC))
        product.send((kind, batch) for kind in KINDS for batch in batches(getattr(said, kind)))
        known = replace(said, catalogue=list_prices({str(call["model"]) for call in sample.calls}))
        book = read_book(known)
        for query in ASKED:
            found, expected = product.report(query), report_of(book, Query(**query))
            assert disagreements(found, expected, query["by"], query["lens"]) == [], query
        assert net_entries() == entries(known)
        assert untrue_reversals() == []


def batches(records: list[Any]) -> list[list[Any]]:
    return [records[start : start + BATCH] for start in range(0, len(records), BATCH)]


def list_prices(names: set[str]) -> list[dict[str, Any]]:
    """What the catalogue charges for these models, short contexts only: the import has tests of its own."""
    rows = Price.objects.filter(source=Price.CATALOGUE, superseded_at=None, context_over=0, llm__name__in=names)
    buckets = ("input", "cache_read", "cache_write", "output")
    return [
        {"provider": row.llm.provider, "name": row.llm.name, "from": row.starts_on, "to": row.ends_on,
         "service_tier": row.service_tier, "free": row.free, **{name: getattr(row, name) for name in buckets}}
        for row in rows.select_related("llm")
    ]  # fmt: skip
