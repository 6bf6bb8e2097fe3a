"""The same OTLP bodies into Truecost, Phoenix and MLflow: spans that are durable, counted in the database.

    python -m benchmarks.peers [--venvs /tmp/truecost-peers] [--only truecost phoenix mlflow]

Each peer is installed into a virtual environment of its own, runs as its documentation says, and stores in a database
of its own on the same durable PostgreSQL; they take turns. A span counts once its row is committed. Peers are given
fewer spans, so that it ends. One that cannot be installed or does not start is reported as such.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import psycopg

from benchmarks.ingest import PORT, served, timed
from benchmarks.load import Told
from benchmarks.processes import cpu_seconds, peaks_mib
from benchmarks.stage import Stage, stage

PEER_PORT = 8766
START_SECONDS, SETTLED_SECONDS = 300.0, 20.0
SHAPES = ((1000, 4), (100, 16))  # spans a request, connections


class Peer(NamedTuple):
    """How a peer is installed and run; `{name}` of what is known when it starts is filled in."""

    package: str
    version_of: str
    program: tuple[str, ...]
    environment: dict[str, str]
    health: str
    headers: tuple[str, ...] = ()


PEERS = {
    "phoenix": Peer(
        package="arize-phoenix[pg]==20.*",
        version_of="arize-phoenix",
        program=("{bin}/phoenix", "serve"),
        environment={
            "PHOENIX_SQL_DATABASE_URL": "postgresql://truecost_owner@/phoenix?host={socket}",
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_PORT": "{port}",
            "PHOENIX_GRPC_PORT": "8767",
            "PHOENIX_WORKING_DIR": "{folder}",
            "PHOENIX_TELEMETRY_ENABLED": "false",
            "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
        },
        health="/healthz",
    ),
    "mlflow": Peer(
        package="mlflow>=3.17,<4 psycopg2-binary",
        version_of="mlflow",
        program=(
            "{bin}/mlflow", "server", "--host", "127.0.0.1", "--port", "{port}", "--artifacts-destination", "{folder}",
            "--backend-store-uri", "postgresql+psycopg2://truecost_owner@/mlflow?host={socket}",
        ),
        environment={"MLFLOW_DISABLE_TELEMETRY": "true", "PATH": "{bin}:/usr/bin:/bin"},
        health="/health",
        headers=("x-mlflow-experiment-id: 0",),
    ),
}  # fmt: skip


class Measured(NamedTuple):
    """One system at one shape of requests; rates in spans a second, CPU in seconds for 1,000 stored spans."""

    system: str
    size: int
    connections: int
    acknowledged: int
    stored: int
    acknowledged_rate: float
    durable_rate: float
    web: float
    database: float
    peak_mib: float


class Target(NamedTuple):
    """A system that runs."""

    name: str
    port: int
    pid: int
    headers: tuple[str, ...]
    rows: Callable[[], int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--venvs", type=Path, default=Path("/tmp/truecost-peers"))
    parser.add_argument("--only", nargs="+", choices=("truecost", *PEERS), default=["truecost", *PEERS])
    parser.add_argument("--spans", type=int, default=100_000, help="into Truecost, at each shape")
    parser.add_argument("--peer-spans", type=int, default=4_000, help="into each peer, at each shape")
    given = parser.parse_args()
    measured: list[Measured] = []
    absent: dict[str, str] = {}
    with stage() as on:
        for name in given.only:
            try:
                with _running(name, on, given.venvs) as target:
                    spans = given.spans if name == "truecost" else given.peer_spans
                    _measure(on, target, "warm", 100, 2, 1000)
                    measured += [_measure(on, target, f"{name}{size}", size, at, spans) for size, at in SHAPES]
            except (OSError, subprocess.CalledProcessError, AssertionError) as problem:
                absent[name] = str(problem)
    _show(measured, absent)


@contextmanager
def _running(name: str, on: Stage, venvs: Path) -> Iterator[Target]:
    if name == "truecost":
        with served() as pid:
            yield Target(name, PORT, pid, (f"Authorization: Bearer {on.key}",), _counter(on, "truecost", "spend_call"))
        return
    peer, folder = PEERS[name], venvs / name
    version = _installed(peer, folder)
    with on.server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER truecost_owner")
    known = {"bin": folder / "bin", "socket": on.server.socket_folder, "port": PEER_PORT, "folder": folder / "data"}
    (folder / "data").mkdir(exist_ok=True)
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [part.format(**known) for part in peer.program],
            env=os.environ | {key: value.format(**known) for key, value in peer.environment.items()},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            _await_health(child, f"http://127.0.0.1:{PEER_PORT}{peer.health}", folder / "log")
            yield Target(f"{name} {version}", PEER_PORT, child.pid, peer.headers, _counter(on, name, "spans"))
        finally:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(30)
            child.kill()


def _installed(peer: Peer, folder: Path) -> str:
    """Install it unless it is there, and return its version."""
    python = folder / "bin" / "python"
    if not (folder / peer.program[0].format(bin="bin")).exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *peer.package.split()], check=True)
    asked = f"from importlib.metadata import version; print(version({peer.version_of!r}))"
    return subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()


def _await_health(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        with suppress(OSError):
            return urllib.request.urlopen(url, timeout=5).close()
        time.sleep(0.2)
    raise TimeoutError(f"it did not start; see {log}")


def _counter(on: Stage, database: str, table: str) -> Callable[[], int]:
    def count() -> int:
        with (
            psycopg.connect(host=str(on.server.socket_folder), user="postgres", dbname=database) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            return int(cursor.fetchall()[0][0])

    return count


def _measure(on: Stage, target: Target, run: str, size: int, connections: int, spans: int) -> Measured:
    processes = (target.pid, on.server_pid)
    cpu, before = [cpu_seconds(pid) for pid in processes], target.rows()
    load = ["benchmarks.load", "--form", "otlp", "--port", str(target.port), "--run", run, "--size", str(size)]
    load += [part for header in target.headers for part in ("--header", header)]
    _, (said,) = timed([[*load, "--batches", str(spans // size), "--connections", str(connections)]])
    told = msgspec.json.decode(said, type=Told)
    waited_from = time.perf_counter()
    stored, later = _settled(target, before, told.acknowledged)
    seconds = told.seconds + (later - waited_from)
    spent = [cpu_seconds(pid) - then for pid, then in zip(processes, cpu, strict=True)]
    return Measured(
        target.name, size, connections, told.acknowledged, stored, told.acknowledged / told.seconds, stored / seconds,
        *(1000 * used / max(stored, 1) for used in spent), peak_mib=peaks_mib(target.pid)[0],
    )  # fmt: skip


def _settled(target: Target, before: int, expected: int) -> tuple[int, float]:
    """Wait until all is stored, or nothing more comes; return the rows and the moment of the last."""
    stored, at = target.rows() - before, time.perf_counter()
    while stored < expected and time.perf_counter() - at < SETTLED_SECONDS:
        time.sleep(0.2)
        if (now := target.rows() - before) != stored:
            stored, at = now, time.perf_counter()
    return stored, at


def _show(measured: list[Measured], absent: dict[str, str]) -> None:
    ours = {(one.size, one.connections): one.durable_rate for one in measured if one.system == "truecost"}
    print("\nDurable: committed rows. CPU: seconds for 1,000 stored spans. Peak: of its largest process.\n")
    print(
        "system            batch x conn.   acknowledged   stored   ack./s durable/s CPU/1000 database peak MiB ours/it"
    )
    for one in measured:
        ratio = ours.get((one.size, one.connections), 0.0) / one.durable_rate if one.durable_rate else float("inf")
        print(
            f"{one.system:<18}{one.size:>6} x {one.connections:<6}{one.acknowledged:>13,}{one.stored:>9,}"
            f"{one.acknowledged_rate:>9,.0f}{one.durable_rate:>11,.0f}{one.web:>10.3f}{one.database:>10.3f}"
            f"{one.peak_mib:>9,.0f}{ratio:>8,.0f}"
        )
    for name, why in absent.items():
        print(f"{name}: not measured: {why}")


if __name__ == "__main__":
    main()
