"""What the application's role may do in the database: use rows, never shape tables."""

from __future__ import annotations

from django.db import connections
from psycopg import sql

GRANTS = [
    "GRANT USAGE ON SCHEMA public TO {app}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
]


def grant_to_app() -> None:
    """Grant rows of every table made from now on; a migration that wants less (the ledger) revokes it by name."""
    app = connections["default"].settings_dict["USER"]
    owner = connections["owner"].settings_dict["USER"]
    if app == owner:
        return
    with connections["owner"].cursor() as cursor:
        for grant in GRANTS:
            cursor.execute(sql.SQL(grant).format(app=sql.Identifier(app)))
