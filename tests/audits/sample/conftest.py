"""The sample of one year, made once for all tests that read it."""

from __future__ import annotations

from datetime import date

import pytest

from audits.sample.generator import generate
from audits.sample.records import SampleFacts
from tests.audits.sample.crude import Crude, Task, rows, tasks_of

UNTIL = date(2026, 10, 31)


@pytest.fixture(scope="session")
def until() -> date:
    return UNTIL


@pytest.fixture(scope="session")
def facts() -> SampleFacts:
    return generate(UNTIL)


@pytest.fixture(scope="session")
def tasks(facts: SampleFacts) -> dict[str, Task]:
    return tasks_of(facts)


@pytest.fixture(scope="session")
def table(tasks: dict[str, Task]) -> dict[tuple[str, str], Crude]:
    return rows(tasks)
