"""A progress bar for each kind of fact that is loaded, where somebody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from spend.ingest.records import Kind

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
