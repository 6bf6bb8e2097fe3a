"""How long the server takes for each page, at 100 thousand and at 1 million calls, and the ratio of the two.

    python -m benchmarks.pages [--sizes 100000 1000000] [--repeats 20] [--only explore] [--folder /tmp/kept]

Calls over one year with corrections, incidents and outcomes, one task among them with a tenth of all calls. Each page
is asked for as an administrator, through Django's whole stack but not over a socket, with nothing left to work in.
Every address of the product is measured; those that are none for a browser are listed with the reason. `--folder`
keeps the databases, so that the next run need not fill them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.report import BEGUN, keep, work_in, write
from benchmarks.said import REFERENCE, Said, with_one_big_task
from benchmarks.stage import Stage, stage

AIM = 0.300
MONTH = "from=2026-05&to=2026-05"
YEAR = "from=2025-10&to=2026-09"


@dataclass(frozen=True)
class Asked:
    """A page of one address; `found` says where it is in the database at hand."""

    label: str
    found: Callable[[], str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000], help="in ascending order")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--only", default="", help="pages whose label has this")
    parser.add_argument("--folder", type=Path, help="keep the databases here, and use those kept")
    given = parser.parse_args()
    from django.core.management import call_command

    with stage(given.folder) as on:
        fill(on, given.sizes)
        call_command("collectstatic", interactive=False, verbosity=0)
        from benchmarks.addresses import pages_and_others

        pages, others = pages_and_others()
        shown = [page for page in pages if given.only in page.label]
        print("milliseconds, median and p95" + "".join(f"{size:>18,}" for size in given.sizes) + "   last / first")
        slow = [page.label for page in shown if not measured(page, given)]
    print("\nNot measured: " + "; ".join(others))
    print(f"\nOver {AIM * 1000:.0f} ms at {given.sizes[-1]:,} calls: {', '.join(slow) or 'none'}")


def fill(on: Stage, sizes: list[int]) -> None:
    """Make what is not there yet of a database for each size."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        kept = {name for (name,) in cursor.fetchall()}
    if all(f"with_{size}" in kept for size in sizes):
        for size in sizes:
            use(size)
            call_command("migrate", verbosity=0)
        return
    from benchmarks.facts import calls

    have_reference()
    source = with_one_big_task(calls("pages", start=BEGUN, days=365))
    said, stored = Said(source), 0
    for size in sizes:
        write(iter(said), size - stored)
        said.record()
        work_in()
        keep(on, size)
        stored = size


def have_reference() -> None:
    from django.utils import timezone

    from accounts.models import Role, User
    from config.reference import apply
    from spend.domain.reference.parse import parse

    wanted, problems = parse(REFERENCE)
    assert not problems, problems
    apply(wanted, at=timezone.now())
    User.objects.create_user("ada", role=Role.ADMINISTRATOR)


def use(size: int) -> None:
    """Go on with the database of this size."""
    from django.db import connections

    for connection in connections.all():
        connection.close()
        connection.settings_dict["NAME"] = f"with_{size}"


def measured(page: Asked, given: argparse.Namespace) -> bool:
    """Print a page's line; return whether it keeps to the aim at the last size. Sizes are asked in turns."""
    seconds: dict[int, list[float]] = {size: [] for size in given.sizes}
    rounds = 4
    for _ in range(rounds):
        for size, found in seconds.items():
            use(size)
            status = asked(page.found())
            if status not in (200, 302):
                print(f"{page.label:<44}   not measured: it answers {status} to GET")
                return True
            found += timed(page, max(1, given.repeats // rounds))
    middles = [median(found) for found in seconds.values()]
    columns = "".join(f"{median(found) * 1000:>9.0f}{p95(found) * 1000:>9.0f}" for found in seconds.values())
    mark = "" if middles[-1] < AIM else "   slow"
    print(f"{page.label:<44}{columns}   {middles[-1] / middles[0]:>12.2f}{mark}", flush=True)
    return middles[-1] < AIM


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


def timed(page: Asked, repeats: int) -> Iterator[float]:
    """Yield the seconds of each of `repeats` answers."""
    client, address = signed_in(), page.found()
    for _ in range(repeats):
        begun = time.perf_counter()
        asked(address, client)
        yield time.perf_counter() - begun


def asked(address: str, client: Any = None) -> int:
    """Ask for a page, read all of it, and return its status."""
    answer: Any = (client or signed_in()).get(address)
    if answer.streaming:
        for _ in answer.streaming_content:
            pass
    return int(answer.status_code)


def signed_in() -> Any:
    from django.test import Client

    from accounts.models import User

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username="ada"))
    return client


if __name__ == "__main__":
    main()
