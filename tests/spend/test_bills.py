"""Bills are imported once, in dollars, each later report in the place of an earlier one; who may, and how."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from config.pages.bill_forms import Invoice, UploadBill, carried_of, content_of
from spend.actions.bills import Overlaps, draft, import_bill, raw_of, withdraw_bill
from spend.ingest.bills.records import BadBill, BadValue, exchange_rate
from spend.models import Bill, BillLine
from spend.queries.bills import bills, sums_by_model
from spend.queries.exchange import NoRate, rate_on
from tests.bills import OCTOBER_5, OCTOBER_6, OCTOBER_7, openai_cost, openai_costs
from tests.build import have_reference
from tests.cast import NOON

pytestmark = pytest.mark.django_db
REFERENCE = "models: [{provider: openai, name: gpt-6-astra, aliases: [gpt-6-astra-2026-09-01]}]"
EUROS = b"day,amount,provider,currency,number\n2026-10-04,100,openai,EUR,F-1\n2026-10-05,0.000000001,openai,EUR,F-1\n"


def imported(content: bytes, **words: Any) -> Any:
    return import_bill(draft(content, **words), content, by=None, at=NOON)


def in_force() -> Any:
    return Bill.objects.filter(superseded_at=None)


def test_a_bill_is_kept_as_it_came_with_lines_of_known_models():
    have_reference(REFERENCE, at=NOON)
    content = openai_costs(
        openai_cost("0.06", "gpt-6-astra-2026-09-01, input_tokens", 48, "1000_tokens"),
        openai_cost("1", "gpt-9, output_tokens"),
    )
    found = draft(content)
    assert (found.nanos, found.unknown_models) == (1_060_000_000, ["gpt-9"])
    bill = import_bill(found, content, by=None, at=NOON).bill
    assert raw_of(Bill.objects.get()) == content
    lines = bill.lines.order_by("amount").values_list(
        "llm__name", "model_text", "token_kind", "quantity", "amount_nanos"
    )
    assert list(lines) == [
        ("gpt-6-astra", "gpt-6-astra-2026-09-01", "input", 48_000, 60_000_000),
        (None, "gpt-9", "output", None, 1_000_000_000),
    ]


def test_the_same_file_again_is_a_duplicate():
    content = openai_costs(openai_cost("1", None))
    first = imported(content)
    again = imported(content)
    assert (again.bill, again.is_duplicate, Bill.objects.count()) == (first.bill, True, 1)


def test_a_later_report_takes_the_place_of_those_whose_days_it_covers():
    first = imported(openai_costs(openai_cost("1", None))).bill
    later = imported(openai_costs(openai_cost("1.25", None)))
    assert [bill.pk for bill in later.superseded] == [first.pk]
    assert list(in_force()) == [later.bill]
    assert BillLine.objects.filter(bill=first).exists()


def test_a_report_of_some_of_the_days_only_is_refused():
    pages = (
        openai_costs(openai_cost("1", None))
        + b"\n"
        + openai_costs(openai_cost("2", None), start=OCTOBER_6, end=OCTOBER_7)
    )
    bill = imported(pages).bill
    assert (bill.first_day, bill.end_day) == (date(2026, 10, 5), date(2026, 10, 7))
    with pytest.raises(Overlaps, match=f"Bill {bill.pk} of openai"):
        imported(openai_costs(openai_cost("3", None), start=OCTOBER_5, end=OCTOBER_6))
    assert Bill.objects.count() == 1


def test_what_a_bill_takes_the_place_of_is_said_before(client: Client, fiona: User):
    client.force_login(fiona)
    first = imported(openai_costs(openai_cost("1", None))).bill
    later = SimpleUploadedFile("later.json", openai_costs(openai_cost("2", None)))
    assert client.post("/bills/new", {"file": later}).context["replaced"] == [first]
    again = client.post("/bills/new", {"file": SimpleUploadedFile("again.json", raw_of(first))}).context
    assert (again["duplicate"], again["replaced"]) == (first, [])
    assert Bill.objects.count() == 1


def test_an_invoice_is_replaced_by_its_number():
    first = imported(EUROS).bill
    again = imported(EUROS.replace(b"100", b"90"))
    assert [bill.pk for bill in again.superseded] == [first.pk]
    other = imported(EUROS.replace(b"F-1", b"F-2"))
    assert set(in_force()) == {again.bill, other.bill}


def test_other_currencies_keep_both_amounts_and_the_rate_of_the_day_or_the_last_before():
    """2026-10-02, a Friday: one euro bought 1.1225 dollars; the fourth was a Sunday."""
    assert rate_on("EUR", date(2026, 10, 4)).published_on == date(2026, 10, 2)
    bill = imported(EUROS).bill
    sunday, monday = bill.lines.order_by("day")
    assert (sunday.amount, sunday.currency, sunday.rate, sunday.rate_on) == (
        100,
        "EUR",
        Decimal("1.1225"),
        date(2026, 10, 2),
    )
    assert sunday.amount_nanos == 112_250_000_000
    assert monday.amount_nanos == 1
    given = draft(EUROS.replace(b"F-1", b"F-3"), rate=Decimal("2"))
    assert given.nanos == 200_000_000_002


def test_a_rate_is_of_one_currency():
    with pytest.raises(BadBill, match="it has EUR, GBP"):
        draft(EUROS.replace(b"EUR", b"GBP", 1), rate=Decimal("1.1"))


@pytest.mark.parametrize("rate", ["0", "-1", "1e-10", "10000000000", "NaN", "1_0"])
def test_a_rate_that_no_line_could_keep_is_refused(rate: str):
    with pytest.raises(BadValue):
        exchange_rate(rate, "rate")
    assert "rate" in UploadBill({"rate": rate}).errors


TYPED = {"provider": "openai", "number": "17", "first_day": "2026-10-15", "last_day": "2026-10-31", "used": "1"}


@pytest.mark.parametrize(
    ("name", "said"),
    [("last_day", "2026-11-14"), ("last_day", "9999-12-31"), ("number", "1" * 201), ("provider", "a" * 201)],
)
def test_an_invoice_that_could_not_be_kept_or_compared_is_refused(name: str, said: str):
    assert Invoice(TYPED).is_valid()
    assert list(Invoice({**TYPED, name: said}).errors) == [name]


def test_a_day_without_a_rate_is_named():
    found = draft(b"day,amount,provider,currency\n2090-01-01,1,openai,EUR\n")
    assert (
        found.problems[0]
        .errors["currency"][0]
        .startswith("no exchange rate of EUR for 2090-01-01: known from 1999-01-04")
    )
    with pytest.raises(NoRate, match="not among those of the European Central Bank"):
        rate_on("XXX", date(2026, 10, 5))


def test_a_withdrawn_bill_stays_with_its_reason():
    bill = imported(EUROS).bill
    with pytest.raises(ValueError, match="reason"):
        withdraw_bill(bill, reason=" ", at=NOON)
    withdraw_bill(bill, reason="of another organisation", at=NOON)
    assert list(in_force()) == []
    assert Bill.objects.get().withdrawn_because == "of another organisation"
    assert not imported(EUROS).is_duplicate


def test_a_fault_on_the_way_leaves_nothing(monkeypatch):
    monkeypatch.setattr("spend.actions.bills._row", lambda bill, each: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        imported(EUROS)
    assert Bill.objects.count() == 0


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("import_bill", *words, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_is_and_writes_it_once(tmp_path: Path):
    file = tmp_path / "bill.csv"
    file.write_bytes(EUROS)
    assert "CSV of openai, 2026-10-04 to before 2026-10-06: 2 lines, 112.250000001 USD." in run(str(file), "--dry-run")
    assert Bill.objects.count() == 0
    assert "Imported as bill" in run(str(file))
    assert "It is here already" in run(str(file))
    file.write_text("day,amount\n2026-10-05,x\n")
    with pytest.raises(CommandError, match=r"Nothing was imported\.\n2: amount must be a number"):
        run(str(file), "--provider", "openai")


def test_sums_are_larger_than_an_integer_of_the_database():
    bill = imported(b"day,amount,provider,quantity\n" + b"2026-10-05,900000000000,openai,900000000000\n" * 20).bill
    assert bills().get().total_nanos == 18 * 10**21
    assert sums_by_model(bill)[0]["tokens"] == 18 * 10**12


def test_the_command_reads_no_more_than_is_taken(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("spend.management.commands.import_bill.MOST_RAW", 40)
    monkeypatch.setattr("spend.actions.bills.MOST_RAW", 40)
    (tmp_path / "bill.csv").write_bytes(EUROS)
    with pytest.raises(CommandError, match="import it in parts"):
        run(str(tmp_path / "bill.csv"))


def test_what_a_form_carries_unpacks_to_no_more_than_is_taken(monkeypatch):
    assert content_of(carried_of(EUROS)) == EUROS
    monkeypatch.setattr("config.pages.bill_forms.MOST_RAW", 40)
    with pytest.raises(ValidationError, match="Choose the file again"):
        content_of(carried_of(EUROS))


def test_lines_keep_what_sums_promise():
    imported(EUROS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(amount_nanos) FROM spend_billline")
        assert int(cursor.fetchone()[0]) == bills().get().total_nanos == 112_250_000_001
