"""The webhook of GitHub: who signs may tell, what it tells counts once, and nothing else gets in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse
from msgspec.structs import replace
from rest_framework.test import APIClient

from accounts.models import Team
from audits.actions.webhooks import create_webhook, revoke_webhook
from audits.models import Correction, LabourRate, Webhook
from spend.actions.mappings import save_mapping
from spend.ingest.people.github import signature_of
from spend.ingest.people.profile import default_profile
from spend.models import Outcome
from tests.cast import NOON

pytestmark = pytest.mark.django_db


class Sender:
    """GitHub, as one webhook of it."""

    def __init__(self, webhook: Webhook, secret: str) -> None:
        self.webhook, self.secret = webhook, secret

    def __call__(self, event: str, body: Any, *, signature: str | None = None, status: int = 200) -> dict[str, Any]:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = signature_of(sent, self.secret) if signature is None else signature
        headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": "d-1", "X-Hub-Signature-256": signed}
        address = f"{reverse('api-webhook-github')}?hook={self.webhook.prefix}"
        response = APIClient().post(address, sent, content_type="application/json", headers=headers)
        assert response.status_code == status, response.content
        return dict(response.json())


@pytest.fixture
def send(claims: Team) -> Sender:
    LabourRate.objects.create(role="engineer", starts_on="2026-01-01", hourly=90)
    save_mapping(kind="github", team=None, rules=replace(default_profile("github"), role="engineer"), by="ada", at=NOON)
    return Sender(*create_webhook(name="acme", team=claims, at=NOON))


def delivery(
    action: str, *, state: str = "approved", at: str = "2026-11-04T09:00:00Z", **request: Any
) -> dict[str, Any]:
    return {
        "action": action,
        "review": {
            "id": 7, "node_id": "PRR_7", "state": state, "submitted_at": "2026-11-04T09:00:00Z",
            "user": {"login": "mona"}, "body": "secret words",
        },
        "pull_request": {
            "number": 42, "title": "Letters", "body": None, "head": {"ref": "ai/T-1"}, "updated_at": at,
            "merged": False, **request,
        },
        "repository": {"full_name": "acme/web"},
    }  # fmt: skip


def standing() -> list[tuple[str, str, bool]]:
    return list(Correction.objects.filter(latest=True).values_list("task_name", "verdict", "withdrawn"))


def test_a_review_is_a_verdict_and_counts_once(send: Sender) -> None:
    assert send("pull_request_review", delivery("submitted"))["accepted"] == 1
    assert send("pull_request_review", delivery("submitted"))["duplicates"] == 1
    assert standing() == [("acme/web#42", "accepted", False)]
    assert Correction.objects.get().team == Team.objects.get()
    assert "secret words" not in str(Correction.objects.values())


def test_a_review_that_was_dismissed_is_taken_back_in_whatever_order_it_is_told(send: Sender) -> None:
    told = [delivery("submitted"), delivery("dismissed", state="dismissed")]
    for body in told[::-1]:
        assert send("pull_request_review", body)["accepted"] == 1
    assert [withdrawn for *_, withdrawn in standing()] == [True]


def test_a_review_that_was_changed_says_the_new_thing(send: Sender) -> None:
    send("pull_request_review", delivery("submitted"))
    send("pull_request_review", delivery("edited", state="changes_requested", at="2026-11-05T09:00:00Z"))
    assert standing() == [("acme/web#42", "amended", False)]


def test_closing_is_a_failure_reopening_takes_it_back_and_merging_is_a_success(send: Sender) -> None:
    steps = (
        ({"action": "closed", "closed_at": "2026-11-04T09:00:00Z"}, ("failure", False)),
        ({"action": "reopened", "at": "2026-11-05T09:00:00Z"}, ("", True)),
        ({"action": "closed", "at": "2026-11-06T09:00:00Z", "merged": True}, ("success", False)),
    )
    for words, expected in steps:
        assert send("pull_request", delivery(**words))["accepted"] == 1
        assert Outcome.objects.values_list("outcome", "withdrawn").get(latest=True) == expected


def test_a_pattern_names_the_task_by_the_branch_and_leaves_other_work_alone(send: Sender) -> None:
    profile = replace(default_profile("github"), role="engineer", task=("branch",), task_pattern=r"^ai/(.+)")
    save_mapping(kind="github", team=send.webhook.team, rules=profile, by="ada", at=NOON)
    send("pull_request_review", delivery("submitted"))
    assert send("pull_request_review", delivery("submitted", head={"ref": "own-work"}))["accepted"] == 0
    assert send("pull_request", delivery("closed", head={"ref": "own-work"}))["accepted"] == 0
    assert standing() == [("T-1", "accepted", False)]


@pytest.mark.parametrize(("event", "action"), [("ping", "x"), ("push", "x"), ("pull_request", "opened"), ("", "")])
def test_other_events_are_taken_and_left_alone(send: Sender, event: str, action: str) -> None:
    assert send(event, delivery(action)) == {"accepted": 0, "duplicates": 0, "rejected": []}
    send.webhook.refresh_from_db()
    assert (send.webhook.last_event, send.webhook.last_delivery) == (event, "d-1")


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "ümlaut"])
def test_what_is_not_signed_does_not_get_in(send: Sender, signature: str) -> None:
    send("pull_request_review", delivery("submitted"), signature=signature.encode().decode("latin-1"), status=401)
    assert not Correction.objects.exists()
    assert Webhook.objects.get().last_at is None


def test_a_body_that_was_changed_on_the_way_does_not_get_in(send: Sender) -> None:
    signed = signature_of(json.dumps(delivery("submitted")).encode(), send.secret)
    send("pull_request_review", delivery("submitted", state="changes_requested"), signature=signed, status=401)


def test_a_webhook_that_was_revoked_does_not_get_in(send: Sender) -> None:
    revoke_webhook(webhook=send.webhook, at=NOON)
    send("ping", {}, status=401)


def test_a_webhook_that_nobody_made_does_not_get_in(send: Sender) -> None:
    send.webhook.prefix = "nosuch\x00"
    send("ping", {}, status=401)


def test_the_secret_is_nowhere_to_be_read(send: Sender) -> None:
    assert send.secret not in str(Webhook.objects.values())


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'"x"', b"{}{}"])
def test_a_body_that_is_none_is_refused(send: Sender, body: bytes) -> None:
    send("pull_request_review", body, status=400)


ODD = [None, 1, "x", [], {}, {"labels": 3, "head": []}, "\x00"]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("key", ["review", "pull_request", "repository", "action"])
def test_odd_values_are_refused_or_left_alone(send: Sender, key: str, odd: object) -> None:
    for event, action in (("pull_request_review", "submitted"), ("pull_request", "closed")):
        sent = json.dumps({**delivery(action), key: odd}).encode()
        address = f"{reverse('api-webhook-github')}?hook={send.webhook.prefix}"
        headers = {"X-GitHub-Event": event, "X-Hub-Signature-256": signature_of(sent, send.secret)}
        answer = APIClient().post(address, sent, content_type="application/json", headers=headers)
        assert answer.status_code in (200, 400)


def test_a_role_without_a_rate_is_said_in_the_answer(send: Sender) -> None:
    profile = replace(default_profile("github"), role="")
    save_mapping(kind="github", team=None, rules=profile, by="ada", at=NOON)
    answer = send("pull_request_review", delivery("submitted"), status=400)
    assert "mona has none in the table" in answer["rejected"][0]["errors"]["role"][0]
