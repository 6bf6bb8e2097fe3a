"""Refused items are kept with their reasons, within bounds, and never change what is answered."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError
from rest_framework.test import APIClient

from accounts.models import Role, Team
from accounts.queries import reach_of_user
from spend.actions import rejected
from spend.actions.rejected import KEPT_FOR, forget_rejected, keep_rejected
from spend.ingest.kept import Kept
from spend.ingest.records import Problem
from spend.models import RejectedItem
from tests.cast import NOON, make_user
from tests.sending import CALL, CORRECTION, client, client_of, post, send  # noqa: F401

pytestmark = pytest.mark.django_db
BAD = {**CALL, "input_tokens": -1}


def test_a_refused_item_is_kept_with_its_reason_and_its_fields(client, claims) -> None:  # noqa: F811
    answer = post(client, CALL, {**BAD, "id": "c-2", "prompt": "my secret"})
    assert answer.status_code == 207
    item = RejectedItem.objects.get()
    assert (item.team, item.kind, item.format, item.external_id) == (claims, "rest", "call", "c-2")
    assert item.errors == answer.json()["rejected"][0]["errors"]
    assert item.reason.startswith(("input_tokens: ", "prompt: "))
    assert item.content == {**BAD, "id": "c-2", "prompt": None}


def test_one_that_was_read_and_then_refused_is_kept_too(client, claims, support) -> None:  # noqa: F811
    assert post(client, {**CALL, "team": "Support"}).status_code == 400
    item = RejectedItem.objects.get()
    assert item.content
    assert (item.team, item.content["team"]) == (claims, "Support")  # of who wrote, whatever it says
    assert post(client, {**CORRECTION, "role": "nobody"}, name="corrections").status_code == 400
    assert RejectedItem.objects.filter(format="correction", reason__startswith="role: no labour rate").count() == 1


def test_of_a_key_of_all_teams_it_is_the_team_that_the_item_names(client, claims) -> None:  # noqa: F811
    everywhere = client_of(None)
    post(everywhere, {**BAD, "team": "Claims"}, {**BAD, "id": "c-2", "team": "Nobody's"}, {**CALL, "id": "c-3"})
    found = dict(RejectedItem.objects.values_list("external_id", "team"))
    assert found == {"c-1": claims.pk, "c-2": None, "c-3": None}


def test_what_reaches_beyond_ones_teams_cannot_be_tried_again_by_who_reaches_further(claims, support) -> None:
    lead = make_user("lead", Role.TEAM_LEAD, claims, Team.objects.create(name="Legal"))
    api = APIClient()
    api.force_authenticate(lead, token=reach_of_user(lead))
    assert post(api, {**CORRECTION, "team": "Support"}, name="corrections").status_code == 400
    item = RejectedItem.objects.get()
    assert (item.team, item.content) == (None, None)


DEEP: object = 1
for _ in range(480):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("name", "fault", "reason"),
    [
        ("calls", {"model": DEEP}, "model: must be text"),
        ("calls", {"model": "a\x00b"}, "model: must not contain control characters"),
        ("calls", {"model": "\ud800"}, "model: must not contain control characters"),
        ("calls", {"metadata": {"a": "\ud800"}}, "metadata: must not contain infinite numbers or invalid UTF-8"),
        ("calls", {"metadata": {"a": float("inf")}}, "metadata: must not contain infinite numbers"),
        ("calls", {"a\x00\ud800": 1}, "a??: is not a field of a call"),
        ("corrections", {"withdrawn": True, "version": -1, "minutes": DEEP}, "version: must be >= 1"),
    ],
)
def test_whatever_an_item_holds_the_others_are_answered_and_it_is_listed(client, name, fault, reason) -> None:  # noqa: F811
    good = {"calls": CALL, "corrections": CORRECTION}[name]
    answer = send(client, json.dumps({name: [good, {**good, "id": "x-2", **fault}]}).encode(), name=name)
    assert (answer.status_code, answer.json()["accepted"]) == (207, 1)
    item = RejectedItem.objects.get()
    assert (item.external_id, item.reason.startswith(reason)) == ("x-2", True), item.reason


def test_what_is_sent_again_is_kept_once(client) -> None:  # noqa: F811
    for _ in range(3):
        post(client, BAD)
    item = RejectedItem.objects.get()
    assert item.last_at > item.first_at


def test_lines_are_kept_as_batches_are(client) -> None:  # noqa: F811
    answer = send(client, b'{"id": "c-1", "model": ""}\nno json', content_type="application/x-ndjson")
    assert answer.status_code == 400
    kept = {item.external_id: item.content for item in RejectedItem.objects.all()}
    assert kept == {"c-1": {"id": "c-1", "model": ""}, "": None}


def test_good_batches_ask_the_database_nothing_for_it(client, django_assert_max_num_queries, monkeypatch) -> None:  # noqa: F811
    monkeypatch.setattr("spend.batches.keep_rejected", None)
    assert post(client, CALL).status_code == 200


def test_that_it_cannot_be_kept_fails_no_request(client, monkeypatch, caplog) -> None:  # noqa: F811
    def fail(rows: object) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(rejected, "_write", fail)
    answer = post(client, CALL, {**BAD, "id": "c-2"})
    assert answer.status_code == 207
    assert answer.json()["accepted"] == 1
    assert RejectedItem.objects.count() == 0


def problems(number: int) -> list[Problem]:
    return [Problem(index, f"c-{index}", {"id": ["is bad"]}) for index in range(number)]


def keep(team: int, found: list[Problem], at=NOON) -> None:
    keep_rejected(
        kind="rest", problems=found, reach=frozenset({team}), at=at,
        content=lambda problem: Kept("call", {"id": problem.id}),
    )  # fmt: skip


def test_the_oldest_go_first_beyond_the_most_of_a_team(claims, support, monkeypatch) -> None:
    monkeypatch.setattr(rejected, "MOST_PER_TEAM", 5)
    keep(support.pk, problems(2))
    keep(claims.pk, problems(4))
    later = [Problem(0, f"later-{number}", {"id": ["is bad"]}) for number in range(3)]
    keep(claims.pk, later, NOON + timedelta(days=1))
    assert RejectedItem.objects.filter(team=support).count() == 2
    assert RejectedItem.objects.filter(team=claims).count() == 5
    assert RejectedItem.objects.filter(external_id__startswith="later").count() == 3


def test_of_one_request_only_so_many_are_kept(claims, monkeypatch) -> None:
    monkeypatch.setattr(rejected, "MOST_AT_ONCE", 3)
    keep(claims.pk, problems(10))
    assert set(RejectedItem.objects.values_list("external_id", flat=True)) == {"c-0", "c-1", "c-2"}


def test_errors_are_kept_short(claims) -> None:
    keep(claims.pk, [Problem(0, "x" * 200, {f"{number}{'n' * 500}": ["s" * 5000] * 9 for number in range(99)})])
    item = RejectedItem.objects.get()
    assert len(item.errors) == 20
    assert max(len(sentence) for sentences in item.errors.values() for sentence in sentences) == 300


def test_after_thirty_days_it_is_forgotten(claims) -> None:
    keep(claims.pk, problems(1), NOON - KEPT_FOR - timedelta(seconds=1))
    keep(claims.pk, [Problem(0, "young", {"id": ["is bad"]})], NOON - KEPT_FOR + timedelta(hours=1))
    assert forget_rejected(at=NOON) == 1
    assert RejectedItem.objects.get().external_id == "young"
