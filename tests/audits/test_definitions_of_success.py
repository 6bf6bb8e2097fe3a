"""What counts as a success can be chosen: on every door, and in an installation that was there before."""

from __future__ import annotations

import importlib
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from audits.actions.rebuild import rebuild
from audits.actions.reports import answer
from audits.models import DailyTasks, DailyUnits, MonthlyTasks, MonthlyUnits
from audits.queries.asking import BadQuery, parse_query
from spend.domain.periods import Month
from tests.simulated import LOADED_AT

pytestmark = pytest.mark.usefixtures("year")

OCTOBER = {"from": ["2026-10"], "to": ["2026-10"]}
SUMS: dict[Any, tuple[str, ...]] = {
    (DailyTasks, MonthlyTasks): ("value_first_pass", "valued_first_pass", "value_judged", "valued_judged"),
    (DailyUnits, MonthlyUnits): ("sum_y_first_pass", "sum_xy_first_pass", "sum_y_judged", "sum_xy_judged"),
}


def total(success: str):
    return answer(
        parse_query({**OCTOBER, "success": [success]}, teams=None, latest=Month(2026, 10)), at=LOADED_AT
    ).total


def test_stricter_definitions_count_fewer_successes_at_the_same_cost() -> None:
    final, first_pass, judged = map(total, ("final", "first_pass", "judged"))
    assert final.counted_successes == final.successes
    assert first_pass.counted_successes == final.first_pass < final.successes
    assert judged.counted_successes == final.successes - final.presumed < final.successes
    assert {line.true_cost for line in (final, first_pass, judged)} == {final.true_cost}
    assert {line.final_yield for line in (final, first_pass, judged)} == {final.final_yield}
    for line in (first_pass, judged):
        assert line.true_cost_per_success > final.true_cost_per_success
        assert line.true_cost_per_success_low > final.true_cost_per_success_low


def test_rows_of_an_installation_that_was_there_before_are_derived_anew() -> None:
    """The migration adds columns of zeros and marks every slice; the next report must not read the zeros."""
    before = [total(success) for success in ("first_pass", "judged")]
    for models, names in SUMS.items():
        for model in models:
            model.objects.update(**dict.fromkeys(names, 0))
    assert total("judged").true_cost_per_success_low is None
    with connection.cursor() as cursor:
        cursor.execute(importlib.import_module("audits.migrations.0008_derive_definitions_of_success").MARK)
    assert [total(success) for success in ("first_pass", "judged")] == before
    assert rebuild(at=LOADED_AT, today=LOADED_AT.date()) == []


def test_another_definition_is_named() -> None:
    with pytest.raises(BadQuery) as problem:
        parse_query({**OCTOBER, "success": ["lucky"]}, teams=None, latest=Month(2026, 10))
    assert problem.value.errors == {"success": ["must be one of: final, first_pass, judged"]}


def test_the_command_takes_it_and_says_so() -> None:
    out = StringIO()
    call_command("true_cost", **{"from": "2026-10", "success": "first_pass"}, stdout=out)
    assert "first pass successes" in out.getvalue().splitlines()[0]
