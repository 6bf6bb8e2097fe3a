"""A process that posts batches over several connections. Prints `ready`, begins at a line on stdin, prints `Told`."""

from __future__ import annotations

import argparse
import http.client
import sys
import time
from datetime import UTC, datetime
from threading import Lock, Thread

import msgspec

from benchmarks import facts, spans

RETRIED = (429, 503)
START, DAYS = datetime(2026, 1, 1, tzinfo=UTC), 30
TYPES = {"native": "application/json", "otlp": "application/x-protobuf"}
PATHS = {"native": "/api/v1/calls", "otlp": "/v1/traces"}


class Told(msgspec.Struct):
    """What became of the batches: seconds until the last was answered, calls acknowledged, requests sent back."""

    seconds: float
    acknowledged: int
    turned_away: int


def prefix_of(form: str, run: str) -> str:
    """Return how the external ids of the calls of a run begin."""
    return f"{run}-" if form == "native" else spans.trace_prefix_of(run)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--header", action="append", default=[], help="Name: value, as often as needed")
    parser.add_argument("--form", choices=TYPES, default="native")
    parser.add_argument("--run", required=True)
    parser.add_argument("--batches", type=int, required=True)
    parser.add_argument("--size", type=int, default=facts.BATCH)
    parser.add_argument("--connections", type=int, required=True)
    given = parser.parse_args()
    of_form = facts.bodies if given.form == "native" else spans.bodies
    load = _Load(given, list(of_form(given.run, given.batches, size=given.size, start=START, days=DAYS)))
    threads = [Thread(target=load.post) for _ in range(given.connections)]
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = Told(time.perf_counter() - begun, load.answered * given.size, load.turned_away)
    print(msgspec.json.encode(told).decode(), flush=True)


class _Load:
    """Bodies that several threads post, and how they were answered."""

    def __init__(self, given: argparse.Namespace, bodies: list[bytes]) -> None:
        self._port, self._path = given.port, PATHS[given.form]
        self._headers = {"Content-Type": TYPES[given.form]}
        self._headers |= {name: value.strip() for name, _, value in (header.partition(":") for header in given.header)}
        self._waiting = iter(bodies)
        self._lock = Lock()
        self.answered = self.turned_away = 0

    def post(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        for body in iter(self._take, None):
            while (wait := self._sent(connection, body)) is not None:
                time.sleep(wait)

    def _take(self) -> bytes | None:
        with self._lock:
            return next(self._waiting, None)

    def _sent(self, connection: http.client.HTTPConnection, body: bytes) -> float | None:
        """Return None once the body was taken, else how long to wait before it is sent again."""
        try:
            connection.request("POST", self._path, body, self._headers)
            answer = connection.getresponse()
            text = answer.read()
        except (http.client.HTTPException, ConnectionError):  # it hung up without an answer
            connection.close()
            with self._lock:
                self.turned_away += 1
            return 1.0
        with self._lock:
            self.answered += answer.status == 200
            self.turned_away += answer.status in RETRIED
        if answer.status == 200:
            return None
        if answer.status not in RETRIED:
            raise SystemExit(f"{answer.status}: {text[:500]!r}")
        return float(answer.headers.get("Retry-After", 1))


if __name__ == "__main__":
    main()
