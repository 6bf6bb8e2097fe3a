"""The same facts in any order and batches, sent again, by whatever key, with reports in between: one report."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle import Facts, entries
from tests.organisations import MONTHS, organisations, queries, shuffled_batches
from tests.product import Product, Record, installed, loaded, net_entries, untrue_reversals

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CHANCE = settings(
    max_examples=int(os.environ.get("EXAMPLES", "12")), deadline=None, suppress_health_check=list(HealthCheck),
    derandomize="CI" in os.environ, database=None, phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
WHOLE = {"first": MONTHS[0], "last": MONTHS[-1]}
ALWAYS = [{**WHOLE, "by": by} for by in (("tier", "month"), ("team", "task_type"), ("model",))]
DAYS_BEFORE = 30


@CHANCE
@given(organisations(), queries(), st.integers(0, 10**6))
def test_it_is_the_same_to_the_last_byte(organisation: Facts, query: Record, seed: int) -> None:
    with loaded(organisation) as product:
        expected = told(product, query), net_entries()
    with installed(organisation) as product:
        deliver(product, organisation, query, random.Random(seed))
        assert (told(product, query), net_entries()) == expected
        assert net_entries() == entries(organisation)
        assert untrue_reversals() == []


def told(product: Product, query: Record) -> list[bytes]:
    """All that the installation says, by JSON and CSV."""
    asked = [(each, route) for each in (*ALWAYS, query) for route in ("true-cost", "true-cost.csv")]
    return [product.ask(each, route).content for each, route in asked]


def deliver(product: Product, organisation: Facts, query: Record, chance: random.Random) -> None:
    """Send the facts in the weeks before `as_of`, some batches twice, with a look at a report now and then."""
    batches = shuffled_batches(organisation, seed=chance.randint(0, 10**6))
    today = organisation.as_of - timedelta(days=DAYS_BEFORE)
    for number, (kind, records) in enumerate(batches):
        passed = organisation.as_of - timedelta(days=DAYS_BEFORE * (len(batches) - number) // len(batches))
        today = max(today, passed, *(day_of(record) for record in records))
        with time_machine.travel(datetime.combine(today, time(23), ZoneInfo(organisation.zone)), tick=False):
            for team, own in by_key(records, chance):
                for _ in range(chance.choice((1, 1, 1, 2))):
                    receipt = product.post(kind, own, team)
                    assert receipt["status"] == 200, receipt
            if chance.random() < 0.4:
                product.ask(chance.choice([*ALWAYS, query]))


def by_key(records: list[Record], chance: random.Random) -> Iterator[tuple[str | None, list[Record]]]:
    """The batch by the key of all teams, or what names a team by the key of that team, which need not name it."""
    if chance.random() < 0.5:
        yield None, records
        return
    for team in sorted({record.get("team") or "" for record in records}):
        own = [record for record in records if (record.get("team") or "") == team]
        yield team or None, [{name: value for name, value in record.items() if name != "team"} for record in own]


def day_of(record: Record) -> date:
    """The day before which it would lie in the future."""
    said: Any = record.get("worked_on") or record.get("occurred_on") or record.get("occurred_at") or "2026-02-01"
    return date.fromisoformat(said[:10])
