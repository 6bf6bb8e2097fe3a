"""The overview: what it says, of whom, that figures lead to their rows, and what needs attention."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import create_key
from accounts.models import ApiKey, Role, Scope, Team, User
from audits.views.attention import Item
from spend.models import Tier
from tests.build import have_reference, record
from tests.cast import make_user

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REFERENCE = """
labour_rates: [{role: adjuster, hourly: 60.00, from: 2026-01-01}]
tiers:
  - {name: commodity, from_blended: 0.00}
  - {name: frontier, from_blended: 4.00}
models:
  - {provider: acme, name: small, tier: commodity, prices: [{from: 2026-01-01, input: 1, output: 1, source: contract}]}
  - {provider: acme, name: large, tier: frontier, prices: [{from: 2026-01-01, input: 24, output: 24, source: contract}]}
"""
ENOUGH = 120


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reference(claims: Team) -> None:
    have_reference(REFERENCE, at=NOW)


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(user: User) -> Any:
    answer = seen_by(user).get("/overview")
    assert answer.status_code == 200
    return answer.context


def text_of(user: User) -> str:
    return seen_by(user).get("/overview").content.decode()


def work(month: str, model: str = "small", tasks: int = ENOUGH, *, fixed: int = 0, team: str = "Claims") -> None:
    """Have tasks of a month done by a model for a million tokens each, all successful, the first `fixed` of them after
    half an hour of work.
    """
    names = [f"{month}-{model}-{n}" for n in range(tasks)]
    calls = [call(name, f"{month}-05", model, team) for name in names]
    outcomes = [{"task": name, "outcome": "success", "team": team} for name in names]
    corrections = [
        {"id": f"fix-{name}", "task": name, "worked_on": f"{month}-06", "minutes": 30, "role": "adjuster",
         "activity": "fix", "team": team}
        for name in names[:fixed]
    ]  # fmt: skip
    record("call", *calls, at=NOW)
    record("outcome", *outcomes, at=NOW)
    record("correction", *corrections, at=NOW)


def call(name: str, day: str, model: str = "small", team: str = "Claims", **more: Any) -> dict[str, Any]:
    return {
        "id": name, "task": name, "occurred_at": f"{day}T08:00:00Z", "provider": "acme", "model": model, "team": team,
        "input_tokens": 1_000_000, "output_tokens": 0, **more,
    }  # fmt: skip


def have_tiers(count: int) -> None:
    """Have tiers of one model each, the price of the later ones higher: model-00 in tier-00, $1 a task."""
    tiers = [f"- {{name: tier-{n:02}, from_blended: {n}}}" for n in range(count)]
    models = [
        f"- {{provider: acme, name: model-{n:02}, tier: tier-{n:02},"
        f" prices: [{{from: 2026-01-01, input: {n + 1}, output: 1, source: contract}}]}}"
        for n in range(count)
    ]
    have_reference("\n".join(["tiers:", *tiers, "models:", *models]), at=NOW)


def test_the_front_door_leads_to_it(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/overview"


def test_an_empty_installation_says_what_to_do(ada: User) -> None:
    assert "No calls yet" in text_of(ada)


def test_who_is_in_no_team_is_told_so(reference: None) -> None:
    work("2026-10", tasks=1)
    assert "Nothing of your teams yet" in text_of(make_user("vera", Role.VIEWER))


# The months


def changes(user: User) -> list[str]:
    return [panel.main.change if panel.main else "" for panel in page_of(user)["panels"]]


def test_a_change_within_chance_has_no_direction(ada: User, reference: None) -> None:
    work("2026-09", fixed=30)
    work("2026-10", fixed=32)
    assert changes(ada)[0] == "not distinguishable from September's $8.50"


def test_a_change_beyond_chance_has_one(ada: User, reference: None) -> None:
    work("2026-09", fixed=10)
    work("2026-10", fixed=100)
    assert changes(ada)[0] == "642.9% above September's $3.50, beyond chance"


def test_a_change_is_not_said_of_few_successes_nor_across_other_coverage(ada: User, reference: None) -> None:
    work("2026-09", tasks=99)
    work("2026-10", fixed=10)
    assert changes(ada)[0] == "not compared with September's $1.00: fewer than 100 successes"


def test_totals_of_a_part_of_a_month_are_not_held_against_a_whole_one(ada: User, reference: None) -> None:
    work("2026-09")
    work("2026-10", tasks=150)
    work("2026-11", tasks=30)
    whole, so_far = page_of(ada)["panels"]
    assert [figure.change for figure in whole.figures] == [
        "+25.0% on September",
        "+25.0% on September",
        "1\N{MULTIPLICATION SIGN} in September",
    ]
    assert [figure.change for figure in so_far.figures] == ["", "", "1\N{MULTIPLICATION SIGN} in October"]
    assert (so_far.about, so_far.notes[0]) == ("so far: day 20 of 30", "Totals are compared once the month is over.")


def test_a_month_that_still_moves_says_so(ada: User, reference: None) -> None:
    work("2026-10")
    record("call", call("open", "2026-11-19", input_tokens=None, output_tokens=None), at=NOW)
    notes = page_of(ada)["panels"][1].notes
    assert "100% of the tasks are pending: these figures still move." in notes
    assert "1 call without a known price: amounts marked + are lower bounds." in notes


# The sentence


def test_the_sentence_is_of_the_last_full_month(ada: User, reference: None) -> None:
    work("2026-10", "small", fixed=100)
    work("2026-10", "large")
    found = page_of(ada)
    assert found["sentence"].replace("\N{MULTIPLICATION SIGN}", "x") == (
        "Commodity answers look 24x cheaper; after rework they are not distinguishable from frontier ones: $23.99 to"
        " $28.01 per success against $24.00 to $24.00."
    )
    assert found["shown"] == "October 2026"


def test_in_its_first_month_an_installation_sees_that_month(ada: User, reference: None) -> None:
    work("2026-11")
    found = page_of(ada)
    assert found["shown"] == "November 2026"
    assert found["sentence"] == (
        "Tiers are not compared: two tiers with at least 100 successful tasks each are needed; commodity has 120."
    )
    assert found["flows"].rows[0].total.nanos == 120 * 10**9


# Trend and flows


def test_of_forty_tiers_the_dearest_are_drawn_and_the_tables_have_all(ada: User, reference: None) -> None:
    have_tiers(40)
    for n in range(40):
        work("2026-10", f"model-{n:02}", tasks=1)
    found = page_of(ada)
    assert len(found["trend"].series) == 40
    assert [series.name for series in found["trend"].drawn] == [f"tier-{n}" for n in range(32, 40)]
    drawn = found["flows"].as_data()["tiers"]
    assert [tier["label"] for tier in drawn] == [*(f"tier-{n}" for n in range(39, 31, -1)), "32 other tiers"]


# Who sees what


def test_a_team_lead_sees_the_own_teams_only(ada: User, lena: User, reference: None, support: Team) -> None:
    work("2026-10")
    work("2026-10", "large", tasks=10, team="Support")
    assert "frontier" not in text_of(lena)
    assert page_of(lena)["panels"][0].figures[0].value == 120 * 10**9
    assert page_of(ada)["panels"][0].figures[0].value == 360 * 10**9


def test_names_cannot_break_out_of_the_page(ada: User, reference: None) -> None:
    work("2026-10", fixed=1)
    Tier.objects.filter(name="commodity").update(name="</script><script>alert(1)</script>")
    assert "<script>alert" not in text_of(ada)


def test_its_queries_do_not_grow_with_tiers_and_teams(ada: User, reference: None) -> None:
    work("2026-10", fixed=1)
    few = queries_of(ada)
    have_tiers(6)
    for n in range(6):
        Team.objects.create(name=f"Team {n}")
        work("2026-10", f"model-{n:02}", tasks=3, fixed=2, team=f"Team {n}")
        work("2026-09", f"model-{n:02}", tasks=3, team=f"Team {n}")
    assert queries_of(ada) <= few


def queries_of(user: User) -> int:
    client = seen_by(user)
    client.get("/overview")  # works in what is new
    with CaptureQueriesContext(connection) as asked:
        client.get("/overview")
    return len(asked)


# What needs attention


def titles(user: User) -> list[str]:
    return [item.title for item in attention(user)]


def attention(user: User) -> list[Item]:
    return page_of(user)["attention"]


def test_nothing_needs_attention_where_all_is_known(ada: User, reference: None) -> None:
    work("2026-11")
    assert titles(ada) == []
    assert "calls keep coming" in text_of(ada)


def test_calls_without_a_price_are_named_by_model_with_the_remedy_of_the_reader(
    ada: User, lena: User, reference: None
) -> None:
    work("2026-11", "nobody-knows", tasks=2)
    [mine], [theirs] = attention(ada), attention(lena)
    assert mine.title == theirs.title == "2 calls without a known price: acme/nobody-knows"
    assert mine.href == reverse("settings-models")
    assert seen_by(lena).get(theirs.href).context["sums"]["calls"] == 2


def test_a_role_without_a_rate_is_for_those_who_write_rates(ada: User, lena: User, reference: None) -> None:
    work("2026-11")
    later = "labour_rates: [{role: examiner, hourly: 60.00, from: 2026-12-01}]"
    have_reference(f"{later}\ntask_types: [{{name: claim, manual_minutes: 30, role: examiner}}]", at=NOW)
    assert titles(ada) == ["1 role without a labour rate: examiner"]
    assert titles(lena) == []


def test_tasks_nobody_judged_lead_to_their_list(ada: User, reference: None) -> None:
    work("2026-10", tasks=6)
    record("call", call("silence", "2026-10-07"), call("and again", "2026-10-07"), at=NOW)
    [item] = [item for item in attention(ada) if "verdict" in item.title]
    assert item.title == "2 tasks of October 2026 without outcome or verdict (25%)"
    assert seen_by(ada).get(item.href).context["sums"]["tasks"] == 2


def test_cost_of_no_tier_leads_to_its_entries(ada: User, reference: None) -> None:
    work("2026-10", tasks=6)
    have_reference(
        "fixed_costs: [{name: Gateway, from: 2026-10-01, to: 2026-11-01, amount: 62.00, kind: compute}]", at=NOW
    )
    [item] = [item for item in attention(ada) if "no tier" in item.title]
    assert item.title == "$62.00 of October 2026 could be given to no tier"
    assert seen_by(ada).get(item.href).context["sums"]["amount_nanos"] == 62 * 10**9


def test_an_open_incident_leads_to_where_it_is_decided_on(ada: User, victor: User, reference: None) -> None:
    work("2026-11", tasks=1)
    fault = {"id": "i-1", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-01-07", "loss_usd": 5}
    record("incident", {**fault, "status": "open", "team": "Claims"}, at=NOW)
    [mine], [theirs] = attention(ada), attention(victor)
    assert (mine.title, mine.remedy, theirs.remedy) == ("1 open incident", "Confirm or dismiss", "Show them")
    assert seen_by(victor).get(theirs.href).status_code == 200


def test_corrections_that_found_nothing_lead_to_their_list(ada: User, reference: None) -> None:
    work("2026-11", tasks=3, fixed=3)
    lost = {"worked_on": "2026-11-06", "minutes": 30, "role": "adjuster", "activity": "fix", "team": "Claims"}
    record("correction", {**lost, "id": "k-1", "task": "nowhere"}, {**lost, "id": "k-2"}, at=NOW)
    [item] = [item for item in attention(ada) if "never came" in item.title]
    assert item.title == "25.0% of the corrections name a task or call that never came"
    rows = seen_by(ada).get(item.href).context["page"].rows
    assert [row["id"] for row in rows] == ["k-1"]


def test_a_team_whose_regular_calls_have_stopped_is_named(
    ada: User, lena: User, support: Team, reference: None
) -> None:
    days = [f"2026-11-{day:02}" for day in range(1, 13)]
    record("call", *(call(day, day) for day in days), at=NOW)
    record("call", call("once", "2026-11-01", team="Support"), at=NOW)
    [item] = [item for item in attention(lena) if "any more" in item.title]
    assert item.title == "No calls any more of Claims (last on 2026-11-12)"
    assert seen_by(lena).get(item.href).context["sums"]["calls"] == 12
    record("call", call("again", "2026-11-13"), at=NOW)
    assert not [item for item in attention(ada) if "any more" in item.title]


def test_a_key_no_longer_used_is_for_administrators(ada: User, fiona: User, reference: None) -> None:
    work("2026-11")
    for name, days in (("stopped", 8), ("in use", 1), ("long gone", 70), ("revoked", 8)):
        key, _ = create_key(name=name, scopes=[Scope.INGEST], team=None, at=NOW - timedelta(days=90))
        revoked_at = NOW if name == "revoked" else None
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=NOW - timedelta(days=days), revoked_at=revoked_at)
    assert titles(ada) == ["API keys no longer used: stopped (last on 2026-11-12)"]
    assert titles(fiona) == []
