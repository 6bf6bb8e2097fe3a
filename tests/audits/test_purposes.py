"""Judges, guardrails, routers and embeddings are paid for, and never decide the tier or the route of a task."""

from __future__ import annotations

from typing import Any

import pytest

from tests.build import have_reference
from tests.cast import NOON
from tests.sending import client

pytestmark = pytest.mark.django_db
__all__ = ["client"]

REFERENCE = """
tiers:  [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models: [{provider: own, name: small-1, tier: commodity}, {provider: own, name: large-1, tier: frontier}]
"""
FIRST = 1_790_848_800  # 2026-10-01 10:00:00


def completion(number: int, model: str, **said: Any) -> dict[str, Any]:
    """What LiteLLM's generic callback posts of the task `claim-1`, a dollar each."""
    return {
        "id": f"chatcmpl-{number}", "litellm_call_id": f"call-{number}", "trace_id": "claim-1", "status": "success",
        "call_type": "acompletion", "custom_llm_provider": "own", "model": model, "response_cost": 1.0,
        "prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110, "startTime": FIRST + number * 60,
        "endTime": FIRST + number * 60 + 1, "metadata": {}, **said,
    }  # fmt: skip


BESIDE = {
    "a judge named by its caller": {"metadata": {"requester_metadata": {"purpose": "judge"}}},
    "a router's own question": {"classifier_input": {"prompt": "..."}},
    "a moderation": {"call_type": "amoderation"},
    "an embedding": {"call_type": "aembedding"},
}


@pytest.mark.parametrize("said", BESIDE.values(), ids=BESIDE)
@pytest.mark.parametrize("number", [0, 2], ids=["first", "last"])
def test_only_the_attempt_decides(client, said, number):
    have_reference(REFERENCE, at=NOON)
    sent = [completion(1, "small-1"), completion(number, "large-1", **said)]
    response = client.post("/api/v1/ingest/litellm", sent, format="json")
    assert response.status_code == 200, response.content
    months = {"from": "2026-10", "to": "2026-10"}
    lines = client.get("/api/v1/reports/true-cost", {**months, "by": "tier"}).json()["rows"]
    assert {line["tier"]: (line["tasks"], line["token_bill"]) for line in lines} == {
        "commodity": (1, "1.00"), "frontier": (0, "1.00"),
    }  # fmt: skip
    (route,) = client.get("/api/v1/reports/true-cost", {**months, "by": "route"}).json()["rows"]
    assert (route["route"], route["tasks"], route["escalated"]) == ("commodity", 1, 0)


def test_a_second_attempt_does_decide(client):
    """Else the test above proves nothing."""
    have_reference(REFERENCE, at=NOON)
    client.post("/api/v1/ingest/litellm", [completion(1, "small-1"), completion(2, "large-1")], format="json")
    words = {"from": "2026-10", "to": "2026-10", "by": "route"}
    (route,) = client.get("/api/v1/reports/true-cost", words).json()["rows"]
    assert route["route"] == "commodity>frontier"
