"""Files of records as commands: read line by line, recorded in batches, all or nothing unless asked otherwise."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO, ClassVar, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from accounts.queries import NoTeam, team_named
from spend import store
from spend.ingest.bodies import Readable
from spend.ingest.files import read_records
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Kind, Problem

Record = Callable[[Sequence[Item]], Receipt]
Refuse = Callable[[Problem], None]

BATCH = 5_000
MOST_IN_A_BATCH = 50_000
SHOWN = 20
NOTHING_WRITTEN, GOOD_ONES_WRITTEN, INTERRUPTED = 1, 2, 130


@dataclass
class Tally:
    """What became of the records of a file."""

    accepted: int = 0
    duplicates: int = 0
    bad: int = 0

    def __str__(self) -> str:
        return f"{self.accepted:,} new, {self.duplicates:,} duplicates, {self.bad:,} bad"


@dataclass(frozen=True)
class Import:
    """One run over a file. Never more than a batch is in memory."""

    batch: int
    record: Record
    refuse: Refuse
    tally: Tally

    def whole(self, reads: Iterable[Item | Problem], *, dry_run: bool = False) -> None:
        """Record everything in one transaction, which is taken back when a line is bad, and in a dry run."""
        with transaction.atomic():
            store.check_references_at_once()
            self.by_batch(reads)
            if dry_run or self.tally.bad:
                transaction.set_rollback(True)

    def by_batch(self, reads: Iterable[Item | Problem]) -> None:
        """Record batch after batch, each in a transaction of its own unless the caller has one."""
        iterator = iter(reads)
        while some := list(islice(iterator, self.batch)):
            items = [read for read in some if isinstance(read, Item)]
            receipt = self.record(items) if items else Receipt()
            receipt.rejected += [read for read in some if isinstance(read, Problem)]
            self.tally.accepted += receipt.accepted
            self.tally.duplicates += receipt.duplicates
            self.tally.bad += len(receipt.rejected)
            for problem in sorted(receipt.rejected, key=lambda problem: problem.index):
                self.refuse(problem)


class BadLines:
    """Shows the first bad lines; writes every one to a file, when there is one."""

    def __init__(self, show: Callable[[str], Any], log: IO[str] | None) -> None:
        self._show = show
        self._log = log
        self._count = 0

    def __call__(self, problem: Problem) -> None:
        self._count += 1
        if self._count <= SHOWN:
            self._show(told(problem))
        elif self._count == SHOWN + 1:
            self._show("..." if self._log else "... and more: --errors FILE takes them all.")
        if self._log:
            self._log.write(json.dumps({"line": problem.index, "id": problem.id, "errors": problem.errors}) + "\n")


def told(problem: Problem) -> str:
    """Return a bad line in words."""
    who = f" ({problem.id})" if problem.id else ""
    reasons = "; ".join(f"{name} {', '.join(sentences)}" for name, sentences in problem.errors.items())
    return f"line {problem.index}{who}: {reasons}"


class ImportCommand(BaseCommand):
    """Imports a file of one kind of record. Subclasses name the kind, and the action that records it."""

    kind: ClassVar[Kind]
    help = (
        "Import a CSV or NDJSON file (plain, .gz or .zst; - for standard input) with the fields of the API. "
        "Nothing is written when any line is bad, unless --keep-good. Lines that were sent before are counted "
        "as duplicates. Exit code 1: nothing was written; 2: only the good lines were."
    )

    def record(self, items: Sequence[Item], reach: frozenset[int] | None, at: datetime) -> Receipt:
        raise NotImplementedError

    def read(
        self, file: Readable, reach: frozenset[int] | None, at: datetime, options: Mapping[str, Any]
    ) -> Iterable[Item | Problem]:
        return read_records(file, self.kind, at)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--team", metavar="NAME", help="the team of all lines; without it each line names its own")
        parser.add_argument("--batch", metavar="N", type=_batch, default=BATCH, help=f"lines at once; default {BATCH}")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--dry-run", action="store_true", help="say what would happen, conflicts too; write nothing")
        how.add_argument("--keep-good", action="store_true", help="write the good lines, batch by batch")
        parser.add_argument("--errors", metavar="FILE", help="write the errors of every bad line here, as NDJSON")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        reach = _reach(options["team"])
        tally = Tally()
        with _log(options["errors"]) as log, self._opened(options["file"]) as file:
            run = Import(
                batch=options["batch"],
                record=lambda items: self.record(items, reach, at),
                refuse=BadLines(self.stderr.write, log),
                tally=tally,
            )
            reads = self.read(file, reach, at, options)
            try:
                run.by_batch(reads) if options["keep_good"] else run.whole(reads, dry_run=options["dry_run"])
            except KeyboardInterrupt:
                raise CommandError(_interrupted(tally, options), returncode=INTERRUPTED) from None
        self._conclude(f"{self.kind}s: {tally}.", tally, options)

    @contextmanager
    def _opened(self, name: str) -> Iterator[Readable]:
        """Open the file, with a progress bar where somebody watches."""
        if name == "-":
            yield sys.stdin.buffer
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), DownloadColumn())
        watched = Console(stderr=True)
        progress = Progress(*columns, TimeRemainingColumn(), console=watched, disable=not self.stderr.isatty())
        with _open(name, "rb") as file, progress:
            size = Path(name).stat().st_size
            yield progress.wrap_file(cast(BinaryIO, file), total=size, description=Path(name).name)

    def _conclude(self, counts: str, tally: Tally, options: dict[str, Any]) -> None:
        if not tally.bad:
            self.stdout.write(f"Dry run, nothing was written. {counts}" if options["dry_run"] else counts)
        elif options["keep_good"]:
            raise CommandError(f"{counts} Only the good lines were written.", returncode=GOOD_ONES_WRITTEN)
        else:
            advice = "" if options["dry_run"] else " --keep-good writes the good lines."
            raise CommandError(f"Nothing was written. {counts}{advice}", returncode=NOTHING_WRITTEN)


def _batch(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= MOST_IN_A_BATCH:
        raise ArgumentTypeError(f"must be 1 to {MOST_IN_A_BATCH}")
    return int(text)


def _reach(team: str | None) -> frozenset[int] | None:
    """Return the teams to write for: the one named, or all."""
    if team is None:
        return None
    try:
        return frozenset({team_named(team).pk})
    except NoTeam as problem:
        raise CommandError(str(problem)) from problem


def _log(name: str | None) -> AbstractContextManager[IO[str] | None]:
    return _open(name, "w") if name else nullcontext()


def _open(name: str, mode: str) -> IO[Any]:
    try:
        return Path(name).open(mode, encoding=None if "b" in mode else "utf-8")
    except OSError as problem:
        raise CommandError(f"{name}: {problem.strerror}.") from problem


def _interrupted(tally: Tally, options: dict[str, Any]) -> str:
    if options["keep_good"]:
        return f"Interrupted after {tally}; run it again to go on: what is there already counts as a duplicate."
    return "Interrupted; nothing was written."
