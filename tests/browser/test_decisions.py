"""Decisions in a real browser: asked, answered in a sentence, a chart and its table, as each role."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_pages import barriers

YEAR = "from=2025-11&to=2026-10"


@pytest.mark.parametrize("by", ["fiona", "lena"])
def test_who_reads_asks_whether_cheap_is_cheaper_here(visit: Visit, axe: str, by: str) -> None:
    page = visit(f"/decisions/compare?{YEAR}", by=by)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Is cheap cheaper here?")
    expect(page.locator(".verdict").first).to_be_visible()
    assert barriers(page, axe) == []
    page.get_by_label("Whose work").select_option("by model")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("region", name="Crude and adjusted side by side")).to_contain_text("/")


def test_finance_tries_out_what_a_failure_may_cost(visit: Visit, axe: str) -> None:
    page = visit(f"/decisions/break-even?{YEAR}", by="fiona")
    expect(page.locator("#break-even-chart[data-drawn]")).to_be_visible()
    assert barriers(page, axe) == []
    page.get_by_label("Try out").focus()
    page.keyboard.press("End")
    expect(page.locator("#tried")).to_contain_text("a failure")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("One failure costs, USD")).not_to_have_value("")
    expect(page.locator(".verdict")).to_be_visible()


def test_a_lead_whose_team_has_too_few_tries_is_told_so(visit: Visit, axe: str) -> None:
    page = visit(f"/decisions/break-even?{YEAR}", by="lena")
    expect(page.get_by_text("there is nothing to break even")).to_be_visible()
    assert barriers(page, axe) == []


@pytest.mark.parametrize("by", ["fiona", "lena"])
def test_who_reads_sees_what_work_is_worth(visit: Visit, axe: str, by: str) -> None:
    page = visit(f"/decisions/value?{YEAR}", by=by)
    expect(page.get_by_role("region", name="Unit economics by task type")).to_be_visible()
    assert barriers(page, axe) == []


@pytest.mark.parametrize("by", ["fiona", "lena"])
def test_who_reads_sees_what_incidents_may_cost(visit: Visit, axe: str, by: str) -> None:
    page = visit(f"/decisions/incidents?{YEAR}", by=by)
    expect(page.locator("#incidents-chart[data-drawn]")).to_be_visible()
    expect(page.get_by_role("region", name="Incidents, what they cost, and what one more would do")).to_be_visible()
    assert barriers(page, axe) == []


@pytest.mark.parametrize("by", ["fiona", "lena"])
def test_who_reads_holds_tiers_to_their_claims(visit: Visit, axe: str, by: str) -> None:
    page = visit(f"/report?{YEAR}", by=by)
    page.get_by_role("link", name="By complexity").click()
    expect(page.locator("#claims-chart[data-drawn]")).to_be_visible()
    expect(page.get_by_role("region", name="Claimed and measured by complexity")).to_contain_text("commodity")


def test_finance_confirms_a_switch_and_a_lead_reads_it(visit: Visit, axe: str) -> None:
    page = visit("/decisions/switches", by="fiona")
    assert barriers(page, axe) == []
    page.get_by_role("link", name="Record a switch").first.click()
    page.get_by_label("Team").select_option("Engineering")
    page.get_by_label("Since month").fill("2026-06")
    page.get_by_label("From tier or model").fill("frontier")
    page.get_by_label("To tier or model").fill("commodity")
    page.get_by_label("Note").fill("By order of the board")
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="2026-06").first.click()
    expect(page.get_by_text("By order of the board")).to_be_visible()
    assert barriers(page, axe) == []


def test_finance_saves_a_policy_and_holds_it_against_what_came(visit: Visit, axe: str) -> None:
    page = visit(f"/decisions/routing?{YEAR}", by="fiona")
    expect(page.locator("#routing-chart[data-drawn]")).to_be_visible()
    assert barriers(page, axe) == []
    page.get_by_role("link", name="as a scenario").first.click()
    page.get_by_label("Name").fill("Ours")
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Expected and actual", exact=True)).to_contain_text("Ours")
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Remove Ours").click()
    expect(page.get_by_text("No scenario yet")).to_be_visible()


def test_a_reader_comes_from_a_figure_to_how_it_is_worked_out(visit: Visit, axe: str) -> None:
    page = visit(f"/decisions/compare?{YEAR}", by="lena")
    page.get_by_role("link", name="How it is worked out").click()
    expect(page.get_by_role("heading", name="19. Fair comparison")).to_be_in_viewport()
    assert barriers(page, axe) == []
