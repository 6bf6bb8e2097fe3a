"""`manage.py up`: everything in one terminal, and nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.infra.processes import eventually, free_port, home_with_spaces, manage, processes_of

pytestmark = pytest.mark.slow


@dataclass
class Up:
    process: subprocess.Popen[str]
    var: Path
    port: int

    def answers(self) -> bool:
        return status_of(self.port) == 200

    def postmaster(self) -> str:
        file = self.var / "postgres/data/postmaster.pid"
        return file.read_text().split()[0] if file.exists() else ""


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    with home_with_spaces() as folder:
        yield folder


@pytest.fixture
def port() -> int:
    return free_port()


@contextmanager
def running(var: Path) -> Iterator[Up]:
    port = free_port()
    up = Up(manage("up", var=var, PORT=str(port)), var, port)
    assert eventually(lambda: up.answers() or up.process.poll() is not None)
    try:
        yield up
    finally:
        up.process.kill()
        up.process.communicate()
        assert eventually(lambda: processes_of(var) == [])


# Each start takes seconds, so one serves the tests that leave it running, to the one that kills it. `make test` keeps
# the tests of a file together (--dist loadfile).
@pytest.fixture(scope="module")
def up(var: Path) -> Iterator[Up]:
    with running(var) as up:
        yield up


def status_of(port: int, path: str = "/healthz") -> int:
    try:
        with closing(urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except OSError:
        return 0


def test_the_first_start_knows_prices_and_says_where_the_first_account_is_made(up: Up) -> None:
    assert up.process.stdout
    said = []
    for line in up.process.stdout:
        said.append(line)
        if "Make the first account" in line:
            break
    assert any("prices" in line for line in said)
    path = up.process.stdout.readline().strip().partition(f":{up.port}")[2]
    assert path.startswith("/start/administrator?invitation=")
    assert (status_of(up.port, path), status_of(up.port, path + "x")) == (200, 403)


def test_a_second_one_says_that_the_first_runs(up: Up) -> None:
    second = manage("up", var=up.var, PORT=str(free_port()))
    output, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "Another process already runs the database" in output
    assert up.process.poll() is None


def test_a_command_uses_the_running_database(up: Up) -> None:
    command = manage("migrate", "--check", var=up.var)
    output, _ = command.communicate(timeout=60)
    assert command.returncode == 0, output
    assert up.answers()


def test_a_killed_database_comes_back(up: Up) -> None:
    before = up.postmaster()
    os.kill(int(before), signal.SIGKILL)
    assert eventually(lambda: up.answers() and up.postmaster() != before)


def test_nothing_survives_a_kill(up: Up) -> None:
    assert len(processes_of(up.var)) > 5  # database, web, its workers, worker, beat
    up.process.kill()
    up.process.wait()
    assert eventually(lambda: processes_of(up.var) == [])


def test_ctrl_c_stops_all_that_it_started(var: Path) -> None:
    with running(var) as up:
        up.process.send_signal(signal.SIGINT)
        output, _ = up.process.communicate(timeout=60)
        assert up.process.returncode == 0, output
        assert output.rstrip().endswith("Stopped.")
        assert processes_of(var) == []


def test_a_command_alone_brings_its_own_database(var: Path) -> None:
    process = manage("migrate", var=var)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert processes_of(var) == []


def test_a_taken_port_is_named(var: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        process = manage("up", var=var, PORT=str(port))
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output == (
        f"CommandError: Port {port} on 127.0.0.1 is not free (Address already in use);"
        f" choose another with PORT={port + 1}.\n"
    )
