"""The sample organisation, small, in the database: what pages and lists are tried on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from audits import sample
from audits.actions.catch_up import catch_up
from audits.sample.generator import generate
from tests.build import have_reference, record
from tests.database import Copies

UNTIL = date(2026, 10, 31)
LOADED_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)  # October's last tasks are still pending
AT_ONCE = 5_000


@pytest.fixture(scope="session")
def loaded_sample(copies: Copies, migrated: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of a database with the sample organisation, loaded once; nobody works on it but on copies."""
    name = copies.make("sample", of=migrated)
    with django_db_blocker.unblock(), copies.in_use(name):
        load_sample(scale=0.02)
        connections["owner"].cursor().execute("ANALYZE")
    yield name
    copies.drop(name)


@pytest.fixture(scope="module")
def sample_database(copies: Copies, loaded_sample: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database with the sample organisation, for the tests of one file."""
    name = copies.make("copy_of_sample", of=loaded_sample)
    with django_db_blocker.unblock(), copies.in_use(name):
        yield
    copies.drop(name)


def load_sample(*, scale: float, at: datetime = LOADED_AT, until: date = UNTIL) -> None:
    """Write the sample organisation through the doors' actions."""
    have_reference((Path(sample.__file__).parent / "organisation.yaml").read_text(), at=at)
    for name, records in asdict(generate(until, scale=scale)).items():
        for start in range(0, len(records), AT_ONCE):
            record(name.removesuffix("s"), *records[start : start + AT_ONCE], at=at)
    catch_up(at=at, today=at.date())
