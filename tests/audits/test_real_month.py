"""322,822 real calls of 19,431 real runs, by REST and by file, cost what was published (issue 2, item 8)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from spend.models import Call
from tests.doors import Door
from tests.product import installed
from tests.published import HALF_A_NANO, cost_by_day, real_month
from tests.test_published import check, check_mcpmark

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_it_costs_what_was_published(door: Door) -> None:
    published = real_month()
    with installed(published.nothing_yet()) as product:
        door.take(product, "calls", published.calls())
        door.take(product, "outcomes", published.outcomes())
        found = product.report(published.query)
        check(published, found)
        check_mcpmark(found)
        check_days()


def check_days() -> None:
    """Each day's bill is that of expected_by_day.csv, but for the rounding of each call to a nano-dollar."""
    expected = cost_by_day()
    counted = Call.objects.values_list("day").annotate(nanos=Sum("cost_nanos")).order_by("day")
    found = {day: Decimal(nanos).scaleb(-9) for day, nanos in counted}
    calls = Call.objects.count()
    assert found.keys() == expected.keys()
    assert all(abs(found[day] - cost) <= calls * HALF_A_NANO + Decimal("1e-6") for day, cost in expected.items())
