"""What each measure reads, worked out by hand, and that it is what the report says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Team
from audits.actions.reports import bring_up_to_date
from audits.models import Budget
from audits.queries.budgets import standing
from audits.queries.readings import Found, readings
from audits.queries.windows import lines_of
from spend.domain.periods import Days, Month
from spend.models import TaskType, Tier
from tests.build import have_reference
from tests.cast import NOON
from tests.invoices import INVOICE, bill, have_october
from tests.watched import have_november, rule

pytestmark = pytest.mark.django_db
TODAY, NOVEMBER = date(2026, 11, 20), Month(2026, 11)


def read(measure: str, *, on: date = TODAY, **said: Any) -> Found:
    bring_up_to_date(at=NOON)
    return readings(rule(measure, "1", **said), [on])[on]


@pytest.fixture
def november() -> None:
    have_november()


@pytest.mark.parametrize(
    ("measure", "scope", "value", "sample"),
    [
        ("true_cost_per_success", {"team": "Claims"}, "29", 4),  # (6 + 30 + 80) / 4
        ("true_cost_per_success", {}, "24.2", 5),  # and Support's $5.00 and success
        ("true_cost_per_success", {"tier": "frontier"}, "4", 2),
        ("true_cost_per_success", {"task_type": "claim"}, "37.666666667", 3),  # (3 + 30 + 80) / 3
        ("multiplier", {"team": "Claims"}, "19.333333333", 5),  # 116 / 6
        ("multiplier", {"team": "Support"}, "1", 1),
        ("incident_loss", {"team": "Claims"}, "80", 0),
        ("incident_loss", {"team": "Support"}, "0", 0),
        ("unpriced_share", {"team": "Claims"}, "0.2", 5),
        ("unpriced_share", {"tier": "frontier"}, "0", 2),
    ],
)
def test_what_a_month_reads(november, measure, scope, value, sample):
    kinds = {"team": Team, "tier": Tier, "task_type": TaskType}
    named = {kind: kinds[kind].objects.get(name=name) for kind, name in scope.items()}
    found = read(measure, **named)
    assert (found.reading.value, found.reading.sample) == (Decimal(value), sample)
    assert found.days == Days(date(2026, 11, 1), date(2026, 11, 21))


def test_days_are_those_of_the_work(november):
    """Rework and incident of task c count on 2 November (R1)."""
    week = {"window": "days", "days": 7, "team": Team.objects.get(name="Claims")}
    assert read("incident_loss", on=date(2026, 11, 8), name="a", **week).reading.value == 80
    assert read("incident_loss", on=date(2026, 11, 9), name="b", **week).reading.value == 0
    assert read("unpriced_share", on=date(2026, 11, 10), name="c", **week).reading.value == Decimal("0.5")


def test_a_fixed_cost_of_a_team_is_spread_over_its_days(november):
    """$300.00 over 30 days from 6 November on: in the ledger one entry of $150.00 on the 20th."""
    lease = "fixed_costs: [{name: Lease, from: 2026-11-06, to: 2026-12-06, amount: 300, team: Claims, kind: compute}]"
    have_reference(lease, at=NOON)
    bring_up_to_date(at=NOON)
    claims = Team.objects.get(name="Claims").pk
    ends = {(1, 21): 150, (14, 21): 70, (1, 11): 50, (1, 6): 0}
    windows = {days: Days(date(2026, 11, days[0]), date(2026, 11, days[1])) for days in ends}
    lines = lines_of({"team": (claims,)}, windows.values())
    assert {days: lines[window].fixed_compute / 10**9 for days, window in windows.items()} == ends


def test_without_work_there_is_nothing_to_read(november):
    last = {"window": "last_month"}
    assert read("true_cost_per_success", name="a", **last).reading.value is None
    assert read("multiplier", name="b", **last).reading.value is None
    assert read("unpriced_share", name="c", **last).reading.value is None


class TestCaptureRate:
    LAST = {"window": "last_month", "comparison": "below"}

    @pytest.fixture(autouse=True)
    def october(self) -> None:
        have_october()
        bill(*INVOICE)

    def test_it_is_computed_of_what_was_billed_for_use(self):
        """$11.00 of $11.60."""
        assert read("capture_rate", provider="openai", **self.LAST).reading.value == Decimal("0.948275862")

    def test_of_all_providers_it_is_the_furthest_off(self):
        bill((7, "nova", "input", 3_000_000, "4.00"), provider="acme")  # $3.00 were computed
        found = read("capture_rate", **self.LAST)
        assert (found.reading.value, found.provider) == (Decimal("0.75"), "acme")

    def test_a_month_without_a_bill_says_nothing(self):
        assert read("capture_rate", provider="acme", **self.LAST).reading.value is None


class TestBudgets:
    @pytest.fixture(autouse=True)
    def of_claims(self, november: None) -> None:
        self.claims = Team.objects.get(name="Claims")

    def budget(self, amount: int, counts: str, **said: Any) -> Budget:
        first = said.pop("first_month", date(2026, 11, 1))
        return Budget.objects.create(
            team=self.claims, amount=amount * 10**9, counts=counts, first_month=first, **said
        )  # fmt: skip

    def test_the_share_that_is_spent(self):
        assert read("budget_share", budget=self.budget(8, "token_bill")).reading.value == Decimal("0.75")  # 6 / 8
        true_cost = self.budget(232, "true_cost")
        assert read("budget_share", name="b", budget=true_cost).reading.value == Decimal("0.5")  # 116 / 232

    def test_the_forecast_is_a_straight_line(self):
        """$6.00 in 20 days make $9.00 in the 30 of November."""
        found = read("budget_forecast", budget=self.budget(1, "token_bill"))
        assert found.reading.value == 9

    def test_before_it_begins_and_after_it_ends_there_is_none(self):
        later = self.budget(8, "token_bill", first_month=date(2026, 12, 1))
        ended = self.budget(8, "true_cost", first_month=date(2026, 9, 1), last_month=date(2026, 10, 1))
        bring_up_to_date(at=NOON)
        assert standing(later, NOVEMBER, today=TODAY) is None
        assert standing(ended, NOVEMBER, today=TODAY) is None
        assert read("budget_share", budget=ended).reading.value is None
