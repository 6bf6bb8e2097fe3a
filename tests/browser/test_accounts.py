"""People and their accounts in a real browser: signing in, passwords, profile, second factor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from accounts import second_factor
from accounts.actions import password_link
from accounts.models import User
from config.celery import app
from tests.accounts.test_second_factor import protect
from tests.apps import shown
from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers, violations
from tests.cast import PASSWORD
from tests.mail import Mailbox
from tests.provider import Provider

NEW = "another staple for the horse"
OPEN_TO_ALL = ["/login/", "/password-reset/", "/password/MQ/expired/", "/profile/email/expired"]
OWN = ["/profile", "/profile/password", "/profile/email", "/profile/second-factor"]


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


@pytest.mark.parametrize("address", OPEN_TO_ALL)
def test_nobody_is_shut_out_of_signing_in(visit: Visit, axe: str, address: str) -> None:
    assert barriers(visit(address), axe) == []


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


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_has_a_profile(visit: Visit, name: str) -> None:
    page = visit("/profile", by=name)
    expect(page.get_by_role("link", name=name, exact=True)).to_have_attribute("href", "/profile")
    for address in OWN:
        page.goto(address)
        expect(page.locator("#content").get_by_role("heading", level=1)).to_be_visible()


def test_nobody_is_shut_out_of_a_profile(visit: Visit, axe: str) -> None:
    page = visit("/profile", by="lena")
    for address in OWN:
        page.goto(address)
        assert barriers(page, axe) == [], address


def test_a_second_factor_from_setting_up_to_removing(visit: Visit, axe: str) -> None:
    page = visit("/profile", by="fiona")
    page.get_by_role("link", name="Set up").click()
    picture = page.get_by_role("img", name="QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code that the app shows now").fill(shown(secret, timezone.now() - timedelta(seconds=30)))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert violations(page, axe) == []
    codes = page.locator("#codes code").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_text().split() == codes
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Sign out").click()

    log_in(page, "fiona")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    assert violations(page, axe) == []
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    page.get_by_label("Code").fill(shown(secret, timezone.now()))
    page.get_by_role("button", name="Go on").click()
    expect(page).to_have_url(re.compile(r"/(overview|report)"))

    page.get_by_role("link", name="fiona").click()
    page.get_by_role("link", name="Remove").click()
    assert violations(page, axe) == []
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("status")).to_contain_text("removed")


def test_an_administrator_resets_a_second_factor(visit: Visit, axe: str) -> None:
    lena = User.objects.get(username="lena")
    protect(lena)
    assert barriers(visit("/profile/recovery-codes", by="lena"), axe) == []
    page = visit(f"/settings/people/{lena.pk}", by="ada")
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Reset the second factor").click()
    expect(page.get_by_role("button", name="Reset the second factor")).to_have_count(0)
    assert not second_factor.is_set_up(lena)


def test_a_changed_password_logs_in(visit: Visit) -> None:
    page = visit("/profile/password", by="lena")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password again").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("status")).to_contain_text("changed")
    page.get_by_role("button", name="Sign out").click()
    log_in(page, "lena@example.com", NEW)
    expect(page).to_have_url(re.compile(r"/(overview|report)"))


def test_who_needs_a_second_factor_is_led_to_it(visit: Visit, settings: Settings) -> None:
    settings.REQUIRE_MFA = ["administrator"]
    page = visit("/report", by="ada")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    expect(page.get_by_role("status")).to_contain_text("Your role needs a second factor")


def test_somebody_logs_in_elsewhere(visit: Visit, site: str, axe: str, provider: Provider, settings: Settings) -> None:
    settings.PUBLIC_URL = site
    provider.claims |= {"email": "ada@example.com", "sub": "ada-1"}
    page = visit("/profile")
    assert violations(page, axe) == []
    page.get_by_role("link", name="Log in with Example ID").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
    expect(page.get_by_role("link", name="ada", exact=True)).to_be_visible()


@pytest.mark.parametrize(("state", "words"), [("forged", "did not work"), ("", "not verified")])
def test_who_cannot_be_told_apart_does_not_get_in(
    visit: Visit, site: str, provider: Provider, settings: Settings, state: str, words: str
) -> None:
    settings.PUBLIC_URL = site
    provider.state = state
    provider.claims = {"sub": "lena-1", "email": "lena@example.com", "email_verified": bool(state)}
    page = visit("/login/")
    page.get_by_role("link", name="Log in with Example ID").click()
    expect(page.get_by_role("status")).to_contain_text(words)
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
