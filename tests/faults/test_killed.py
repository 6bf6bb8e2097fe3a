"""Web, worker and PostgreSQL are killed while spans and calls are sent: what was acknowledged is there, once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.agreement import disagreements
from tests.infra.processes import WAIT_SECONDS, drained, eventually, free_port, home_with_spaces, manage, processes_of
from tests.oracle import Facts
from tests.oracle.report import report
from tests.otlp import BEGUN, PROTOBUF, agent, call, id_of, plain, request
from tests.product import read

pytestmark = pytest.mark.slow

TODAY = datetime.now(UTC).date()
DAY = TODAY - timedelta(days=40)  # long enough ago that a task is presumed a success
MONTH = f"{DAY:%Y-%m}"
SINCE_BEGUN = (DAY - BEGUN.date()).days * 86_400
TRACES, SPANS_AT_ONCE, CALLS, CALLS_AT_ONCE, SENDERS = 100, 8, 1_000, 25, 4
REFERENCE = {
    "teams": [{"name": "Claims"}],
    "tiers": [{"name": "commodity", "from_blended": 0}],
    "models": [{"provider": "openai", "name": "small-1", "tier": "commodity",
                "prices": [{"from": "2020-01-01", "input": 1, "output": 10}]}],
}  # fmt: skip
PREPARE = f"""
from datetime import UTC, datetime
from django.core.management import call_command
from accounts.actions import create_key
from accounts.models import Scope, Team
from config.reference import apply
from spend.domain.reference.parse import parse
call_command("migrate", verbosity=0)
at = datetime.now(UTC)
apply(parse({json.dumps(REFERENCE)!r})[0], at=at)
print("key", create_key(name="load", scopes=Scope.values, team=Team.objects.get(name="Claims"), at=at)[1])
"""


PATIENCE = 20.0  # of an exporter or a reader for an answer


@dataclass(frozen=True)
class Batch:
    path: str
    content_type: str
    body: bytes
    names: frozenset[str]  # of the calls in it


@dataclass
class Load:
    """Sends each batch until it is acknowledged, as clients do, and never again; `at` so many it does something."""

    port: int
    key: str
    at: dict[int, Callable[[], Any]]
    acknowledged: int = 0
    refusals: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, batch: Batch) -> None:
        deadline = time.monotonic() + 2 * WAIT_SECONDS  # programs are started again meanwhile
        while (answer := self._answer(batch))[0] != 200:
            assert time.monotonic() < deadline, answer
            time.sleep(0.05)
        with self._lock:
            self.acknowledged += 1
            happens = self.at.get(self.acknowledged)
        if happens:
            happens()

    def _answer(self, batch: Batch) -> tuple[int, bytes]:
        status, said = asked(self.port, "POST", batch.path, batch.body, Authorization=f"Bearer {self.key}",
                             Content_Type=batch.content_type)  # fmt: skip
        if status not in (0, 200):
            self.refusals.add(status)
        elif status and batch.content_type == PROTOBUF:
            assert said == b""  # no span was rejected
        elif status:
            assert json.loads(said)["rejected"] == []
        return status, said

    def get(self, path: str) -> Any:
        """Ask until it is answered: what was killed last may still be on its way back."""
        deadline = time.monotonic() + 2 * WAIT_SECONDS
        while True:
            status, said = asked(self.port, "GET", path, Authorization=f"Bearer {self.key}")
            if status == 200:
                return json.loads(said)
            assert status in (0, 503), (status, said)
            assert time.monotonic() < deadline
            time.sleep(0.05)


@contextmanager
def running() -> Iterator[tuple[Path, int, str]]:
    """Yield VAR_DIR, port and a key. It has prices before its first start, which so need not import the list."""
    with home_with_spaces() as var:
        key, port = prepared(var), free_port()
        process = manage("up", var=var, PORT=str(port))
        with drained(process) as said:
            try:
                assert eventually(lambda: is_well(port) or process.poll() is not None)
                yield var, port, key
            finally:
                process.kill()
                process.wait()
                assert eventually(lambda: processes_of(var) == [])
                print("".join(said))


def is_well(port: int) -> bool:
    return asked(port, "GET", "/healthz")[0] == 200


def asked(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Return status and body of an answer; 0 where nobody is there, or is gone before it answered."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""


def kill(var: Path, name: str) -> None:
    """Kill -9 all processes of this installation whose command line has this word."""
    found = [number for number in map(int, pids_of(var)) if name.encode() in command_line(number)]
    assert found, name
    for number in found:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def pids_of(var: Path) -> list[str]:
    return [line.split()[0] for line in processes_of(var)]


def command_line(number: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{number}/cmdline").read_bytes()
    return b""


def kill_database(var: Path) -> None:
    os.kill(int((var / "postgres/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)


def prepared(var: Path) -> str:
    process = manage("shell", "-v", "0", "-c", PREPARE, var=var)
    try:
        output, _ = process.communicate(timeout=WAIT_SECONDS)
    finally:
        process.kill()
    [key] = [line.split()[1] for line in output.splitlines() if line.startswith("key ")]
    return key


def name_of(trace: str, number: int) -> str:
    return f"{trace}-{id_of(number).hex()}"


def batches_of_spans(chance: random.Random) -> list[Batch]:
    """Agents that state the sum of two calls below a chain, all spans of all traces in any order."""
    spans = []
    for number in range(TRACES):
        placed = {"trace": f"{number + 1:032x}", "seconds": SINCE_BEGUN}
        spans += [agent(1, **placed), plain(2, 1, **placed), call(3, 2, **placed), call(4, 2, **placed)]
    chance.shuffle(spans)
    return [
        Batch("/v1/traces", PROTOBUF, request(*some), frozenset(
            name_of(span["trace"], span["id"]) for span in some if "gen_ai.operation.name" in span))
        for some in parts(spans, SPANS_AT_ONCE)
    ]  # fmt: skip


def batches_of_calls(calls: list[dict[str, Any]]) -> list[Batch]:
    return [
        Batch("/api/v1/calls", "application/json", json.dumps({"calls": some}).encode(), frozenset(
            each["id"] for each in some))
        for some in parts(calls, CALLS_AT_ONCE)
    ]  # fmt: skip


def parts(things: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [things[start : start + size] for start in range(0, len(things), size)]


def native_calls() -> list[dict[str, Any]]:
    return [
        {"id": f"c-{n}", "occurred_at": f"{DAY}T09:00:00Z", "provider": "openai", "model": "small-1",
         "task": f"T{n % 60}", "task_type": "claim", "input_tokens": n, "output_tokens": 7, "latency_ms": 900}
        for n in range(CALLS)
    ]  # fmt: skip


def calls_of_traces() -> list[dict[str, Any]]:
    """What the spans are as calls: the two below the chain, never the agent."""
    return [
        {"id": name_of(trace, number), "occurred_at": f"{DAY}T08:00:00Z", "provider": "openai", "model": "small-1",
         "task": trace, "input_tokens": 100, "output_tokens": 10, "latency_ms": 1500}
        for trace in (f"{number + 1:032x}" for number in range(TRACES)) for number in (3, 4)
    ]  # fmt: skip


def expected(calls: list[dict[str, Any]]) -> dict[str, Any]:
    facts = Facts(
        calls=[{**each, "team": "Claims"} for each in calls], outcomes=[], corrections=[], incidents=[],
        reference=REFERENCE, zone="UTC", as_of=datetime.now(UTC).date(),
    )  # fmt: skip
    return report(facts, first=MONTH, last=MONTH, by=("tier", "task_type"))


def stored(load: Load) -> list[str]:
    names, page = [], f"/api/v1/calls?from={MONTH}&to={MONTH}&counted=all&limit=1000"
    while page:
        found = load.get(page)
        names += [each["id"] for each in found["calls"]]
        page = found["next"] and found["next"].partition(f":{load.port}")[2]
    return names


def test_every_acknowledged_call_is_there_once_and_the_report_is_the_oracles() -> None:
    chance = random.Random("killed")
    native = native_calls()
    batches = batches_of_spans(chance) + batches_of_calls(native)
    chance.shuffle(batches)
    with running() as (var, port, key):
        quarter = len(batches) // 4
        load = Load(port, key, {
            quarter: lambda: kill(var, "granian"),
            2 * quarter: lambda: kill(var, "celery"),
            3 * quarter: lambda: kill_database(var),
        })  # fmt: skip
        with ThreadPoolExecutor(SENDERS) as pool:
            try:
                for sent in [pool.submit(load.send, batch) for batch in batches]:
                    sent.result()
            finally:
                pool.shutdown(cancel_futures=True)
        assert load.refusals <= {429, 503}
        assert sorted(stored(load)) == sorted(name for batch in batches for name in batch.names)
        found = read(load.get(f"/api/v1/reports/true-cost?from={MONTH}&to={MONTH}&by=tier,task_type"))
    oracle = expected([*calls_of_traces(), *native])
    assert disagreements(found, oracle, ("tier", "task_type")) == []
    assert found["total"]["calls"] == 2 * TRACES + CALLS
