"""12,000 runs on SWE-bench with their reported costs, and every failure redone by hand (issue 2, item 8)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction

from tests.doors import Door
from tests.product import apply_reference, installed
from tests.published import in_batches, swebench
from tests.test_published import check, check_redone, counted_apart, swebench_added_up

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DOOR_OF_RATE = {25: "rest", 100: "import"}  # dollars an hour; the oracle is held to the other published rates too


def test_it_costs_what_was_published_and_what_redoing_its_failures_costs(tmp_path: Path) -> None:
    """A call for each task, of the cost of all its calls; then, one after the other, engineers at a stated rate.

    That all 488,316 calls come to the same is the oracle's to show; how the product bears so many, the real month's.
    """
    published = swebench(None)
    with installed(published.nothing_yet()) as product:
        product.send(("calls", batch) for batch in in_batches(iter(swebench_added_up().calls)))
        product.send(("outcomes", batch) for batch in published.outcomes())
        check(published, counted_apart(published, product.report(published.query)))
        for hourly_cost, door in DOOR_OF_RATE.items():
            redone = swebench(hourly_cost)
            with transaction.atomic():
                apply_reference(redone.nothing_yet())
                Door(door, tmp_path).take(product, "corrections", redone.corrections())
                check_redone(redone, counted_apart(redone, product.report(redone.query)), hourly_cost)
                transaction.set_rollback(True)
