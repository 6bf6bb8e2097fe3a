"""Progress bars where somebody watches: of each kind of fact that is loaded, and of calls that are priced anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from spend.actions.reprice import work_off
from spend.ingest.records import Kind
from spend.models import Repricing

Advance = Callable[[Kind, int, int], None]


@contextmanager
def watched(*, show: bool) -> Iterator[Advance]:
    """Yield what is told of each batch: its kind, its size, and how many of the kind there are in all."""
    bars: dict[Kind, TaskID] = {}
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not show, transient=True) as progress:

        def advance(kind: Kind, count: int, total: int) -> None:
            if kind not in bars:
                bars[kind] = progress.add_task(f"{kind}s", total=total)
            progress.advance(bars[kind], count)

        yield advance


def reprice_watched(*, show: bool) -> None:
    """Price anew the calls that a change of many left to do, here instead of waiting for a worker."""
    columns = (TextColumn("pricing calls"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not show, transient=True) as progress:
        bars: dict[int, TaskID] = {}

        def advance(order: Repricing) -> bool:
            if order.pk not in bars:
                bars[order.pk] = progress.add_task("", total=order.total)
            progress.update(bars[order.pk], total=order.total, completed=order.done)
            return True

        work_off(advance)
