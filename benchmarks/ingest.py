"""Calls per second over HTTP, as a ratio to bare COPY + ON CONFLICT of the same rows in the same run.

    python -m benchmarks.ingest [--rounds 5] [--batches 40] [--connections 8]

Rounds alternate between the two, so that whatever else the machine does falls on both; ratios are what to read.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.facts import BATCH
from benchmarks.stage import Stage, stage

ROOT = Path(__file__).resolve().parent.parent
PORT = 8765


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batches", type=int, default=40, help="of 1,000 calls, each round")
    parser.add_argument("--connections", type=int, default=8)
    given = parser.parse_args()
    with stage() as on, served(on):
        from config.management.commands.up import WEB_WORKERS
        from spend.batches import WRITERS

        writers = WEB_WORKERS * WRITERS
        with psycopg.connect(on.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE bare_call (LIKE spend_call INCLUDING ALL)")
        over_http(on, "warm", 8, given.connections)
        rates = [
            rates_of_round(on, f"r{number}", given.batches, given.connections, writers)
            for number in range(given.rounds)
        ]
    print(f"HTTP: {given.connections} connections, {BATCH:,} calls a batch. Bare: {writers} connections.\n")
    print("round    HTTP calls/s   bare calls/s   ratio")
    for number, (http, bare) in enumerate(rates, 1):
        print(f"{number:>5} {http:>15,.0f} {bare:>14,.0f} {http / bare:>7.2f}")
    http, bare = (median(column) for column in zip(*rates, strict=True))
    print(f"\nmedian {http:>13,.0f} {bare:>14,.0f}   ratio {median(h / b for h, b in rates):.2f}   (aim 0.5)")


def rates_of_round(on: Stage, run: str, batches: int, connections: int, writers: int) -> tuple[float, float]:
    http = over_http(on, run, batches, connections)
    bare = timed(
        [
            ["benchmarks.bare", "--dsn", on.dsn, "--run", run, "--part", str(part), "--parts", str(writers)]
            for part in range(writers)
        ]
    )
    return batches * BATCH / http, batches * BATCH / bare


def over_http(on: Stage, run: str, batches: int, connections: int) -> float:
    load = ["benchmarks.load", "--port", str(PORT), "--key", on.key, "--run", run, "--batches", str(batches)]
    return timed([[*load, "--connections", str(connections)]])


def timed(commands: list[list[str]]) -> float:
    """Start all, let them begin together, and return the seconds until the last is done."""
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
    for child in children:
        assert child.wait() == 0
    return time.perf_counter() - begun


@contextmanager
def served(on: Stage) -> Iterator[None]:
    """The web server exactly as `up` starts it."""
    from config.management.commands.up import answers, web

    program = web("127.0.0.1", PORT)
    program.start()
    try:
        while not answers(f"http://127.0.0.1:{PORT}/healthz"):
            assert program.is_alive(), "the web server ended"
            time.sleep(0.1)
        yield
    finally:
        program.stop()


if __name__ == "__main__":
    main()
