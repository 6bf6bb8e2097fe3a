"""The embedded server: in any folder, gone with its owner, shared by the commands of a checkout."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded
from tests.infra.processes import eventually, home_with_spaces, processes_of, python

HOLD = """
import sys, time
from pathlib import Path
from config.embedded import Server
print(Server(Path(sys.argv[1]) / "postgres", durable=False).start(), flush=True)
time.sleep(120)
"""


@pytest.fixture
def var() -> Iterator[Path]:
    with home_with_spaces() as folder:
        yield folder


@pytest.fixture
def server(var: Path) -> Iterator[embedded.Server]:
    server = embedded.Server(var / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


def test_it_keeps_its_data_between_starts(server: embedded.Server) -> None:
    with server.connect(embedded.OWNER, embedded.DATABASE) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
    server.stop()
    server.start()
    with server.connect(embedded.OWNER, embedded.DATABASE) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_it_leaves_no_process_and_no_socket(server: embedded.Server, var: Path) -> None:
    folder = server.socket_folder
    assert folder
    assert folder.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert not folder.exists()
    assert processes_of(var) == []
    assert embedded.place_of_running(var / "postgres") is None


def test_it_has_one_owner(server: embedded.Server) -> None:
    with pytest.raises(embedded.AlreadyRunning):
        embedded.Server(server.home).start()


def test_it_is_found_where_it_says(server: embedded.Server) -> None:
    assert embedded.place_of_running(server.home) == server.socket_folder


def test_it_comes_back_at_the_same_place_after_a_crash(server: embedded.Server) -> None:
    place = server.socket_folder
    assert server._process
    server._process.kill()
    assert eventually(lambda: not server.is_alive())
    server.restart()
    assert embedded.place_of_running(server.home) == place


def test_it_ends_when_its_owner_is_killed(var: Path) -> None:
    owner = python("-c", HOLD, str(var))
    assert owner.stdout
    folder = Path(owner.stdout.readline().strip())
    assert embedded.place_of_running(var / "postgres") == folder
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    assert eventually(lambda: processes_of(var) == [])
    again = embedded.Server(var / "postgres", durable=False)
    again.start()
    assert not folder.exists()
    again.stop()


def test_a_pid_that_is_now_someone_elses_does_not_block_the_start(var: Path, server: embedded.Server) -> None:
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    server.start()
    assert server.is_alive()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as another user")
@pytest.mark.may_skip("a normal user's server runs as that user")
def test_root_is_told_which_folder_is_closed(var: Path) -> None:
    closed = var.parent / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(embedded.CannotStart, match=r"cannot enter .*closed") as refusal:
        embedded.Server(closed / "var" / "postgres").start()
    assert "DATABASE_URL" in str(refusal.value)
    assert closed.stat().st_mode & 0o777 == 0o700
