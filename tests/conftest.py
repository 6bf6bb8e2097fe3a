"""What every test may use."""

from __future__ import annotations

import pytest

from spend.queries.book import forget_book

pytest_plugins = ["tests.cast", "tests.database", "tests.strict"]


@pytest.fixture(autouse=True)
def _no_book_of_another_test() -> None:
    """A roll-back takes the count of changes to reference data back as well, and memory would not notice."""
    forget_book()
