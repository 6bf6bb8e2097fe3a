"""Reconciliation in a real browser: finance finds why a bill differs, decides, and sees it in the report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from playwright.sync_api import Page, expect

from audits.models import DailyCalls
from spend.domain.money import to_dollars
from spend.models import Bill, BillLine, Llm
from tests.browser.conftest import Visit
from tests.browser.test_pages import barriers, violations
from tests.cast import NOON

OCTOBER = "from=2026-10&to=2026-10"
LIST = f"/reconcile?{OCTOBER}"


@pytest.fixture
def provider(visit: Visit) -> str:
    """A provider of the sample whose invoice is a tenth above its calls, with a fee."""
    month = DailyCalls.objects.filter(day__gte=date(2026, 10, 1), day__lt=date(2026, 11, 1))
    llm_id, cost = month.values_list("llm_id").annotate(Sum("cost")).order_by("-cost__sum")[0]
    llm = Llm.objects.get(pk=llm_id)
    if not Bill.objects.filter(provider=llm.provider).exists():
        span = {"first_day": date(2026, 10, 1), "end_day": date(2026, 11, 1)}
        bill = Bill.objects.create(
            provider=llm.provider, kind="manual", number="INV-10", raw=b"", digest=b"", imported_at=NOON, **span
        )
        whole = int(cost) * 11 // 10 + 50 * 10**9
        for category, amount in (("usage", whole), ("fee", 20 * 10**9)):
            BillLine.objects.create(
                bill=bill, day=span["first_day"], provider=llm.provider, charge_category=category,
                amount=Decimal(to_dollars(amount)), amount_nanos=amount,
            )  # fmt: skip
    return llm.provider


def month_of(visit: Visit, provider: str, **options: object) -> Page:
    page = visit(LIST, by="fiona", **options)
    page.get_by_role("link", name=f"2026-10 of {provider}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{provider}, October 2026")
    return page


def test_finance_finds_the_causes_decides_and_sees_the_bill_in_the_report(
    visit: Visit, axe: str, provider: str
) -> None:
    page = month_of(visit, provider)
    expect(page.locator("#waterfall[data-drawn]")).to_be_visible()
    assert "Unexplained" in page.get_by_role("region", name="Causes of the difference").inner_text()
    page.get_by_role("radio", name="Allocate").check()
    page.get_by_label("Reason").fill("Agreed with the provider.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("Decided: allocate.")).to_be_visible()
    assert violations(page, axe) == []
    page.get_by_role("link", name="The report with the token bill as billed").click()
    expect(page.get_by_text("were billed beyond what logged calls cost")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Not of calls")).to_be_visible()


def test_a_tolerance_is_set_beside_the_month(visit: Visit, provider: str) -> None:
    page = month_of(visit, provider)
    page.get_by_label("Amount, USD").fill("100000")
    page.get_by_role("button", name=f"Set for all months of {provider}").click()
    expect(page.get_by_text(f"The tolerance of {provider} is set")).to_be_visible()


@pytest.mark.parametrize("name", ["lena", "victor"])
def test_those_of_a_team_find_no_way_there(visit: Visit, name: str) -> None:
    page = visit(f"/report?{OCTOBER}", by=name)
    expect(page.get_by_role("link", name="Reconcile")).to_have_count(0)
    visit(LIST, by=name, status=403)


def test_nobody_is_shut_out(visit: Visit, axe: str, provider: str) -> None:
    assert barriers(visit(LIST, by="ada"), axe) == []
    assert barriers(month_of(visit, provider), axe) == []
