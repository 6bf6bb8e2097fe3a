"""Reports that go out by mail by themselves."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Role, Team, User
from audits.domain.occasions import KINDS, MONTHLY_PACK, WEEKDAYS, WEEKLY_DIGEST


class Schedule(models.Model):
    """What goes to whom and when. Everybody gets the figures of the teams they may see, of `team` alone if it is set.

    `day` is the working day of the month for a pack of the month before (1: the first), the day of the week for a
    digest (0: Monday); `at` is a time of day in `zone`. `last_occasion` is the day of the latest that was queued.
    """

    name = models.CharField(max_length=100, unique=True)
    kind = models.TextField(choices=list(KINDS.items()))
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    people = models.ManyToManyField(User, through="ScheduleRecipient", related_name="+")
    roles = ArrayField(models.TextField(choices=Role.choices), default=list)
    day = models.PositiveSmallIntegerField()
    at = models.TimeField()
    zone = models.CharField(max_length=64)
    basis = models.TextField(choices=[("restated", "As known now"), ("reported", "As reported")], default="restated")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    since = models.DateTimeField(help_text="Occasions before are not made up for.")
    last_occasion = models.DateField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="schedule_has_a_day_of_its_kind",
                condition=Q(kind=MONTHLY_PACK, day__gte=1, day__lte=20)
                | Q(kind=WEEKLY_DIGEST, day__gte=0, day__lt=len(WEEKDAYS)),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ScheduleRecipient(models.Model):
    """Somebody who gets a report by name; a model of its own, so that the trail says who chose them."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("schedule", "person", name="one_recipient_per_schedule_and_person")]

    def __str__(self) -> str:
        return f"{self.person} of {self.schedule}"
