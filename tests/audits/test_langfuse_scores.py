"""Scores as a Langfuse SDK posts them: answered in its words, recorded as outcomes and corrections, once."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import Scope
from audits.models import Correction
from spend.models import Outcome
from tests.cast import NOON
from tests.sending import all_teams, client, client_of, post

pytestmark = pytest.mark.django_db
__all__ = ["all_teams", "client"]

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALL = {
    "id": f"{TRACE}-{SPAN}", "occurred_at": "2026-10-05T08:00:00Z", "model": "small-1", "task": TRACE,
    "cost_usd": "0.25",
}  # fmt: skip
OUTCOME = {"id": "s-1", "name": "task_success", "value": 1.0, "traceId": TRACE, "timestamp": "2026-10-05T09:00:00.5Z"}
VERDICT = {
    "id": "s-2", "name": "human_verdict", "value": "amended", "traceId": TRACE, "observationId": SPAN,
    "timestamp": "2026-10-05T10:00:00Z", "metadata": {"rework_minutes": 30, "role": "adjuster"},
}  # fmt: skip
NOTHING = {"id": "s-3", "name": "relevance", "value": 0.5, "traceId": TRACE, "comment": "A secret."}


def score(client: APIClient, scores: Any) -> Any:
    return client.post("/api/public/scores", scores, format="json")


def total(client: APIClient) -> dict[str, Any]:
    report = client.get("/api/v1/reports/true-cost", {"from": "2026-10", "to": "2026-10"}).json()
    found: dict[str, Any] = report["total"]
    return found


def test_one_score_is_answered_with_its_id(client):
    response = score(client, OUTCOME)
    assert (response.status_code, response.json()) == (200, {"id": "s-1"})
    anonymous = score(client, {**OUTCOME, "id": None, "timestamp": "2026-10-06T09:00:00Z"}).json()
    assert anonymous["id"].startswith("evaluation-")


def test_one_bad_score_is_refused_by_field(client):
    response = score(client, {**OUTCOME, "value": 0.7})
    assert response.status_code == 400
    assert response.json()["errors"] == {"value": ["means neither success nor failure by the mapping of this source"]}
    assert Outcome.objects.count() == 0


def test_a_list_is_accepted_or_refused_item_by_item(client):
    accepted = score(client, [OUTCOME, VERDICT, NOTHING])
    assert (accepted.status_code, accepted.json()) == (202, {"message": "Accepted"})
    wizard = {**VERDICT, "id": "s-4", "metadata": {"role": "wizard"}}
    response = score(client, [{**OUTCOME, "traceId": "another"}, wizard, NOTHING])
    assert response.status_code == 207
    assert (response.json()["accepted"], response.json()["rejected"]) == (2, 1)
    (error,) = response.json()["errors"]
    assert error["message"] == "score 1 (s-4): metadata.role no labour rate for 'wizard' on 2026-10-05"


def test_outcome_verdict_and_rework_reach_the_report(client):
    post(client, CALL)
    score(client, [OUTCOME, VERDICT, NOTHING])
    assert score(client, [OUTCOME, VERDICT, NOTHING]).status_code == 202  # as its retries do
    row = total(client)
    assert (row["tasks"], row["successes"], row["amended"]) == (1, 1, 1)
    assert (row["token_bill"], row["internal_failure"], row["true_cost"]) == ("0.25", "30.00", "30.25")


def test_the_score_may_come_before_the_call(client):
    score(client, VERDICT)
    post(client, CALL)
    assert total(client)["internal_failure"] == "30.00"


@pytest.mark.parametrize("turned", [False, True])
def test_the_latest_value_of_a_score_counts_in_whatever_order(client, turned):
    post(client, CALL)
    later = {**VERDICT, "value": "rejected", "timestamp": "2026-10-05T10:00:01Z", "metadata": {"rework_minutes": 60,
             "role": "adjuster"}}  # fmt: skip
    changed = {**OUTCOME, "value": 0.0, "timestamp": "2026-10-05T09:00:07Z"}
    rounds = [[OUTCOME, VERDICT], [changed, later]]
    for scores in rounds[::-1] if turned else rounds:
        assert score(client, scores).status_code == 202
    assert total(client)["internal_failure"] == "60.00"
    assert total(client)["failures"] == 1
    assert Outcome.objects.get(latest=True).outcome == "failure"
    assert Correction.objects.get(latest=True).verdict == "rejected"


def test_another_value_at_the_same_moment_is_a_conflict_and_told(client):
    score(client, OUTCOME)
    response = score(client, [{**OUTCOME, "value": 0.0}])
    assert response.status_code == 207
    assert response.json()["errors"][0]["errors"] == {"timestamp": ["was sent before with other content"]}


def test_a_key_without_the_scope_audit_posts_outcomes_only(claims, client):
    text = create_key(name="gateway", scopes=[Scope.INGEST], team=claims, at=NOON)[1]
    ingest_only = APIClient(headers={"Authorization": f"Bearer {text}"})
    response = score(ingest_only, [OUTCOME, VERDICT])
    assert (response.status_code, response.json()["accepted"]) == (207, 1)
    assert "`audit`" in response.json()["errors"][0]["message"]
    assert (Outcome.objects.count(), Correction.objects.count()) == (1, 0)


def test_a_key_pair_is_checked_as_the_sdk_does(claims, client, all_teams):
    text = create_key(name="gateway", scopes=[Scope.INGEST], team=claims, at=NOON)[1]
    _, prefix, secret = text.split("_", 2)
    for public in (prefix, f"tc_{prefix}"):
        basic = base64.b64encode(f"{public}:{secret}".encode()).decode()
        found = APIClient(headers={"Authorization": f"Basic {basic}"}).get("/api/public/projects").json()
        assert [project["name"] for project in found["data"]] == ["Claims"]
    assert all_teams.get("/api/public/projects").json()["data"][0]["name"] == "All teams"
    assert client.get("/api/public/prompts").status_code == 404
    assert client.get("/api/public/prompts").json() == {"detail": "not found"}


def test_a_neighbours_task_is_not_reached(client, support):
    post(client, CALL)
    score(client_of(support), [OUTCOME | {"value": 0.0}, VERDICT])
    row = total(client)
    assert (row["failures"], row["internal_failure"]) == (0, "0.00")
    refused = score(client_of(support), [{**OUTCOME, "metadata": {"team": "Claims"}}])
    assert "metadata.team" in refused.json()["errors"][0]["errors"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[", b"5", b'"x"', b"[1, null, [], {}]", b'{"name": {}, "value": []}', b"[" * 100_000,
     b'[{"name": "verdict", "value": "\\ud800", "source": "ANNOTATION"}]', b'{"name": "a", "value": NaN}',
     b'[{"name": "success", "value": 1e999999, "traceId": "\\u0000"}]', b'{"name": "success", "value": "\\ud800"}'],
    ids=lambda body: str(body[:24]),
)  # fmt: skip
def test_hostile_bodies_are_refused_in_json(client, body):
    response = client.generic("POST", "/api/public/scores", body, content_type="application/json")
    assert response.status_code in (207, 400) or body == b'{"name": "a", "value": NaN}', response.content
    assert response.status_code < 500
    json.loads(response.content)
