"""Tells a database that cannot be reached from one that refuses a statement."""

from __future__ import annotations

import psycopg
from django.db.utils import InterfaceError, OperationalError

# Connection lost; server shutting down, crashed or starting; too many connections (PostgreSQL, appendix A).
AWAY = ("08", "57P", "53300")


def database_is_away(error: BaseException | None) -> bool:
    """Tell an absent database, which is worth a retry, from a statement that failed."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state is None or state.startswith(AWAY)
