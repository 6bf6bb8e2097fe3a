"""Audits are answered in a real browser: by keyboard alone, on a phone, and only by who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from audits.actions import sampling
from audits.models import AuditDraw, AuditPlan, Correction
from spend.models import TaskType
from tests.audits.logging import call
from tests.browser.conftest import LEADS, PHONE, Visit
from tests.browser.test_pages import barriers
from tests.build import record
from tests.cast import NOON


@pytest.fixture(scope="module", autouse=True)
def _drawn(site: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Eight tasks of Lena's team and four of another are drawn, to be answered whenever this runs."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "ANSWERED_WITHIN", timedelta(days=36_500))
        for team, number in ((LEADS, 8), ("Legal", 4)):
            tasks = [f"audited-{team}-{each}" for each in range(number)]
            record("call", *(call(team, task, "gpt-4o-mini") | {"task_type": "audited"} for task in tasks), at=NOON)
            record("outcome", *({"task": task, "outcome": "success", "team": team} for task in tasks), at=NOON)
        plan = AuditPlan(task_type=TaskType.objects.get(name="audited"), number=12)
        sampling.make_plan(plan, at=NOON, by=None)
        assert sampling.draw_due(at=NOON) == 12
        yield


def name_of(page: Page) -> str:
    return page.locator("#review h2").inner_text()


def answers(**only: Any) -> list[str]:
    reviews = AuditDraw.objects.values("review")
    return sorted(
        Correction.objects.filter(identity__in=reviews, latest=True, **only).values_list("verdict", flat=True)
    )


def test_three_verdicts_and_a_skip_take_four_keys(visit: Visit) -> None:
    page = visit("/audits", by="lena")
    expect(page.get_by_text("8 tasks to look at")).to_be_visible()
    for key, left in (("a", 7), ("s", 7), ("m", 6), ("r", 5)):
        before = name_of(page)
        page.keyboard.press(key)
        expect(page.locator("#review h2")).not_to_have_text(before)
        expect(page.get_by_text(f"{left} tasks to look at")).to_be_visible()
    assert answers(recorded_by__username="lena") == ["accepted", "amended", "rejected"]
    page.close()


def test_a_letter_in_a_field_is_only_a_letter(visit: Visit) -> None:
    page = visit("/audits", by="lena")
    page.get_by_label("Minutes it took").focus()
    before = page.get_by_text("to look at").inner_text()
    page.keyboard.type("1a")
    assert "a" in page.get_by_label("Minutes it took").input_value()
    page.keyboard.press("Enter")  # the first button, with minutes that are none
    expect(page.get_by_text("Minutes must be a number such as 12.50.")).to_be_visible()
    expect(page.get_by_text(before)).to_be_visible()
    page.close()


def test_a_thumb_answers_on_a_phone(visit: Visit) -> None:
    page = visit("/audits", by="ada", width=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    before = name_of(page)
    page.get_by_role("button", name="Amended").click()
    expect(page.locator("#review h2")).not_to_have_text(before)
    assert answers(recorded_by__username="ada") == ["amended"]


def test_nobody_is_shut_out(visit: Visit, axe: str) -> None:
    page = visit("/audits", by="lena")
    found = "/decisions/silent-failures?from=2026-11&to=2026-11"
    for address in ("/audits", "/audits/plans", "/audits/plans/new", found):
        page.goto(address)
        assert barriers(page, axe) == []


def test_who_may_only_read_has_no_queue(visit: Visit) -> None:
    visit("/audits", by="victor", status=403)
    visit("/audits", by="fiona", status=403)
