"""A process that posts batches over several connections. Prints `ready`, begins at a line on stdin, prints seconds."""

from __future__ import annotations

import argparse
import http.client
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Lock, Thread

from benchmarks.facts import bodies

RETRIED = (429, 503)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--batches", type=int, required=True)
    parser.add_argument("--connections", type=int, required=True)
    given = parser.parse_args()
    waiting = _shared(bodies(given.run, given.batches, start=datetime(2026, 1, 1, tzinfo=UTC), days=30))
    threads = [Thread(target=_post, args=(given.port, given.key, waiting)) for _ in range(given.connections)]
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(time.perf_counter() - begun, flush=True)


def _shared(items: list[bytes]) -> Iterator[bytes]:
    lock = Lock()
    source = iter(items)

    def take() -> bytes | None:
        with lock:
            return next(source, None)

    return iter(take, None)


def _post(port: int, key: str, waiting: Iterator[bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    for body in waiting:
        while True:
            connection.request("POST", "/api/v1/calls", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == 200:
                break
            if answer.status not in RETRIED:
                raise SystemExit(f"{answer.status}: {text[:500]!r}")
            time.sleep(float(answer.headers.get("Retry-After", 1)))


if __name__ == "__main__":
    main()
