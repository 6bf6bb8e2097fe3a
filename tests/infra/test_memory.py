"""Whatever is sent, a web worker stays below 300 MiB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions import create_key
from accounts.models import Scope
from benchmarks.memory import BODIES, sent
from benchmarks.processes import peaks_mib
from config.management.commands.up import answers, web
from config.supervisor import Program
from tests.infra.processes import eventually, free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MOST_MIB = 300
# Of all that `benchmarks.memory` sends: the largest that is legal, what was worst of all that is not, and bombs.
WORST = (
    "10,000 calls, packed", "bomb", "keys just allowed", "repeats just allowed", "a huge text", "empty spans",
)  # fmt: skip
ANSWERS = {200, 400, 413, 429, 0}  # 0: refused before it was read


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """The web server as `up` starts it, on the database of the tests."""
    place = connection.settings_dict
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}")
    monkeypatch.setenv("SECRET_KEY", "only for tests " * 4)
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    program = web("127.0.0.1", port)
    program.start()
    assert eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
    yield program
    program.stop()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_no_body_fills_the_memory(server: Program, port: int) -> None:
    key = create_key(name="gateway", scopes=Scope.values, team=None, at=timezone.now())[1]
    assert server.pid
    for name, told in sent({name: BODIES[name] for name in WORST}, port, key, at_once=3, times=1):
        assert set(told) <= ANSWERS, name
        assert peaks_mib(server.pid)[0] < MOST_MIB, name
