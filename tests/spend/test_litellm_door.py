"""What LiteLLM is answered, and what is stored of what it posts."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from rest_framework.test import APIClient

from accounts.models import Team
from spend import backpressure
from spend.ingest.mapping import Mapping
from spend.models import Call, SourceMapping
from tests.cast import NOON
from tests.sending import all_teams, client, send

pytestmark = pytest.mark.django_db
__all__ = ["all_teams", "client"]

ANSWERED: dict[str, Any] = {
    "id": "chatcmpl-1",
    "litellm_call_id": "c-1",
    "trace_id": "T1",
    "call_type": "acompletion",
    "status": "success",
    "custom_llm_provider": "own",
    "model": "tiny",
    "startTime": 1791187200.25,
    "endTime": 1791187201.25,
    "response_cost": 0.001,
    "metadata": {"usage_object": {"prompt_tokens": 10, "completion_tokens": 2}, "user_api_key_team_alias": "Claims"},
}


def told(client: APIClient, *payloads: Any, status: int = 200) -> dict[str, Any]:
    response = send(client, json.dumps(payloads).encode(), "ingest/litellm")
    assert response.status_code == status
    answer: dict[str, Any] = response.json()
    return answer


def test_a_batch_sent_again_counts_once(client):
    assert told(client, ANSWERED) == {"accepted": 1, "duplicates": 0, "rejected": []}
    again = json.dumps(ANSWERED).encode() + b"\n" + json.dumps({**ANSWERED, "id": "chatcmpl-2"}).encode()
    assert send(client, again, "ingest/litellm").json() == {"accepted": 1, "duplicates": 1, "rejected": []}
    call = Call.objects.get(external_id="c-1:chatcmpl-1:success")
    assert (call.cost_nanos, call.cost_source, call.source.kind, call.task.external_id) == (
        1_000_000, "reported", "litellm", "T1",
    )  # fmt: skip


def test_good_ones_are_kept_where_others_are_not(client):
    answer = told(client, ANSWERED, None, {**ANSWERED, "id": "x", "startTime": None}, status=207)
    assert answer["accepted"] == 1
    assert [problem["errors"] for problem in answer["rejected"]] == [
        {"record": ["must be an object, not null"]},
        {"startTime": ["must be a time in seconds since 1970"]},
    ]
    assert told(client, "?", status=400)["accepted"] == 0
    assert "detail" in send(client, b"{oops", "ingest/litellm").json()


def test_an_answer_from_its_own_cache_is_free_and_known_to_be(client):
    told(client, {**ANSWERED, "cache_hit": True, "response_cost": 0.0})
    call = Call.objects.get()
    assert (call.cost_nanos, call.cost_source, call.input_tokens, call.output_tokens) == (0, "reported", 0, 0)
    assert call.metadata["litellm.saved_input_tokens"] == 10


def test_what_litellm_could_not_price_is_unpriced_not_free(client):
    told(client, {**ANSWERED, "response_cost": 0.0, "zero_cost_diagnostic": {"reason": "missing_pricing_key"}})
    assert Call.objects.get().cost_nanos is None


def test_a_key_of_all_teams_goes_by_the_mapping(all_teams: APIClient, claims: Team):
    rules = msgspec.to_builtins(Mapping(team=("metadata.user_api_key_team_id",), teams={"t-7": "Claims"}))
    SourceMapping.objects.create(team=None, kind="litellm", rules=rules, changed_at=NOON)
    of_claims = {**ANSWERED, "metadata": {"user_api_key_team_id": "t-7"}}
    of_nobody = {**ANSWERED, "id": "chatcmpl-3", "metadata": {"user_api_key_team_id": "t-8"}}
    answer = told(all_teams, of_claims, of_nobody, {**ANSWERED, "id": "chatcmpl-4", "metadata": {}}, status=207)
    assert (answer["accepted"], [list(problem["errors"]) for problem in answer["rejected"]]) == (1, [["team"]] * 2)
    assert Call.objects.get().team == claims


def test_a_key_of_one_team_writes_for_that_whatever_litellm_calls_it(client, claims: Team):
    told(client, {**ANSWERED, "metadata": {"user_api_key_team_alias": "Support"}})
    assert Call.objects.get().team == claims


def test_too_much_at_once_is_a_503_for_after_a_429_it_drops_the_batch(client, settings, monkeypatch):
    settings.INGEST_WAIT_SECONDS = 0.01
    monkeypatch.setattr(backpressure, "CLOSED_SECONDS", 0)
    places = [backpressure.writing() for _ in range(backpressure.WRITERS)]
    for place in places:
        place.__enter__()
    try:
        response = send(client, json.dumps(ANSWERED).encode(), "ingest/litellm")
    finally:
        for place in places:
            place.__exit__(None, None, None)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert told(client, ANSWERED)["accepted"] == 1
