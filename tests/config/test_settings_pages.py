"""Settings of reference data: a change is shown with what it moves, and then does move just that."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from audits.models import FixedCost, LabourRate
from spend.domain.effects import Effect
from spend.domain.money import to_nanos
from spend.domain.reference.records import ALWAYS
from spend.models import Call, Llm, LlmTier, Price, TaskType, Tier
from spend.queries import repricing
from tests.build import have_reference, record, report

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
REFERENCE = """
teams:        [{name: Claims}]
labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
tiers:        [{name: mid, from_blended: 0.75}, {name: frontier, from_blended: 4}]
models:       [{provider: openai, name: gpt-5, aliases: [five], tier: frontier,
                prices: [{from: 2026-01-01, input: 1, output: 10}]},
               {provider: own, name: llama}]
task_types:   [{name: claim, manual_minutes: 30, role: adjuster, acceptance_days: 14}]
fixed_costs:  [{name: GPU lease, from: 2026-01-01, to: 2026-03-01, amount: 5900, tier: mid}]
"""


def call(number: int, day: str, model: str = "gpt-5", provider: str = "openai", **more: Any) -> dict[str, Any]:
    return {
        "id": f"call-{number}", "occurred_at": f"{day}T08:00:00Z", "provider": provider, "model": model,
        "task": f"task-{number}", "task_type": "claim", "team": "Claims", "input_tokens": 1_000_000,
        "output_tokens": 100_000, **more,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _facts(time_stands_still: None) -> None:
    have_reference(REFERENCE, at=AT)
    record(
        "call",
        call(1, "2026-09-05"),
        call(2, "2026-09-06"),
        call(3, "2026-10-05"),
        call(4, "2026-10-06", cost_usd="7"),
        call(5, "2026-11-01", model="llama", provider="own"),
        call(6, "2026-11-15"),
        at=AT,
    )
    work = {"worked_on": "2026-10-05", "minutes": 30, "role": "adjuster", "activity": "fix", "team": "Claims"}
    record("correction", {"id": "work", "task": "task-3", **work}, at=AT)
    report(AT)


@pytest.fixture
def time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("revising", "models", "index", "tiers", "fixed_costs"):
        monkeypatch.setattr(f"config.pages.{place}.timezone.now", lambda: AT)


@pytest.fixture
def desk(fiona: User) -> Client:
    client = Client()
    client.force_login(fiona)
    return client


def told(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def fill_in(desk: Client, page: str, pk: int | None = None, /, **words: Any) -> Any:
    """Fill in the form of a page as it stands there, change `words`, send it."""
    address = reverse(page, args=[] if pk is None else [pk])
    form = desk.get(address).context["form"]
    given = {name: form[name].value() for name in form.fields} | words
    return desk.post(address, {name: value for name, value in given.items() if value not in (None, False)})


def confirm(desk: Client, preview: Any) -> Any:
    sent: dict[str, list[str]] = {}
    for name, value in preview.context["sent"]:
        sent.setdefault(name, []).append(value)
    return desk.post(preview.request["PATH_INFO"], sent, follow=True)


def months(preview: Any) -> dict[str, dict[str, tuple[int, int, int]]]:
    """Return title -> month -> (count, nanos before, nanos after) of what a page says would move."""
    effects: list[Effect] = preview.context["effects"]
    return {
        effect.title: {str(month): (row.count, row.before, row.after) for month, row in effect.rows}
        for effect in effects
    }


def bill() -> dict[str, Decimal | None]:
    rows = report(AT, from_="2026-09", to="2026-11", by="month")["rows"]
    return {row["month"]: row["token_bill"] and Decimal(row["token_bill"]) for row in rows}


def dollars(amount: str) -> int:
    return to_nanos(Decimal(amount))


GPT = {"provider": "openai", "name": "gpt-5"}


def gpt() -> Llm:
    return Llm.objects.get(**GPT)


def test_a_price_shows_the_months_it_moves_and_then_moves_them(desk: Client) -> None:
    before = bill()
    preview = fill_in(desk, "settings-model-price", gpt().pk, starts_on="2026-10-01", input="0.5", output="8")
    # October's other call was stated by its sender, and September is before the price
    assert months(preview) == {
        "Token bill": {"2026-10": (1, dollars("2"), dollars("1.3")), "2026-11": (1, dollars("2"), dollars("1.3"))}
    }
    assert (bill(), Price.objects.count()) == (before, 1)  # nothing is saved, nothing remembered
    assert "saved" in told(confirm(desk, preview))
    assert bill() == before | {"2026-10": Decimal("8.3"), "2026-11": Decimal("1.3")}
    new = Price.objects.get(starts_on=date(2026, 10, 1))
    assert (new.source, new.input, new.superseded_at) == ("contract", Decimal("0.5"), None)


def test_a_first_price_prices_what_was_unpriced(desk: Client) -> None:
    llama = Llm.objects.get(name="llama")
    preview = fill_in(desk, "settings-model-price", llama.pk, starts_on="2026-01-01", input="1", output="1")
    assert months(preview) == {"Token bill": {"2026-11": (1, 0, dollars("1.1"))}}
    assert "Unpriced calls that get a price: 1." in told(preview)


def test_too_many_calls_are_estimated_from_an_even_draw_and_said_to_be(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = [call(100 + number, "2026-08-05") for number in range(400)]
    record("call", *more, at=AT)
    monkeypatch.setattr(repricing, "CALLS_LOOKED_AT", 100)
    preview = fill_in(desk, "settings-model-price", gpt().pk, starts_on="2026-08-01", ends_on="2026-09-01", input="2")
    [effect] = preview.context["effects"]
    assert effect.one_in == 5
    assert "Estimated from one call in 5" in told(preview)
    assert 200 < effect.total.count < 600
    confirm(desk, preview)
    assert Call.objects.filter(day__lt=date(2026, 9, 1), cost_nanos=None).count() == 400  # output has no rate


def test_a_tier_shows_the_calls_that_change_theirs(desk: Client) -> None:
    preview = fill_in(desk, "settings-model-tier", gpt().pk, tier="mid", starts_on="2026-10-06")
    assert months(preview) == {
        "Token bill that changes tier": {"2026-10": (1, 0, dollars("7")), "2026-11": (1, 0, dollars("2"))}
    }
    confirm(desk, preview)
    rows = {row["tier"]: row["token_bill"] for row in report(AT, from_="2026-10", to="2026-11")["rows"]}
    assert (rows["mid"], rows["frontier"]) == ("9.00", "2.00")


def test_a_tier_by_hand_takes_the_place_of_the_derived_one(desk: Client) -> None:
    LlmTier.objects.update(derived=True)
    confirm(desk, fill_in(desk, "settings-model-tier", gpt().pk, tier="mid", starts_on=""))
    row = LlmTier.objects.get(llm=gpt())
    assert (row.tier.name, row.derived, row.starts_on) == ("mid", False, ALWAYS)


def test_a_rate_shows_what_corrections_would_cost(desk: Client) -> None:
    preview = fill_in(desk, "settings-rate-new", role="adjuster", starts_on="2026-10-01", hourly="90")
    assert months(preview)["Corrections and incidents"] == {"2026-10": (1, dollars("30"), dollars("45"))}
    assert months(preview)["Tasks whose cost by hand or value is reckoned anew"]["2026-10"][0] == 2
    assert report(AT, from_="2026-10", to="2026-10")["total"]["internal_failure"] == "30.00"
    confirm(desk, preview)
    assert report(AT, from_="2026-10", to="2026-10")["total"]["internal_failure"] == "45.00"


def test_a_rate_shows_what_hours_of_fixed_costs_would_cost(desk: Client) -> None:
    words = {"starts_on": "2026-01-01", "ends_on": "2026-02-01", "role": "adjuster", "hours": "3.1"}
    confirm(desk, fill_in(desk, "settings-fixed-cost-new", name="Prompts", kind="prevention", asset="other", **words))
    assert report(AT, from_="2026-01", to="2026-01")["total"]["labour"] == "186.00"
    preview = fill_in(desk, "settings-rate", LabourRate.objects.get().pk, hourly="90")
    moved = months(preview)["Corrections, incidents and fixed costs"]["2026-01"]
    assert moved == (1, dollars("186"), dollars("279"))
    confirm(desk, preview)
    assert report(AT, from_="2026-01", to="2026-01")["total"]["labour"] == "279.00"


def test_a_salary_becomes_an_hourly_rate_that_is_shown(desk: Client) -> None:
    words = {"role": "analyst", "starts_on": "2026-01-01", "salary": "150000", "overhead": "0.30"}
    assert "Is required." in told(fill_in(desk, "settings-rate-new", **words))
    preview = fill_in(desk, "settings-rate-new", **words, productive_hours="1700")
    assert "hourly none 114.705882353" in told(preview)
    confirm(desk, preview)
    assert LabourRate.objects.get(role="analyst").hourly == Decimal("114.705882353")
    again = fill_in(desk, "settings-rate", LabourRate.objects.get(role="analyst").pk)
    assert again.status_code == 302  # nothing to save


def test_a_fixed_cost_shows_what_each_month_bears(desk: Client) -> None:
    lease = FixedCost.objects.get()
    preview = fill_in(desk, "settings-fixed-cost", lease.pk, amount="11800")
    assert months(preview) == {
        "Fixed cost": {
            "2026-01": (31, dollars("3100"), dollars("6200")),
            "2026-02": (28, dollars("2800"), dollars("5600")),
        }
    }
    confirm(desk, preview)
    assert report(AT, from_="2026-01", to="2026-01")["total"]["fixed_compute"] == "6200.00"


def test_an_abandoned_fixed_cost_is_written_off_on_its_day(desk: Client) -> None:
    preview = fill_in(desk, "settings-fixed-cost", FixedCost.objects.get().pk, abandoned_on="2026-01-10")
    assert months(preview)["Fixed cost"]["2026-01"][2] == dollars("5900")
    assert months(preview)["Fixed cost"]["2026-02"][2] == 0


def test_a_window_shows_which_tasks_it_would_call_presumed_or_pending(desk: Client) -> None:
    kind = TaskType.objects.get()
    shorter = fill_in(desk, "settings-task-type", kind.pk, acceptance_days="3")
    assert months(shorter) == {"Pending tasks that become presumed": {"2026-11": (1, 0, 0)}}
    longer = fill_in(desk, "settings-task-type", kind.pk, acceptance_days="60")
    assert months(longer) == {"Presumed tasks that become pending again": {"2026-10": (2, 0, 0), "2026-11": (1, 0, 0)}}
    confirm(desk, longer)
    assert report(AT, from_="2026-09", to="2026-11")["total"]["pending"] == 4


@pytest.mark.parametrize(
    ("page", "words", "said"),
    [
        ("settings-rate-new", {"role": "x", "starts_on": "2026-01-01", "hourly": "much"}, "Must be a number, not"),
        ("settings-rate-new", {"role": "x", "starts_on": "1/2/2026", "hourly": "1"}, "Must be a date like 2026-01-31"),
        ("settings-tier-new", {"name": "top", "from_blended": "9", "claimed_fail_rate": "5"}, "Must be from 0 to 1"),
        ("settings-task-type-new", {"name": "x", "acceptance_days": "2.5"}, "Must have at most 0 decimal places"),
        ("settings-model-new", {"provider": "openai", "name": "new", "aliases": "five"}, "already means openai/gpt-5"),
        (
            "settings-fixed-cost-new",
            {"name": "x", "amount": "1", "starts_on": "2026-02-01", "ends_on": "2026-01-01"},
            "Must end after it starts",
        ),
        (
            "settings-fixed-cost-new",
            {"name": "x", "amount": "1", "starts_on": "2026-01-01", "ends_on": "2026-02-01", "model": "nowhere"},
            "There is no model",
        ),
    ],
)
def test_what_the_file_would_refuse_is_refused_in_the_same_words(
    desk: Client, page: str, words: dict[str, str], said: str
) -> None:
    response = fill_in(desk, page, **words)
    assert said in told(response)
    assert "form" in response.context
    assert "effects" not in response.context


def test_a_free_price_that_costs_something_is_refused(desk: Client) -> None:
    page = fill_in(desk, "settings-model-price", gpt().pk, starts_on="2026-10-01", input="1", free="on")
    assert "cannot be free and cost something" in told(page)


def test_the_list_of_aliases_is_the_whole_list(desk: Client) -> None:
    preview = fill_in(desk, "settings-model-edit", gpt().pk, aliases="fifth\ncinq", weights="closed")
    assert preview.context["effects"] == []
    assert "No figure of any month." in told(preview)
    confirm(desk, preview)
    assert (gpt().aliases, gpt().weights) == (["fifth", "cinq"], "closed")


def test_a_model_that_is_free_after_all_is_priced_at_what_was_stated(desk: Client) -> None:
    record("call", call(9, "2026-10-09", model="llama", provider="own", cost_usd="0"), at=AT)
    preview = fill_in(desk, "settings-model-edit", Llm.objects.get(name="llama").pk, free="on")
    assert "Unpriced calls that get a price: 1." in told(preview)


def test_a_price_is_withdrawn_after_it_is_shown_what_becomes_unpriced(desk: Client) -> None:
    price = Price.objects.get()
    address = reverse("settings-price-withdraw", args=[price.pk])
    asked = desk.get(address)
    assert months(asked)["Token bill"]["2026-09"] == (2, dollars("4"), 0)
    assert "nothing says what they cost: 4." in told(asked)
    desk.post(address)
    price.refresh_from_db()
    assert price.superseded_at == AT
    assert bill()["2026-09"] is None
    assert "no longer in force" in told(desk.get(address, follow=True))


def test_the_second_of_two_people_is_shown_what_the_first_one_saved(desk: Client) -> None:
    rate = LabourRate.objects.get()
    mine = fill_in(desk, "settings-rate", rate.pk, hourly="70")
    confirm(desk, fill_in(desk, "settings-rate", rate.pk, hourly="65"))
    again = confirm(desk, mine)
    assert "hourly was 60, is 65" in told(again)
    rate.refresh_from_db()
    assert rate.hourly == 65
    confirm(desk, again)
    rate.refresh_from_db()
    assert rate.hourly == 70


def test_a_form_opened_before_somebody_saved_says_so_when_it_is_sent(desk: Client) -> None:
    tier = Tier.objects.get(name="mid")
    address = reverse("settings-tier", args=[tier.pk])
    seen = desk.get(address).context["form"]["seen"].value()
    Tier.objects.filter(pk=tier.pk).update(claimed_fail_rate=Decimal("0.3"))
    preview = desk.post(address, {"from_blended": "0.75", "claimed_fail_rate": "0.2", "seen": seen})
    assert "claimed_fail_rate was none, is 0.3" in told(preview)


def test_two_who_add_the_same_do_not_undo_each_other(desk: Client) -> None:
    words = {"role": "clerk", "starts_on": "2026-01-01"}
    mine = fill_in(desk, "settings-rate-new", **words, hourly="30")
    confirm(desk, fill_in(desk, "settings-rate-new", **words, hourly="40"))
    assert "hourly was none, is 40" in told(confirm(desk, mine))
    assert LabourRate.objects.get(role="clerk").hourly == 40


def test_unpriced_models_come_first_and_can_be_searched_with_all_others(desk: Client) -> None:
    page = desk.get(reverse("settings-models"))
    assert [(str(row["llm"]), row["is_unpriced"]) for row in page.context["rows"]] == [
        ("own/llama", True),
        ("openai/gpt-5", False),
    ]
    assert "1 model unpriced" in told(desk.get(reverse("settings")))
    found = desk.get(reverse("settings-models"), {"q": "five"})
    assert [str(row["llm"]) for row in found.context["rows"]] == ["openai/gpt-5"]


def test_roles_in_use_without_a_rate_come_first(desk: Client) -> None:
    LabourRate.objects.all().delete()
    assert "adjuster is in use without a rate" in told(desk.get(reverse("settings-rates"))).replace("  ", " ")
    assert "1 role without a rate: adjuster" in told(desk.get(reverse("settings")))


def test_the_history_of_a_model_shows_what_was_superseded(desk: Client) -> None:
    confirm(desk, fill_in(desk, "settings-model-price", gpt().pk, starts_on="2026-01-01", input="2", output="20"))
    page = desk.get(reverse("settings-model", args=[gpt().pk]))
    assert "1 price of before, superseded or withdrawn" in told(page)
    assert len(page.context["timeline"].lines[0].bars) == 1


def test_finance_sees_no_people_and_administrators_do(desk: Client, ada: User) -> None:
    assert "Who gets in" not in told(desk.get(reverse("settings")))
    desk.force_login(ada)
    assert "Who gets in" in told(desk.get(reverse("settings")))
    assert Team.objects.count() == 1
