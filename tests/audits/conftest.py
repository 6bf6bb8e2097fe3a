"""What tests of queries and pages of failure cost share."""

from __future__ import annotations

import pytest


@pytest.fixture
def year(sample_database: None, db: None) -> None:
    """Twelve months of a small simulated organisation, to October 2026; what a test adds is rolled back."""
