"""Assets: the $4.5 million build in the ledger, on its pages, in its files, and in a month that was closed before."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Role, Team, User
from audits.actions.catch_up import catch_up
from audits.actions.closing import draft, sign
from audits.models import Entry, FixedCost
from audits.queries.assets import Asset, assets
from audits.queries.bridge import bridge_of
from audits.queries.closes import open_from
from audits.queries.reports import true_cost
from audits.queries.sums import Query
from config.reference import CannotApply
from spend.domain.money import to_text
from spend.domain.periods import Month, Period
from tests.build import have_reference, record
from tests.cast import make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
DOLLAR = 10**9
SEPTEMBER, OCTOBER = Month(2026, 9), Month(2026, 10)
DAY, LEFT_ON_15_SEPTEMBER = 10_613_207_547_170, 1_772_405_660_377_310  # by hand: tests/audits/domain/test_assets.py
REFERENCE = """
labour_rates: [{role: engineer, hourly: 90.00, from: 2026-01-01}]
tiers: [{name: commodity, from_blended: 0.00}]
models:
  - {provider: acme, name: small, tier: commodity,
     prices: [{from: 2026-01-01, input: 1000, output: 1000, source: contract}]}
"""
BUILD = "{name: In-house build, asset: build, from: 2026-01-01, to: 2027-03-01, amount: 4500000.00, team: Claims%s}"
ABANDONED = BUILD % ", abandoned_on: 2026-09-15"


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def build(claims: Team) -> FixedCost:
    """The build of Claims, and a call of $1 in each of September and October whose task was a success."""
    have_reference(REFERENCE, at=NOW)
    for number, day in enumerate(("2026-09-03", "2026-10-03")):
        said = {"id": f"c{number}", "occurred_at": f"{day}T09:00:00Z", "task": f"t{number}", "team": "Claims",
                "provider": "acme", "model": "small", "input_tokens": 1000, "output_tokens": 0}  # fmt: skip
        record("call", said, at=NOW)
        record("outcome", {"task": f"t{number}", "team": "Claims", "outcome": "success"}, at=NOW)
    return have_build()


def have_build(text: str = BUILD % "", at: datetime = NOW) -> FixedCost:
    have_reference(f"fixed_costs: [{text}]", at=at)
    return FixedCost.objects.get()


def found(month: Month, teams: frozenset[int] | None = None, at: datetime = NOW) -> list[Asset]:
    catch_up(at=at, today=at.date())
    return assets(Period(month, month), teams=teams, today=at.date(), as_of=at)


def test_what_a_month_bears_is_what_the_ledger_has_and_stands_apart_from_running_cost(build: FixedCost) -> None:
    [october] = found(OCTOBER)
    per = october.per_success
    assert per.own == per.fixed == october.charged.total == 31 * DAY
    assert (per.successes, per.running_each, per.own_each) == (1, DOLLAR, 31 * DAY)
    report = true_cost(Query(Period(OCTOBER, OCTOBER)), as_of=NOW)
    assert per.whole_each == report.total.true_cost_per_success == DOLLAR + 31 * DAY


def test_abandoned_the_rest_is_charged_that_day_and_later_months_bear_nothing(build: FixedCost) -> None:
    have_build(ABANDONED)
    [september], [october] = found(SEPTEMBER), found(OCTOBER)
    assert (september.charged.amortised, september.charged.written_off) == (14 * DAY, LEFT_ON_15_SEPTEMBER)
    assert september.per_success.own == 14 * DAY + LEFT_ON_15_SEPTEMBER
    assert (october.per_success.own, october.per_success.running_each) == (0, DOLLAR)
    assert sum(Entry.objects.values_list("amount_nanos", flat=True)) == 4_500_000 * DOLLAR


def test_abandoned_late_a_closed_month_stays_as_reported_and_the_bridge_names_the_asset(
    build: FixedCost, fiona: User
) -> None:
    catch_up(at=NOW, today=NOW.date())
    close = sign(draft(SEPTEMBER, by=fiona, at=NOW), by=fiona, at=NOW, reason="no bill yet")
    assert open_from() == OCTOBER.first_day

    later = NOW + timedelta(hours=1)

    def of(month: Month, basis: str) -> int:
        return true_cost(Query(Period(month, month), basis=basis), as_of=later).total.fixed_compute

    before = of(SEPTEMBER, "reported")
    have_build(ABANDONED, at=later)
    catch_up(at=later, today=later.date())
    restated = 14 * DAY + LEFT_ON_15_SEPTEMBER
    assert (of(SEPTEMBER, "reported"), of(SEPTEMBER, "restated")) == (before, restated) == (30 * DAY, restated)
    # October loses what it had borne itself, and takes what September was reported without
    assert (of(OCTOBER, "reported"), of(OCTOBER, "restated")) == (restated - 30 * DAY, 0)
    bridge = bridge_of(close, SEPTEMBER)
    [line] = bridge.lines
    assert (line.kind, [part.name for part in line.parts]) == ("fixed_costs", ["In-house build"])
    assert line.moved.fixed_compute == bridge.difference.fixed_compute == restated - 30 * DAY


def test_hours_follow_the_loaded_rate_of_their_first_day(build: FixedCost) -> None:
    have_reference(
        "fixed_costs: [{name: Prompts, asset: engineering, from: 2026-10-01, to: 2026-10-04, hours: 10.01,"
        " role: engineer, kind: prevention}]",
        at=NOW,
    )
    assert hours_of("Prompts") == ("900.900000000", "90.000000000")
    have_reference("labour_rates: [{role: engineer, hourly: 100.00, from: 2026-10-01}]", at=NOW)
    assert hours_of("Prompts") == ("1001.000000000", "100.000000000")
    entries = Entry.objects.filter(category="prevention", nature="labour")
    assert sum(entries.values_list("amount_nanos", flat=True)) == 1001 * DOLLAR
    have_reference("labour_rates: [{role: engineer, hourly: 120.00, from: 2026-10-02}]", at=NOW)
    assert hours_of("Prompts") == ("1001.000000000", "100.000000000")


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def hours_of(name: str) -> tuple[str, str]:
    cost = FixedCost.objects.get(name=name)
    return str(cost.amount), str(cost.hourly)


@pytest.mark.parametrize(
    ("hours", "problem"),
    [
        ("hours: 5, role: nobody", "there is no labour rate for 'nobody' on 2026-10-01"),
        ("hours: 9999999.99, role: chief", "cost 9,999,999,990,000.00 USD, which is too much"),
    ],
)
def test_hours_without_a_rate_or_beyond_what_can_be_kept_are_refused(hours: str, problem: str) -> None:
    text = f"""
labour_rates: [{{role: chief, hourly: 1000000, from: 2026-01-01}}]
fixed_costs: [{{name: Prompts, from: 2026-10-01, to: 2026-10-04, {hours}}}]
"""
    with pytest.raises(CannotApply) as refused:
        have_reference(text, at=NOW)
    assert [each.message for each in refused.value.problems] == [problem]


def test_who_sees_some_teams_sees_their_assets_alone(build: FixedCost, support: Team) -> None:
    have_reference("fixed_costs: [{name: Gateway, from: 2026-10-01, to: 2026-11-01, amount: 31}]", at=NOW)
    assert [each.row.name for each in found(OCTOBER)] == ["Gateway", "In-house build"]
    assert [each.row.name for each in found(OCTOBER, teams=frozenset({build.team_id or 0}))] == ["In-house build"]
    ludo = client_of(make_user("ludo", Role.TEAM_LEAD, support))
    assert "In-house build" not in ludo.get(reverse("assets")).content.decode()
    for name in ("asset", "asset-csv"):
        assert ludo.get(reverse(name, kwargs={"identity": build.identity})).status_code == 404
    assert ludo.get(reverse("api-assets")).json()["assets"] == []


def test_page_file_and_api_say_the_same(build: FixedCost, fiona: User) -> None:
    have_build(ABANDONED)
    client: Client = client_of(fiona)
    page = client.get(reverse("asset", kwargs={"identity": build.identity}), {"from": "2026-09", "to": "2026-09"})
    text = client.get(reverse("asset-csv", kwargs={"identity": build.identity})).content.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    [told] = client.get(reverse("api-assets"), {"from": "2026-09", "to": "2026-09"}).json()["assets"]
    assert rows == told["months"]
    assert [(line.month, to_text(line.charged.total)) for line, _, _ in page.context["each"].months_of_schedule] == [
        (Month.parse(row["month"]), row["charged_usd"]) for row in rows
    ]
    assert rows[-1] == {
        "month": "2026-09", "opening_usd": "1920990.56603769", "amortised_usd": "148584.90566038",
        "written_off_usd": "1772405.66037731", "charged_usd": "1920990.56603769", "closing_usd": "0.00",
    }  # fmt: skip
    assert (told["book_value_usd"], told["period"]["charged_usd"]) == ("0.00", rows[-1]["charged_usd"])
    assert to_text(page.context["per"].own_each) == told["period"]["charged_per_success_usd"]


@pytest.mark.parametrize("asked", [{"from": "2026-13"}, {"from": "2026-10", "to": "2026-09"}, {"by": "tier"}])
def test_months_that_make_no_sense_are_refused(asked: dict[str, str], fiona: User) -> None:
    client = client_of(fiona)
    assert {client.get(reverse(name), asked).status_code for name in ("assets", "api-assets")} == {400}
    assert client.get(reverse("asset", kwargs={"identity": FixedCost().identity}), asked).status_code == 400


def test_before_anything_happened_there_is_nothing_to_divide_by(build: FixedCost) -> None:
    [march] = found(Month(2026, 3))
    assert (march.per_success.successes, march.per_success.own_each) == (0, None)
    assert march.per_success.own == 31 * DAY
