"""The report in a real browser: asked anew in place, sorted, grouped, on a phone, on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_pages import barriers

OCTOBER = "from=2026-10&to=2026-10"
CLAIMS = f"/report?{OCTOBER}&task_type=claim_assessment&by=model"
PAIR = "/report?from=2026-08&to=2026-10&by=team&by=tier"


def test_a_changed_filter_asks_anew_in_place_and_can_be_shared(visit: Visit) -> None:
    page = visit(f"/report?{OCTOBER}", by="ada")
    page.evaluate("window.isSame = true")
    page.get_by_text("Filters, lens, basis, success, bill").click()
    page.get_by_label("Tier", exact=True).focus()
    page.get_by_label("Tier", exact=True).select_option("commodity")
    expect(page).to_have_url(re.compile(r"\?from=2026-10&to=2026-10&by=tier&tier=commodity$"))
    expect(page.get_by_label("What the report is of")).to_contain_text("Tier: commodity")
    expect(page.get_by_label("Tier", exact=True)).to_be_focused()
    assert page.evaluate("window.isSame")
    expect(page.locator("#chart[data-drawn=yes]")).to_be_visible()
    expect(page.locator("#claims-chart[data-drawn=yes]")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("What the report is of")).not_to_contain_text("commodity")
    expect(page.locator("#chart[data-drawn=yes]")).to_be_visible()


def test_usual_periods_are_one_press_away(visit: Visit) -> None:
    page = visit(f"/report?{OCTOBER}&by=team", by="lena")
    page.get_by_role("link", name="Last 12 months").click()
    expect(page.get_by_role("link", name="Last 12 months")).to_have_attribute("aria-current", "true")
    assert page.get_by_label("From").input_value() < page.get_by_label("To", exact=True).input_value()
    expect(page.get_by_label("Rows by")).to_have_value("team")


def test_columns_sort_by_keyboard_and_keep_their_place(visit: Visit) -> None:
    page = visit(f"/report?{OCTOBER}&by=model", by="ada")
    heading = page.get_by_role("columnheader", name="Multiplier")
    heading.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(heading.get_by_role("link")).to_be_focused()
    assert page.evaluate("document.getElementById('figures').scrollLeft") > 0
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    expect(heading.get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading).not_to_have_attribute("aria-sort", re.compile("."))


def test_by_two_dimensions_rows_stand_under_their_subtotal(visit: Visit) -> None:
    page = visit(PAIR, by="ada")
    groups = page.locator("table.wide tbody")
    assert groups.count() > 1
    for group in groups.all():
        head, *rows = [int(row.locator("td").first.inner_text().replace(",", "")) for row in group.locator("tr").all()]
        assert head == sum(rows)


def test_first_column_and_head_stay_in_sight(visit: Visit) -> None:
    page = visit(PAIR, by="ada")
    corner = page.locator("table.wide thead th").first
    before = corner.bounding_box()
    page.evaluate("document.getElementById('figures').scrollTo(600, 300)")
    assert corner.bounding_box() == before


def test_the_rates_have_a_chart_and_its_table(visit: Visit) -> None:
    page = visit(CLAIMS, by="ada")
    expect(page.locator("#claims-chart[data-drawn=yes]")).to_be_visible()
    table = page.get_by_role("region", name="The table of fail rates")
    data = page.evaluate("JSON.parse(document.getElementById('claims-data').textContent)")
    assert table.locator("tbody th").all_inner_texts() == [tier["label"] for tier in data]


@pytest.mark.parametrize("address", [CLAIMS, PAIR])
def test_nobody_is_shut_out(visit: Visit, axe: str, address: str) -> None:
    assert barriers(visit(address, by="ada"), axe) == []


def test_on_paper_it_says_what_it_is_of_and_leaves_out_what_a_screen_is_for(visit: Visit) -> None:
    page = visit(CLAIMS, by="ada", width=703)  # A4 without its margins
    page.emulate_media(media="print")
    expect(page.get_by_label("What the report is of")).to_contain_text("Task type: claim_assessment")
    for gone in (page.locator(".top"), page.locator(".controls"), page.get_by_role("button", name="Show")):
        expect(gone).to_be_hidden()
    assert _width(page) <= 703
    assert page.locator("table.wide tfoot td:visible").count() > 8


def _width(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def test_without_scripts_the_form_still_asks(visit: Visit) -> None:
    page = visit(f"/report?{OCTOBER}&tier=commodity&team=&model=", by="ada")
    expect(page.get_by_label("What the report is of")).to_contain_text("Tier: commodity")
