"""Every page in a real browser: for whom it opens, that it is accessible, fits a phone, and leads where it says."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LEADS, PEOPLE, PHONE, Visit

OCTOBER = "from=2026-10&to=2026-10"
REPORT = f"/report?{OCTOBER}"
PAGES = [
    REPORT,
    f"/report?{OCTOBER}&by=task_type,model&lens=route&tier=commodity",
    "/report?from=2020-01&to=2020-01",
    f"/entries?{OCTOBER}&category=internal_failure",
    f"/calls?{OCTOBER}&tier=commodity",
    f"/tasks?{OCTOBER}&state=failure",
    "/focus",
]
SEEN_BY_ALL_AND_ALONE = [("/login/", "", 200), ("/no-such-page", "", 404), ("/patterns", "victor", 403)]


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_open_for_every_role(visit: Visit, name: str) -> None:
    page = visit("/report", by=name)
    for address in PAGES:
        page.goto(address)
        expect(page.get_by_role("complementary")).to_contain_text("Simulated data")
        settings = page.get_by_role("link", name="Settings", exact=True)
        expect(settings).to_have_count(1 if name in ("ada", "fiona") else 0)


@pytest.mark.parametrize("name", PEOPLE)
def test_patterns_open_for_administrators_only(visit: Visit, name: str) -> None:
    visit("/patterns", by=name, status=200 if name == "ada" else 403)


@pytest.mark.parametrize(
    ("address", "by", "status"),
    [*((address, "ada", 200) for address in [*PAGES, "/patterns"]), *SEEN_BY_ALL_AND_ALONE],
)
def test_nobody_is_shut_out(visit: Visit, axe: str, address: str, by: str, status: int) -> None:
    assert barriers(visit(address, by=by, status=status), axe) == []


@pytest.mark.parametrize(("name", "sees"), [("fiona", "all"), ("victor", "own")])
def test_a_report_leads_to_a_FOCUS_file_of_what_one_sees(visit: Visit, name: str, sees: str) -> None:
    page = visit(REPORT, by=name)
    page.get_by_role("link", name="FOCUS", exact=True).click()
    page.get_by_label("From", exact=True).fill("2026-10")
    page.get_by_label("To", exact=True).fill("2026-10")
    with page.expect_download() as loading:
        page.get_by_role("button", name="Download CSV").click()
    assert loading.value.suggested_filename == "truecost-2026-10-focus.csv"
    with loading.value.path().open(newline="") as file:
        teams = {row["SubAccountName"] for row in csv.DictReader(file)}
    assert teams == {LEADS} if sees == "own" else len(teams) > 2


def test_nobody_is_shut_out_of_a_task(visit: Visit, axe: str) -> None:
    page = visit(f"/entries?{OCTOBER}&source=correction&traced=yes", by="ada")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Task")
    assert barriers(page, axe) == []


# What passes is counted in the page: to hand it over takes longer than to find it.
RUN_AXE = """async rules => {
    const found = await axe.run(document, { ...rules, resultTypes: ["violations"], preload: false });
    return {
        passes: found.passes.length,
        violations: found.violations.flatMap(
            item => item.nodes.map(node => `${item.id}: ${node.html} ${node.failureSummary}`)),
    };
}"""


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe finds, after opening what is folded; of a dark page what light and dark tell apart: contrast."""
    page.evaluate("for (const each of document.querySelectorAll('details')) { each.open = true; }")
    page.evaluate(axe)
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found = page.evaluate(RUN_AXE, {"runOnly": ["color-contrast"]} if is_dark else {})
    assert found["passes"]
    return found["violations"]


def barriers(page: Page, axe: str) -> list[str]:
    """Return what shuts somebody out of a page: what axe finds, light and dark, and that it scrolls on a phone."""
    found = violations(page, axe)
    usual = page.viewport_size
    assert usual
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": PHONE, "height": usual["height"]})
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    found += violations(page, axe)
    width = page.evaluate("document.documentElement.scrollWidth")
    found += [f"scrolls to {width} pixels on a phone"] if width > PHONE else []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(usual)
    return found


def test_the_chart_is_drawn_and_nothing_moves(visit: Visit) -> None:
    page = visit(REPORT, by="ada")
    canvas = page.locator("#chart[data-drawn=yes]")
    expect(canvas).to_be_visible()
    assert colours(page) > 5
    shift = page.evaluate(
        "new Promise((done) => { new PerformanceObserver((list) =>"
        " done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift',"
        " buffered: true}); setTimeout(() => done(0), 300); })"
    )
    assert shift < 0.01


def colours(page: Page) -> int:
    """Return how many colours fill a good part of the chart."""
    return page.evaluate(
        """() => {
            const canvas = document.getElementById("chart"), seen = new Map();
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            for (let at = 0; at < pixels.length; at += 4) {
                const key = pixels.slice(at, at + 4).join();
                seen.set(key, (seen.get(key) || 0) + 1);
            }
            return [...seen.values()].filter((count) => count > 40).length;
        }"""
    )


def test_the_chart_has_its_table(visit: Visit) -> None:
    page = visit(REPORT, by="ada")
    page.get_by_text("The chart as a table").click()
    twin = page.get_by_role("region", name="The table of the chart")
    data = page.evaluate("JSON.parse(document.getElementById('chart-data').textContent)")
    assert twin.locator("tbody th").all_inner_texts() == [bar["label"] for bar in data["bars"]]
    for row, bar in zip(twin.locator("tbody tr").all(), data["bars"], strict=True):
        shown = row.locator("td:nth-last-child(3) data").get_attribute("value")
        assert float(shown or "") == pytest.approx(bar["total"])


def test_a_reader_walks_from_the_headline_to_one_task(visit: Visit) -> None:
    page = visit(REPORT, by="ada")
    figure = (
        page.get_by_role("list", name="Headline").get_by_role("listitem").filter(has_text="Token bill").locator("a")
    )
    bill = figure.locator("data").get_attribute("value")
    figure.click()
    expect(page).to_have_url(re.compile(r"/calls\?from=2026-10"))
    shown = page.locator(".sums .figure").inner_text().lstrip("$").replace(",", "")
    assert float(shown) == float(bill or "")
    page.locator("tbody td a").first.click()
    expect(page.get_by_role("heading", name="Calls, as they happened")).to_be_visible()


def test_older_rows_follow_and_lead_back(visit: Visit) -> None:
    page = visit(f"/calls?{OCTOBER}", by="ada")
    newest = page.locator("tbody tr").first.inner_text()
    page.get_by_role("link", name="Older").click()
    assert page.locator("tbody tr").first.inner_text() != newest
    page.get_by_role("link", name="Newest").click()
    assert page.locator("tbody tr").first.inner_text() == newest


def test_a_filter_can_be_dropped(visit: Visit) -> None:
    page = visit(f"/calls?{OCTOBER}&tier=commodity", by="ada")
    page.get_by_role("link", name="Drop the filter tier").click()
    expect(page).to_have_url(re.compile(r"/calls\?from=2026-10&to=2026-10$"))


def test_the_form_asks_for_a_report_that_can_be_shared(visit: Visit) -> None:
    page = visit(REPORT, by="ada")
    page.get_by_text("Filters, lens, basis, success, bill").click()
    page.get_by_label("Rows by").select_option("team")
    page.get_by_label("Tier", exact=True).select_option("commodity")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"tier=commodity"))
    assert "task_type=" not in page.url
    expect(page.get_by_label("Tier", exact=True)).to_have_value("commodity")
    expect(page.locator("table.wide thead th").first).to_have_text("Team")


def test_light_or_dark_is_kept(visit: Visit) -> None:
    page = visit(REPORT, by="ada", scheme="dark")
    theme = page.locator("html")
    expect(theme).to_have_attribute("data-bs-theme", "dark")
    page.get_by_role("button", name="Dark").click()
    page.reload()
    expect(theme).to_have_attribute("data-bs-theme", "light")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "false")


def test_the_keyboard_skips_to_the_content(visit: Visit) -> None:
    page = visit(REPORT, by="ada")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_somebody_logs_in_and_out(visit: Visit) -> None:
    page = visit("/report")
    page.get_by_label("User name or e-mail").fill("lena")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("True cost")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
