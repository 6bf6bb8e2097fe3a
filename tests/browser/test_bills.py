"""Bills in a real browser: looked at before they are imported, typed in, withdrawn with a reason, by finance alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from spend.models import Bill
from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers

CSV = b"day,amount,provider,model,token_kind,quantity,currency\n2026-10-05,10.50,openai,gpt-9,input,1000,EUR\n"


@pytest.mark.parametrize("name", PEOPLE)
def test_finance_and_administrators_open_them(visit: Visit, name: str) -> None:
    is_theirs = name in ("ada", "fiona")
    for address in ("/bills", "/bills/new", "/bills/invoice"):
        visit(address, by=name, status=200 if is_theirs else 403)


def test_a_bill_is_looked_at_imported_and_withdrawn(visit: Visit) -> None:
    page = visit("/bills/new", by="fiona")
    page.get_by_label("The bill").set_input_files({"name": "b.csv", "mimeType": "text/csv", "buffer": CSV})
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("status").filter(has_text="1 line of openai")).to_contain_text("for 10.5 EUR")
    expect(page.get_by_text("gpt-9")).to_be_visible()
    assert not Bill.objects.filter(kind="csv").exists()
    page.get_by_role("button", name="Import 1 line").click()
    expect(page.get_by_text("Imported as bill")).to_be_visible()
    expect(page.get_by_role("region", name="Lines of the bill")).to_contain_text("10.5 EUR")
    page.get_by_label("Why").fill("of another organisation")
    page.get_by_role("button", name="Withdraw the bill").click()
    expect(page.get_by_text("of another organisation")).to_be_visible()
    Bill.objects.all().delete()


def test_what_is_wrong_is_said_by_line(visit: Visit) -> None:
    page = visit("/bills/new", by="fiona")
    page.get_by_label("The bill").set_input_files(
        {"name": "b.csv", "mimeType": "text/csv", "buffer": b"day,amount,provider\n2026-10-05,ten,openai\n"}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("region", name="Problems")).to_contain_text("amount must be a number such as 12.34")
    expect(page.get_by_role("button", name="Import")).to_have_count(0)


def test_an_invoice_is_typed_in(visit: Visit) -> None:
    page = visit("/bills/invoice", by="ada")
    for name, said in {"provider": "mistral", "number": "M-7", "first_day": "2026-10-01", "last_day": "2026-10-31",
                       "used": "1200.50", "tax": "228.10"}.items():  # fmt: skip
        page.locator(f"[name={name}]").fill(said)
    page.get_by_role("button", name="Import the invoice").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("M-7")
    expect(page.get_by_text("$1,428.60").first).to_be_visible()
    Bill.objects.all().delete()


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    page = visit("/bills", by="fiona")
    for address in ("/bills", "/bills/new", "/bills/invoice"):
        page.goto(address)
        assert barriers(page, axe) == [], address
