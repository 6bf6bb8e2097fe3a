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
