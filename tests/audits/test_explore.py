"""Explore: each level adds up to the one above, leads one down, and its address is all that another needs to see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, Team, User
from tests.cast import make_user

OCTOBER = "from=2026-10&to=2026-10"
pytestmark = pytest.mark.usefixtures("year")


@pytest.fixture
def asked(ada: User) -> Any:
    return asking(ada)


def asking(user: User) -> Any:
    """Return how to open a page as `user`, by its address."""
    client = Client()
    client.force_login(user)

    def get(address: str, status: int = 200, **headers: str) -> Any:
        answer = client.get(address, headers=headers or None)
        assert answer.status_code == status, address
        return answer

    return get


def figures(cells: list[Any]) -> dict[str, Any]:
    return {cell.column.name: cell.value for cell in cells}


@pytest.mark.parametrize("lens", ["responsible", "route"])
def test_one_goes_down_from_all_work_to_one_task(asked: Any, lens: str) -> None:
    page = asked(f"/explore?{OCTOBER}&lens={lens}").context
    for place in ("tier", "model", "task_type"):
        assert page["place"] == place
        steps = page["steps"]
        for name in ("tasks", "successes", "true_cost"):
            assert sum(figures(step.cells)[name] for step in steps) == figures(page["total"])[name]
        assert sum(step.share for step in steps) == pytest.approx(1)
        step = max(steps, key=lambda step: figures(step.cells)["tasks"])
        page = asked(step.href).context
        assert figures(page["total"]) == figures(step.cells)
    assert page["place"] == "tasks"
    assert [crumb.name for crumb in page["crumbs"]] == ["", "tier", "model", "task_type"]
    task = page["tasks"][0]
    assert task["id"] in asked(f"/tasks/{task['key']}").content.decode()
    assert asked(page["all_tasks"]).context["sums"]["tasks"] == figures(page["total"])["tasks"]


def test_what_costs_most_comes_first(asked: Any) -> None:
    costs = [figures(step.cells)["true_cost"] for step in asked(f"/explore?{OCTOBER}&by=model").context["steps"]]
    assert costs == sorted(costs, reverse=True)


def test_a_crumb_leads_back_up(asked: Any) -> None:
    page = asked(f"/explore?{OCTOBER}&tier=commodity&task_type=claim_assessment").context
    back = asked(page["crumbs"][1].href).context
    assert (back["place"], [crumb.label for crumb in back["crumbs"]]) == ("model", ["All work", "commodity"])


def test_another_month_keeps_the_place(asked: Any) -> None:
    page = asked(f"/explore?{OCTOBER}&tier=commodity&lens=route").context
    before = asked(page["controls"]["previous"]).context
    assert before["period_name"] == "September 2026"
    assert (before["lens"], before["crumbs"][1].label, before["place"]) == ("route", "commodity", "model")


def test_the_address_of_part_of_a_page_has_no_empty_words(asked: Any) -> None:
    answer = asked(f"/explore?{OCTOBER}&team=&by=&lens=", **{"HX-Request": "true"})
    assert answer.headers["HX-Push-Url"] == f"/explore?{OCTOBER}"
    assert "HX-Push-Url" not in asked(f"/explore?{OCTOBER}&team=").headers


def test_a_team_lead_explores_their_teams_only() -> None:
    lena = make_user("lena", Role.TEAM_LEAD, Team.objects.get(name="Property Claims"))
    page = asking(lena)(f"/explore?{OCTOBER}&by=team").context
    assert [step.name for step in page["steps"]] == ["Property Claims"]
    assert page["controls"]["teams"] == ["Property Claims", "unattributed"]


@pytest.mark.parametrize(("words", "named"), [("by=colour", "by"), ("tier=best", "tier"), ("from=soon", "from")])
def test_bad_words_are_named(asked: Any, words: str, named: str) -> None:
    assert f"<b>{named}</b>" in asked(f"/explore?{words}", status=400).content.decode()


def test_an_empty_place_says_where_there_is_something(asked: Any) -> None:
    text = asked("/explore?from=2020-01&to=2020-01&tier=mid").content.decode()
    assert "Nothing here in January 2020" in text
    assert "/explore?from=2026-10&amp;to=2026-10" in text
