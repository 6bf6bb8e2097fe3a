"""Closing a month in a real browser: finance signs, an administrator opens it again, others are not let in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from audits.models import Close, Correction
from spend.models import Call, Llm
from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers, violations
from tests.build import have_reference, record

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OCTOBER = "/close/2026-10"
REPORT = "/report?from=2026-10&to=2026-10"
REASON = "What is open is decided next month."


@pytest.fixture(scope="module", autouse=True)
def _november() -> Iterator[None]:
    """The server of these tests is a thread of this process: it has the same clock."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture(scope="module", autouse=True)
def _priced(site: str, django_db_blocker: DjangoDbBlocker) -> None:
    """The small sample has no list prices, and what has no price blocks."""
    price = "{from: 2024-01-01, input: 1, cache_read: 1, cache_write: 1, output: 2, source: contract}"
    with django_db_blocker.unblock():
        unpriced = Call.objects.filter(cost_nanos=None).values("llm")
        named = Llm.objects.filter(pk__in=unpriced).values_list("provider", "name")
        models = [f"{{provider: {provider!r}, name: {name!r}, prices: [{price}]}}" for provider, name in named]
        have_reference(f"models: [{', '.join(models)}]", at=NOW)


@pytest.mark.parametrize("name", PEOPLE)
def test_only_finance_and_administrators_are_let_in(visit: Visit, name: str) -> None:
    may = name in ("ada", "fiona")
    for address in ("/close", OCTOBER):
        page = visit(address, by=name, status=200 if may else 403)
        expect(page.get_by_role("link", name="Close", exact=True)).to_have_count(1 if may else 0)


def test_a_month_is_closed_adjusted_and_opened_again(visit: Visit, axe: str) -> None:
    page = visit("/close", by="fiona")
    page.get_by_role("link", name="Close October 2026").click()
    sound(page, axe)
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_role("heading", name="Sign it")).to_be_visible()
    sound(page, axe)
    page.get_by_label("Why it can be signed all the same").fill(REASON)
    page.get_by_label("Month", exact=True).fill("2026-10")
    page.get_by_role("button", name="Sign and close").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("October 2026 is closed")
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.get_by_text("Nothing has moved since it was closed")).to_be_visible()
    expect(page.locator(".digest")).to_have_text(Close.objects.get().digest)
    adjusted(visit, axe)
    opened_again(visit, axe)


def adjusted(visit: Visit, axe: str) -> None:
    """A correction is taken back: the report says so where it is asked for what is known now, and the bridge why."""
    taken_back()
    page = visit(OCTOBER, by="fiona")
    expect(page.get_by_role("link", name="Corrections withdrawn", exact=True)).to_be_visible()
    assert barriers(page, axe) == []
    with page.expect_download() as handed:
        page.get_by_role("link", name="CSV").click()
    assert handed.value.suggested_filename == "truecost-2026-10-bridge.csv"
    for name in PEOPLE:
        page = visit(REPORT, by=name)
        expect(page.get_by_role("region", name="Closed months")).to_contain_text("This month is closed")
        expect(page.get_by_role("link", name="What moved since")).to_have_count(1 if name in ("ada", "fiona") else 0)
    page = visit(REPORT, by="fiona")
    restated = total(page)
    page.get_by_role("link", name="As reported").click()
    expect(page.get_by_role("link", name="As reported")).to_have_attribute("aria-current", "true")
    assert total(page) > restated
    sound(page, axe)


def taken_back() -> None:
    row = Correction.objects.filter(latest=True, withdrawn=False, minutes__gt=0, worked_on__month=10).first()
    assert row is not None
    assert row.team is not None
    said = {"id": row.external_id, "version": row.version + 1, "withdrawn": True, "team": row.team.name}
    assert record("correction", said, at=datetime.now(UTC)).accepted == 1


def total(page: Page) -> float:
    return float(page.locator(".cards data").nth(1).get_attribute("value") or 0)


def opened_again(visit: Visit, axe: str) -> None:
    expect(visit(OCTOBER, by="fiona").get_by_text("Only an administrator can open it again.")).to_be_visible()
    page = visit(OCTOBER, by="ada")
    page.get_by_text("Open it again", exact=True).click()
    page.get_by_label("Why").fill("The bill was of September.")
    page.get_by_role("button", name="Open October 2026 again").click()
    expect(page.get_by_text("It was closed, and opened again by ada")).to_be_visible()
    sound(page, axe)


def sound(page: Page, axe: str, width: int = 1440) -> None:
    """Nobody is shut out, and nothing scrolls sideways."""
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_list_and_an_open_month_are_for_everybody_who_may(visit: Visit, axe: str) -> None:
    for address in ("/close", "/close/2026-11"):
        assert barriers(visit(address, by="fiona"), axe) == []
