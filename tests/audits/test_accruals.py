"""Rework still to come is accrued by a close: reported in its month, taken back in the next, restated never there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.models import Team, User
from audits.actions.accruing import accrue
from audits.actions.catch_up import catch_up
from audits.actions.closing import Accrual, close_month, draft, reopen
from audits.domain.accrual import Stratum, accrual_entries
from audits.domain.closing import CannotClose
from audits.models import Close, Entry
from audits.queries.bridge import bridge_of
from audits.queries.reports import true_cost
from audits.queries.sums import Query
from audits.queries.verify import faults
from spend.domain.periods import Month, Period
from tests.build import have_reference, record

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=3)
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
DOLLAR = 10**9
REFERENCE = """
labour_rates: [{role: adjuster, hourly: 60.00, from: 2025-01-01}]
tiers: [{name: commodity, from_blended: 0.00}, {name: frontier, from_blended: 9.00}]
models:
  - {provider: acme, name: small, tier: commodity, prices: [{from: 2025-01-01, input: 1, output: 1, source: contract}]}
  - {provider: acme, name: large, tier: frontier, prices: [{from: 2025-01-01, input: 9, output: 9, source: contract}]}
"""
PROPOSED = Accrual()
WHY = "Past months were of another model."


@pytest.fixture(autouse=True)
def history(claims: Team) -> Iterator[None]:
    """Seven months that came to 60 minutes, 40 known by the 20th; October knows 10 and 5: 7.50 to come."""
    with time_machine.travel(AT, tick=False):
        have_reference(REFERENCE, at=AT)
        month = OCTOBER.previous
        for _ in range(7):
            work_on(f"t-{month}", month, {"soon": (40, month.next.first_day), "late": (20, month.next.next.first_day)})
            month = month.previous
        work_on("cheap", OCTOBER, {"soon": (10, date(2026, 11, 2))})
        work_on("dear", OCTOBER, {"soon": (5, date(2026, 11, 2))}, model="large")
        yield


def work_on(task: str, month: Month, done: dict[str, tuple[int, date]], model: str = "small") -> None:
    said: dict[str, Any] = {"team": "Claims", "provider": "acme", "model": model, "input_tokens": 1000}
    said |= {"id": task, "task": task, "occurred_at": f"{month}-15T09:00:00Z", "output_tokens": 0}
    record("call", said, at=AT)
    record("outcome", {"task": task, "team": "Claims", "outcome": "success"}, at=AT)
    for name, (minutes, day) in done.items():
        more = {"worked_on": day.isoformat(), "minutes": minutes, "role": "adjuster", "activity": "fix"}
        record("correction", {"id": f"{task}-{name}", "team": "Claims", "task": task, **more}, at=AT)


def close(by: User, accrual: Accrual | None = PROPOSED, at: datetime = AT) -> Close:
    return close_month(OCTOBER, by=by, at=at, reason="It is so.", accrual=accrual)


def rework(month: Month, basis: str) -> int:
    return total(month, basis).internal_failure


def total(month: Month, basis: str) -> Any:
    catch_up(at=LATER, today=LATER.date())
    return true_cost(Query(Period(month, month), (), basis=basis), as_of=LATER).total


def test_what_past_months_propose_is_reported_in_the_month_and_taken_back_in_the_next(fiona: User) -> None:
    found = close(fiona)
    assert (found.accrued, found.accrual_proposed, found.accrued_by) == (7_500_000_000, 7_500_000_000, "fiona")
    assert (rework(OCTOBER, "reported"), rework(OCTOBER, "restated")) == (22_500_000_000, 15 * DOLLAR)
    assert (rework(NOVEMBER, "reported"), rework(NOVEMBER, "restated")) == (-7_500_000_000, 0)
    posted = Entry.objects.filter(source_kind="accrual").select_related("tier", "team").order_by("pk")
    assert [
        (str(each.team), str(each.tier), each.amount_nanos, each.service_date, each.posting_month.month, each.traced)
        for each in posted
    ] == [
        ("Claims", "commodity", 5 * DOLLAR, date(2026, 10, 31), 10, False),
        ("Claims", "frontier", 2_500_000_000, date(2026, 10, 31), 10, False),
        ("Claims", "commodity", -5 * DOLLAR, date(2026, 10, 31), 11, False),
        ("Claims", "frontier", -2_500_000_000, date(2026, 10, 31), 11, False),
    ]
    assert list(faults(LATER.date())) == []


def test_the_bridge_names_it_and_sums_to_the_difference_when_the_rework_arrives(fiona: User) -> None:
    found = close(fiona)
    work_on("cheap", OCTOBER, {"at last": (6, date(2026, 11, 19))})
    catch_up(at=LATER, today=LATER.date())
    made = bridge_of(found, OCTOBER, reader=fiona.pk)
    moved = {line.kind: line.moved.true_cost for line in made.lines}
    assert moved == {"accruals": -7_500_000_000, "late_corrections": 6 * DOLLAR}
    assert made.difference.true_cost == sum(moved.values())
    [part] = next(line for line in made.lines if line.kind == "accruals").parts
    assert (part.name, part.by) == ("Accrual of 2026-10", ("fiona",))
    assert list(faults(LATER.date())) == []


def test_finance_accepts_it_on_the_draft_or_says_why_another_amount(fiona: User) -> None:
    client = Client()
    client.force_login(fiona)
    address = "/close/2026-10"
    client.post(address, {"step": "draft"})
    assert client.post(address, {"step": "accrue", "choice": "other", "amount": "3"}).status_code == 400
    client.post(address, {"step": "accrue", "choice": "proposed"})
    assert Close.objects.get().accrued == 7_500_000_000
    client.post(address, {"step": "accrue", "choice": "none"})
    assert Close.objects.get().accrued is None
    client.post(address, {"step": "accrue", "choice": "other", "amount": "3", "why": WHY})
    assert WHY in client.get(address).content.decode()
    assert rework(OCTOBER, "reported") == 15 * DOLLAR  # in no figure before it is signed
    client.post(address, {"step": "sign", "confirm": "2026-10", "reason": "It is so."})
    page = client.get(address)
    assert page.context["accrued_per_success"] == 1_500_000_000  # 3 dollars over two successes
    assert WHY in page.content.decode()
    assert rework(OCTOBER, "reported") == 18 * DOLLAR
    listed = client.get("/entries?from=2026-10&to=2026-10&source=accrual").context["page"].rows
    assert {row["source_id"] for row in listed} == {"Accrual of 2026-10"}
    assert client.get("/api/v1/closes").json()["closes"][0]["accrued"] == "3.00"
    assert list(faults(LATER.date())) == []


def test_another_amount_wants_a_reason_and_too_little_history_an_amount(fiona: User) -> None:
    with pytest.raises(CannotClose, match="another amount"):
        close(fiona, Accrual(DOLLAR))
    assert not Close.objects.exists()
    Close.objects.all().delete()
    made = draft(OCTOBER, by=fiona, at=AT)
    Close.objects.filter(pk=made.pk).update(month=date(2026, 5, 1), first_month=date(2026, 3, 1))
    with pytest.raises(CannotClose, match="too little history"):
        accrue(made, amount=None, by=fiona, at=AT)


def test_a_reopened_month_has_no_accrual_and_postings_stay_where_they_were_made(fiona: User, ada: User) -> None:
    found = close(fiona)
    work_on("cheap", OCTOBER, {"at last": (6, date(2026, 11, 19))})
    catch_up(at=LATER, today=LATER.date())
    reopen(found, by=ada, at=LATER, reason="A bill came.")
    assert rework(OCTOBER, "reported") == rework(OCTOBER, "restated") == 21 * DOLLAR
    assert rework(NOVEMBER, "reported") == 0
    booked = Entry.objects.filter(service_date__month=10).order_by("pk").values_list("posting_month__month", flat=True)
    assert list(booked)[-3:] == [11, 11, 11]  # the reversals, and what came late
    assert list(faults(LATER.date())) == []
    second = close(fiona, accrual=None, at=LATER)
    work_on("dear", OCTOBER, {"at last": (1, date(2026, 11, 19))}, model="large")
    catch_up(at=LATER, today=LATER.date())
    assert (second.accrued, rework(OCTOBER, "reported"), rework(NOVEMBER, "reported")) == (None, 21 * DOLLAR, DOLLAR)
    assert list(faults(LATER.date())) == []


def test_verify_names_an_entry_that_stands_in_another_period_after_a_reopening(fiona: User, ada: User) -> None:
    reopen(close(fiona), by=ada, at=LATER, reason="A bill came.")
    moved = Entry.objects.filter(source_kind="correction").order_by("-pk")[0]
    moved.pk, moved.posting_month = None, date(2026, 12, 1)
    moved.save()
    assert f"entry {moved.pk} is posted in 2026-12, 2026-10 was open for it" in list(faults(LATER.date()))


def test_what_was_signed_with_it_cannot_be_changed(fiona: User) -> None:
    close(fiona)
    with pytest.raises(DatabaseError), transaction.atomic():
        Close.objects.update(accrued=1)


def test_it_is_split_as_known_rework_is_to_the_nano_dollar() -> None:
    known = {Stratum(tier=1): 1, Stratum(tier=2): 1, Stratum(tier=3): 1, Stratum(tier=4): 0}
    drafts = accrual_entries(10, known, date(2026, 10, 31))
    assert [(each.tier, each.amount) for each in drafts] == [(1, 4), (2, 3), (3, 3)]
    assert [(each.tier, each.amount) for each in accrual_entries(10, {}, date(2026, 10, 31))] == [(None, 10)]
