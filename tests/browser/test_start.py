"""The first run in a real browser, on an installation that is empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from config.start import jobs
from config.start.invitation import path_for_the_first
from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers
from tests.build import record
from tests.cast import PASSWORD, make_user
from tests.database import Roles, wipe


@pytest.fixture
def site(
    django_db_setup: None, database_roles: Roles, database_name: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The address of a server that knows nobody and nothing, for each test anew."""
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()
        with database_roles.connect("owner", database_name) as owner:
            wipe(owner)


@pytest.fixture
def people(site: str) -> None:
    for name, role in PEOPLE.items():
        make_user(name, role)


def test_from_nothing_to_the_first_call(visit: Visit) -> None:
    page = visit(path_for_the_first())
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Get started")
    page.get_by_label("Name of the team").fill("Claims")
    page.get_by_role("button", name="Add the team").click()
    page.get_by_role("button", name="Make a key").click()
    key = page.locator("#key").inner_text()
    page.get_by_text("Python", exact=True).click()
    expect(page.locator("#snippet-python")).to_contain_text(f"Bearer {key}")
    expect(page.locator("#snippet-curl")).to_be_hidden()
    expect(page.get_by_text("Waiting for the first call")).to_be_visible()
    at = timezone.now()
    call = {"id": "c-1", "occurred_at": at.isoformat(), "model": "m", "input_tokens": 1, "team": "Claims"}
    record("call", call, at=at)
    expect(page.get_by_text("First call received")).to_be_visible(timeout=10_000)  # by itself
    page.get_by_role("link", name="Its task").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Task")


def test_the_sample_comes_is_watched_and_goes(visit: Visit, people: None) -> None:
    page = visit("/start", by="ada")
    page.get_by_label("A tenth of it").check()
    page.get_by_role("button", name="Load the sample").click()
    expect(page.get_by_text("waiting for the worker")).to_be_visible()
    jobs.carry_out(at=timezone.now())
    expect(page.get_by_text("The sample is loaded")).to_be_visible(timeout=10_000)  # by itself
    page.reload()
    expect(page.get_by_role("complementary")).to_contain_text("Simulated data")
    page.get_by_role("button", name="Remove the sample").click()
    jobs.carry_out(at=timezone.now())
    expect(page.get_by_role("button", name="Load the sample")).to_be_visible(timeout=10_000)
    page.reload()
    expect(page.get_by_role("complementary")).to_have_count(0)


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "ada"])
def test_who_is_no_administrator_learns_whom_to_ask(visit: Visit, people: None, name: str) -> None:
    page = visit("/start", by=name)
    expect(page.get_by_text("An administrator makes a team and a key")).to_be_visible()
    expect(page.get_by_role("button", name="Add the team")).to_have_count(0)


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    assert barriers(visit(path_for_the_first()), axe) == []
    for name, role in PEOPLE.items():
        make_user(name, role)
    assert barriers(visit("/start", by="ada"), axe) == []
    assert barriers(visit("/start", by="victor"), axe) == []
    assert User.objects.count() == len(PEOPLE)
