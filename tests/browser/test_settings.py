"""Settings in a real browser: who gets in where, forms by keyboard and on a phone, a change shown before it is made."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LEADS, Visit
from tests.browser.test_pages import barriers, violations

REFERENCE = ["", "/models", "/models?q=claude", "/tiers", "/rates", "/task-types", "/fixed-costs"]
FORMS = ["/models/new", "/tiers/new", "/rates/new", "/task-types/new", "/fixed-costs/new"]
PEOPLE = ["/teams", "/people", "/people/new", "/keys", "/keys/new"]
MODEL = "anthropic/claude-opus-4-5"
ALL = [f"/settings{page}" for page in (*REFERENCE, *FORMS, *PEOPLE)]


@pytest.mark.parametrize("name", ["lena", "victor"])
def test_settings_are_closed_to_those_who_keep_none(visit: Visit, name: str) -> None:
    for address in ("/settings", "/settings/models", "/settings/rates/new", "/settings/people"):
        page = visit(address, by=name, status=403)
        expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings")).to_have_count(0)


def test_finance_keeps_reference_data_and_no_people(visit: Visit) -> None:
    page = visit("/settings", by="fiona")
    expect(page.get_by_role("navigation", name="In this section")).to_contain_text("Labour rates")
    expect(page.get_by_role("navigation", name="In this section")).not_to_contain_text("People")
    for address in PEOPLE:
        visit(f"/settings{address}", by="fiona", status=403)


def test_nobody_is_shut_out_of_settings(visit: Visit, axe: str) -> None:
    page = visit("/settings", by="ada")
    for address in ALL:
        page.goto(address)
        assert barriers(page, axe) == [], address


def open_model(page: Page) -> None:
    page.get_by_role("link", name=MODEL, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MODEL)


def fill_in_price(page: Page) -> None:
    page.get_by_role("link", name="Add a price").click()
    page.get_by_label("From", exact=True).fill("2026-08-01")
    for name, dollars in {"input": "5", "cache_read": "0.5", "cache_write": "6.25", "output": "25"}.items():
        page.locator(f"[name={name}]").fill(dollars)
    page.get_by_role("button", name="See what it would move").click()


def test_a_model_and_what_a_price_moves_are_open_to_all(visit: Visit, axe: str) -> None:
    page = visit("/settings/models?q=opus", by="fiona")
    open_model(page)
    assert barriers(page, axe) == []
    fill_in_price(page)
    expect(page.get_by_role("heading", name="What it would move")).to_be_visible()
    assert barriers(page, axe) == []


def test_finance_sees_what_a_price_moves_and_the_report_then_says_so(visit: Visit) -> None:
    page = visit("/settings/models?q=opus", by="fiona")
    open_model(page)
    fill_in_price(page)
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    october = page.get_by_role("region", name="Token bill by month").get_by_role("row").filter(has_text="2026-10")
    before, after = (float(october.locator("data").nth(at).get_attribute("value") or "") for at in (1, 2))
    assert before < after  # the sample in tests has no list prices
    bill = bill_of_october(visit)
    page.get_by_role("button", name="Save it").click()
    expect(page.get_by_role("status")).to_contain_text("saved")
    assert bill_of_october(visit) - bill == pytest.approx(after - before)


def bill_of_october(visit: Visit) -> float:
    page = visit("/report?from=2026-10&to=2026-10", by="fiona")
    figure = page.get_by_role("list", name="Headline").get_by_role("listitem").filter(has_text="Token bill")
    return float(figure.locator("data").first.get_attribute("value") or "")


def test_a_bad_number_is_said_at_its_field(visit: Visit, axe: str) -> None:
    page = visit("/settings/rates/new", by="fiona")
    page.get_by_label("Role").fill("clerk")
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_label("Loaded rate").fill("forty")
    page.get_by_role("button", name="See what it would move").click()
    expect(page.get_by_label("Loaded rate")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_contain_text("Must be a number, not 'forty'.")
    assert violations(page, axe) == []


def test_a_rate_is_added_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/settings/rates/new", by="fiona")
    page.get_by_label("Role").focus()
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.type("01012026")
    for _ in range(3):  # a date has three parts and a button in Chromium
        if page.evaluate("document.activeElement.name") == "hourly":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No figure of any month.")).to_be_visible()
    page.get_by_role("button", name="Save it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="clerk")).to_be_visible()


def test_a_key_is_made_copied_and_revoked(visit: Visit, axe: str) -> None:
    page = visit("/settings/keys", by="ada")
    page.get_by_role("link", name="Make a key").click()
    page.get_by_label("Name").fill("gateway")
    page.get_by_label("Team").select_option(label=LEADS)
    page.get_by_role("checkbox", name="Read reports and lists").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_text("it is not shown again")).to_be_visible()
    key = page.get_by_label("The key").inner_text()
    assert re.fullmatch(r"tc_[a-z0-9]{12}_\S{43}", key)
    assert violations(page, axe) == []
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == key
    page.goto("/settings/keys")
    assert key not in page.content()
    page.get_by_role("link", name="Revoke gateway").click()
    assert violations(page, axe) == []
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_role("row").filter(has_text="gateway")).to_contain_text("revoked")


def test_somebody_is_added_to_a_team_and_handed_a_link(visit: Visit, axe: str) -> None:
    page = visit("/settings/people/new", by="ada")
    page.get_by_label("User name").fill("nora")
    page.get_by_role("radio", name="Team lead").check()
    page.get_by_role("checkbox", name=LEADS).check()
    page.get_by_role("button", name="Add and invite").click()
    link = page.get_by_label("The link").inner_text()
    assert violations(page, axe) == []
    page.goto("/settings/people")
    row = page.get_by_role("row").filter(has_text="nora")
    expect(row).to_contain_text("Team lead")
    expect(row).to_contain_text(LEADS)
    theirs = visit("/login/")
    theirs.goto(re.sub(r"^https?://[^/]+", "", link))
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Choose a password")


def test_the_last_administrator_cannot_shut_everybody_out(visit: Visit, axe: str) -> None:
    page = visit("/settings/people", by="ada")
    page.get_by_role("region", name="People").get_by_role("link", name="ada").click()
    page.get_by_role("radio", name="Viewer").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody must be left")
    assert violations(page, axe) == []


def test_a_team_gets_another_name(visit: Visit) -> None:
    page = visit("/settings/teams", by="ada")
    page.get_by_role("link", name="Legal").click()
    page.get_by_label("Name").fill("Legal and compliance")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Legal and compliance")).to_be_visible()
