"""GET beside POST: what was sent comes back as rows, newest first, a page at a time, of one's own teams only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import Scope, Team
from audits.api.described import COMPONENTS, ROWS
from audits.models import LabourRate
from tests.cast import NOON

pytestmark = pytest.mark.django_db

SENT = {
    "calls": [
        {
            "id": f"c-{number}",
            "occurred_at": f"2026-10-0{number}T08:00:00Z",
            "model": "small-1",
            "task": f"T{number}",
            "task_type": "claim",
            "cost_usd": "0.25",
            "input_tokens": 10,
        }
        for number in range(1, 6)
    ],
    "corrections": [
        {"id": "k-1", "worked_on": "2026-10-05", "minutes": 30, "role": "adjuster", "activity": "fix", "task": "T1"},
        {"id": "k-2", "worked_on": "2026-10-06", "minutes": 15, "role": "adjuster", "activity": "review",
         "call": "c-2"},
    ],
    "incidents": [
        {
            "id": "i-1", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-10-07", "loss_usd": "99.5",
            "tasks": [{"task": "T3", "weight": "2"}, {"task": "T4"}],
        }
    ],
}  # fmt: skip


def client_of(team: Team | None, *scopes: str) -> APIClient:
    text = create_key(name="gateway", scopes=scopes or Scope.values, team=team, at=NOON)[1]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def post(client: APIClient, name: str, records: list[Any]) -> Any:
    return client.post(f"/api/v1/{name}", {name: records}, format="json")


@pytest.fixture
def claims_key(claims: Team) -> APIClient:
    LabourRate.objects.create(role="adjuster", starts_on=date(2026, 1, 1), hourly=Decimal(60))
    client = client_of(claims)
    for name, records in SENT.items():
        response = post(client, name, records)
        assert response.status_code == 200, response.content
    return client


def rows(client: APIClient, name: str, **words: Any) -> list[dict[str, Any]]:
    response = client.get(f"/api/v1/{name}", words)
    assert response.status_code == 200, response.content
    return response.json()[name]


@pytest.mark.parametrize(("name", "count"), [("calls", 5), ("tasks", 5), ("corrections", 2), ("incidents", 1)])
def test_what_was_sent_comes_back(claims_key, name, count):
    assert len(rows(claims_key, name)) == count


def test_entries_say_what_each_record_cost(claims_key):
    found = {(row["source_id"], row["task"]): row["amount_usd"] for row in rows(claims_key, "entries")}
    assert found == {("k-1", "T1"): "30.00", ("k-2", "T2"): "15.00", ("i-1", "T3"): "66.333333333",
                     ("i-1", "T4"): "33.166666667"}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_rows_are_as_described(claims_key, name):
    schema = {"$ref": f"#/components/schemas/{name.title()}Row", "components": {"schemas": COMPONENTS}}
    for row in rows(claims_key, name):
        jsonschema.validate(row, schema)
        assert set(row) == set(ROWS[name])


def test_newest_come_first(claims_key):
    assert [row["id"] for row in rows(claims_key, "calls")] == ["c-5", "c-4", "c-3", "c-2", "c-1"]


def test_pages_lead_from_one_to_the_next(claims_key):
    seen, address = [], "/api/v1/calls?limit=2&task_type=claim"
    while address:
        page = claims_key.get(address).json()
        assert len(page["calls"]) <= 2
        seen += [row["id"] for row in page["calls"]]
        address = page["next"]
    assert seen == ["c-5", "c-4", "c-3", "c-2", "c-1"]


@pytest.mark.parametrize(
    ("name", "words", "ids"),
    [
        ("calls", {"task": "T2"}, ["c-2"]),
        ("calls", {"from": "2026-09", "to": "2026-09"}, []),
        ("calls", {"model": "small-1", "state": "failure"}, ["c-4", "c-3"]),
        ("tasks", {"state": "failure"}, ["T4", "T3"]),
        ("corrections", {"activity": "fix"}, ["k-1"]),
        ("incidents", {"severity": "low"}, []),
        ("entries", {"category": "appraisal"}, None),
    ],
)
def test_filters_choose(claims_key, name, words, ids):
    found = rows(claims_key, name, **words)
    if ids is None:
        assert [row["source_id"] for row in found] == ["k-2"]
    else:
        assert [row["id"] for row in found] == ids


@pytest.mark.parametrize("name", ROWS)
def test_a_neighbour_sees_nothing_of_it(claims_key, support, name):
    assert rows(client_of(support), name) == []
    assert rows(client_of(None), name)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"limit": "\u0663"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "\u00fc"}, "cursor"),
        ({"cursor": "WyJhIiwiYiJd"}, "cursor"),
        ({"colour": "red"}, "colour"),
        ({"from": "October"}, "from"),
        ({"to": "2026-10"}, "from"),
        ({"state": "lost"}, "state"),
        ({"team": "nobody"}, "team"),
        ({"team": "\x00"}, "team"),
        ({"task": "\x00"}, "task"),
        ({"route": "\x00"}, "route"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(claims_key, words, named):
    response = claims_key.get("/api/v1/calls", words)
    assert response.status_code == 400, response.content
    assert named in response.json()


@pytest.mark.parametrize("name", ROWS)
def test_an_alien_cursor_is_refused(claims_key, name):
    other = "calls" if name != "calls" else "corrections"
    address = claims_key.get(f"/api/v1/{other}", {"limit": 1}).json()["next"]
    cursor = address.rpartition("cursor=")[2].partition("&")[0]
    assert claims_key.get(f"/api/v1/{name}?cursor={cursor}").status_code == 400
