"""Rules on the sample organisation, for which nobody wrote the sums down."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from audits.actions.reports import bring_up_to_date
from audits.queries.readings import readings
from tests.build import report
from tests.cast import NOON
from tests.watched import rule

MEASURES = ("true_cost_per_success", "multiplier", "incident_loss", "unpriced_share")


def test_days_added_up_read_what_the_report_of_the_month_says(year):
    first = date(2026, 11, 1)
    bring_up_to_date(at=NOON)
    watching = [rule(measure, "1", window="last_month") for measure in MEASURES]
    cost, times, loss, unpriced = (readings(each, [first])[first].reading.value for each in watching)
    answer = report(NOON, from_="2026-10", to="2026-10")
    total, coverage = answer["total"], answer["coverage"]
    assert cost == Decimal(total["true_cost_per_success"]) > 0
    assert times == round(Decimal(total["multiplier"]), 9) > 1
    assert loss == Decimal(total["incident_cost"])
    assert unpriced == round(Decimal(coverage["unpriced_calls"]) / total["calls"], 9)
