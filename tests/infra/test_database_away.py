"""A database that cannot be reached is answered in time, with 503 and when to try again."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client

from config.away import database_is_away
from config.settings import with_short_waits


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


def logged(error: Exception) -> str:
    """Return what is printed of a request that failed so."""
    [handler] = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    about = (type(error), error, error.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Failed: %s", ("/",), about)
    assert handler.filter(record)
    return handler.format(record)


def test_an_absent_database_is_logged_in_one_line() -> None:
    said = logged(OperationalError("connection refused"))
    assert "Failed: /: the database cannot be reached" in said
    assert "\n" not in said


def test_what_is_wrong_otherwise_is_logged_with_where() -> None:
    assert "ValueError: not a number" in logged(ValueError("not a number"))


@pytest.fixture
def place() -> Iterator[Path]:
    """Yield where a pool looks for the server, while there is none."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # a socket's path must be short
        yield Path(folder) / "server"


@pytest.fixture
def pooled(place: Path, db: None) -> Iterator[DatabaseWrapper]:
    found = connection.copy(alias="pooled")
    assert isinstance(found, DatabaseWrapper)
    found.settings_dict |= with_short_waits({**found.settings_dict, "HOST": str(place)}, pool=2)
    yield found
    found.close()
    found.close_pool()


def test_a_pool_is_back_as_soon_as_the_database_however_long_it_was_away(pooled: DatabaseWrapper, place: Path) -> None:
    until = time.monotonic() + 4  # a pool that tried at 0, 1 and 3 seconds would try next at 7
    while time.monotonic() < until:
        with suppress(OperationalError):
            pooled.ensure_connection()
    place.symlink_to(connection.settings_dict["HOST"])
    with pooled.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
