"""Several writers and refreshers at once, and one that is killed: the report is as if one had done it all in peace."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection

from accounts.domain.reach import Reach
from accounts.models import Team
from audits.actions.catch_up import catch_up
from audits.actions.records import record_corrections
from audits.actions.reports import answer
from audits.exports.plain import told
from audits.models import LabourRate
from audits.queries.asking import parse_query
from spend.actions.calls import record_calls
from spend.actions.outcomes import record_outcomes
from spend.api import record_spans
from spend.domain.periods import Month
from spend.ingest.mapping import default_of
from spend.ingest.native import decode
from spend.ingest.otlp.decoding import decode as decode_spans
from spend.models import Call, DirtySlice, Task
from tests.otlp import agent, call, plain, request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
TASKS, CALLS = 60, 400
DOORS: dict[str, Callable[..., Any]] = {
    "call": record_calls,
    "outcome": record_outcomes,
    "correction": lambda **given: record_corrections(**given, today=TODAY),
}


def facts(team: str) -> list[tuple[str, dict[str, Any]]]:
    """Calls over three days, so that tasks move to an earlier day when a late call of theirs comes."""
    chance = random.Random("writers")
    calls = [
        {
            "id": f"c-{number}",
            "occurred_at": f"2026-10-0{chance.randint(1, 3)}T{chance.randint(10, 20)}:00:00Z",
            "model": chance.choice(["small-1", "large-1"]),
            "task": f"T{chance.randrange(TASKS)}",
            "task_type": "claim",
            "cost_usd": f"0.0{chance.randint(1, 9)}",
            "output_tokens": 5,
            "team": team,
        }
        for number in range(CALLS)
    ]
    outcomes = [{"task": f"T{task}", "outcome": "success", "team": team} for task in range(0, TASKS, 2)]
    corrections = [
        {
            "id": f"k-{task}", "worked_on": "2026-10-05", "minutes": task + 1, "role": "adjuster", "activity": "fix",
            "task": f"T{task}", "team": team,
        }
        for task in range(0, TASKS, 3)
    ]  # fmt: skip
    kinds = (("call", calls), ("outcome", outcomes), ("correction", corrections))
    return [(kind, record) for kind, records in kinds for record in records]


def write(all_facts: list[tuple[str, dict[str, Any]]], size: int = 50) -> int:
    """Send facts in their order, as batches of one kind each; return how many were new."""
    accepted = 0
    for kind, door in DOORS.items():
        records = [record for found, record in all_facts if found == kind]
        for start in range(0, len(records), size):
            body = json.dumps({f"{kind}s": records[start : start + size]}).encode()
            receipt = door(items=decode(body, kind, NOW).items, reach=None, at=NOW)  # type: ignore[arg-type]
            assert receipt.rejected == []
            accepted += receipt.accepted
    return accepted


def rows_by_team() -> list[dict[str, Any]]:
    words = {"from": ["2026-10"], "to": ["2026-10"], "by": ["team,model"]}
    report = told(answer(parse_query(words, teams=None, latest=Month(2026, 10)), at=NOW))
    return report["rows"]


def alike(rows: Iterable[dict[str, Any]], team: str) -> list[dict[str, Any]]:
    return [{**row, "team": None} for row in rows if row["team"] == team]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, work) for work in works]]


@pytest.fixture
def teams():
    Team.objects.bulk_create([Team(name="Claims"), Team(name="Support")])
    LabourRate.objects.create(role="adjuster", starts_on=date(2026, 1, 1), hourly=Decimal(60))
    write(facts("Support"), size=1000)  # the one writer to compare with


def shuffled(team: str, seed: int) -> list[tuple[str, dict[str, Any]]]:
    found = facts(team)
    random.Random(seed).shuffle(found)
    return found


def test_four_writers_of_the_same_facts(teams):
    accepted = at_once(*(lambda seed=seed: write(shuffled("Claims", seed), size=7 + seed) for seed in range(4)))
    assert sum(accepted) == len(facts("Claims"))
    rows = rows_by_team()
    assert alike(rows, "Claims") == alike(rows, "Support") != []


def test_two_refreshers_and_a_writer(teams):
    done = Event()

    def writer() -> int:
        try:
            return write(shuffled("Claims", 5), size=9)
        finally:
            done.set()

    def refresher() -> None:
        while not done.is_set():
            catch_up(at=NOW, today=TODAY)

    accepted, *_ = at_once(writer, refresher, refresher)
    assert accepted == len(facts("Claims"))
    rows = rows_by_team()
    assert alike(rows, "Claims") == alike(rows, "Support") != []
    assert not DirtySlice.objects.exists()


def spans() -> list[dict[str, Any]]:
    """Agents that state the sum of what is below them, calls within calls; some calls name a task that traces share."""
    chance = random.Random("traces")
    found = []
    for number in range(1, 41):
        placed = {"trace": f"{number:032x}", "seconds": 60 * number}
        named = {"truecost.task": f"T{chance.randrange(9)}"} if chance.random() < 0.5 else {}
        below = [call(3, 2, **placed), call(4, chance.choice([1, 2, 3]), **placed, **named)]
        found += [agent(1, **placed, **named), plain(2, 1, **placed), *below]
    return found


def write_spans(team: str, found: list[dict[str, Any]], size: int) -> int:
    reach = Reach("key", frozenset({"ingest"}), frozenset({Team.objects.get(name=team).pk}))
    accepted = 0
    for start in range(0, len(found), size):
        body = request(*found[start : start + size])
        traces = decode_spans(body, is_json=False, mapping=default_of("otlp"), at=NOW)
        receipt = record_spans(traces.spans, reach, NOW, "otlp")
        assert receipt.rejected == []
        accepted += receipt.accepted
    return accepted


def counted_spans(team: str) -> set[str]:
    found = Call.objects.filter(team__name=team, counted=True, source__kind="otlp")
    return set(found.values_list("external_id", flat=True))


def test_four_writers_of_the_same_traces(teams):
    write_spans("Support", spans(), size=1000)  # the one writer to compare with
    write(facts("Claims"), size=1000)

    def writer(seed: int) -> int:
        found = spans()
        random.Random(seed).shuffle(found)
        return write_spans("Claims", found, size=5 + seed)

    accepted = at_once(*(lambda seed=seed: writer(seed) for seed in range(4)))
    assert sum(accepted) == 40 * 3
    assert counted_spans("Claims") == counted_spans("Support")
    assert len(counted_spans("Claims")) < 40 * 3
    rows = rows_by_team()
    assert alike(rows, "Claims") == alike(rows, "Support") != []


KILLED = """
import json, os, signal, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from django.db import connection
connection.settings_dict.update(json.loads(sys.argv[1]))
from spend import store
from tests.faults import test_writers
# Its calls are inserted, its tasks are not.
store.insert_tasks_of_staged_calls = lambda: os.kill(os.getpid(), signal.SIGKILL)
test_writers.write(test_writers.facts("Claims"))
"""


def test_a_writer_that_is_killed_leaves_nothing(teams):
    before = Call.objects.count(), Task.objects.count(), DirtySlice.objects.count()
    place = {name: connection.settings_dict[name] for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME", "OPTIONS")}
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, json.dumps(place)], cwd=root, check=False, timeout=60)
    assert killed.returncode == -9
    assert (Call.objects.count(), Task.objects.count(), DirtySlice.objects.count()) == before
    assert write(facts("Claims")) == len(facts("Claims"))  # and holds no lock
    rows = rows_by_team()
    assert alike(rows, "Claims") == alike(rows, "Support") != []
