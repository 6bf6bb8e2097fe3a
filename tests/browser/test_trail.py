"""The audit trail in a real browser: who finds it, what it shows of a change, on any screen."""

from __future__ import annotations

import pytest
from django.db import connection
from playwright.sync_api import expect

from audits.models import LabourRate
from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers


@pytest.fixture
def raised(visit: Visit) -> LabourRate:
    """A rate that finance raises by its page, as anybody would."""
    rate = LabourRate.objects.order_by("pk")[0]
    page = visit(f"/settings/rates/{rate.pk}", by="fiona")
    page.get_by_label("USD per hour").fill(str(rate.hourly + 1))
    page.get_by_role("button", name="See what it would move").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("saved, and what follows from it")).to_be_visible()
    return rate


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE spend_tier SET claimed_fail_rate = coalesce(claimed_fail_rate, 0) / 2 + 0.1")
    page = visit("/trail?object=tier", by="ada")
    expect(page.get_by_text("claimed fail rate").first).to_be_visible()
    assert barriers(page, axe) == []


def test_finance_finds_who_changed_a_rate_from_its_page(visit: Visit, raised: LabourRate) -> None:
    page = visit(f"/settings/rates/{raised.pk}", by="fiona")
    page.get_by_role("link", name="Who changed it").click()
    newest = page.get_by_role("region", name="The trail, newest first").get_by_role("row").nth(1)
    expect(newest).to_contain_text("fiona")
    expect(newest).to_contain_text("changed: labour rate")
    expect(newest.locator("del")).to_have_text(f"{raised.hourly.normalize():f}")
    expect(newest.locator("ins")).to_have_text(f"{(raised.hourly + 1).normalize():f}")


def test_a_filter_acts_at_once_and_stands_in_the_address(visit: Visit) -> None:
    page = visit("/trail", by="ada")
    page.get_by_label("Of what").select_option("person")
    expect(page.get_by_role("list", name="Filters in force")).to_contain_text("person")
    expect(page.get_by_role("region", name="The trail, newest first")).not_to_contain_text("price")
    assert "object=person" in page.url


@pytest.mark.parametrize("name", PEOPLE)
def test_each_finds_it_where_they_may(visit: Visit, name: str) -> None:
    page = visit("/overview", by=name)
    settings = page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings")
    if name not in ("ada", "fiona"):
        expect(settings).to_have_count(0)
        visit("/trail", by=name, status=403)
        return
    settings.click()
    page.get_by_role("link", name="Audit trail").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit trail")
    people = page.get_by_label("Of what").get_by_role("option", name="person")
    expect(people).to_have_count(1 if name == "ada" else 0)
