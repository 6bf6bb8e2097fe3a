"""What went out of a schedule, and whom it names."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from accounts.models import Role
from audits.models import Mail, Schedule


def mails_of(schedule: Schedule) -> QuerySet[Mail]:
    """Return its mails with their files, the latest first; tests are among them."""
    return Mail.objects.filter(key__startswith=f"schedule:{schedule.pk}:").prefetch_related("files")


def counts_by_state(schedule: Schedule) -> dict[str, int]:
    """Return how many of its mails wait, were sent and failed."""
    counted = mails_of(schedule).order_by().values_list("state").annotate(Count("pk"))
    return {**dict.fromkeys(Mail.State.values, 0), **dict(counted)}


def whom_of(schedule: Schedule) -> str:
    """Say whom it names, roles first."""
    labels = dict(Role.choices)
    roles = [str(labels[role]) for role in schedule.roles if role in labels]
    said = [f"everybody whose role is {' or '.join(roles)}"] if roles else []
    return ", ".join([*said, *(person.username for person in schedule.people.all())])
