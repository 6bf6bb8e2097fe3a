"""The overview in a real browser: for every role, drawn, readable, and leading where it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers


@pytest.fixture(autouse=True, scope="module")
def _november() -> Iterator[None]:
    """The sample ends with October 2026, which is then the last full month."""
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        yield


@pytest.mark.parametrize("name", PEOPLE)
def test_it_opens_for_every_role_with_both_charts_drawn(visit: Visit, name: str) -> None:
    page = visit("/overview", by=name)
    expect(page.get_by_role("region", name="October 2026", exact=True)).to_contain_text("the last full month")
    expect(page.get_by_role("region", name="November 2026", exact=True)).to_contain_text("so far: day 20 of 30")
    expect(page.locator("canvas[data-drawn=yes]")).to_have_count(2)


@pytest.mark.parametrize("name", PEOPLE)
def test_only_who_may_set_prices_is_sent_to_them(visit: Visit, name: str) -> None:
    page = visit("/overview", by=name)
    may = name in ("ada", "fiona")
    expect(page.get_by_role("link", name="Add a price")).to_have_count(1 if may else 0)


@pytest.mark.parametrize("name", ["ada", "victor"])
def test_nobody_is_shut_out(visit: Visit, axe: str, name: str) -> None:
    assert barriers(visit("/overview", by=name), axe) == []


def test_a_reader_walks_from_a_month_to_its_calls(visit: Visit) -> None:
    page = visit("/overview", by="ada")
    october = page.get_by_role("region", name="October 2026", exact=True)
    bill = october.locator("div", has=page.get_by_text("Token bill", exact=True)).last.locator("dd a")
    stated = bill.locator("data").get_attribute("value")
    bill.click()
    expect(page).to_have_url(re.compile(r"/calls\?from=2026-10&to=2026-10$"))
    shown = page.locator(".sums .figure").inner_text().lstrip("$").replace(",", "")
    assert float(shown) == float(stated or "")


def test_a_month_leads_to_its_report(visit: Visit) -> None:
    page = visit("/overview", by="victor")
    page.get_by_role("link", name="October 2026", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("True cost of AI work, October 2026")


def test_charts_have_their_tables(visit: Visit) -> None:
    page = visit("/overview", by="ada")
    data = {
        name: page.evaluate(f"JSON.parse(document.getElementById('{name}-data').textContent)")
        for name in ("trend", "flow")
    }
    trend, flows = twins(page)
    assert trend.locator("thead th").all_inner_texts()[1:] == [series["label"] for series in data["trend"]["series"]]
    first = data["trend"]["series"][0]["points"][-2]["cost"]
    row = trend.locator("tbody tr", has_text="2026-10")
    assert float(row.locator("td data").first.get_attribute("value") or "") == pytest.approx(first)
    assert flows.locator("tbody th").all_inner_texts() == [tier["label"] for tier in data["flow"]["tiers"]]


def twins(page: Page) -> list[Page]:
    page.get_by_text("The chart as a table").first.click()
    page.get_by_text("The chart as a table").last.click()
    names = ("The table of the trend", "The table of the flows")
    return [page.get_by_role("region", name=name) for name in names]


def test_a_tier_that_hides_the_others_can_be_left_out(visit: Visit) -> None:
    page = visit("/overview", by="ada")
    before = top_of_axis(page)
    mid = page.get_by_role("button", name="mid")
    mid.press("Enter")
    expect(mid).to_have_attribute("aria-pressed", "false")
    assert top_of_axis(page) < before
    mid.press("Enter")
    expect(mid).to_have_attribute("aria-pressed", "true")
    assert top_of_axis(page) == before


def top_of_axis(page: Page) -> float:
    top: float = page.evaluate("Chart.getChart('trend-chart').scales.y.max")
    return top


def test_axes_begin_at_zero_and_say_what_they_measure(visit: Visit) -> None:
    page = visit("/overview", by="ada")
    scale = page.evaluate("(({ min, options }) => [min, options.title.text])(Chart.getChart('trend-chart').scales.y)")
    assert scale == [0, "USD per successful task"]


def test_charts_are_drawn_again_in_the_dark(visit: Visit) -> None:
    page = visit("/overview", by="ada")
    line = "Chart.getChart('trend-chart').data.datasets[0].borderColor"
    light = page.evaluate(line)
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(line) != light


def test_nothing_moves_when_charts_are_drawn(visit: Visit) -> None:
    page = visit("/overview", by="ada")
    expect(page.locator("canvas[data-drawn=yes]")).to_have_count(2)
    shift = page.evaluate(
        "new Promise((done) => { new PerformanceObserver((list) =>"
        " done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift',"
        " buffered: true}); setTimeout(() => done(0), 300); })"
    )
    assert shift < 0.01
