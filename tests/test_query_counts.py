"""No page asks the database more often because there are more rows: every address of the table of access is tried."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import create_key
from accounts.models import Role, Team
from tests.cast import NOON, make_user
from tests.test_access import ROWS, WHO, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
pytest_plugins = ["tests.test_access"]

WORDS = {"from": "2026-10", "to": "2026-10"}  # of pages that show a period; others need none
PERIOD = ("report", "explore", "calls", "tasks", "corrections", "entries", "api-true-cost", "overview")
OPEN = [name for method, name, *expected in ROWS if method == "GET" and expected[WHO.index("ada")] == "200"]


def grow(client: Any, begin: int, end: int) -> None:
    """Add a team for each number, with a person, a key, a model, a kind of work, and some of each fact."""
    for number in range(begin, end):
        team = Team.objects.create(name=f"Team {number}")
        make_user(f"person-{number}", Role.TEAM_LEAD, team)
        create_key(name=f"key-{number}", scopes=["read"], team=team, at=NOON)
        sent = {
            "calls": [_call(number, at) for at in range(4)],
            "outcomes": [{"task": f"t-{number}", "outcome": "success", "team": team.name}],
            "corrections": [_correction(number, at) for at in range(3)],
            "incidents": [_incident(number)],
        }
        for kind, records in sent.items():
            answer = client.post(reverse(f"api-{kind}"), {kind: records}, format="json").json()
            assert answer["accepted"] == len(records), answer


def _call(number: int, at: int) -> dict[str, Any]:
    return {
        "id": f"c-{number}-{at}", "occurred_at": f"2026-10-05T08:0{at}:00Z", "model": f"model-{number}-{at % 2}",
        "task": f"t-{number}", "task_type": f"kind-{number}", "cost_usd": "0.25", "team": f"Team {number}",
    }  # fmt: skip


def _correction(number: int, at: int) -> dict[str, Any]:
    return {
        "id": f"k-{number}-{at}", "worked_on": "2026-10-05", "minutes": 30, "role": "adjuster", "activity": "fix",
        "verdict": "amended", "task": f"t-{number}", "team": f"Team {number}",
    }  # fmt: skip


def _incident(number: int) -> dict[str, Any]:
    return {
        "id": f"i-{number}", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-10-07",
        "loss_usd": "10", "tasks": [{"task": f"t-{number}"}], "team": f"Team {number}",
    }  # fmt: skip


def test_every_page_asks_as_often_when_there_are_three_times_the_rows(everybody: Any) -> None:
    client = everybody["ada"]
    addresses = {name: reverse(name, kwargs=words_of(name)) for name in OPEN}
    grow(client, 0, 2)
    before = {name: queries(client, name, address) for name, address in addresses.items()}
    grow(client, 2, 8)
    after = {name: queries(client, name, address) for name, address in addresses.items()}
    grown = {name: (before[name], after[name]) for name in before if after[name] > before[name]}
    assert not grown, f"these ask once for each row: {grown}"


def queries(client: Any, name: str, address: str) -> int:
    """Return how many queries a page makes, once what is due at the first asking was done."""
    words = WORDS if name.startswith(PERIOD) else {}
    client.get(address, words)
    with CaptureQueriesContext(
        connection,
    ) as made:
        assert client.get(address, words).status_code == 200, name
    return len(made)
