"""Explore, the lists and one task in a real browser: for every role, by keyboard, on a phone, in light and dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LEADS, PEOPLE, Visit
from tests.browser.test_pages import OCTOBER, barriers

PAGES = [
    f"/explore?{OCTOBER}",
    f"/explore?{OCTOBER}&tier=commodity&by=tasks",
    "/explore?from=2020-01&to=2020-01",
    f"/corrections?{OCTOBER}&verdict=amended",
    "/tasks?q=no-such-task",
]


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_open_for_every_role(visit: Visit, name: str) -> None:
    page = visit("/explore", by=name)
    for address in PAGES:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("address", PAGES)
def test_nobody_is_shut_out(visit: Visit, axe: str, address: str) -> None:
    assert barriers(visit(address, by="ada"), axe) == []


def test_one_goes_down_to_a_task_by_keyboard_and_back_up_by_a_crumb(visit: Visit) -> None:
    page = visit(f"/explore?{OCTOBER}", by="lena")
    for _ in range(3):
        page.locator("table.drill tbody th a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
    page.locator("table.list tbody th a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Task")
    page.go_back()
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="All work").click()
    expect(page).to_have_url(re.compile(rf"/explore\?{OCTOBER}$"))


def test_the_form_changes_part_of_the_page_and_the_address_can_be_shared(visit: Visit) -> None:
    page = visit(f"/explore?{OCTOBER}&tier=commodity", by="ada")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Broken down by").select_option("Team")
    expect(page.locator("table.drill thead th").first).to_have_text("Team")
    expect(page).to_have_url(re.compile(r"by=team"))
    assert page.evaluate("window.sameDocument")
    assert "lens=" not in page.url
    shown = page.locator("#shown").inner_text()
    page.goto(page.url)
    assert page.locator("#shown").inner_text() == shown


def test_lists_filter_as_one_types_and_go_both_ways(visit: Visit) -> None:
    page = visit(f"/tasks?{OCTOBER}", by="ada")
    begun = first_row(page)
    page.get_by_role("link", name="Older").click()
    assert first_row(page) != begun
    page.get_by_role("link", name="Newer").click()
    assert first_row(page) == begun
    page.get_by_label("Task beginning with").press_sequentially(begun[:8])
    expect(page).to_have_url(re.compile(rf"q={begun[:8]}"))
    assert first_row(page).startswith(begun[:8])


def first_row(page: Page) -> str:
    return page.locator("table.list tbody th").first.inner_text()


def test_filters_work_without_scripts(visit: Visit, chromium, site: str) -> None:
    cookies = visit(f"/tasks?{OCTOBER}", by="lena").context.cookies()
    plain = chromium.new_context(base_url=site, java_script_enabled=False)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto(f"/tasks?{OCTOBER}")
    page.get_by_label("State").select_option("failure")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("table.list tbody .state").first).to_have_text("failure")
    plain.close()


def test_a_task_says_what_decided_it_and_why_each_cost_is_there(visit: Visit, axe: str) -> None:
    page = visit(f"/entries?{OCTOBER}&source=correction&traced=yes&rule=deciding", by="lena")
    page.locator("tbody td a").first.click()
    expect(page.locator(".event.deciding")).to_contain_text("its output was used")
    expect(page.locator(".posted").first).to_contain_text("it made the call whose output was used")
    expect(page.locator(".rules .decides")).to_have_count(1)
    assert barriers(page, axe) == []
    page.get_by_role("link", name="Log rework for this task").click()
    expect(page).to_have_url(re.compile(r"/log\?task="))


def test_a_task_leads_to_the_report_of_an_incident_that_names_it(visit: Visit) -> None:
    page = visit(f"/tasks?{OCTOBER}&q=claim", by="lena")
    name = first_row(page)
    page.locator("table.list tbody th a").first.click()
    page.get_by_role("link", name="Report an incident").click()
    expect(page.locator("[name=names]")).to_have_value(name)
    expect(page.locator("[name=team]")).to_have_value(LEADS)


def test_a_viewer_is_not_asked_to_log(visit: Visit) -> None:
    page = visit(f"/entries?{OCTOBER}&source=correction&traced=yes", by="victor")
    page.locator("tbody td a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Task")
    expect(page.get_by_role("link", name="Log rework for this task")).to_have_count(0)


def test_a_neighbours_task_is_not_there(visit: Visit) -> None:
    page = visit(f"/tasks?{OCTOBER}", by="ada")
    rows = page.locator("table.list tbody tr").filter(has_not_text=LEADS)
    address = rows.first.locator("th a").get_attribute("href")
    visit(str(address), by="lena", status=404)
