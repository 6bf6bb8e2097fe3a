"""A changed price of masses of calls: what it would move, the change itself, and the job that follows, as ratios.

    python -m benchmarks.reprice [--calls 1000000]

Calls of a year go in through `record_calls`. Then the model that most of them are of gets another price for all of the
year: `planned` and `effects_of` are what the page does before it is saved, `apply` is the saving, `work_off` the job.
"""

from __future__ import annotations

import argparse

from benchmarks.facts import calls
from benchmarks.report import BEGUN, timed, work_in, write
from benchmarks.stage import stage

MODEL = "openai/gpt-5-mini"
PRICE = """
models: [{provider: openai, name: gpt-5-mini,
          prices: [{from: 2025-10-01, input: 0.50, cache_read: 0.05, cache_write: 0.50, output: 4}]}]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1_000_000)
    given = parser.parse_args()
    with stage():
        written = write(calls("reprice", start=BEGUN, days=365), given.calls)
        work_in()
        measure(given.calls, written / given.calls)


def measure(stored: int, seconds_a_call: float) -> None:
    from django.utils import timezone

    from config.preview import effects_of
    from config.reference import apply, planned
    from spend.actions.reprice import work_off
    from spend.domain.reference.parse import parse
    from spend.models import Repricing

    wanted, problems = parse(PRICE)
    assert not problems, problems
    shown = timed(lambda: effects_of(planned(wanted), at=timezone.now()))
    saved = timed(lambda: apply(wanted, at=timezone.now()))
    worked = timed(work_off)
    order = Repricing.objects.get()
    again = worked / max(1, order.changed)
    print(f"{stored:,} calls stored, {order.changed:,} of {MODEL} priced anew")
    print(f"shown before it is saved  {shown:>7.2f} s")
    print(f"saved                     {saved:>7.2f} s")
    print(f"job                       {worked:>7.2f} s, {again / seconds_a_call:.2f} of what writing a call takes")
    print(f"worked into daily rows    {timed(work_in):>7.2f} s")


if __name__ == "__main__":
    main()
