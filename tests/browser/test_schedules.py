"""Schedules in a real browser: made, looked at before anything goes out, sent to oneself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from accounts.models import User
from audits.actions.mail import deliver
from tests.browser.conftest import Visit
from tests.browser.test_pages import barriers
from tests.mail import Mailbox


@pytest.mark.parametrize("name", ["lena", "victor"])
def test_who_keeps_no_settings_is_not_let_in(visit: Visit, name: str) -> None:
    visit("/settings/schedules", by=name, status=403)


def test_finance_makes_one_looks_at_it_and_sends_it_to_herself(visit: Visit, axe: str, mailbox: Mailbox) -> None:
    User.objects.filter(username="fiona").update(email="fiona@example.com")
    page = visit("/settings/schedules", by="fiona")
    expect(page.get_by_text("Nothing goes out by itself yet")).to_be_visible()
    page.get_by_role("link", name="Make a schedule").click()
    assert barriers(page, axe) == []
    page.get_by_label("Name").fill("For the board")
    page.get_by_role("checkbox", name="Team lead").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("For the board")
    letters = page.locator(".letter")
    expect(letters).to_have_count(2)  # finance sees all teams, the lead her own
    expect(letters.first).to_contain_text("True cost per success")
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Send it to me alone").click()
    expect(page.get_by_text("It goes to fiona@example.com within a minute.")).to_be_visible()
    deliver(at=datetime.now(UTC))
    assert [file.get_filename() for file in mailbox.only().iter_attachments()]
    page.reload()
    expect(page.get_by_role("region", name="What went out")).to_contain_text("sent")
    assert barriers(page, axe) == []
    page.goto("/settings/schedules")
    expect(page.get_by_role("region", name="Schedules")).to_contain_text("On working day 3 of each month at 07:00")
    assert barriers(page, axe) == []
