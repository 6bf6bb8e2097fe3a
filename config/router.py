"""All that runs uses the application's role; only migrations use the role that owns the tables."""

from __future__ import annotations

from typing import Any


class OwnerMigrates:
    def db_for_read(self, model: type, **hints: Any) -> str:
        return "default"

    def db_for_write(self, model: type, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: object, other: object, **hints: Any) -> bool:
        return True  # both are the same database, seen by two roles

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
