"""Settings of mappings: tried on a sample, saved, held to; and webhooks, whose secret is shown once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from audits.models import Correction, LabourRate, Webhook
from config.pages.mapping_forms import RulesForm
from config.pages.mapping_words import TITLES
from spend.models import Call, SourceMapping
from spend.queries.mappings import mapping_of, profile_of, stored_for
from tests.cast import NOON

pytestmark = pytest.mark.django_db

JIRA = "Issue Key,Worklog ID,Author,Started,Time Spent\nT1,1,Lena,2026-10-05,30m\nT2,2,Lena,soon,1h\n"
SPAN = {
    "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat gpt-5", "kind": 3,
    "startTimeUnixNano": "1760000000000000000", "endTimeUnixNano": "1760000001000000000",
    "attributes": [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-5"}},
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "100"}},
        {"key": "claim.number", "value": {"stringValue": "C-17"}},
    ],
}  # fmt: skip
TRACES = {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "mine"}, "spans": [SPAN]}]}]}


@pytest.fixture
def finance(client: Client, fiona: User) -> Client:
    client.force_login(fiona)
    return client


def address(kind: str, team: Team | None = None) -> str:
    return reverse("settings-mapping", args=[kind]) + (f"?team={team.pk}" if team else "")


def filled(kind: str, **changes: Any) -> dict[str, Any]:
    """Return what a browser sends for the form as it is shown, with `changes`."""
    stored = stored_for(kind, None)
    assert stored is not None
    shown = RulesForm(rules=stored.rules, kind=kind, hint="").initial
    return {name: value for name, value in shown.items() if value is not False} | changes


@pytest.mark.parametrize("kind", TITLES)
def test_the_form_as_shown_saves_what_holds_already(finance: Client, kind: str) -> None:
    before = stored_for(kind, None)
    assert before is not None
    assert finance.post(address(kind), filled(kind, save="1")).status_code == 302
    after = stored_for(kind, None)
    assert after is not None
    assert after.rules == before.rules
    assert after.row is not None
    assert after.row.changed_by == "fiona"


def test_a_sample_is_shown_and_not_stored(finance: Client) -> None:
    LabourRate.objects.create(role="engineer", starts_on="2026-01-01", hourly=90)
    page = finance.post(address("jira"), filled("jira", role="engineer", sample=JIRA)).content.decode()
    assert "<b>1 record</b> would come out" in page
    assert "jira-1" in page
    assert "must be a day such as 2026-10-05" in page
    assert not Correction.objects.exists()
    assert not SourceMapping.objects.exists()


def test_a_sample_says_what_the_installation_would_refuse(finance: Client) -> None:
    page = finance.post(address("jira"), filled("jira", role="wizard", sample=JIRA)).content.decode()
    assert "no labour rate for &#x27;wizard&#x27;" in page


def test_a_sample_may_be_a_file_as_spreadsheets_write_it(finance: Client) -> None:
    LabourRate.objects.create(role="engineer", starts_on="2026-01-01", hourly=90)
    file = SimpleUploadedFile("worklogs.csv", JIRA.encode("utf-16"))
    page = finance.post(address("jira"), filled("jira", role="engineer", sample_file=file)).content.decode()
    assert "<b>1 record</b> would come out" in page


def test_a_delivery_is_a_sample_too(finance: Client) -> None:
    LabourRate.objects.create(role="engineer", starts_on="2026-01-01", hourly=90)
    body = {
        "action": "submitted", "repository": {"full_name": "a/b"}, "pull_request": {"number": 3},
        "review": {"id": 1, "state": "approved", "submitted_at": "2026-10-05T09:00:00Z"},
    }  # fmt: skip
    page = finance.post(address("github"), filled("github", role="engineer", sample=json.dumps(body))).content.decode()
    assert "a/b#3" in page
    assert "accepted" in page


def test_spans_are_tried_with_the_attributes_on_the_page(finance: Client) -> None:
    given = filled("otlp", task="claim.number", sample=json.dumps(TRACES))
    page = finance.post(address("otlp"), given).content.decode()
    assert "<b>1 record</b> would come out" in page
    assert "<dd>C-17</dd>" in page
    assert not Call.objects.exists()


def test_a_score_is_tried_by_the_rules_on_the_page(finance: Client) -> None:
    score = {"id": "s-1", "name": "solved", "value": 1, "traceId": "t-1", "timestamp": "2026-10-05T09:00:00Z"}
    given = filled("langfuse", outcomes="names = solved | success = 1 | failure = 0", sample=json.dumps(score))
    page = finance.post(address("langfuse"), given).content.decode()
    assert "· outcome" in page
    assert "<dd>success</dd>" in page


def test_a_call_of_litellm_is_tried(finance: Client) -> None:
    payload = {
        "id": "c-1", "call_type": "acompletion", "model": "gpt-5", "startTime": 1760000000.0, "endTime": 1760000001.0,
        "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "status": "success", "response_cost": 0.01,
        "request_tags": ["claim:C-17"], "metadata": {}, "response": {},
    }  # fmt: skip
    page = finance.post(address("litellm"), filled("litellm", task="tags.claim", sample=json.dumps(payload)))
    assert "<dd>C-17</dd>" in page.content.decode()


@pytest.mark.parametrize("kind", TITLES)
def test_no_sample_is_an_error_of_ours(finance: Client, kind: str) -> None:
    for sample in ("", "{", "[]", "{}", "\x00", "a,b\n1,2", '{"resourceSpans": 3}'):
        assert finance.post(address(kind), filled(kind, sample=sample)).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("task_pattern", "(a+)+", "cannot have"),
        ("verdicts", "approved = fine", "fine must be one of"),
        ("minutes_otherwise", "some", "Must be a number of minutes"),
        ("roles", "x" * 300 + " = a", "length"),
    ],
)
def test_bad_rules_are_said_where_they_stand(finance: Client, field: str, value: str, reason: str) -> None:
    response = finance.post(address("github"), filled("github", save="1", **{field: value}))
    assert response.status_code == 200
    assert reason in " ".join(response.context["form"].errors[field])
    assert not SourceMapping.objects.exists()


def test_a_team_may_have_its_own_and_give_it_up(finance: Client, claims: Team, support: Team) -> None:
    finance.post(address("otlp", claims), filled("otlp", task="claim.number", save="1"))
    assert mapping_of("otlp", frozenset({claims.pk})).task == ("claim.number",)
    assert mapping_of("otlp", frozenset({support.pk})).task != ("claim.number",)
    finance.post(address("otlp", claims), {"forget": "1"})
    assert mapping_of("otlp", frozenset({claims.pk})) == mapping_of("otlp", None)


def test_a_team_without_its_own_is_read_as_all_are(finance: Client, claims: Team) -> None:
    finance.post(address("jira"), filled("jira", task="Ticket", save="1"))
    assert profile_of("jira", frozenset({claims.pk})).task == ("Ticket",)


@pytest.mark.parametrize("rules", [{"tasks": ["a"]}, {"task": 1}, []])
@pytest.mark.parametrize("kind", ["otlp", "jira"])
def test_rules_that_cannot_be_read_any_more_stop_nothing_and_say_so(
    finance: Client, claims: Team, kind: str, rules: Any
) -> None:
    finance.post(address(kind), filled(kind, task="ticket", save="1"))
    stored = SourceMapping(kind=kind, team=claims, rules=rules, changed_at=NOON)
    stored.save()
    held = stored_for(kind, claims.pk)
    assert held is not None
    assert (held.rules.task, held.is_unread) == (("ticket",), True)
    for page in (reverse("settings-mappings"), address(kind, claims)):
        assert "cannot be read any more" in finance.get(page).content.decode()
    assert profile_of("jira", frozenset({claims.pk})).task
    assert mapping_of("otlp", frozenset({claims.pk})).task
    finance.post(address(kind, claims), filled(kind, save="1"))
    for page in (reverse("settings-mappings"), address(kind, claims)):
        assert "cannot be read any more" not in finance.get(page).content.decode()


@pytest.mark.parametrize("words", ["rest", "nothing"])
def test_other_sources_have_no_mapping(finance: Client, words: str) -> None:
    assert finance.get(address(words)).status_code == 404


@pytest.mark.parametrize("team", ["x", "0", "²", "9" * 30])
def test_a_team_there_is_none_of_has_none(finance: Client, team: str) -> None:
    assert finance.get(f"{address('jira')}?team={team}").status_code == 404


def test_the_secret_of_a_webhook_is_shown_once(client: Client, ada: User, claims: Team) -> None:
    client.force_login(ada)
    made = client.post(reverse("settings-webhook-new"), {"name": "acme", "team": claims.pk})
    assert made.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    secret, webhook = made.context["secret"], Webhook.objects.get()
    assert secret in made.content.decode()
    assert f"?hook={webhook.prefix}" in made.content.decode()
    assert webhook.team == claims
    for name in ("settings-webhooks", "settings-webhook-revoke"):
        page = client.get(reverse(name, args=[webhook.pk] if "revoke" in name else []))
        assert "acme" in page.content.decode()
        assert secret not in page.content.decode()
    client.post(reverse("settings-webhook-revoke", args=[webhook.pk]))
    webhook.refresh_from_db()
    assert webhook.revoked_at is not None
