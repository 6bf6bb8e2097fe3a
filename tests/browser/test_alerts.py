"""Alerts and budgets in a real browser: a rule is tried and saved, an alert acknowledged, a budget set and seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Team
from audits.models import Alert, AlertRule
from tests.browser.conftest import LEADS, Visit
from tests.browser.test_pages import barriers
from tests.watched import rule


@pytest.fixture
def raised(visit: Visit) -> Alert:
    """Of the team that Lena leads, since yesterday."""
    found = Alert.objects.filter(rule__name="Multiplier of claims").first()
    if found is not None:
        return found
    watching = rule("multiplier", "5", name="Multiplier of claims", team=Team.objects.get(name=LEADS))
    at = timezone.now() - timedelta(days=1)
    return Alert.objects.create(
        rule=watching, raised_at=at, told_at=at, value="8.25", threshold=5, first_day=at.date().replace(day=1),
        end_day=at.date(), link="/report",
    )  # fmt: skip


def test_finance_tries_a_rule_before_it_is_saved(visit: Visit, axe: str) -> None:
    page = visit("/settings/alerts/new", by="fiona")
    page.get_by_label("Name").fill("Dear successes")
    expect(page.get_by_label("Provider")).to_be_hidden()  # true cost is known by team, tier and task type
    page.get_by_label("Threshold").fill("3")
    page.get_by_label("Finance", exact=True).check()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#readings[data-drawn]")).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("True cost per success above $3.00, month to date, all work.")
    expect(page.locator("#preview")).to_contain_text("Alert: Dear successes")
    assert not AlertRule.objects.filter(name="Dear successes").exists()
    assert barriers(page, axe) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Dear successes is saved")).to_be_visible()
    assert barriers(page, axe) == []


def test_a_lead_acknowledges_what_is_raised_for_their_team(visit: Visit, axe: str, raised: Alert) -> None:
    seen = visit("/alerts", by="victor")
    expect(seen.get_by_text("Nobody has acknowledged it.")).to_be_visible()
    page = visit("/alerts", by="lena")
    expect(page.get_by_role("link", name="8.25")).to_have_attribute("href", "/report")
    assert barriers(page, axe) == []
    page.get_by_label("What is done about it").fill("A prompt is being mended")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("A prompt is being mended")).to_be_visible()


def test_a_budget_that_finance_sets_stands_on_the_page_of_its_team(visit: Visit, axe: str) -> None:
    page = visit("/settings/budgets/new", by="fiona")
    page.get_by_label("Team").select_option(LEADS)
    page.get_by_label("True cost").check()
    page.get_by_label("Amount a month").fill("1000")
    page.get_by_label("From month").fill("2026-01")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name="$1,000.00").first).to_be_visible()
    assert barriers(visit("/budgets?month=2026-10", by="lena"), axe) == []
    page = visit("/team?month=2026-10", by="lena")
    expect(page.get_by_role("list", name="Budgets")).to_contain_text("of $1,000 spent")
    page.get_by_role("link", name="Budget, true cost").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Budgets, October 2026")
