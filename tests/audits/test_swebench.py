"""12,000 runs on SWE-bench with their reported costs, and every failure redone by hand (issue 2, item 8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from tests.doors import Door
from tests.product import apply_reference, installed
from tests.published import swebench
from tests.test_published import check, check_redone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DOOR_OF_RATE = {25: "rest", 100: "import"}  # dollars an hour; the oracle is held to the other published rates too


def test_it_costs_what_was_published_and_what_redoing_its_failures_costs(tmp_path: Path) -> None:
    """All 488,316 calls go in once; then, one after the other, engineers at a stated rate."""
    published = swebench(None)
    with installed(published.nothing_yet()) as product:
        product.send(("calls", batch) for batch in published.calls())
        product.send(("outcomes", batch) for batch in published.outcomes())
        check(published, product.report(published.query))
        for hourly_cost, door in DOOR_OF_RATE.items():
            redone = swebench(hourly_cost)
            with transaction.atomic():
                apply_reference(redone.nothing_yet())
                Door(door, tmp_path).take(product, "corrections", redone.corrections())
                check_redone(redone, product.report(redone.query), hourly_cost)
                transaction.set_rollback(True)
