"""Ask for the sample, watch it come, stop it, and carry it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from audits.actions.catch_up import catch_up
from audits.sample.dates import last_full_month_end
from audits.store import alone
from config.audited import have_audits
from config.models import SampleJob
from config.sample import load_organisation
from config.start.removal import Refused, remove_sample
from spend.queries.installation import has_calls, is_simulated
from spend.queries.zone import reporting_day

FAILED = "It could not be finished, and nothing was kept. The worker's log says why."
STOPPED = "Stopped; nothing was kept."
HAS_CALLS = "This installation holds calls of its own; a sample among them would falsify its figures."
_LOCK = 0x5A3B1E  # any number of our own
# Seen by other connections while the load's own transaction is still open.
_OUTSIDE = "owner"


class Stopped(Exception):
    """Somebody asked to stop."""


def ask(kind: str, *, scale: float = 1.0, at: datetime) -> SampleJob:
    """Order it; where the same is under way already, return that."""
    try:
        with transaction.atomic():
            return SampleJob.objects.create(kind=kind, scale=scale, asked_at=at)
    except IntegrityError:
        return SampleJob.objects.get(kind=kind, ended_at=None)


def ask_to_stop() -> None:
    SampleJob.objects.filter(kind=SampleJob.Kind.LOAD, ended_at=None).update(stop_asked=True)


def current() -> SampleJob | None:
    """Return what is under way, else what ended last."""
    open_one = SampleJob.objects.filter(ended_at=None).first()
    return open_one or SampleJob.objects.order_by("-ended_at").first()


def carry_out(*, at: datetime) -> None:
    """Do what is ordered, one at a time over all workers; what a worker left behind is begun again."""
    with alone(_LOCK) as is_mine:
        if not is_mine:
            return
        for job in SampleJob.objects.filter(ended_at=None).order_by("asked_at"):
            _carry_out(job, at)


def _carry_out(job: SampleJob, at: datetime) -> None:
    problem = FAILED
    try:
        problem = _WORK[job.kind](job, at)
    finally:
        ended = {"ended_at": timezone.now(), "problem": problem}
        SampleJob.objects.filter(pk=job.pk).update(**ended)
        connections[_OUTSIDE].close()


def _load(job: SampleJob, at: datetime) -> str:
    today = reporting_day(at)
    if not is_simulated():
        if has_calls():
            return HAS_CALLS
        try:
            load_organisation(until=last_full_month_end(today), scale=job.scale, at=at, advance=_progress_of(job))
        except Stopped:
            return STOPPED
    _tell(job, step="working in", done=0, total=0)
    catch_up(at=at, today=today)
    have_audits(at=at)
    return ""


def _remove(job: SampleJob, at: datetime) -> str:
    _tell(job, step="removing", done=0, total=0)
    try:
        remove_sample()
    except Refused as problem:
        return str(problem)
    return ""


_WORK: dict[str, Callable[[SampleJob, datetime], str]] = {
    SampleJob.Kind.LOAD: _load,
    SampleJob.Kind.REMOVE: _remove,
}


def _progress_of(job: SampleJob) -> Callable[[str, int, int], None]:
    done: dict[str, int] = {}

    def advance(kind: str, count: int, total: int) -> None:
        done[kind] = done.get(kind, 0) + count
        _tell(job, step=f"{kind}s", done=done[kind], total=total)
        if SampleJob.objects.using(_OUTSIDE).filter(pk=job.pk, stop_asked=True).exists():
            raise Stopped

    return advance


def _tell(job: SampleJob, **progress: object) -> None:
    SampleJob.objects.using(_OUTSIDE).filter(pk=job.pk).update(**progress)
