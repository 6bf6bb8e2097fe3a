"""Report time at 100 thousand and at 1 million calls, their ratio, and how fast facts are worked in.

    python -m benchmarks.report [--sizes 100000 1000000] [--repeats 7]

Calls are made by `benchmarks.facts` over one year, go in through `spend.actions.calls.record_calls` as from the API,
and are worked in by `catch_up`. A report is `audits.actions.reports.answer` with nothing left to work in.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from statistics import median
from typing import Any

import msgspec

from benchmarks.facts import calls
from benchmarks.stage import Stage, stage

AT_ONCE = 10_000
BEGUN = datetime(2025, 10, 1, tzinfo=UTC)
YEAR = {"from": ["2025-10"], "to": ["2026-09"]}
QUESTIONS = {
    "one month by tier": {"from": ["2026-05"], "to": ["2026-05"], "by": ["tier"]},
    "a year by tier": {**YEAR, "by": ["tier"]},
    "a year by team and model": {**YEAR, "by": ["team,model"]},
    "a year by month, as routes": {**YEAR, "by": ["month"], "lens": ["route"]},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000], help="in ascending order")
    parser.add_argument("--repeats", type=int, default=7)
    given = parser.parse_args()
    with stage() as on:
        source = calls("report", start=BEGUN, days=365)
        stored = 0
        for size in given.sizes:
            grow(source, size - stored)
            keep(on, size)
            stored = size
        times = {question: compared(lambda words=words: report(words), given) for question, words in QUESTIONS.items()}
    print("milliseconds, median      " + "".join(f"{size:>12,}" for size in given.sizes) + "   last / first")
    for question, found in times.items():
        columns = "".join(f"{seconds * 1000:>12.1f}" for seconds in found)
        print(f"{question:<26}{columns}   {found[-1] / found[0]:>12.2f}")


def keep(on: Stage, size: int) -> None:
    """Keep a copy of the database as it is at this size."""
    from django.db import connections

    connections.close_all()
    with on.server.connect() as admin:
        admin.execute(f"CREATE DATABASE with_{size} TEMPLATE truecost OWNER truecost_owner")  # type: ignore[arg-type]
    with on.server.connect(database=f"with_{size}") as admin:
        admin.execute("VACUUM (ANALYZE)")


def compared(make: Callable[[], Callable[[], Any]], given: argparse.Namespace) -> list[float]:
    """Return the median seconds at each size of what `make` makes, in turns: what else runs falls on all alike."""
    from django.db import connection

    seconds: dict[int, list[float]] = {size: [] for size in given.sizes}
    for turn in range(given.repeats + 1):
        for size, found in seconds.items():
            connection.close()
            connection.settings_dict["NAME"] = f"with_{size}"
            ask = make()
            ask()  # connects, and reads what PostgreSQL then has at hand
            if turn:
                found.append(timed(ask))
    return [median(found) for found in seconds.values()]


def grow(source: Iterator[dict[str, Any]], more: int) -> None:
    from spend.store import raw_cursor

    written = write(source, more)
    caught_up = timed(work_in)
    with raw_cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM spend_call), (SELECT count(*) FROM audits_dailyunits)")
        total, daily = cursor.fetchall()[0]
    print(f"{total:,} calls, {daily:,} daily rows of units")
    print(f"written:   {more / written:>9,.0f} calls/s (one writer, {AT_ONCE:,} a batch)")
    print(f"worked in: {more / caught_up:>9,.0f} calls/s (one process)\n")


def write(source: Iterator[dict[str, Any]], more: int) -> float:
    """Record `more` calls; return the seconds it took, without those of making them up."""
    from django.utils import timezone

    from spend.actions.calls import record_calls
    from spend.ingest.native import decode

    seconds = 0.0
    while more > 0:
        at = timezone.now()
        body = msgspec.json.encode({"calls": list(islice(source, min(AT_ONCE, more)))})
        begun = time.perf_counter()
        more -= record_calls(items=decode(body, "call", at).items, reach=None, at=at).accepted
        seconds += time.perf_counter() - begun
    return seconds


def work_in() -> None:
    from django.utils import timezone

    from audits.actions.catch_up import catch_up
    from spend.queries.zone import reporting_day

    at = timezone.now()
    catch_up(at=at, today=reporting_day(at))


def report(words: dict[str, list[str]]) -> Callable[[], Any]:
    from django.utils import timezone

    from audits.actions.reports import answer
    from audits.queries.asking import parse_query
    from spend.domain.periods import Month

    query = parse_query(words, teams=None, latest=Month(2026, 9))
    return lambda: answer(query, at=timezone.now())


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
