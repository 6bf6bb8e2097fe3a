"""What holds for the installation as a whole."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from spend.models import Call, Installation, Task


def is_simulated() -> bool:
    """Whether the sample was loaded, so that figures are not of real work."""
    return Installation.objects.values_list("simulated", flat=True).get()


def has_calls() -> bool:
    return Call.objects.exists()


def latest_task_day(team: str) -> date | None:
    """Return the day of the team's latest task, None when it has none."""
    latest: date | None = Task.objects.filter(team__name=team).aggregate(latest=Max("day"))["latest"]
    return latest
