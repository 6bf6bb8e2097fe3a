"""The overview of the sample organisation: figures agree with the report, and lead to rows that add up to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import Role, Team, User
from tests.audits.test_overview import NOW, seen_by
from tests.cast import make_user


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_both_months_have_the_figures_of_their_reports(year: None, ada: User) -> None:
    client = seen_by(ada)
    for panel in client.get("/overview").context["panels"]:
        total = client.get(panel.href).context["report"].total
        shown = [panel.main.value, *(figure.value for figure in panel.figures)]
        assert shown == [total.true_cost_per_success, total.token_bill, total.true_cost, total.multiplier]


def test_figures_lead_to_rows_that_add_up_to_them(year: None, ada: User) -> None:
    client = seen_by(ada)
    bill, cost, _ = client.get("/overview").context["panels"][0].figures
    assert client.get(bill.href).context["sums"]["cost_nanos"] == bill.value
    assert client.get(cost.href).context["together"] == cost.value


def test_the_trend_has_the_figures_of_the_reports_and_gaps_where_there_are_none(year: None, ada: User) -> None:
    client = seen_by(ada)
    trend = client.get("/overview").context["trend"]
    assert (len(trend.months), trend.months[-1]) == (13, "2026-11 so far")
    report = client.get("/report?from=2026-10&to=2026-10").context["report"]
    october = trend.months.index("2026-10")
    shown = {series.name: series.points[october] for series in trend.series}
    for row in report.rows:
        point = shown.get(row.names["tier"] or "unattributed")
        assert (point.cost if point else None) == row.line.true_cost_per_success
    assert all(series.points[-1].cost is None for series in trend.series)


def test_the_flows_add_up_to_the_true_cost_of_the_month(year: None, ada: User) -> None:
    client = seen_by(ada)
    found = client.get("/overview").context
    for row in found["flows"].rows:
        assert sum(part.nanos or 0 for part in row.parts) == row.total.nanos
    assert sum(row.total.nanos for row in found["flows"].rows) == found["panels"][0].figures[1].value
    drawn = found["flows"].as_data()["tiers"]
    assert sum(sum(tier["parts"]) for tier in drawn) == pytest.approx(found["panels"][0].figures[1].value / 1e9)


def test_each_amount_of_the_flows_leads_to_its_rows(year: None, ada: User) -> None:
    client = seen_by(ada)
    for row in client.get("/overview").context["flows"].rows:
        bill, *others = row.parts
        assert client.get(bill.href).context["sums"]["cost_nanos"] == (bill.nanos or 0)
        for part in others:
            assert client.get(part.href).context["sums"]["amount_nanos"] == part.nanos


@pytest.mark.parametrize("role", list(Role))
def test_every_remedy_opens_for_who_is_shown_it(year: None, role: Role) -> None:
    client = seen_by(make_user("somebody", role, Team.objects.get(name="Customer Support")))
    shown = client.get("/overview").context["attention"]
    assert shown
    assert {client.get(item.href).status_code for item in shown} == {200}
