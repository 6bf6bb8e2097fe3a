"""A database that cannot be reached is answered in time, with 503 and when to try again."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from config.views import database_is_away


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/tmp/there is no server here")


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_programs_get_json(no_database: None, visitor: Client) -> None:
    response = visitor.get("/healthz")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "database" in response.json()["detail"]


def test_who_sends_a_batch_is_asked_to_come_back(no_database: None, visitor: Client) -> None:
    key = "Bearer tc_abcdefghijkl_" + "x" * 43
    response = visitor.post("/api/v1/calls", b"{}", content_type="application/json", headers={"Authorization": key})
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "database" in response.json()["detail"]


def test_people_get_a_sentence(no_database: None, visitor: Client) -> None:
    visitor.cookies["sessionid"] = "anything"
    response = visitor.get("/settings")
    assert response.status_code == 503
    assert response["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    ("cause", "away"),
    [
        (psycopg.OperationalError("connection refused"), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.errors.DeadlockDetected(), False),  # a statement failed; the database is well
        (psycopg.errors.LockNotAvailable(), False),
    ],
)
def test_only_an_absent_database_is_worth_a_retry(cause: Exception, away: bool) -> None:
    error = OperationalError("as Django wraps it")
    error.__cause__ = cause
    assert database_is_away(error) is away
