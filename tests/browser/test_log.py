"""Rework is logged in a real browser: by keyboard alone, on a phone, by a link without a login, and only by who may."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Team
from audits.actions.links import link_address, make_link
from audits.domain.taps import is_drawn
from audits.models import Correction
from spend.models import Task
from tests.browser.conftest import LEADS, PEOPLE, PHONE, Visit
from tests.browser.test_pages import barriers

KEYS = 11  # besides the id
QUARTER = "17.125"  # of an hour of an adjuster at $68.50
WRITERS = ["ada", "lena"]
SCHEMES = ["light", "dark"]


def a_task() -> Task:
    """The newest named task of Lena's team."""
    return Task.objects.filter(team__name=LEADS, implicit=False).order_by("-day", "-external_id")[0]


def a_link() -> str:
    task = a_task()
    return link_address(make_link(team=task.team_id, task=task.external_id, at=timezone.now())[0])


def latest() -> Correction:
    return Correction.objects.filter(latest=True).latest("pk")


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.count += 1


@pytest.mark.parametrize("name", PEOPLE)
def test_only_those_who_may_write_are_led_there_and_let_in(visit: Visit, name: str) -> None:
    may = name in WRITERS
    page = visit("/log", by=name, status=200 if may else 403)
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(1 if may else 0)
    page = visit("/team", by=name)
    expect(page.get_by_role("link", name="Log rework")).to_have_count(2 if may else 0)
    expect(page.get_by_role("link", name="My team").or_(page.get_by_role("link", name="Rework"))).not_to_have_count(0)


def test_the_common_case_takes_eleven_keys_and_the_digits_of_the_id(visit: Visit) -> None:
    """docs/logging-rework.md states this count. The cost shown before is the cost saved."""
    page = visit("/log", by="lena")
    task = a_task()
    expect(page.get_by_label("Find the task")).to_be_focused()
    page.keyboard.type(task.external_id)
    expect(page.get_by_role("radio", name=task.external_id)).to_be_checked()
    keys = Keys(page)
    keys.press("Tab", "Tab", "Space", "ArrowRight", "Tab", "Tab", "1", "5", "Tab", "ArrowRight")
    expect(page.get_by_role("radio", name="Accepted")).to_be_checked()
    expect(page.locator("#preview data").first).to_have_attribute("value", QUARTER)
    keys.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Added")).to_be_visible()
    assert keys.count == KEYS
    assert page.locator(".added data").first.get_attribute("value") == QUARTER
    correction = latest()
    assert (correction.task_name, correction.verdict) == (task.external_id, "accepted")
    assert (correction.minutes, str(correction.recorded_by)) == (Decimal(15), "lena")


def test_another_follows_by_ctrl_enter_with_last_times_answers(visit: Visit) -> None:
    page = visit("/log", by="lena")
    page.get_by_role("radio", name="Redo").check()
    page.get_by_role("radio", name="30 minutes").check()
    page.get_by_label("Find the task").fill(a_task().external_id[1:])  # a part of it, of which there is one
    expect(page.get_by_role("radio", name=a_task().external_id)).to_be_checked()
    expect(page.locator("#preview")).to_contain_text("it delivered the task")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/log\?added="))
    expect(page.get_by_text("Added")).to_be_visible()
    expect(page.get_by_role("radio", name="Redo")).to_be_checked()
    expect(page.get_by_label("Find the task")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    assert latest().withdrawn


def test_a_thumb_needs_five_taps_on_a_phone(visit: Visit) -> None:
    page = visit("/log", by="lena", width=PHONE)
    taps = [
        page.locator(".tasks label").first,
        page.locator("label", has=page.get_by_role("radio", name="Fix", exact=True)),
        page.locator("label", has=page.get_by_role("radio", name="15 minutes")),
        page.locator("label", has=page.get_by_role("radio", name="Amended")),
    ]
    for tap in taps:
        box = tap.bounding_box()
        assert box
        assert box["height"] >= 44
        tap.click()
    expect(page.locator("#preview")).to_contain_text("it delivered the task")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    bar = page.locator(".bar").bounding_box()
    assert bar
    assert bar["y"] + bar["height"] <= 901  # the cost and the buttons are always in sight
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Added")).to_be_visible()
    assert (latest().minutes, latest().activity, latest().verdict) == (Decimal(15), "fix", "amended")


def test_a_double_click_saves_once(visit: Visit) -> None:
    before = Correction.objects.count()
    page = visit("/log", by="lena")
    page.locator(".tasks label").first.click()
    page.get_by_role("radio", name="Fix", exact=True).check()
    page.get_by_role("radio", name="5 minutes", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_text("Added")).to_be_visible()
    assert Correction.objects.count() == before + 1


def test_a_button_and_a_number_are_never_both_chosen(visit: Visit) -> None:
    page = visit("/log", by="lena")
    page.get_by_role("radio", name="30 minutes").check()
    page.get_by_label("or", exact=True).fill("7")
    expect(page.get_by_role("radio", name="30 minutes")).not_to_be_checked()
    page.get_by_role("radio", name="10 minutes").check()
    expect(page.get_by_label("or", exact=True)).to_have_value("")


def test_what_is_wrong_is_said_and_gone_to(visit: Visit) -> None:
    page = visit("/log", by="lena")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#problems")).to_be_focused()
    expect(page.get_by_role("alert").filter(has_text="Choose a task")).to_be_visible()


def test_a_whole_month_asks_for_a_month_instead_of_a_task(visit: Visit) -> None:
    page = visit("/log", by="lena")
    expect(page.locator("#id_month")).to_be_hidden()
    page.get_by_role("radio", name="A whole month").check()
    expect(page.get_by_label("Find the task")).to_be_hidden()
    page.locator("#id_month").fill("2026-10")
    page.get_by_role("radio", name="Fix", exact=True).check()
    page.get_by_label("or", exact=True).fill("840")
    expect(page.locator("#preview")).to_contain_text("shared by the number of tasks each tier delivered")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rework of October 2026")


def test_a_record_is_changed_and_withdrawn_with_reasons(visit: Visit) -> None:
    page = logged(visit, by="lena")
    page.get_by_text("Change it", exact=True).click()
    page.get_by_role("radio", name="60 minutes").check()
    page.get_by_label("Why do you change it?").fill("It took an hour")
    page.get_by_role("button", name="Save the change").click()
    versions = page.get_by_role("region", name="Versions")
    expect(versions.locator("tbody tr")).to_have_count(2)
    expect(versions).to_contain_text("It took an hour")
    expect(page.get_by_role("region", name="Ledger entries").locator("tbody tr")).to_have_count(3)
    page.get_by_text("Withdraw it", exact=True).click()
    page.get_by_label("Why?", exact=True).fill("Wrong ticket")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("Withdrawn: Wrong ticket")).to_be_visible()
    expect(page.locator(".facts").get_by_text("$0.00")).to_be_visible()


def logged(visit: Visit, by: str, **how: str) -> Page:
    """Log a little and stay on the page of it."""
    page = visit("/log", by=by, **how)
    page.get_by_label("Find the task").fill(a_task().external_id)
    expect(page.get_by_role("radio", name=a_task().external_id)).to_be_checked()
    page.get_by_role("radio", name="Fix", exact=True).check()
    page.get_by_role("radio", name="10 minutes").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Added")).to_be_visible()
    return page


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    page = visit("/log", by="lena")
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Save", exact=True).click()
    assert barriers(page, axe) == []
    page = logged(visit, by="lena", scheme="light")
    assert barriers(page, axe) == []
    for address in ("/team?month=2026-10", "/team?month=2020-01", "/team?month=2026-10&cause=incomplete"):
        page.goto(address)
        assert barriers(page, axe) == [], address


def test_nobody_is_shut_out_by_a_link(visit: Visit, axe: str) -> None:
    page = visit(a_link())
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Accepted").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert barriers(page, axe) == []
    visit("/log?task=a:b:c", status=404)


def test_one_tap_by_a_link_is_a_verdict_and_can_be_taken_back(visit: Visit) -> None:
    page = visit(a_link(), width=PHONE)
    expect(page.get_by_role("heading", level=1)).to_contain_text(a_task().external_id)
    expect(page.get_by_role("navigation")).to_have_count(0)
    drawn = next(one for one in (str(UUID(int=number)) for number in range(1000)) if is_drawn(f"link-{one}"))
    page.evaluate("(id) => { document.querySelector('[name=client_id]').value = id; }", drawn)
    page.get_by_role("button", name="Accepted").click()
    expect(page.get_by_text("Recorded for")).to_contain_text("accepted")
    assert (latest().by_link, latest().provenance, latest().task_name) == (True, "estimated", a_task().external_id)
    page.get_by_role("radio", name="30 minutes").check()
    page.get_by_role("button", name="Save the minutes").click()
    expect(page.get_by_text("Recorded for")).to_contain_text("30 minutes")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Taken back")
    assert latest().withdrawn


def test_a_lead_copies_a_link_for_a_ticket(visit: Visit) -> None:
    page = logged(visit, by="lena")
    page.get_by_role("button", name="Copy link for ticket").click()
    made = page.locator("#made-link")
    expect(made).to_contain_text("/log?task=")
    page = visit(made.inner_text())
    expect(page.get_by_role("heading", level=1)).to_contain_text(a_task().external_id)


def test_my_team_shows_what_was_logged_and_its_chart_has_its_table(visit: Visit) -> None:
    page = visit("/team?month=2026-10", by="lena")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{LEADS}, October 2026")
    expect(page.locator("#chart[data-drawn=yes]")).to_be_visible()
    page.get_by_text("The chart as a table").click()
    data = page.evaluate("JSON.parse(document.getElementById('chart-data').textContent)")
    rows = page.get_by_role("region", name="The table of the chart").locator("tbody tr")
    shown = {row.locator("th").inner_text().replace("_", " "): row for row in rows.all()}
    for bar in data["bars"]:
        amount = shown[bar["label"]].locator("td data").nth(1).get_attribute("value")
        assert float(amount or "") == pytest.approx(sum(bar["parts"]))
    page.get_by_role("link", name="Month before").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{LEADS}, September 2026")


def test_finance_chooses_among_all_teams(visit: Visit) -> None:
    page = visit("/team?month=2026-10", by="fiona")
    names = sorted(Team.objects.values_list("name", flat=True))
    assert page.get_by_label("Team", exact=True).locator("option").all_inner_texts() == names
    page.get_by_label("Team", exact=True).select_option("Legal")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Legal, October 2026")


def test_a_figure_of_my_team_leads_to_its_records(visit: Visit) -> None:
    page = visit("/team?month=2026-10", by="lena")
    row = page.get_by_role("region", name="By activity, the table").locator("tbody tr").last
    activity, records = row.locator("th").inner_text(), int(row.locator("td").first.inner_text())
    row.locator("a").click()
    listed = page.get_by_role("region", name="What was logged").locator("tbody tr")
    expect(listed).to_have_count(min(records, 50))
    expect(listed.first).to_contain_text(activity)
