"""Reading the trail, and doing to it what nobody may: as the owner of its tables, with every trigger off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from trail.models import Event
from trail.queries.faults import CHECKS


def latest(object: str) -> Any:
    found = Event.objects.filter(object=object).order_by("id").last()
    assert found is not None, f"nothing on the trail of {object}"
    return found


def faults() -> list[str]:
    return [fault for _, find in CHECKS for fault in find()]


@pytest.fixture
def as_owner(transactional_db: None) -> Iterator[None]:
    """Work as the role that may do all, in a transaction that comes to nothing."""
    place, user = connection.settings_dict, connection.settings_dict["USER"]
    connection.close()
    place["USER"] = connections["owner"].settings_dict["USER"]
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        connection.close()
        place["USER"] = user


def tamper(table: str, sql: str, *values: object) -> None:
    """Run SQL with all triggers of a table of the trail's off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'", [table])
        triggers = [name for (name,) in cursor.fetchall()]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of its rows are pending
        for how in ("DISABLE", "ENABLE ALWAYS"):
            for trigger in triggers:
                cursor.execute(f"ALTER TABLE {table} {how} TRIGGER {trigger}")
            if how == "DISABLE":
                cursor.execute(sql, values)


def age(**by: float) -> None:
    """Make all there is on the trail this much older, as if it had been written then."""
    tamper("trail_event", "UPDATE trail_event SET at = at - %s::interval", timedelta(**by))
    tamper("trail_event", "UPDATE trail_event e SET mark = trail_mark(e)")


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def share_owner(as_owner: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what works as the owner see what this test's own transaction holds."""
    monkeypatch.setattr("trail.actions.OWNER", "default")
