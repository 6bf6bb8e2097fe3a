"""Links that log rework without a login: signed for one task of one team, until a day; and what comes in by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse

from audits.actions.records import Origin, record_corrections
from audits.domain.taps import Typical, is_drawn
from audits.models import Correction
from audits.queries.by_link import logged_lately
from spend.ingest.identity import key_of
from spend.ingest.reading import read_item
from spend.ingest.receipt import Receipt
from spend.ingest.records import Problem
from spend.queries.book import book
from spend.queries.zone import reporting_day

DAYS, MOST_DAYS = 30, 365
# A task is judged by few people a few times. What holds a link cannot do more harm than this in an hour.
MOST_AN_HOUR = 20
AN_HOUR = timedelta(hours=1)
UNDONE = "undone by who held the link"

_LINK, _RECEIPT = "audits.log-link", "audits.log-receipt"


class BadLink(Exception):
    """The link was not made here, or was changed."""


class ExpiredLink(BadLink):
    """It was good once."""


class TooMany(Exception):
    """So much was logged by this link of late that nobody believes it."""


@dataclass(frozen=True)
class LogLink:
    """What a link opens: one task, by the name its team calls it, known yet or not."""

    team: int
    task: str
    expires_at: datetime


def make_link(*, team: int, task: str, at: datetime, days: int = DAYS) -> tuple[str, datetime]:
    """Return the signed text of a link and when it expires."""
    expires_at = (at + timedelta(days=days)).replace(microsecond=0)
    return signing.dumps([team, task, int(expires_at.timestamp())], salt=_LINK), expires_at


def open_link(text: str, *, at: datetime) -> LogLink:
    """Return what a link opens. Raises BadLink or ExpiredLink."""
    try:
        team, task, expires = signing.loads(text, salt=_LINK)
    except signing.BadSignature as problem:
        raise BadLink from problem
    if team not in book().teams.values():
        raise BadLink
    link = LogLink(team, task, datetime.fromtimestamp(expires, UTC))
    if link.expires_at <= at:
        raise ExpiredLink
    return link


def link_address(text: str) -> str:
    """Return the path of a link, to be put behind the address of this installation."""
    return f"{reverse('log')}?{urlencode({'task': text})}"


def receipt_text(link: LogLink, record_id: str) -> str:
    """Return what lets who logged something change it for an hour, and nobody else."""
    return signing.dumps([link.team, link.task, record_id], salt=_RECEIPT)


def receipted(text: str, link: LogLink) -> Correction | None:
    """Return the correction, in the version that counts, that this receipt of this link is for."""
    try:
        team, task, record_id = signing.loads(text, salt=_RECEIPT, max_age=AN_HOUR)
    except signing.BadSignature:
        return None
    if (team, task) != (link.team, link.task):
        return None
    identity = key_of("correction", team, record_id)
    return Correction.objects.filter(identity=identity, latest=True).first()


def record_by_link(*, link: LogLink, raw: Mapping[str, Any], signer: str, at: datetime) -> Receipt:
    """Write what the holder of a link says in full. Raises TooMany."""
    return _record(link, {"worked_on": str(reporting_day(at)), **raw}, Origin(by_link=True, signer=signer), at)


def record_tap(
    *, link: LogLink, record_id: str, verdict: str, typical: Typical, role: str, signer: str, at: datetime
) -> Receipt:
    """Write a verdict given with one tap, with the minutes that usually come with it. Raises TooMany."""
    raw = {
        "id": record_id, "worked_on": str(reporting_day(at)), "minutes": str(typical.minutes), "role": role,
        "activity": typical.activity, "verdict": verdict, "provenance": "estimated",
    }  # fmt: skip
    origin = Origin(by_link=True, signer=signer, tap_minutes=typical.minutes, drawn=is_drawn(record_id))
    return _record(link, raw, origin, at)


def tell_minutes(*, link: LogLink, tapped: Correction, minutes: str, at: datetime) -> Receipt:
    """Replace the minutes of a tap that was drawn by the real ones."""
    raw = {
        "id": tapped.external_id, "version": tapped.version + 1, "worked_on": str(tapped.worked_on),
        "role": tapped.role, "activity": tapped.activity, "verdict": tapped.verdict, "minutes": minutes,
        "provenance": "measured",
    }  # fmt: skip
    told = Origin(by_link=True, signer=tapped.signer, tap_minutes=tapped.tap_minutes, drawn=True)
    return _record(link, raw, told, at)


def undo_by_link(*, link: LogLink, logged: Correction, at: datetime) -> Receipt:
    """Take back what was logged by this link; a second time changes nothing."""
    if logged.withdrawn:
        return Receipt(duplicates=1)
    raw = {"id": logged.external_id, "version": logged.version + 1, "withdrawn": True, "reason": UNDONE}
    return _record(link, raw, Origin(by_link=True, signer=logged.signer), at)


def _record(link: LogLink, raw: Mapping[str, Any], origin: Origin, at: datetime) -> Receipt:
    """One home of its rules, as for everybody: the link only decides team and task."""
    if logged_lately(link.team, link.task, since=at - AN_HOUR) >= MOST_AN_HOUR:
        raise TooMany
    subject = {} if raw.get("withdrawn") else {"task": link.task}
    read = read_item({**raw, **subject}, kind="correction", index=0, at=at)
    if isinstance(read, Problem):
        return Receipt(rejected=[read])
    today = reporting_day(at)
    return record_corrections(items=[read], reach=frozenset({link.team}), at=at, today=today, origin=origin)
