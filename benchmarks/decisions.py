"""Time of the questions that decide at 50 thousand and at half a million tasks, and their ratio.

    python -m benchmarks.decisions [--sizes 50000 500000] [--repeats 7]

Tasks of a year are made by `benchmarks.facts`, each with a complexity and an outcome, go in as from the API and are
worked in. A question is what page, API and command call, `QUESTIONS` of `audits.exports.deciding`, with nothing left
to work in. The aim: half a million tasks are compared in under two seconds.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import msgspec

from benchmarks.facts import calls
from benchmarks.report import AT_ONCE, BEGUN, YEAR, compared, keep, timed, work_in
from benchmarks.stage import stage

ASKED = {
    "compare, by tier": ("compare", YEAR),
    "compare, by model": ("compare", {**YEAR, "by": ["model"]}),
    **{
        name: (name, YEAR)
        for name in ("break-even", "value", "claims", "incidents", "switches", "routing", "silent-failures")
    },
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50_000, 500_000], help="tasks, in ascending order")
    parser.add_argument("--repeats", type=int, default=7)
    given = parser.parse_args()
    with stage() as on:
        source, chance = tasks(), random.Random("decisions")
        stored = 0
        for size in given.sizes:
            write(islice(source, size - stored), chance)
            print(f"{size:,} tasks, worked in after {timed(work_in):,.0f} s")
            keep(on, size)
            stored = size
        times = {name: compared(lambda asked=asked: question(*asked), given) for name, asked in ASKED.items()}
    print("milliseconds, median      " + "".join(f"{size:>12,}" for size in given.sizes) + "   last / first")
    for name, found in times.items():
        columns = "".join(f"{seconds * 1000:>12.1f}" for seconds in found)
        print(f"{name:<26}{columns}   {found[-1] / found[0]:>12.2f}")


def tasks() -> Iterator[list[dict[str, Any]]]:
    """Yield the calls of one task after the other."""
    for _, some in groupby(calls("decisions", start=BEGUN, days=365), itemgetter("task")):
        yield list(some)


def write(source: Iterator[list[dict[str, Any]]], chance: random.Random) -> None:
    """Record calls with a complexity, and how their tasks went: seven in ten well, of hard ones five."""
    while batch := list(islice(source, AT_ONCE // 3)):
        sent, outcomes = [], []
        for of_task in batch:
            complexity = chance.choice(("low", "medium", "high"))
            sent += [{**call, "metadata": {"complexity": complexity}} for call in of_task]
            went = "success" if chance.random() < (0.5 if complexity == "high" else 0.7) else "failure"
            outcomes.append({"task": of_task[0]["task"], "team": of_task[0]["team"], "outcome": went})
        _record("call", sent)
        _record("outcome", outcomes)


def _record(kind: str, records: list[dict[str, Any]]) -> None:
    from django.utils import timezone

    from spend.actions.calls import record_calls
    from spend.actions.outcomes import record_outcomes
    from spend.ingest.native import decode

    at = timezone.now()
    items = decode(msgspec.json.encode({f"{kind}s": records}), kind, at).items  # type: ignore[arg-type]
    receipt = (record_calls if kind == "call" else record_outcomes)(items=items, reach=None, at=at)
    if receipt.accepted != len(records):
        raise SystemExit(f"{len(records) - receipt.accepted} of {len(records)} {kind}s were not taken: {receipt}")


def question(name: str, words: dict[str, list[str]]) -> Callable[[], Any]:
    from django.utils import timezone

    from audits.exports.deciding import QUESTIONS
    from audits.queries.asking_decisions import parse_decision
    from spend.domain.periods import Month

    asked = parse_decision(words, teams=None, latest=Month(2026, 9))
    return lambda: QUESTIONS[name].answer(asked, at=timezone.now())


if __name__ == "__main__":
    main()
