"""Incidents in a real browser: for whom they open, and the way from a failure to its cost in the report."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LEADS, PEOPLE, Visit
from tests.browser.test_pages import barriers

WRITERS = ("ada", "lena")


@pytest.mark.parametrize("name", PEOPLE)
def test_the_list_opens_for_every_role_and_offers_what_it_may(visit: Visit, name: str) -> None:
    page = visit("/incidents?status=open", by=name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Incidents")
    expect(page.get_by_role("link", name="Record an incident").first).to_be_visible(visible=name in WRITERS)
    page = visit("/incidents", by=name)
    page.locator("tbody th a[href^='/incidents/']").first.click()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    expect(page.get_by_role("link", name="Withdraw")).to_have_count(1 if name in WRITERS else 0)


@pytest.mark.parametrize("name", PEOPLE)
def test_the_form_opens_for_who_writes(visit: Visit, name: str) -> None:
    visit("/incidents/new", by=name, status=200 if name in WRITERS else 403)


def fill(page: Page) -> None:
    """Fill in what every incident has."""
    page.get_by_label("What happened?").fill("Wrong payout")
    page.get_by_label("High", exact=True).check(force=True)
    page.get_by_label("Loss, USD").fill("1,200.50")


def test_a_lead_finds_a_task_sees_the_cost_saves_and_confirms(visit: Visit) -> None:
    page = visit("/incidents/new", by="lena")
    fill(page)
    page.get_by_label("Find tasks").fill("1")
    page.get_by_role("button", name=re.compile("^Add ")).first.click()
    names = page.get_by_label("Their ids, one a line")
    expect(names).not_to_have_value("")
    names.fill(names.input_value() + "\nnever-heard-of\t3")
    effect = page.get_by_role("complementary", name="What it costs whom")
    expect(effect).to_contain_text("1 not known yet")
    expect(effect).to_contain_text("75.0%")
    expect(effect).to_contain_text(LEADS)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It has no entry: it is open.")).to_be_visible()
    page.get_by_role("link", name="Confirm").click()
    expect(page.locator("tfoot")).to_contain_text("$1,200.50")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("it is in the report now")).to_be_visible()
    expect(page.locator("tfoot")).to_contain_text("$1,200.500000000")


def test_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit("/incidents/new", by="lena")
    page.get_by_label("What happened?").focus()
    page.keyboard.type("Wrong advice")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Low", exact=True)).to_be_checked()
    page.get_by_label("Loss, USD").focus()
    page.keyboard.type("10")
    page.get_by_label("Their ids, one a line").focus()
    page.keyboard.type("some-task")
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wrong advice")


def addresses(page: Page) -> list[str]:
    """The pages of the first open incident that may be changed."""
    href = page.locator("tbody th a[href^='/incidents/']").first.get_attribute("href")
    return [f"{href}{page_of}" for page_of in ("", "/edit", "/confirm", "/withdraw")]


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    page = visit("/incidents?status=open", by="ada")
    for address in ["/incidents", "/incidents/new", *addresses(page)]:
        page.goto(address)
        assert barriers(page, axe) == [], address
    page.goto("/incidents/new")
    fill(page)
    page.get_by_label("Their ids, one a line").fill("a\nb\t2")
    expect(page.get_by_text("2 not known yet")).to_be_visible()
    assert barriers(page, axe) == []
