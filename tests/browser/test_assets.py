"""Assets in a real browser: a build that was abandoned, from the form to the ledger, and what its team lead sees."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import LEADS, Visit
from tests.browser.test_pages import barriers

NAME, SEPTEMBER = "Claims assistant", "from=2026-09&to=2026-09"


def test_finance_enters_a_build_and_finds_it_on_the_books_and_its_lead_that_one_alone(visit: Visit, axe: str) -> None:
    page = visit("/settings/fixed-costs/new", by="fiona")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("What it is").select_option("In-house build")
    page.get_by_label("Amount, USD").fill("4500000")
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_label("To", exact=True).fill("2027-03-01")
    page.get_by_label("Abandoned on").fill("2026-09-15")
    page.get_by_label("Team").select_option(LEADS)
    page.get_by_role("button", name="See what it would move").click()
    page.get_by_role("button", name="Save it").click()
    expect(page.get_by_text("saved, and what follows")).to_be_visible()

    page.goto(f"/assets?{SEPTEMBER}")
    books = page.get_by_role("region", name="On the books")
    expect(books.get_by_role("row").filter(has_text=NAME)).to_contain_text("$1,772,405.66")
    expect(books.get_by_role("row").filter(has_text="Model gateway")).to_contain_text("Licence")
    assert barriers(page, axe) == []
    books.get_by_role("link", name=NAME).click()
    expect(page.locator("#book-value[data-drawn]")).to_be_visible()
    expect(page.get_by_role("region", name="Schedule").get_by_role("row").last).to_contain_text("$1,772,405.66")
    assert barriers(page, axe) == []
    with page.expect_download() as loading:
        page.get_by_role("link", name="Schedule as CSV").click()
    assert "2026-09,1920990.56603769,148584.90566038,1772405.66037731" in loading.value.path().read_text()
    page.get_by_role("region", name="Per success").get_by_role("link", name="$1,920,990.57").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledger entries")
    expect(page.get_by_role("main")).to_contain_text("1,920,990.566037690")

    page = visit(f"/assets?{SEPTEMBER}", by="lena")
    expect(page.get_by_role("region", name="On the books").get_by_role("rowheader")).to_have_text(
        [f"{NAME}In-house build", "Total"]
    )
    expect(page.get_by_role("link", name="Add a fixed cost")).to_have_count(0)
