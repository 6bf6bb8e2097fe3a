"""Mappings tried on a sample and exports uploaded, in a real browser: by finance, by a lead, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers

JIRA = (
    "Issue Key,Worklog ID,Author,Started,Time Spent,Updated\n"
    "F-1,{0}1,Lena,2026-10-05 09:12,1h 30m,2026-10-05 10:00\nF-2,{0}2,Ben,soon,25m,\n"
)


@pytest.mark.parametrize("name", PEOPLE)
def test_each_opens_what_is_theirs(visit: Visit, name: str) -> None:
    visit("/settings/mappings/jira", by=name, status=200 if name in ("ada", "fiona") else 403)
    visit("/log/upload", by=name, status=200 if name in ("ada", "lena") else 403)


def try_it(page: Page) -> None:
    page.get_by_label("Role of all others").fill("adjuster")
    page.get_by_label("A sample").fill(JIRA.format("s"))
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("1 record would come out, 1 would be refused.")).to_be_visible()


def test_finance_tries_a_mapping_and_saves_it(visit: Visit) -> None:
    page = visit("/settings/mappings/jira", by="fiona")
    try_it(page)
    expect(page.get_by_text("This is the default.")).to_be_visible()
    save = page.get_by_role("button", name="Save the mapping")
    save.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It holds for what comes from now on.")).to_be_visible()
    expect(page.get_by_label("Role of all others")).to_have_value("adjuster")
    page.get_by_role("button", name="Back to the default").click()
    expect(page.get_by_text("This is the default.")).to_be_visible()


def check(page: Page, worklogs: str) -> None:
    page.get_by_label("Jira worklogs").check()
    page.get_by_label("Whose time").select_option("adjuster")
    file = {"name": "worklogs.csv", "mimeType": "text/csv", "buffer": JIRA.format(worklogs).encode()}
    page.get_by_label("The export").set_input_files(file)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("1 line can be saved and costs")).to_be_visible()
    expect(page.get_by_text("must be a day such as 2026-10-05")).to_be_visible()


def test_a_lead_uploads_an_export_sees_it_and_saves_it(visit: Visit) -> None:
    page = visit("/log/upload", by="lena")
    check(page, "u")
    page.get_by_role("button", name="Save 1 line").click()
    expect(page.get_by_text("1 line saved. 1 was refused")).to_be_visible()


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    for address, use in (
        ("/settings/mappings", None),
        ("/settings/mappings/jira", try_it),
        ("/settings/mappings/otlp", None),
        ("/settings/webhooks/new", None),
        ("/log/upload", lambda page: check(page, "light")),
    ):
        page = visit(address, by="ada")
        if use:
            use(page)
        assert barriers(page, axe) == [], address
