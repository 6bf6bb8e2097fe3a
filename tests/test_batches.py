"""Batches that are taken: in part, twice, packed, by the line, withdrawn, and by whom."""

from __future__ import annotations

import gzip
import json

import pytest
import zstandard

from spend import backpressure
from spend.models import Call
from tests.sending import CALL, CORRECTION, GOOD, INCIDENT, OUTCOME, all_teams, client, post, send

pytestmark = pytest.mark.django_db
__all__ = ["all_teams", "client"]


def test_partial_success_is_207(client):
    response = post(client, CALL, {**CALL, "id": "c-2", "input_tokens": -1})
    assert response.status_code == 207
    assert response.json() == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": [{"index": 1, "id": "c-2", "errors": {"input_tokens": ["must be >= 0"]}}],
    }


def test_a_resend_is_a_duplicate_and_other_content_a_conflict(client):
    assert post(client, CALL, CALL).json() == {"accepted": 1, "duplicates": 1, "rejected": []}
    again = post(client, CALL, {**CALL, "input_tokens": 11})
    assert again.status_code == 207
    assert again.json()["duplicates"] == 1
    assert again.json()["rejected"][0]["errors"] == {"id": ["was sent before with other content"]}
    assert Call.objects.get().input_tokens == 10


@pytest.mark.parametrize("name", ["outcomes", "corrections", "incidents"])
def test_versions_are_duplicates_conflicts_and_news(client, name):
    record = {"outcomes": OUTCOME, "corrections": CORRECTION, "incidents": INCIDENT}[name]
    changed = {"outcomes": {"outcome": "failure"}, "corrections": {"minutes": 31}, "incidents": {"loss_usd": 6}}[name]
    assert post(client, record, name=name).json()["accepted"] == 1
    assert post(client, record, name=name).json()["duplicates"] == 1
    assert post(client, {**record, **changed}, name=name).status_code == 400
    assert post(client, {**record, **changed, "version": 2}, name=name).json()["accepted"] == 1


@pytest.mark.parametrize("name", ["outcomes", "corrections", "incidents"])
def test_a_withdrawal_needs_its_identity_and_a_version_of_its_own(client, name):
    record = {"outcomes": OUTCOME, "corrections": CORRECTION, "incidents": INCIDENT}[name]
    identity = "task" if name == "outcomes" else "id"
    post(client, record, name=name)
    withdrawal = {identity: record[identity], "withdrawn": True}
    assert post(client, withdrawal, name=name).status_code == 400  # version 1 said something else
    assert post(client, {**withdrawal, "version": 2}, name=name).json()["accepted"] == 1
    assert post(client, {"withdrawn": True, "version": 3}, name=name).status_code == 400
    assert client.get("/api/v1/corrections").json()["corrections"] == []


def test_a_call_cannot_be_withdrawn(client):
    response = post(client, {**CALL, "withdrawn": True})
    assert "withdrawn" in response.json()["rejected"][0]["errors"]


@pytest.mark.parametrize(
    ("pack", "encoding"), [(gzip.compress, "gzip"), (zstandard.compress, "zstd"), (bytes, "identity")]
)
def test_packed_bodies_are_read(client, pack, encoding):
    assert send(client, pack(GOOD), **{"Content-Encoding": encoding}).json()["accepted"] == 1


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/x-ndjson; charset=utf-8"])
def test_lines_are_read_and_bad_ones_named(client, content_type):
    lines = [json.dumps(CALL), "{", json.dumps({**CALL, "id": "c-2"})]
    response = send(client, "\n".join(lines).encode(), content_type=content_type)
    assert response.status_code == 207
    assert response.json()["accepted"] == 2
    assert [rejected["index"] for rejected in response.json()["rejected"]] == [1]


@pytest.mark.parametrize(("items", "status"), [(10_000, 200), (10_001, 400)])
def test_ten_thousand_items_and_no_more(client, items, status):
    response = post(client, *({**CALL, "id": f"c-{number}"} for number in range(items)))
    assert response.status_code == status
    assert Call.objects.count() == (items if status == 200 else 0)


def test_an_empty_batch_is_fine(client):
    assert post(client).json() == {"accepted": 0, "duplicates": 0, "rejected": []}


def test_a_key_of_one_team_may_name_it(client):
    assert post(client, {**CALL, "team": "Claims"}).json()["accepted"] == 1
    assert post(client, CALL).json()["duplicates"] == 1  # the team is no content


def test_a_key_of_all_teams_names_the_team_of_a_call(all_teams):
    assert "team" in post(all_teams, CALL).json()["rejected"][0]["errors"]
    assert post(all_teams, {**CALL, "team": "Support"}).json()["accepted"] == 1
    assert "team" in post(all_teams, {**CALL, "team": "Atlantis"}).json()["rejected"][0]["errors"]


def test_a_key_of_all_teams_need_not_name_it_where_one_team_has_the_task(all_teams):
    for number, team in enumerate(["Claims", "Support"]):
        post(all_teams, {**CALL, "id": f"both-{number}", "task": "both", "team": team})
    post(all_teams, {**CALL, "task": "T1", "team": "Claims"})
    assert post(all_teams, CORRECTION, name="corrections").json()["accepted"] == 1
    in_two = post(all_teams, {**CORRECTION, "id": "k-2", "task": "both"}, name="corrections").json()
    assert "team" in in_two["rejected"][0]["errors"]


# --- too much at once


def test_who_waits_too_long_is_asked_to_come_back(client, settings, monkeypatch):
    settings.INGEST_WAIT_SECONDS = 0.01
    monkeypatch.setattr(backpressure, "CLOSED_SECONDS", 0)
    places = [backpressure.writing() for _ in range(backpressure.WRITERS)]
    for place in places:
        place.__enter__()
    try:
        response = send(client, GOOD)
    finally:
        for place in places:
            place.__exit__(None, None, None)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) >= 1
    assert "detail" in response.json()
    assert send(client, GOOD).json()["accepted"] == 1
