"""Connectors and rejected items in a real browser: what is seen, retried by who may, on any screen."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Team
from audits.models import LabourRate
from spend.actions.rejected import keep_rejected
from spend.ingest.kept import Kept
from spend.ingest.records import Problem
from spend.models import RejectedItem, Source
from tests.browser.conftest import LEADS, PEOPLE, Visit
from tests.browser.test_pages import barriers

WORK = {"worked_on": "2026-10-05", "minutes": 30, "activity": "fix", "task": "T-1"}


@pytest.fixture
def refused(visit: Visit) -> None:
    """A correction that a rate mends, one of a role that nobody has, and something that could not be read."""
    RejectedItem.objects.all().delete()
    role = LabourRate.objects.values_list("role", flat=True)[0]
    contents = [{**WORK, "id": "k-1", "role": role}, {**WORK, "id": "k-2", "role": "nobody"}, None]
    keep_rejected(
        kind="rest",
        problems=[Problem(index, f"k-{index + 1}", {"role": ["no labour rate"]}) for index in range(3)],
        content=lambda problem: Kept("correction", found) if (found := contents[problem.index]) else None,
        reach=frozenset({Team.objects.get(name=LEADS).pk}),
        at=timezone.now(),
    )


def test_nobody_is_shut_out(visit: Visit, axe: str, refused: None) -> None:
    source = Source.objects.get(team__name=LEADS)
    for address in ("/connectors", f"/connectors/{source.pk}", "/connectors/rejected"):
        assert barriers(visit(address, by="ada"), axe) == [], address


@pytest.mark.parametrize("name", PEOPLE)
def test_each_finds_the_page_and_the_sources_they_may_see(visit: Visit, name: str) -> None:
    page = visit("/overview", by=name)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Connectors").click()
    rows = page.get_by_role("region", name="Sources").get_by_role("row")
    expect(rows.filter(has_text=LEADS)).to_have_count(1)
    assert (rows.count() > 2) == (name in ("ada", "fiona"))
    rows.filter(has_text=LEADS).get_by_role("link", name="REST API", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"REST API, {LEADS}")


def test_a_team_lead_retries_what_was_mended_and_dismisses_the_rest(visit: Visit, refused: None) -> None:
    page = visit("/connectors/rejected", by="lena")
    page.get_by_role("button", name="Retry all").click()
    expect(page.get_by_text("1 item accepted; 1 still refused: role no labour rate for")).to_be_visible()
    expect(page.get_by_role("region", name="Rejected items, newest first")).not_to_contain_text("k-1")
    page.get_by_role("button", name="Dismiss k-2").click()
    expect(page.get_by_text("1 item dismissed.")).to_be_visible()


@pytest.mark.parametrize("name", ["fiona", "victor"])
def test_who_writes_no_facts_sees_reasons_and_no_buttons(visit: Visit, refused: None, name: str) -> None:
    page = visit("/connectors/rejected", by=name)
    expect(page.get_by_role("region", name="Rejected items by reason")).to_contain_text("no labour rate")
    expect(page.get_by_role("button", name="Retry")).to_have_count(0)
    expect(page.get_by_role("button", name="Dismiss")).to_have_count(0)
