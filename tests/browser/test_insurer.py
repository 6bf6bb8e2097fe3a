"""The insurer's page in a real browser: for anybody, with or without an account."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PEOPLE, Visit
from tests.browser.test_pages import barriers

OTHER = "/insurer?claims=20000&wrong=0&loss=250000"


@pytest.mark.parametrize("name", ["", *PEOPLE])
def test_it_opens_for_anybody(visit: Visit, name: str) -> None:
    page = visit("/insurer", by=name)
    expect(page.get_by_text("62.5 months of saving")).to_be_visible()
    expect(page.locator("canvas[data-drawn=yes]")).to_have_count(2)


@pytest.mark.parametrize("address", ["/insurer", OTHER])
def test_nobody_is_shut_out(visit: Visit, axe: str, address: str) -> None:
    assert barriers(visit(address), axe) == []


def test_a_reader_sets_the_failures_to_none_and_sees_that_cheap_is_cheaper(visit: Visit) -> None:
    page = visit("/insurer")
    page.get_by_label("Wrongly paid a month").fill("0")
    page.get_by_role("button", name="Reckon again").click()
    expect(page.get_by_text("truly cheaper")).to_be_visible()
    page.get_by_role("link", name="The insurer's own numbers").click()
    expect(page.get_by_text("62.5 months of saving")).to_be_visible()
