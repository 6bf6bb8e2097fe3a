"""Reports that go out by themselves: whose turn it is, who gets which, and into the outbox with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.queries import reach_of_user
from audits.actions.mail import queue
from audits.actions.reports import bring_up_to_date
from audits.domain.occasions import Occasion, Timing, following, latest
from audits.models import Mail, MailFile, Schedule
from audits.queries.moment import one_moment
from audits.store import alone

log = structlog.get_logger()

# A report that could not go out for this long is not sent any more: the next one is near.
MOST_LATE = timedelta(days=6)
_LOCK = 0x5A3B20


@dataclass(frozen=True)
class File:
    """A file to bring along, made only when it goes out."""

    name: str
    content_type: str
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Letter:
    """What somebody is told: plain text, and the files that go with it."""

    subject: str
    body: str
    files: Sequence[File] = ()


# Writes the report of a schedule, for its occasion's day, of these teams (None: all), as of a moment.
Writer = Callable[[Schedule, date, frozenset[int] | None, datetime], Letter]


@dataclass(frozen=True)
class Group:
    """People who may see the same teams (None: all) get the same letter."""

    teams: frozenset[int] | None
    people: list[User]


def timing_of(schedule: Schedule) -> Timing:
    return Timing(schedule.kind, schedule.day, schedule.at, ZoneInfo(schedule.zone))


def next_of(schedule: Schedule, *, at: datetime) -> Occasion:
    return following(timing_of(schedule), at)


def day_of(schedule: Schedule, at: datetime) -> date:
    return at.astimezone(ZoneInfo(schedule.zone)).date()


def chosen(schedule: Schedule) -> list[User]:
    """Return whom a schedule names, by name or by role, who can log in; some may have no address, or see nothing."""
    named = Q(pk__in=schedule.recipients.values("person")) | Q(role__in=schedule.roles)
    return list(User.objects.filter(named, is_active=True).order_by("username"))


def groups_of(schedule: Schedule) -> list[Group]:
    """Return who gets something, by the teams they may see; who sees none of the schedule's gets nothing."""
    groups: dict[frozenset[int] | None, list[User]] = {}
    for person in chosen(schedule):
        teams = _teams_for(person, schedule.team_id)
        if person.email and (teams is None or teams):
            groups.setdefault(teams, []).append(person)
    return [Group(teams, people) for teams, people in groups.items()]


def _teams_for(person: User, team: int | None) -> frozenset[int] | None:
    reach = reach_of_user(person)
    if team is None:
        return reach.team_ids
    return frozenset({team}) if reach.sees(team) else frozenset()


def queue_due(write: Writer, *, at: datetime) -> int:
    """Queue what became due; return how many mails. What was missed is made up for once, and only for some days.

    One worker at a time does it: a pack takes seconds, and nobody need make the same one twice.
    """
    with alone(_LOCK) as is_mine:
        if not is_mine:
            return 0
        return sum(_queue_if_due(schedule, write, at) for schedule in Schedule.objects.filter(is_active=True))


def _queue_if_due(schedule: Schedule, write: Writer, at: datetime) -> int:
    occasion = latest(timing_of(schedule), at)
    if not _is_due(schedule, occasion, at):
        return 0
    try:
        queued = send(schedule, occasion.day, groups_of(schedule), write, key=str(occasion.day), at=at)
    except Exception:  # one that cannot be written must not hold up the others; it is tried again in a minute
        log.exception("a report could not be queued", schedule=schedule.name)
        return 0
    Schedule.objects.filter(pk=schedule.pk).update(last_occasion=occasion.day)
    return queued


def _is_due(schedule: Schedule, occasion: Occasion, at: datetime) -> bool:
    is_new = schedule.last_occasion is None or schedule.last_occasion < occasion.day
    return is_new and occasion.moment >= max(schedule.since, at - MOST_LATE)


def send(schedule: Schedule, day: date, groups: Sequence[Group], write: Writer, *, key: str, at: datetime) -> int:
    """Queue a letter for each of these people; `key` tells this occasion from others. Return how many are new.

    Those whose turn came before a worker died have theirs already.
    """
    bring_up_to_date(at=at)
    queued = 0
    for group in groups:
        keys = {f"schedule:{schedule.pk}:{key}:{person.pk}": person for person in group.people}
        if Mail.objects.filter(key__in=keys).count() == len(keys):
            continue
        letter, made = _made(schedule, day, group, write, at)
        with transaction.atomic():
            files = [
                MailFile.objects.create(name=file.name, content_type=file.content_type, content=content, made_at=at)
                for file, content in made
            ]
            for name, person in keys.items():
                queued += queue(name, person, letter.subject, letter.body, at=at, files=files)
    return queued


def _made(
    schedule: Schedule, day: date, group: Group, write: Writer, at: datetime
) -> tuple[Letter, list[tuple[File, bytes]]]:
    """Return a letter and its files, all of one moment: what is said is what is attached. It keeps nobody waiting."""
    with one_moment():
        letter = write(schedule, day, group.teams, at)
        return letter, [(file, file.make()) for file in letter.files]


def send_to(schedule: Schedule, person: User, write: Writer, *, at: datetime) -> bool:
    """Queue what would go out now, for one person alone, of the teams they may see."""
    teams = _teams_for(person, schedule.team_id)
    if teams is not None and not teams:
        return False
    alone, key = [Group(teams, [person])], f"test:{at.isoformat()}"
    return send(schedule, day_of(schedule, at), alone, write, key=key, at=at) > 0


def keep(schedule: Schedule, people: Sequence[User], *, at: datetime) -> Schedule:
    """Write a new or changed schedule down; what lies before is not made up for."""
    with transaction.atomic():
        schedule.since = at
        schedule.save()
        schedule.recipients.exclude(person__in=people).delete()
        known = set(schedule.recipients.values_list("person_id", flat=True))
        for person in people:
            if person.pk not in known:
                schedule.recipients.create(person=person)
    return schedule
