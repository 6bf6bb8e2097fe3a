"""The pages of a close: who may, what is asked for before, what is refused, and what stands there afterwards."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from accounts.actions import create_key
from accounts.models import Scope, Team, User
from audits.actions.closing import close_month, sign
from audits.domain.closing import CannotClose
from audits.models import Close
from audits.queries.verify import faults
from audits.views.closing_steps import Check
from spend.domain.money import to_nanos
from spend.domain.periods import Month
from spend.models import Bill, BillLine, Llm
from tests.build import have_reference, record

AT = datetime(2026, 11, 5, 12, tzinfo=UTC)
OCTOBER = "/close/2026-10"
DOLLAR = 10**9
REFERENCE = """
labour_rates: [{role: adjuster, hourly: 60.00, from: 2026-01-01}]
tiers: [{name: commodity, from_blended: 0.00}]
models:
  - {provider: acme, name: small, tier: commodity,
     prices: [{from: 2026-01-01, input: 1000, output: 1000, source: contract}]}
"""
CALL = {"team": "Claims", "provider": "acme", "model": "small", "input_tokens": 1000, "output_tokens": 0}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def october(claims: Team) -> None:
    """Three tasks of October, one of them reviewed, and their bill: nothing to look at."""
    have_reference(REFERENCE, at=AT)
    for number in (1, 2, 3):
        call(f"c{number}")
        record("outcome", {"task": f"c{number}", "team": "Claims", "outcome": "success"}, at=AT)
    correction("k1", "c1", 10, activity="review", verdict="accepted")
    bill("2026-10-01", "3.00")


def bill(month: str, amount: str) -> None:
    first = date.fromisoformat(month)
    made = Bill.objects.create(
        provider="acme", kind="csv", imported_at=AT, first_day=first, end_day=Month.of(first).end_day
    )
    BillLine.objects.create(
        bill=made, day=first.replace(day=5), provider="acme", model_text="small", llm=Llm.objects.get(name="small"),
        charge_category="usage", token_kind="input", quantity=3000, amount_nanos=to_nanos(Decimal(amount)),
    )  # fmt: skip


def call(name: str, **more: Any) -> None:
    record("call", {"id": name, "occurred_at": "2026-10-05T09:00:00Z", "task": name, **CALL, **more}, at=AT)


def correction(name: str, task: str, minutes: int, at: datetime = AT, **more: Any) -> None:
    said = {"id": name, "team": "Claims", "task": task, "worked_on": "2026-11-02", "minutes": minutes,
            "role": "adjuster", "activity": "fix"}  # fmt: skip
    record("correction", said | more, at=at)


def seen_by(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def step(client: Client, name: str, address: str = OCTOBER, **said: str) -> Any:
    return client.post(address, {"step": name, **said})


def states() -> list[str]:
    return list(Close.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def signed(october: None, fiona: User) -> Client:
    """Finance, after closing October."""
    client = seen_by(fiona)
    step(client, "draft")
    assert step(client, "sign", confirm="2026-10").status_code == 302
    assert states() == ["closed"]
    return client


def test_finance_drafts_and_signs_a_month_in_order(october: None, fiona: User) -> None:
    client = seen_by(fiona)
    page = client.get(OCTOBER)
    assert {check.state for check in page.context["checks"]} == {"ok"}
    assert b"Make the draft" in page.content
    assert b"Make the draft" not in step(client, "draft").content
    page = client.get(OCTOBER)
    assert b"Sign and close" in page.content
    assert b'name="reason"' not in page.content  # nothing to explain
    assert step(client, "sign", confirm="2026-10").headers["Location"] == OCTOBER
    page = client.get(OCTOBER)
    assert b"October 2026 is closed" in page.content
    close = Close.objects.get()
    assert (close.state, close.closed_by, len(close.digest)) == ("closed", "fiona", 64)
    assert close.digest.encode() in page.content


@pytest.mark.parametrize("typed", ["", "2026-11", "October 2026"])
def test_the_month_is_typed_to_sign_it(october: None, fiona: User, typed: str) -> None:
    client = seen_by(fiona)
    step(client, "draft")
    answer = step(client, "sign", confirm=typed)
    assert answer.status_code == 400
    assert answer.context["sign"].errors["confirm"]
    assert states() == ["draft"]


def test_a_warning_is_signed_over_with_a_reason_that_is_kept(october: None, fiona: User) -> None:
    said = {"id": "i1", "team": "Claims", "title": "Paid twice", "severity": "high", "occurred_on": "2026-10-09",
            "loss_usd": 9, "status": "open"}  # fmt: skip
    record("incident", said, at=AT)
    client = seen_by(fiona)
    step(client, "draft")
    assert step(client, "sign", confirm="2026-10").context["sign"].errors["reason"]
    assert step(client, "sign", confirm="2026-10", reason="  ").status_code == 400
    assert states() == ["draft"]
    step(client, "sign", confirm="2026-10", reason="The insurer decides next week.")
    assert Close.objects.get().reason == "The insurer decides next week."
    page = client.get(OCTOBER)
    assert b"The insurer decides next week." in page.content
    assert [check.sentence for check in page.context["signed_over"]] == [
        "1 incident of the month open: no cost and no failed task until confirmed."
    ]


def test_closing_in_one_go_asks_for_the_same(october: None, fiona: User) -> None:
    Bill.objects.all().delete()
    with pytest.raises(CannotClose, match=r"bill \(acme\)"):
        close_month(Month(2026, 10), by=fiona, at=AT)
    close_month(Month(2026, 10), by=fiona, at=AT, reason="It comes by post.")
    assert states() == ["closed"]


def test_a_provider_without_a_bill_is_to_be_looked_at(october: None, fiona: User) -> None:
    Bill.objects.all().delete()
    first: Check = seen_by(fiona).get(OCTOBER).context["checks"][0]
    assert (first.title, first.state) == ("Bill of acme", "look")
    assert first.href == "/reconcile/2026-10?provider=acme"


def test_what_blocks_can_be_neither_drafted_nor_signed(october: None, fiona: User) -> None:
    client = seen_by(fiona)
    step(client, "draft")
    call("c9", model="nobody-knows")  # a quarter of the calls without a price
    page = client.get(OCTOBER)
    first: Check = page.context["checks"][0]
    assert (first.state, first.href) == ("blocks", reverse("settings-models"))
    assert b"First mend what blocks" in page.content
    answer = step(client, "sign", confirm="2026-10", reason="All the same")
    assert list(answer.context["sign"].errors) == ["waive_priced"]
    with pytest.raises(CannotClose, match="no: priced"):
        sign(Close.objects.get(), by=fiona, at=AT, reason="All the same")
    assert states() == ["draft"]
    Close.objects.all().delete()
    assert list(step(client, "draft").context["draft"].errors) == ["waive_priced"]
    assert states() == []


def test_what_blocks_is_waived_with_a_reason_that_is_kept_and_shown(october: None, fiona: User) -> None:
    call("c9", model="nobody-knows")
    client = seen_by(fiona)
    step(client, "draft", waive_priced="The pilot is free.")
    page = client.get(OCTOBER)
    assert page.context["waived"] == [("Calls have a price", "The pilot is free.")]
    step(client, "sign", confirm="2026-10", reason="It is small.")
    assert Close.objects.get().waivers == {"priced": "The pilot is free."}
    assert b"The pilot is free." in client.get(OCTOBER).content
    assert list(faults(AT.date())) == []


def test_the_API_and_the_command_ask_the_same_of_what_blocks(october: None, fiona: User) -> None:
    call("c9", model="nobody-knows")
    client, month = seen_by(fiona), {"month": "2026-10", "reason": "It is small."}
    answer = client.post("/api/v1/closes", month, "application/json")
    assert (answer.status_code, "no: priced" in answer.content.decode()) == (400, True)
    with pytest.raises(CommandError, match="no: priced"):
        call_command("close", "2026-10", by="fiona", reason="It is small.")
    for text in ("over=It is", "priced"):
        with pytest.raises(CommandError, match="RULE=REASON"):
            call_command("close", "2026-10", by="fiona", reason="It is small.", waive=[text])
    answer = client.post("/api/v1/closes", {**month, "accrue": "1\n"}, "application/json")
    assert (answer.status_code, "proposed" in answer.content.decode()) == (400, True)
    assert states() == []
    answer = client.post("/api/v1/closes", {**month, "waive_priced": "The pilot is free."}, "application/json")
    assert (answer.status_code, answer.json()["waivers"]) == (201, {"priced": "The pilot is free."})


def test_a_month_that_is_not_over_or_not_next_is_not_closed(october: None, fiona: User) -> None:
    client = seen_by(fiona)
    for address in ("/close/2026-11", "/close/2026-09"):
        assert not client.get(address).context["is_due"]
        step(client, "draft", address)
    assert states() == []


def test_only_an_administrator_opens_it_again_and_says_why(signed: Client, ada: User) -> None:
    assert b"Open it again" not in signed.get(OCTOBER).content
    assert step(signed, "reopen", reason="Because").status_code == 403
    client = seen_by(ada)
    assert step(client, "reopen", reason=" ").status_code == 400
    assert states() == ["closed"]
    assert step(client, "reopen", reason="The bill was of September.").status_code == 302
    close = Close.objects.get()
    assert (close.state, close.reopened_by, close.reopen_reason) == ("reopened", "ada", "The bill was of September.")
    assert b"The bill was of September." in client.get(OCTOBER).content
    assert b"Make the draft" in client.get(OCTOBER).content


def test_only_the_last_closed_month_is_opened_again(signed: Client, fiona: User, ada: User, clock: Any) -> None:
    clock.move_to(AT + timedelta(days=30))
    finance = seen_by(fiona)  # sessions do not last that long
    step(finance, "draft", "/close/2026-11")
    step(finance, "sign", "/close/2026-11", confirm="2026-11", reason="Nothing came any more.")
    assert states() == ["closed", "closed"]
    client = seen_by(ada)
    assert step(client, "reopen", reason="Because").status_code == 403
    assert b"only the last one" in client.get(OCTOBER).content
    assert states() == ["closed", "closed"]


def test_what_comes_later_stands_in_the_bridge_on_the_page_in_the_api_and_in_the_file(
    signed: Client, clock: Any
) -> None:
    later = AT + timedelta(days=3)
    clock.move_to(later)
    correction("k2", "c2", 5, at=later, reason="Found in a review")
    page = signed.get(OCTOBER)
    shown, status = page.context["steps"]
    assert (shown.label, shown.counted, shown.moved.true_cost) == (
        "Corrections that came late",
        "1 correction",
        5 * DOLLAR,
    )
    assert (status.label, status.moved.amended) == ("Tasks that stand otherwise", 1)
    told = signed.get("/api/v1/closes/2026-10/bridge").json()
    assert (told["reported"]["true_cost"], told["restated"]["true_cost"]) == ("13.00", "18.00")
    assert [(line["kind"], line["true_cost"]) for line in told["lines"]] == [
        ("late_corrections", "5.00"), ("status_changes", "0.00"),
    ]  # fmt: skip
    for address in ("/close/2026-10/bridge.csv", "/api/v1/closes/2026-10/bridge.csv"):
        rows = list(csv.DictReader(signed.get(address).content.decode().splitlines()))
        assert [row["true_cost"] for row in rows] == ["13.00", "5.00", "0.00", "18.00"]
        assert rows[1]["id"] == told["lines"][0]["parts"][0]["id"]
    [october] = [row for row in signed.get("/close").context["standings"] if str(row.month) == "2026-10"]
    assert (october.cost.true_cost, october.adjusted) == (13 * DOLLAR, 5 * DOLLAR)


def test_every_link_of_the_pages_leads_somewhere(signed: Client, ada: User, clock: Any) -> None:
    clock.move_to(AT + timedelta(days=3))
    call("c9")
    correction("k1", "c1", 10, version=2, withdrawn=True)
    page = signed.get(OCTOBER)
    links = [shown.href for shown in page.context["steps"]]
    links += [part.href for shown in page.context["steps"] for part in shown.parts]
    links += [check.href for check in signed.get("/close/2026-11").context["checks"]]
    assert len(links) >= 15
    assert {seen_by(ada).get(address).status_code for address in links} == {200}


def test_late_calls_and_entries_can_be_listed(signed: Client, clock: Any) -> None:
    later = AT + timedelta(days=3)
    clock.move_to(later)
    record("call", {"id": "c9", "occurred_at": "2026-10-05T09:00:00Z", "task": "c1", **CALL}, at=later)
    correction("k2", "c2", 5, at=later)
    words = "from=2026-10&to=2026-10&late=yes"
    assert [row["id"] for row in signed.get(f"/calls?{words}").context["page"].rows] == ["c9"]
    assert [row["source_id"] for row in signed.get(f"/entries?{words}").context["page"].rows] == ["k2"]


@pytest.mark.parametrize("name", ["lena", "victor"])
def test_a_team_neither_closes_nor_sees_what_is_of_all(signed: Client, name: str, request: Any) -> None:
    client = seen_by(request.getfixturevalue(name))
    for address in ("/close", OCTOBER, "/close/2026-11", "/close/2026-10/bridge.csv"):
        assert client.get(address).status_code == 403
    for taken in ("draft", "sign", "reopen"):
        assert step(client, taken, confirm="2026-10", reason="Because").status_code == 403
    for address in ("bridge", "bridge.csv", "checklist"):
        assert client.get(f"/api/v1/closes/2026-10/{address}").status_code == 403
    assert states() == ["closed"]
    assert b'href="/close"' not in client.get("/overview").content


def test_a_key_of_all_teams_reads_the_bridge_and_one_of_a_team_does_not(signed: Client, claims: Team) -> None:
    for team, status in ((None, 200), (claims, 403)):
        text = create_key(name="tool", scopes=[Scope.READ], team=team, at=AT)[1]
        headers = {"Authorization": f"Bearer {text}"}
        assert Client().get("/api/v1/closes/2026-10/bridge", headers=headers).status_code == status


@pytest.mark.parametrize("month", ["2026-13", "October", "2026-1"])
def test_what_is_no_month_is_not_found(fiona: User, month: str) -> None:
    assert seen_by(fiona).get(f"/close/{month}").status_code == 404
    assert seen_by(fiona).get(f"/api/v1/closes/{month}/checklist").status_code == 404


def test_the_report_says_that_a_month_is_closed_with_a_switch_to_what_was_reported(
    signed: Client, lena: User, clock: Any
) -> None:
    later = AT + timedelta(days=3)
    clock.move_to(later)
    correction("k2", "c2", 5, at=later)
    words = "from=2026-10&to=2026-10"
    strip = signed.get(f"/report?{words}").context["closed"]
    assert strip.sentence == "This month is closed: signed by fiona on 2026-11-05."
    assert [(label, current) for label, _, current in strip.choices] == [("As reported", False), ("Restated", True)]
    assert strip.bridge == f"{OCTOBER}#bridge"
    totals = [signed.get(href).context["report"].total.true_cost for _, href, _ in strip.choices]
    assert totals == [13 * DOLLAR, 18 * DOLLAR]
    assert seen_by(lena).get(f"/report?{words}").context["closed"].bridge == ""
    assert signed.get("/report?from=2026-11&to=2026-11").context["closed"] is None
    assert signed.get("/report?from=2026-10&to=2026-11").context["closed"].sentence == "1 of 2 months are closed."


def test_files_of_a_month_say_whether_it_is_closed_who_signed_it_and_its_digest(signed: Client, lena: User) -> None:
    close = Close.objects.get()
    for client, months, told, hidden in (
        (signed, "2026-10", ["signed by fiona on 2026-11-05", close.digest], ["not closed"]),
        (signed, "2026-11", ["not closed"], ["signed by", close.digest]),
        (seen_by(lena), "2026-10", ["signed by fiona"], [close.digest]),
    ):
        for text in files_of(client, f"from={months}&to={months}"):
            assert [part for part in told if part not in text] == []
            assert [part for part in hidden if part in text] == []


def files_of(client: Client, words: str) -> list[str]:
    """Return the texts of PDF and workbook, without line breaks, which a digest may have."""
    pdf = pypdfium2.PdfDocument(client.get(f"/report.pdf?{words}").content)
    pages = "".join(page.get_textpage().get_text_range() for page in pdf)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/report.xlsx?{words}").content))
    cells = (str(value) for row in book.worksheets[0].iter_rows(values_only=True) for value in row if value)
    return [_LINE_BREAK.sub("", pages), " ".join(cells)]


_LINE_BREAK = re.compile("(?<=[0-9a-f])[\u200b\ufffe\u00ad]?\r?\n(?=[0-9a-f])")


def test_names_can_be_hidden(signed: Client, ada: User) -> None:
    with override_settings(SHOW_NAMES=False):
        assert "fiona" not in seen_by(ada).get(OCTOBER).content.decode()
        assert "fiona" not in seen_by(ada).get("/close").content.decode()
