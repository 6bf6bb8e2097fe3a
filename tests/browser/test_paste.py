"""Rework pasted from a spreadsheet, in a real browser: seen, mended, saved; and not counted again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers

ROWS = "date\ttask\tactivity\tminutes\trole\n2026-10-05\tP-1\tfix\t30\tadjuster\n05/10/2026\tP-2\tredo\t1:30\tadjuster"


@pytest.mark.parametrize("name", PEOPLE)
def test_it_opens_for_who_logs(visit: Visit, name: str) -> None:
    visit("/log/paste", by=name, status=200 if name in ("ada", "lena") else 403)


def test_one_page_of_the_section_is_the_current_one(visit: Visit) -> None:
    page = visit("/log/paste", by="lena")
    within = page.get_by_role("navigation", name="In this section")
    expect(within.locator("[aria-current]")).to_have_text(["Paste rows"])


def check(page: Page, rows: str = ROWS) -> None:
    page.get_by_label("Rows of a spreadsheet").fill(rows)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("button", name="Check again")).to_be_visible()


def test_a_lead_mends_a_day_and_saves_with_the_keyboard(visit: Visit) -> None:
    page = visit("/log/paste", by="lena")
    check(page)
    expect(page.get_by_text("may be 2026-10-05 or 2026-05-10")).to_be_visible()
    cell = page.get_by_label("day of row 3")
    cell.fill("2026-10-05")
    again = page.get_by_role("button", name="Check again")
    again.focus()
    page.keyboard.press("Enter")
    save = page.get_by_role("button", name="Save 2 rows")
    expect(save).to_be_visible()
    save.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 rows saved.")).to_be_visible()
    check(page, ROWS.replace("05/10/2026", "2026-10-05"))
    expect(page.get_by_text("will not count again")).to_be_visible()


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    page = visit("/log/paste", by="ada")
    assert barriers(page, axe) == []
    check(page, ROWS.replace("P-", "all-"))
    assert barriers(page, axe) == []
