"""What tests of queries and pages of failure cost share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.simulated import load_sample


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The sample organisation, loaded once for the tests of a file and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_sample(scale=0.02)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def year(_loaded: None, db: None) -> None:
    """Twelve months of a small simulated organisation, to October 2026; what a test adds is rolled back."""
