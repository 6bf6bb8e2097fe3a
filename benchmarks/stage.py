"""A scratch installation to measure on: a durable embedded PostgreSQL of its own, with list prices, teams and a key."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.embedded import Server

TEAMS = ("Claims", "Support", "Billing", "Legal", "Engineering")


@dataclass(frozen=True)
class Stage:
    server: Server
    key: str

    @property
    def dsn(self) -> str:
        return f"host={self.server.socket_folder} user=truecost_owner dbname=truecost"

    @property
    def server_pid(self) -> int:
        """The process that all of the database's are children of."""
        return int((self.server.data / "postmaster.pid").read_text().split()[0])


@contextmanager
def stage(kept: Path | None = None) -> Iterator[Stage]:
    """Django is set up inside, because settings are read from the environment. `kept` stays, with what is in it."""
    folder = kept or Path(tempfile.mkdtemp(prefix="truecost-benchmark-", dir="/tmp"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ.pop(name, None)
    os.environ |= {"VAR_DIR": str(folder / "var"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    from config.embedded import Server

    server = Server(folder / "var" / "postgres")
    server.start()
    try:
        yield Stage(server, _filled())
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()
        if kept is None:
            shutil.rmtree(folder)


def _filled() -> str:
    import django
    from django.core.management import call_command

    django.setup()
    from django.utils import timezone

    from accounts.actions import create_key
    from accounts.models import Scope, Team

    call_command("migrate", verbosity=0)
    call_command("prices", "import", verbosity=0)
    Team.objects.bulk_create((Team(name=name) for name in TEAMS), ignore_conflicts=True)
    return create_key(name="benchmark", scopes=Scope.values, team=None, at=timezone.now())[1]
