"""A real Chromium on a real server with the sample organisation. What the console complains of fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from accounts.models import Role, Team, User
from spend.actions.simulation import mark_simulated
from tests.cast import make_user

Visit = Callable[..., Page]
DESKTOP, PHONE = 1440, 375
LEADS = "Property Claims"
PEOPLE = {"ada": Role.ADMINISTRATOR, "fiona": Role.FINANCE, "lena": Role.TEAM_LEAD, "victor": Role.VIEWER}
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
# Without the window that nobody sees, which costs more than most of our pages.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
COMPLAIN = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error("policy violated: " + event.violatedDirective + " " + event.blockedURI));
"""


@pytest.fixture(scope="module")
def site(sample_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of a server with the sample and one person for each role, for the tests of a file."""
    with django_db_blocker.unblock():
        mark_simulated()
        for name, role in PEOPLE.items():
            make_user(name, role, *Team.objects.filter(name=LEADS))
        server = LiveServer("127.0.0.1")
        yield server.url
        server.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Of a file and no longer: playwright keeps an event loop in this thread, which Django takes for danger."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert path, "no Chromium; `make tools` installs it"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
        connections.close_all()  # beside an event loop they are others than outside, and the database goes


@pytest.fixture
def visit(site: str, chromium: Browser, django_db_blocker: DjangoDbBlocker) -> Iterator[Visit]:
    """Return how to open a page as somebody, light or dark, at a width; complaints are collected to the end."""
    complaints: list[str] = []
    contexts: dict[object, BrowserContext] = {}

    def context_of(by: str, scheme: Any, width: int) -> BrowserContext:
        """Pages of the same person share what their browser keeps; nobody is somebody else each time."""
        context = contexts.get((by, scheme, width))
        if context is None or not by:
            context = chromium.new_context(
                base_url=site, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
            )
            context.add_init_script(COMPLAIN)
            contexts[(by, scheme, width) if by else context] = context
            if by:
                context.add_cookies([{"name": "sessionid", "value": _session_of(by), "url": site}])
        return context

    def open_page(
        address: str, *, by: str = "", scheme: Any = "light", width: int = DESKTOP, status: int = 200
    ) -> Page:
        page = context_of(by, scheme, width).new_page()
        page.on("console", lambda message: _note(complaints, message.type, message.text, status))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        response = page.goto(address)
        assert response is not None
        assert response.status == status, (address, response.status)
        return page

    with django_db_blocker.unblock():
        yield open_page
    for context in contexts.values():
        context.close()
    assert complaints == []


def _note(complaints: list[str], kind: str, text: str, status: int) -> None:
    """Chromium calls a page that is not there an error too; that one is asked for."""
    if kind in ("error", "warning") and not (status >= 400 and f"status of {status}" in text):
        complaints.append(text)


def _session_of(name: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client.cookies["sessionid"].value


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, run through the debugger so that no policy has to be loosened."""
    return (Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
