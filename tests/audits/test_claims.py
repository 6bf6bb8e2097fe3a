"""Claims against reality: by complexity a tier may keep and break one; report, page, API and command say the same."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Role, Team, User
from tests.build import have_reference, record
from tests.cast import NOON, make_user
from tests.sending import client
from tests.simulated import LOADED_AT

pytestmark = pytest.mark.django_db
__all__ = ["client"]
REFERENCE = """
teams:      [{name: Claims}, {name: Support}]
tiers:      [{name: commodity, from_blended: 0, claimed_fail_rate: 0.53}]
models:     [{provider: own, name: small, tier: commodity}]
task_types: [{name: claim}]
"""
ADDRESS = "/api/v1/decisions/claims"
OCTOBER = {"from": "2026-10"}


def told(**failed_of: tuple[int, int]) -> None:
    """Record tries by complexity: how many of how many failed."""
    have_reference(REFERENCE, at=NOON)
    calls, outcomes = [], []
    for complexity, (failed, tries) in failed_of.items():
        for n in range(tries):
            task = f"{complexity}-{n}"
            calls.append(
                {
                    "id": task, "occurred_at": "2026-10-05T09:00:00Z", "provider": "own", "model": "small",
                    "task": task, "task_type": "claim", "team": "Claims", "cost_usd": "0.10",
                    "metadata": {} if complexity == "unknown" else {"complexity": complexity},
                }
            )  # fmt: skip
            outcomes.append({"task": task, "team": "Claims", "outcome": "failure" if n < failed else "success"})
    record("call", *calls, at=NOON)
    record("outcome", *outcomes, at=NOON)


@pytest.fixture
def october(client: Any) -> Any:
    with time_machine.travel(NOON, tick=False):
        told(low=(53, 100), high=(80, 100), medium=(9, 10))
        yield


@pytest.mark.usefixtures("october")
def test_a_claim_may_hold_on_easy_work_and_break_on_hard_work(client: Any) -> None:
    (tier,) = client.get(ADDRESS, OCTOBER).json()["tiers"]
    assert (tier["claimed"], tier["tries"], tier["missed"], tier["verdict"]) == (0.53, 210, 142, "fails_more")
    assert [(each["complexity"], each["verdict"]) for each in tier["complexities"]] == [
        ("low", "as_claimed"), ("medium", "few"), ("high", "fails_more"),
    ]  # fmt: skip
    assert tier["sentence"] == (
        "commodity claims to fail at 53.0% and fails more: 67.6% of 210 tries failed or were escalated"
        " (95 %: 61.0% to 73.6%). But of low complexity nothing speaks against the claim (53.0%)."
    )


def test_unknown_is_no_kind_of_work_to_speak_of(client: Any) -> None:
    with time_machine.travel(NOON, tick=False):
        told(high=(80, 100), unknown=(0, 50))
        (tier,) = client.get(ADDRESS, OCTOBER).json()["tiers"]
    assert [each["verdict"] for each in tier["complexities"]] == ["fails_more", "fails_less"]
    assert "unknown" not in tier["sentence"]


@pytest.mark.usefixtures("october")
def test_page_api_and_command_say_the_same_and_know_no_models(client: Any, ada: User) -> None:
    answer, out, page = client.get(ADDRESS, OCTOBER).json(), StringIO(), Client()
    call_command("decide", "claims", "--from", "2026-10", "--format", "json", stdout=out)
    assert {**json.loads(out.getvalue()), "as_of": ""} == {**answer, "as_of": ""}
    page.force_login(ada)
    context = page.get("/decisions/claims?from=2026-10").context
    assert context["headlines"] == answer["sentences"]
    assert [line.name for line in context["lines"]] == ["commodity", "low", "medium", "high"]
    assert page.get(context["lines"][0].href).context["sums"]["tasks"] == 210
    with pytest.raises(CommandError, match="must be tier here"):
        call_command("decide", "claims", "--by", "model", stdout=out)
    assert client.get(ADDRESS, {"model": "own/small"}).status_code == 400


@pytest.mark.usefixtures("october")
def test_who_reads_one_team_is_told_of_that_team() -> None:
    page = Client()
    page.force_login(make_user("lena", Role.TEAM_LEAD, Team.objects.get(name="Support")))
    assert page.get("/decisions/claims?from=2026-10").context["headlines"] == [
        "In these months no tier tried anything."
    ]


def test_of_few_tries_the_report_says_as_little_as_the_page(ada: User) -> None:
    page = Client()
    with time_machine.travel(NOON, tick=False):
        told(low=(29, 29))
        page.force_login(ada)
        (line, _), (mark,) = (
            page.get("/decisions/claims?from=2026-10").context["lines"],
            page.get("/report?from=2026-10").context["claims"],
        )
    assert line.verdict == mark.verdict == "too few tries"


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("words", ["from=2025-11&to=2026-10", "from=2026-10&to=2026-10&task_type=claim_assessment"])
def test_page_and_report_agree_on_every_tier(ada: User, words: str) -> None:
    page = Client()
    with time_machine.travel(LOADED_AT, tick=False):
        page.force_login(ada)
        shown = page.get(f"/decisions/claims?{words}").context["lines"]
        marks = page.get(f"/report?{words}").context["claims"]
    wholes = [(line.tier, line.held, line.verdict) for line in shown if not line.complexity]
    assert wholes == [(mark.label, mark.claim.held, mark.verdict) for mark in marks]
    assert len(wholes) > 2
