"""What the web workers hold at most, whatever is sent: the largest bodies that are allowed, and those that are not.

    python -m benchmarks.memory [--at-once 8] [--times 2]

Every body goes to the server as `up` starts it, several at once; then each worker's peak is read (VmHWM). Aim: 300 MiB.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import NamedTuple

from benchmarks import facts, spans
from benchmarks.ingest import PORT, served
from benchmarks.processes import peaks_mib
from benchmarks.stage import stage

MOST = 16 * 1024 * 1024
JSON, LINES, PROTOBUF = "application/json", "application/x-ndjson", "application/x-protobuf"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Body(NamedTuple):
    """A body, where it goes, and as what."""

    path: str
    content_type: str
    content: bytes
    packed: bool = False


def _filled(before: bytes, repeated: bytes, after: bytes = b"") -> bytes:
    """Return the largest text that is allowed, nearly all of it one thing again and again."""
    times = (MOST - len(before) - len(after)) // len(repeated)
    return before + repeated * times + after


def _nested(tag: bytes, content: bytes) -> bytes:
    """Return a protobuf field with a message inside, its length in four bytes."""
    size = len(content)
    length = bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21 & 127])
    return tag + length + content


def _with_metadata() -> bytes:
    metadata = b'{"k":1' + b"".join(b',"%d":%d' % (number, number) for number in range(100)) + b"}"
    call = b'{"id":"m-%05d","occurred_at":"2026-01-01T00:00:00Z","model":"gpt-5","metadata":' + metadata + b"}"
    return b'{"calls":[' + b",".join(call % number for number in range(MOST // (len(call) + 4))) + b"]}"


def _wide_object(entries: int) -> bytes:
    return b'{"calls":[{' + b",".join(b'"k%d":%d' % (number, number + 1000) for number in range(entries)) + b"}]}"


def _wide() -> bytes:
    """Text that takes four bytes a character once it is read, of objects that are read one by one."""
    return _filled('{"calls":[{"id":"\N{BUG}'.encode(), b"a", b'"}]}')


def _spans_with(repeated: bytes) -> bytes:
    return _nested(b"\x0a", _nested(b"\x12", _nested(b"\x12", _filled(b"", repeated)[:-64])))


# Each is made when it is sent, so that they are not all held at once.
BODIES: dict[str, Callable[[], Body]] = {
    "10,000 calls": lambda: _native(next(facts.bodies("memory", 1, size=10_000, start=START, days=30))),
    "10,000 calls, packed": lambda: _native(next(facts.bodies("packed", 1, size=10_000, start=START, days=30)), True),
    "10,000 spans": lambda: _otlp(next(spans.bodies("memory", 1, size=10_000, start=START, days=30))),
    "10,000 spans, packed": lambda: _otlp(next(spans.bodies("packed", 1, size=10_000, start=START, days=30)), True),
    "metadata": lambda: _native(_with_metadata()),
    "bomb": lambda: _native(b" " * 50 * MOST, True),
    "bomb within bounds": lambda: _native(_filled(b'{"calls":[', b"{},", b"{}]}"), True),
    "objects": lambda: _native(_filled(b'{"calls":[', b'{"a":1},', b"{}]}")),
    "lists": lambda: _native(_filled(b'{"calls":[', b"[],", b"[]]}")),
    "texts": lambda: _native(_filled(b'{"calls":[', b'"ab",', b'""]}')),
    "lines": lambda: Body("/api/v1/calls", LINES, _filled(b"", b"{}\n")),
    "depth": lambda: _native(_filled(b"", b"[")),
    "depth of objects": lambda: _native(_filled(b"", b'{"a":')),
    "a huge text": lambda: _native(_wide()),
    "a huge number": lambda: _native(_filled(b'{"calls":[', b"9", b"]}")),
    "objects just allowed": lambda: _native(b'{"calls":[' + b'{"a":1},' * 140_000 + '"\N{BUG}"]}'.encode()),
    "lists just allowed": lambda: _native(b'{"calls":[' + b"[]," * 285_000 + b"[]]}"),
    "keys just allowed": lambda: _native(_wide_object(240_000)),
    "repeats just allowed": lambda: _native(b'{"calls":[' + b'{"a":1,"a":2},' * 44_000 + b"{}]}"),
    "lines just allowed": lambda: Body("/api/v1/calls", LINES, b'"some text"\n' * 620_000),
    "repeated keys": lambda: _native(_filled(b'{"calls":[', b'{"a":1,"a":2},', b"{}]}")),
    "empty resources": lambda: _otlp(_filled(b"", b"\x0a\x00")),
    "empty spans": lambda: _otlp(_nested(b"\x0a", _nested(b"\x12", _filled(b"", b"\x12\x00")[:-64]))),
    "empty attributes": lambda: _otlp(_spans_with(b"\x4a\x00")),
    "empty events": lambda: _otlp(_spans_with(b"\x5a\x00")),
    "OTLP in JSON": lambda: Body("/v1/traces", JSON, _filled(b'{"resourceSpans":[', b'{"a":{}},', b"{}]}")),
}


def _native(content: bytes, packed: bool = False) -> Body:
    return Body("/api/v1/calls", JSON, gzip.compress(content, 1) if packed else content, packed)


def _otlp(content: bytes, packed: bool = False) -> Body:
    return Body("/v1/traces", PROTOBUF, gzip.compress(content, 1) if packed else content, packed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--times", type=int, default=2, help="that each body is sent by each of those")
    given = parser.parse_args()
    with stage() as on, served() as web:
        print(f"at rest: {_told(web)}")
        for name, answers in sent(BODIES, PORT, on.key, at_once=given.at_once, times=given.times):
            told = ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))
            print(f"{name:<24}{told:<40}{_told(web)}", flush=True)


def _told(web: int) -> str:
    return " ".join(f"{peak:,.0f}" for peak in peaks_mib(web)) + " MiB"


def sent(
    bodies: dict[str, Callable[[], Body]], port: int, key: str, *, at_once: int, times: int
) -> Iterator[tuple[str, Counter[int]]]:
    """Send each body so often at once, and yield how it was answered."""
    with ThreadPoolExecutor(at_once) as pool:
        for name, make in bodies.items():
            body = make()
            answers = [pool.submit(post, port, key, body) for _ in range(at_once * times)]
            yield name, Counter(answer.result() for answer in answers)


def post(port: int, key: str, body: Body) -> int:
    """Send a body and return the status; 0 where the server closed the connection instead of reading on."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": body.content_type}
    try:
        connection.request(
            "POST", body.path, body.content, headers | ({"Content-Encoding": "gzip"} if body.packed else {})
        )
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except ConnectionError:
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    main()
