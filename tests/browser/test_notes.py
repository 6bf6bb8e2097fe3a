"""Notes by finance and the files to take along, in a real browser: who writes, who reads, what is handed out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from audits.models import ReportNote
from tests.browser.conftest import LEADS, PEOPLE, Visit
from tests.browser.test_pages import barriers, violations

OCTOBER = "from=2026-10&to=2026-10"
SAID = "Invoices were compared by hand."


def noted(page: Page) -> str:
    return page.get_by_role("region", name="Notes by finance").inner_text()


def write(visit: Visit, text: str = SAID, team: str = "") -> Page:
    page = visit(f"/report?{OCTOBER}", by="fiona")
    page.get_by_role("link", name="Write a note").click()
    page.get_by_label("Note", exact=True).fill(text)
    if team:
        page.get_by_label("About optional").select_option(label=team)
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_text("stands.")).to_be_visible()
    return page


def test_finance_writes_changes_and_withdraws_and_nothing_is_lost(visit: Visit, axe: str) -> None:
    page = write(visit)
    assert SAID in noted(page)
    page.get_by_role("link", name="Change the note").first.click()
    page.locator("textarea").fill("They were compared twice.")
    page.get_by_role("button", name="Save as version 2").click()
    assert "They were compared twice." in noted(page)
    page.get_by_role("link", name="Change the note").first.click()
    expect(page.get_by_text(SAID)).to_be_visible()  # among the versions
    assert violations(page, axe) == []
    page.get_by_role("button", name="Withdraw").click()
    assert "They were compared twice." not in page.content()
    assert ReportNote.objects.filter(text="They were compared twice.").count() == 2


@pytest.mark.parametrize("name", PEOPLE)
def test_a_note_of_a_team_is_read_by_who_sees_it_and_written_by_finance_and_administrators(
    visit: Visit, name: str
) -> None:
    write(visit, f"Of the claims, for {name}.", team=LEADS)
    write(visit, f"Of all teams, for {name}.")
    page = visit(f"/report?{OCTOBER}", by=name)
    sees_all = name in ("ada", "fiona")
    assert f"Of the claims, for {name}." in noted(page)
    assert (f"Of all teams, for {name}." in noted(page)) == sees_all
    expect(page.get_by_role("link", name="Write a note")).to_have_count(1 if sees_all else 0)


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    for name in ("fiona", "victor"):
        assert barriers(visit(f"/report/notes?{OCTOBER}", by=name), axe) == []


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize(("label", "begins"), [("PDF", b"%PDF-"), ("XLSX", b"PK"), ("CSV", b"tier,")])
def test_everybody_takes_the_report_along(visit: Visit, name: str, label: str, begins: bytes) -> None:
    page = visit(f"/report?{OCTOBER}", by=name)
    with page.expect_download() as handed:
        page.get_by_role("link", name=label, exact=True).click()
    assert handed.value.suggested_filename == f"truecost-2026-10-by-tier.{label.lower()}"
    assert handed.value.path().read_bytes().startswith(begins)
