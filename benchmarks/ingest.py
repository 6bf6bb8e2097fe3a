"""Calls per second over HTTP, as a ratio to bare COPY + ON CONFLICT of the same rows in the same run.

    python -m benchmarks.ingest [--rounds 5] [--batches 40] [--connections 8] [--forms native otlp]

Rounds alternate between them, so that whatever else the machine does falls on all; ratios are what to read.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec
import psycopg

from benchmarks.facts import BATCH
from benchmarks.load import Told, prefix_of
from benchmarks.processes import cpu_seconds
from benchmarks.stage import Stage, stage

ROOT = Path(__file__).resolve().parent.parent
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = int(probe.getsockname()[1])
AIMS = {"native": 0.5, "otlp": 0.33}


class Round(msgspec.Struct):
    """Rates of one round, in calls a second, and the seconds of CPU that a thousand calls took."""

    http: float
    bare: float
    web: float
    database: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, default=40, help="of 1,000 calls, each round")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--forms", nargs="+", choices=AIMS, default=list(AIMS))
    given = parser.parse_args()
    with stage() as on, served() as web:
        with psycopg.connect(on.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE bare_call (LIKE spend_call INCLUDING ALL)")
        for form in given.forms:
            over_http(on, form, "warm", 8, given.connections)
        rounds = [
            (form, one_round(on, web, form, f"{form}{number}", given))
            for number in range(given.rounds)
            for form in given.forms
        ]
    print(f"\nHTTP: {given.connections} connections, {BATCH:,} calls a batch. CPU: seconds for 1,000 calls.\n")
    print("form     HTTP calls/s   bare calls/s   ratio   CPU web   database")
    for form, one in rounds:
        print(f"{form:<8}{_line(one)}")
    for form in given.forms:
        ratios = [one.http / one.bare for found, one in rounds if found == form]
        print(f"\n{form}: median ratio {median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f} (aim {AIMS[form]})")


def _line(one: Round) -> str:
    return f"{one.http:>13,.0f} {one.bare:>14,.0f} {one.http / one.bare:>7.2f} {one.web:>9.4f} {one.database:>10.4f}"


def one_round(on: Stage, web: int, form: str, run: str, given: argparse.Namespace) -> Round:
    from config.management.commands.up import WEB_WORKERS
    from spend.backpressure import WRITERS

    processes = (web, on.server_pid)
    before = [cpu_seconds(pid) for pid in processes]
    http = over_http(on, form, run, given.batches, given.connections)
    spent = [cpu_seconds(pid) - then for pid, then in zip(processes, before, strict=True)]
    parts = WEB_WORKERS * WRITERS
    bare = ["benchmarks.bare", "--dsn", on.dsn, "--prefix", prefix_of(form, run), "--parts", str(parts)]
    seconds, _ = timed([[*bare, "--part", str(part)] for part in range(parts)])
    calls = given.batches * BATCH
    return Round(calls / http, calls / seconds, *(1000 * cpu / calls for cpu in spent))


def over_http(on: Stage, form: str, run: str, batches: int, connections: int) -> float:
    load = ["benchmarks.load", "--port", str(PORT), "--header", f"Authorization: Bearer {on.key}", "--form", form]
    load += ["--run", run, "--batches", str(batches), "--connections", str(connections)]
    _, (said,) = timed([load])
    return msgspec.json.decode(said, type=Told).seconds


def timed(commands: list[list[str]]) -> tuple[float, list[str]]:
    """Start all, let them begin together; return the seconds until the last is done, and what each said last."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for command in commands
    ]
    for child in children:
        assert child.stdout
        assert child.stdout.readline() == "ready\n", "a process of the benchmark failed"
    begun = time.perf_counter()
    for child in children:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate()[0] for child in children]
    seconds = time.perf_counter() - begun
    assert all(child.returncode == 0 for child in children), "a process of the benchmark failed"
    return seconds, said


@contextmanager
def served() -> Iterator[int]:
    """The web server exactly as `up` starts it; yields the process that its workers are children of."""
    from config.management.commands.up import answers, web

    program = web("127.0.0.1", PORT)
    program.start()
    try:
        while not answers(f"http://127.0.0.1:{PORT}/healthz"):
            assert program.is_alive(), "the web server ended"
            time.sleep(0.1)
        assert program.pid
        yield program.pid
    finally:
        program.stop()


if __name__ == "__main__":
    main()
