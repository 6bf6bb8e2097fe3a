"""A changed price of many calls is worked in by a job: resumable, at the right prices whatever comes between."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from audits.actions.rebuild import rebuild
from spend.actions import reprice
from spend.actions.reprice import work_off
from spend.jobs import work_off_repricings
from spend.models import Call, RepricedMonth, Repricing
from spend.queries.repricing import under_way
from tests.build import have_reference, record, report

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = ("2026-09-05", "2026-09-06", "2026-10-05", "2026-11-15")
REFERENCE = """
teams:  [{name: Claims}, {name: Support}]
tiers:  [{name: mid, from_blended: 0.75}, {name: frontier, from_blended: 4}]
models: [{provider: openai, name: gpt-5, tier: frontier, prices: [{from: 2026-01-01, input: 1, output: 10}]},
         {provider: own, name: llama, tier: mid, prices: [{from: 2026-01-01, input: 1, output: 1}]}]
"""
PRICE = """
models: [{provider: openai, name: gpt-5, prices: [{from: "FROM", input: INPUT, output: 10}]}]
"""


def call(name: str, day: str, team: str = "Claims", model: str = "gpt-5", **more: Any) -> dict[str, Any]:
    return {
        "id": name, "occurred_at": f"{day}T08:00:00Z", "model": model, "task": name, "team": team,
        "input_tokens": 1_000_000, "output_tokens": 100_000, **more,
    }  # fmt: skip


def new_price(dollars: str, since: str = "2026-09-06") -> None:
    have_reference(PRICE.replace("FROM", since).replace("INPUT", dollars), at=AT)


def bill() -> dict[str, str]:
    return {row["month"]: row["token_bill"] for row in report(AT, from_="2026-09", to="2026-11", by="month")["rows"]}


@pytest.fixture(autouse=True)
def _many(settings: Any) -> None:
    settings.REPRICE_AT_ONCE = 3
    have_reference(REFERENCE, at=AT)
    calls = [call(f"{team}-{day}", day, team) for team in ("Claims", "Support") for day in DAYS]
    record("call", *calls, call("other", DAYS[2], model="llama"), call("test", DAYS[2], environment="test"), at=AT)
    assert bill() == {"2026-09": "8.00", "2026-10": "5.10", "2026-11": "4.00"}


def test_many_calls_keep_their_prices_until_the_job_has_come_to_them() -> None:
    new_price("2")
    assert bill() == {"2026-09": "8.00", "2026-10": "5.10", "2026-11": "4.00"}
    record("call", call("late", DAYS[3]), at=AT)  # comes in at the new price while the order stands
    assert bill()["2026-11"] == "7.00"
    work_off()
    assert bill() == {"2026-09": "10.00", "2026-10": "7.10", "2026-11": "9.00"}
    order = Repricing.objects.get()
    assert (order.total, order.done, order.changed) == (8, 8, 7)  # one was late, and priced as it came
    assert under_way() is None
    assert rebuild(at=AT, today=AT.date()) == []


def test_what_it_moved_is_kept_by_month_team_and_model() -> None:
    new_price("2")
    work_off()
    moved = RepricedMonth.objects.values_list(
        "month", "team__name", "llm__name", "calls", "before_nanos", "after_nanos"
    )
    once = ("gpt-5", 1, 2_000_000_000, 3_000_000_000)
    assert set(moved) == {
        (date(2026, month, 1), team, *once) for month in (9, 10, 11) for team in ("Claims", "Support")
    }


def test_calls_that_lose_their_price_are_counted_beside_the_money() -> None:
    have_reference('models: [{provider: openai, name: gpt-5, prices: [{from: "2026-11-01", input: 2}]}]', at=AT)
    work_off()
    row = RepricedMonth.objects.get(team__name="Claims")
    assert (row.calls, row.priced, row.unpriced, row.before_nanos, row.after_nanos) == (1, 0, 1, 2_000_000_000, 0)
    new_price("2")
    work_off()
    row = RepricedMonth.objects.get(team__name="Claims", month=date(2026, 10, 1))
    assert (row.priced, row.unpriced) == (0, 0)


def test_a_worker_that_stops_anywhere_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    new_price("2")
    steps = 0

    def one_step(order: Repricing) -> bool:
        nonlocal steps
        steps += 1
        return False

    while under_way():
        work_off(one_step)
        assert steps < 20
    assert bill() == {"2026-09": "10.00", "2026-10": "7.10", "2026-11": "6.00"}
    assert sum(RepricedMonth.objects.values_list("calls", flat=True)) == 6


def test_a_step_that_fails_leaves_nothing_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    new_price("2")
    note = reprice._note

    def breaks(*given: Any) -> None:
        note(*given)
        raise RuntimeError("killed")

    work_off(lambda order: order.total is None)  # counted, nothing done
    monkeypatch.setattr(reprice, "_note", breaks)
    with pytest.raises(RuntimeError):
        work_off()
    assert (Repricing.objects.get().done, RepricedMonth.objects.count()) == (0, 0)
    monkeypatch.setattr(reprice, "_note", note)
    work_off_repricings()
    assert bill() == {"2026-09": "10.00", "2026-10": "7.10", "2026-11": "6.00"}


def test_a_price_changed_again_meanwhile_wins() -> None:
    new_price("2")
    work_off(lambda order: order.done < 2)
    new_price("4")
    work_off()
    assert bill() == {"2026-09": "14.00", "2026-10": "11.10", "2026-11": "10.00"}
    assert [order.ended_at is not None for order in Repricing.objects.all()] == [True, True]
    before, after = (
        sum(RepricedMonth.objects.values_list(side, flat=True)) for side in ("before_nanos", "after_nanos")
    )
    assert after - before == 6 * 3_000_000_000  # what one order did the other did not do again


def test_few_calls_are_priced_at_once_and_noted_alike(settings: Any) -> None:
    settings.REPRICE_AT_ONCE = 100
    new_price("2")
    assert bill() == {"2026-09": "10.00", "2026-10": "7.10", "2026-11": "6.00"}
    order = Repricing.objects.get()
    assert (order.total, order.done, order.changed, order.ended_at) == (7, 7, 7, AT)
    assert RepricedMonth.objects.count() == 6


def test_commands_do_it_themselves(tmp_path: Any) -> None:
    file = tmp_path / "price.yaml"
    file.write_text(PRICE.replace("FROM", "2026-09-06").replace("INPUT", "2"))
    call_command("apply", str(file))
    assert bill()["2026-10"] == "7.10"
    call_command("prices", "set", "openai/gpt-5", "--from", "2026-10-01", "--input", "3", "--output", "10")
    assert bill() == {"2026-09": "10.00", "2026-10": "9.10", "2026-11": "8.00"}


def test_pages_show_how_far_it_is_and_what_it_moved(fiona: User, client: Client) -> None:
    new_price("2")
    work_off(lambda order: order.done < 2)
    client.force_login(fiona)
    page = client.get(reverse("settings-repricings")).content.decode()
    assert "3 of 7 calls looked at, 3 changed" in " ".join(re.sub("<[^>]+>", "", page).split())
    assert "every 2s" in page
    assert "Prices changed:" in client.get(reverse("report")).content.decode()
    client.force_login(User.objects.create_user("victor", role="viewer"))
    told = client.get(reverse("report")).content.decode()
    assert "Prices changed:" in told
    assert reverse("settings-repricings") not in told
    work_off()
    client.force_login(fiona)
    page = client.get(reverse("settings-repricings")).content.decode()
    assert "every 2s" not in page
    assert "openai/gpt-5" in page
    assert "Prices changed:" not in client.get(reverse("report")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_writer_at_once_lose_nothing() -> None:
    new_price("2")
    failed: list[BaseException] = []

    def run(work: Any) -> None:
        try:
            work()
        except BaseException as problem:
            failed.append(problem)
        finally:
            connections.close_all()

    def write() -> None:
        for number in range(20):
            record("call", call(f"more-{number}", DAYS[number % 4]), at=AT)

    threads = [threading.Thread(target=run, args=[work]) for work in (work_off, work_off, write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work_off()
    assert failed == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT day >= '2026-09-06', cost_nanos FROM spend_call WHERE llm_id <> %s",
                       [Call.objects.get(external_id="other").llm_id])  # fmt: skip
        assert set(cursor.fetchall()) == {(False, 2_000_000_000), (True, 3_000_000_000)}
    assert Team.objects.count() == 2
    assert rebuild(at=AT, today=AT.date()) == []
