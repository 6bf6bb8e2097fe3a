"""Who does something, from where and why: kept beside the running code, and told to the database with what it writes.

It is told inside the transaction that writes and for that transaction only (`SET LOCAL`), so that no pooled connection
ever says it of somebody else. What was not told is recorded all the same, as SQL of a database role.
"""

from __future__ import annotations

import getpass
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from trail.followed import followed_tables

_WRITES = re.compile(r'\s*(?:WITH|MERGE|COPY|(?:INSERT INTO|UPDATE|DELETE FROM) +"?([a-z_]*))', re.ASCII)


@dataclass(frozen=True)
class Doer:
    """`kind`: person, key, webhook, command or job; empty: nobody who said who they are."""

    kind: str = ""
    name: str = ""
    person: int | None = None


NOBODY = Doer()


@dataclass(frozen=True)
class Context:
    """`who` is asked when something is written: a person may log in, or a key be read, after a request began."""

    who: Callable[[], Doer] = lambda: NOBODY
    address: str = ""
    request: str = ""
    reason: str = ""


_current: ContextVar[Context | None] = ContextVar("trail", default=None)
_process = Context()


def of_this_process(doer: Doer) -> None:
    """Say who does all that nobody else is said to do: the command that this process is."""
    global _process
    _process = Context(who=lambda: doer)


def os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's number without a name
        return str(os.getuid())


def current() -> Context:
    return _current.get() or _process


@contextmanager
def acting(context: Context) -> Iterator[None]:
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Note this reason with all that is written inside."""
    with acting(replace(current(), reason=reason)):
        yield


def known_as(doer: Doer) -> None:
    """Say who it is that a request turned out to be of."""
    _current.set(replace(current(), who=lambda: doer))


class _Told:
    """Left among what is to do on commit: a rollback, of a savepoint too, takes it away as it does what was told."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self) -> None:
        """Nothing to do."""


def tell(connection: BaseDatabaseWrapper) -> None:
    """Tell the database, once a transaction; outside of one there is nobody to tell."""
    if not connection.in_atomic_block or connection.needs_rollback:
        return
    text = _text(current())
    told = [done.text for _, done, *_ in connection.run_on_commit if isinstance(done, _Told)]
    if (told[-1] if told else "") == text:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('truecost.trail', %s, true)", [text])
    connection.on_commit(_Told(text))


def _text(context: Context) -> str:
    doer = context.who()
    said = {
        "kind": doer.kind, "name": doer.name, "person": doer.person,
        "address": context.address, "request": context.request, "reason": context.reason,
    }  # fmt: skip
    said = {name: value for name, value in said.items() if value}
    return json.dumps(said).replace("\\u0000", "") if said else ""


def on_connection(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.vendor == "postgresql" and _tells not in connection.execute_wrappers:
        connection.execute_wrappers.append(_tells)


def _tells(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Tell before what writes to tables that are followed; such a write outside of a transaction becomes one."""
    connection = context["connection"]
    if not _may_write(sql):
        return execute(sql, params, many, context)
    if connection.in_atomic_block:
        tell(connection)
        return execute(sql, params, many, context)
    if not connection.get_autocommit() or not _text(current()):
        return execute(sql, params, many, context)
    with transaction.atomic(using=connection.alias):
        tell(connection)
        return execute(sql, params, many, context)


def _may_write(sql: Any) -> bool:
    """Whether a statement writes to a table that is followed, or hides to which it does."""
    found = _WRITES.match(sql) if isinstance(sql, str) else None
    return found is not None and (not found[1] or found[1] in followed_tables())
