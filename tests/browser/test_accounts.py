"""People and their accounts in a real browser: signing in, passwords, profile, second factor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts.actions import password_link
from accounts.models import User
from config.celery import app
from tests.browser.conftest import PHONE, Visit
from tests.browser.test_pages import violations
from tests.cast import PASSWORD
from tests.mail import Mailbox

NEW = "another staple for the horse"
OPEN_TO_ALL = ["/login/", "/password-reset/", "/password/MQ/expired/"]


@pytest.fixture
def _worker_at_once() -> Iterator[None]:
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("User").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def choose_password(page: Page, password: str) -> None:
    page.get_by_label("New password", exact=True).fill(password)
    page.get_by_label("New password confirmation").fill(password)
    page.get_by_role("button", name="Set the password").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", OPEN_TO_ALL)
def test_nobody_is_shut_out_of_signing_in(visit: Visit, axe: str, scheme: str, address: str) -> None:
    assert violations(visit(address, scheme=scheme), axe) == []


@pytest.mark.parametrize("address", OPEN_TO_ALL)
def test_signing_in_fits_a_phone(visit: Visit, address: str) -> None:
    assert visit(address, width=PHONE).evaluate("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.usefixtures("_worker_at_once")
def test_a_forgotten_password_is_set_anew_by_mail(
    visit: Visit, site: str, mailbox: Mailbox, settings: Settings
) -> None:
    settings.PUBLIC_URL = site
    page = visit("/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("E-mail address").fill("victor@example.com")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("status")).to_contain_text("a link is on its way")
    link = mailbox.link()
    page.goto(link)
    assert urlsplit(link).path.split("/")[3] not in page.url  # nor in a history
    choose_password(page, NEW)
    expect(page.get_by_role("status")).to_contain_text("Your password is set")
    log_in(page, "victor", NEW)
    expect(page).to_have_url(re.compile(r"/(overview|report)"))
    page.get_by_role("button", name="Sign out").click()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link no longer works")


def test_a_weak_password_is_explained(visit: Visit, axe: str) -> None:
    page = visit(urlsplit(password_link(User.objects.get(username="lena"))).path)
    choose_password(page, "12345678")
    expect(page.get_by_role("alert")).to_contain_text("too common")
    assert violations(page, axe) == []
