"""When the database lags, who sends is told when to come back; nothing waits without end or is half written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from spend import backpressure
from spend.ingest.bodies import LARGE_BYTES, MOST_BYTES
from spend.models import Call
from tests.sending import CALL, OUTCOME, all_teams, client, post

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["all_teams", "client"]
CLIENTS, EACH = 12, 4


@pytest.fixture(autouse=True)
def impatient(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.INGEST_WAIT_SECONDS = 0.1
    monkeypatch.setattr(backpressure, "_closed_until", 0.0)


@contextmanager
def held(table: str) -> Iterator[None]:
    """Another connection holds the whole table meanwhile."""
    is_held, is_done = Event(), Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            is_held.set()
            is_done.wait(60)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        assert is_held.wait(60)
        try:
            yield
        finally:
            is_done.set()
            holder.result()


def send_much(client: Client) -> list[Any]:
    """Many clients, each with several batches of its own, all at once."""

    def send(number: int) -> list[Any]:
        try:
            return [post(client, {**CALL, "id": f"c-{number}-{step}"}) for step in range(EACH)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [answer for answers in pool.map(send, range(CLIENTS)) for answer in answers]


def test_all_who_come_while_a_lock_is_held_are_sent_away_and_nothing_is_kept(client):
    post(client, {**CALL, "id": "before"})
    with held("spend_call"):
        answers = send_much(client)
    assert {answer.status_code for answer in answers} == {429, 503}
    assert all(int(answer.headers["Retry-After"]) >= 1 and "detail" in answer.json() for answer in answers)
    assert Call.objects.count() == 1


def test_after_it_everything_goes_in_again(client, monkeypatch):
    with held("spend_call"):
        assert post(client, CALL).status_code == 503
        assert post(client, CALL).status_code == 429  # at once, without a try
    monkeypatch.setattr(backpressure, "_closed_until", 0.0)
    assert post(client, CALL).json()["accepted"] == 1


def test_nobody_is_sent_away_where_the_database_keeps_up(client, settings):
    settings.INGEST_WAIT_SECONDS = 60
    assert {answer.status_code for answer in send_much(client)} == {200}
    assert Call.objects.count() == CLIENTS * EACH


@pytest.mark.parametrize(("name", "table"), [("outcomes", "spend_outcome"), ("calls", "spend_task")])
def test_a_lock_on_any_table_is_given_up(client, name, table):
    record = {"outcomes": OUTCOME, "calls": CALL}[name]
    with held(table):
        assert post(client, record, name=name).status_code == 503


def test_a_slow_statement_is_given_up(client, settings, monkeypatch):
    monkeypatch.setattr(backpressure, "STATEMENT_SECONDS", 0.1)
    settings.INGEST_WAIT_SECONDS = 60
    with held("spend_call"):
        assert post(client, CALL).status_code == 503


# --- bodies


def body_of(size: int) -> bytes:
    body = json.dumps({"calls": [CALL]}).encode()
    return body[:-1] + b" " * (size - len(body)) + body[-1:]


def test_large_bodies_are_read_one_at_a_time(client):
    first = backpressure.Room()
    first.grows_to(LARGE_BYTES + 1)
    try:
        refused = client.post("/api/v1/calls", body_of(LARGE_BYTES + 1), content_type="application/json")
        taken = client.post("/api/v1/calls", body_of(LARGE_BYTES), content_type="application/json")
    finally:
        first.leave()
    assert (refused.status_code, taken.status_code) == (429, 200)
    assert int(refused.headers["Retry-After"]) >= 1


def test_a_large_body_makes_way_for_the_next_whatever_became_of_it(client):
    for body in (body_of(LARGE_BYTES + 1), b"[" * (LARGE_BYTES + 1), body_of(LARGE_BYTES + 2)):
        answer = client.post("/api/v1/calls", body, content_type="application/json")
    assert answer.json()["duplicates"] == 1


@pytest.mark.parametrize("part", [b"{},", b"[],", b'{"a":1},', b'"ab",', '"\N{BUG}",'.encode(), b'"\\u4e16",'])
def test_a_body_that_would_fill_the_memory_is_not_decoded(client, part):
    body = b'{"calls":[' + part * 1_600_000 + b"{}]}"
    answer = client.post("/api/v1/calls", body, content_type="application/json")
    assert answer.status_code == 400
    assert "smaller batches" in answer.json()["detail"]


@pytest.mark.parametrize("letter", ["a", "\N{BUG}"])
def test_one_long_text_is_weighed_by_its_widest_letter(client, letter):
    body = json.dumps({"calls": [{**CALL, "model": letter + "a" * 16_000_000}]}, ensure_ascii=False).encode()
    answer = client.post("/api/v1/calls", body + b" " * (MOST_BYTES - len(body)), content_type="application/json")
    assert answer.status_code == 400
    assert ("rejected" in answer.json()) is (letter == "a")
