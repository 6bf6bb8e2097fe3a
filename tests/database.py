"""The database of a test session: a real server, migrated by the owner, used as the application's role.

Each session, and each xdist worker, has an embedded server of its own under var/tests, without fsync. It keeps a
migrated database between sessions as a template, named by a digest of the migrations, so the next start takes a
fraction of a second. With DATABASE_URL and DATABASE_OWNER_URL set that server is used instead (its owner needs
CREATEDB). Tests of `db` roll back; those of `transactional_db` and `live_server` are wiped by the owner, because the
application's role may not truncate and the ledger refuses to be. Files of tests that all look at one big scene have
it loaded once a session, and each works on a copy of that database (tests/simulated.py).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django import DjangoDbBlocker

from config import embedded
from spend.queries import book

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Roles:
    """How to reach one database as each role; `admin` may create databases."""

    admin: dict[str, Any]
    owner: dict[str, Any]
    app: dict[str, Any]

    def connect(self, role: str, database: str) -> Connection:
        return psycopg.connect(**{**getattr(self, role), "dbname": database})


@pytest.fixture(scope="session")
def database_roles() -> Iterator[Roles]:
    if os.environ.get("DATABASE_URL"):
        app, owner = (_connection_arguments(alias) for alias in ("default", "owner"))
        yield Roles(admin=owner, owner=owner, app=app)
        return
    server = _server()
    place = {"host": str(server.socket_folder)}
    yield Roles(
        admin=place | {"user": "postgres", "dbname": "postgres"},
        owner=place | {"user": embedded.OWNER},
        app=place | {"user": embedded.APP},
    )
    server.stop()
    if not server.home.is_relative_to(settings.VAR_DIR):
        shutil.rmtree(server.home)


@pytest.fixture(scope="session")
def migrated(database_roles: Roles, django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> str:
    """The name of a database in which nothing is but what migrations put there."""
    with django_db_blocker.unblock():
        return _template(database_roles)


@pytest.fixture(scope="session")
def django_db_setup(database_roles: Roles, migrated: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Replaces pytest-django's: two roles of one database instead of two databases of one role."""
    name = f"test_truecost_{WORKER}"
    with django_db_blocker.unblock():
        _create(database_roles, name, template=migrated)
        _use(database_roles, name)
    with database_roles.connect("owner", name) as wiper, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: wipe(wiper))
        yield
    with django_db_blocker.unblock():
        connections.close_all()
    _drop(database_roles, name)


@pytest.fixture(scope="session")
def database_name(django_db_setup: None) -> str:
    return _name_in_use()


class Copies:
    """Databases made from others, beside the session's own."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles

    def make(self, name: str, *, of: str) -> str:
        name = f"{name}_{WORKER}"
        _create(self._roles, name, template=of)
        return name

    @contextmanager
    def in_use(self, name: str) -> Iterator[None]:
        """Point Django at this database for a while."""
        usual = _name_in_use()
        _use(self._roles, name)
        try:
            yield
        finally:
            _use(self._roles, usual)

    def drop(self, name: str) -> None:
        _drop(self._roles, name)


@pytest.fixture(scope="session")
def copies(django_db_setup: None, database_roles: Roles) -> Copies:
    return Copies(database_roles)


def wipe(owner: Connection) -> None:
    """Empty every table but for the rows that migrations put there."""
    tables = _names(owner, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    seeded = _names(owner, "SELECT tablename FROM pg_tables WHERE schemaname = 'seed'")
    guards = owner.execute(
        "SELECT tgrelid::regclass::text, tgname, CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END"
        " FROM pg_trigger WHERE tgtype & 32 > 0 AND NOT tgisinternal"
    ).fetchall()
    emptied = sql.SQL(", ").join(sql.Identifier("public", table) for table in tables if table != "django_migrations")
    with owner.transaction():
        owner.execute("SET LOCAL lock_timeout = '10s'")
        owner.execute("SET CONSTRAINTS ALL DEFERRED")
        _switch(owner, [(table, trigger, "DISABLE") for table, trigger, _ in guards])
        owner.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(emptied))
        for table in sorted(seeded, key=lambda name: name == "trail_event"):  # what the others left there goes again
            if table == "trail_event":
                owner.execute("TRUNCATE trail_event RESTART IDENTITY")
            _copy_seed(owner, table)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while checks of its rows are pending
        _switch(owner, guards)
    owner.commit()


def _copy_seed(owner: Connection, table: str) -> None:
    statement = sql.SQL("INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM seed.{0}")
    columns = sql.SQL(", ").join(sql.Identifier(column) for column in _columns(owner, table))
    owner.execute(statement.format(sql.Identifier(table), columns))
    for column, sequence in _sequences(owner, table):
        statement = sql.SQL("SELECT setval({}, max({})) FROM seed.{}")
        owner.execute(statement.format(sql.Literal(sequence), sql.Identifier(column), sql.Identifier(table)))


def _columns(owner: Connection, table: str) -> list[str]:
    rows = owner.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    return [column for (column,) in rows.fetchall()]


def _sequences(owner: Connection, table: str) -> list[tuple[str, str]]:
    rows = owner.execute(
        "SELECT column_name, pg_get_serial_sequence(%s, column_name) FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_identity = 'YES'",
        [f'public."{table}"', table],
    )
    return rows.fetchall()


def _server() -> embedded.Server:
    """Start this worker's server; when another session of this checkout has it, one in a temporary folder."""
    server = embedded.Server(Path(settings.VAR_DIR) / "tests" / WORKER, durable=False)
    try:
        server.start()
    except embedded.AlreadyRunning:
        server = embedded.Server(Path(tempfile.mkdtemp(prefix="truecost-tests-", dir="/tmp")), durable=False)
        server.start()
    return server


def _template(roles: Roles) -> str:
    """Return a migrated database to copy; make it when migrations have changed since the last session."""
    name, family = f"template_{WORKER}_{_digest()}", f"template_{WORKER}_"
    with roles.connect("admin", roles.admin["dbname"]) as admin:
        existing = [found for found in _names(admin, "SELECT datname FROM pg_database") if found.startswith(family)]
    if name in existing:
        return name
    for old in existing:
        _drop(roles, old)
    draft = f"draft_{WORKER}"
    _create(roles, draft)
    _use(roles, draft)
    call_command("migrate", verbosity=0)
    connections.close_all()
    _keep_seed(roles, draft)
    _run(roles, sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def _keep_seed(roles: Roles, database: str) -> None:
    """Keep a copy of the rows that migrations made, to restore them after a wipe."""
    with roles.connect("owner", database) as owner:
        owner.execute("CREATE SCHEMA seed")
        for table in _names(owner, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            identifier = sql.Identifier(table)
            seeded = owner.execute(sql.SQL("SELECT 1 FROM public.{} LIMIT 1").format(identifier)).fetchone()
            if seeded and table != "django_migrations":
                owner.execute(sql.SQL("CREATE TABLE seed.{0} AS TABLE public.{0}").format(identifier))


def _digest() -> str:
    """Digest whatever shapes a freshly migrated database."""
    root = Path(settings.BASE_DIR)
    shaping = ("config/privileges.py", "config/tracked.py", "trail/store.py", "requirements.txt")
    files = [*sorted(root.glob("*/migrations/*.py")), *(root / name for name in shaping)]
    digest = hashlib.sha256(version("django").encode() + Path(__file__).read_bytes())
    digest.update(" ".join(settings.INSTALLED_APPS).encode())  # those of others bring migrations too
    for file in files:
        digest.update(file.name.encode() + (file.read_bytes() if file.exists() else b""))
    return digest.hexdigest()[:16]


def _name_in_use() -> str:
    return str(connections["default"].settings_dict["NAME"])


def _use(roles: Roles, database: str) -> None:
    """Point Django's two aliases at this database."""
    connections.close_all()
    book._current = None  # that of one database says nothing of another
    for alias, role in (("default", roles.app), ("owner", roles.owner)):
        place = {"HOST": role["host"], "PORT": role.get("port", ""), "PASSWORD": role.get("password", "")}
        rest = {"USER": role["user"], "NAME": database, "OPTIONS": {"connect_timeout": 2}, "CONN_MAX_AGE": 0}
        connections[alias].settings_dict.update(place | rest)


def _connection_arguments(alias: str) -> dict[str, Any]:
    given = settings.DATABASES[alias]
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return {ours: given[theirs] for ours, theirs in names.items() if given.get(theirs)}


def _create(roles: Roles, name: str, template: str = "template0") -> None:
    _drop(roles, name)
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    _run(roles, statement.format(*map(sql.Identifier, (name, roles.owner["user"], template))))


def _drop(roles: Roles, name: str) -> None:
    _run(roles, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(roles: Roles, statement: sql.Composed) -> None:
    with roles.connect("admin", roles.admin["dbname"]) as admin:
        admin.autocommit = True
        admin.execute(statement)


def _names(connection: Connection, query: LiteralString) -> list[str]:
    return [name for (name,) in connection.execute(query).fetchall()]


def _switch(owner: Connection, triggers: list[Any]) -> None:
    for table, trigger, how in triggers:
        statement = sql.SQL("ALTER TABLE {} {} TRIGGER {}")
        owner.execute(statement.format(sql.Identifier(*table.split(".")), sql.SQL(how), sql.Identifier(trigger)))
