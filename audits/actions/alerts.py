"""Rules are written, evaluated once an hour, and what they raise is told and acknowledged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audits.actions.mail import queue
from audits.actions.reports import bring_up_to_date
from audits.domain.alert_words import Text, mail_of
from audits.domain.watching import Happened, Spell, State, slot_of, spells, step
from audits.models import Alert, AlertRecipient, AlertRule, Watch
from audits.queries.alerts import rows_behind, said_of, told_of
from audits.queries.readings import NOTHING, Found, limits_of, readings
from spend.queries.zone import reporting_day

# What makes another rule of it: an alert that was raised by the one before says nothing of this one.
_WATCHED = (
    "measure", "team_id", "tier_id", "task_type_id", "provider", "budget_id", "comparison", "threshold",
    "clear_threshold", "window", "days", "minimum",
)  # fmt: skip
DAYS_PREVIEWED = 183


def evaluate(*, at: datetime) -> None:
    """Evaluate every active rule that was not yet in this hour. Doing it again in the hour changes nothing."""
    bring_up_to_date(at=at)
    for pk in AlertRule.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True):
        _evaluate(pk, at)


@transaction.atomic
def _evaluate(pk: int, at: datetime) -> None:
    rule = AlertRule.objects.select_for_update(of=("self",)).select_related("budget__team").get(pk=pk)
    watch = Watch.objects.filter(rule=rule).first()
    if not rule.is_active or (watch is not None and slot_of(at) <= slot_of(watch.evaluated_at)):
        return
    today = reporting_day(at)
    found, alert = readings(rule, [today])[today], rule.alerts.filter(cleared_at=None).first()
    state, happened = step(_state(watch, alert), found.reading, limits_of(rule), at)
    _keep(rule, state, found, at)
    if happened:
        _carry_out(rule, alert, happened, found, at)


def _state(watch: Watch | None, alert: Alert | None) -> State:
    return State(
        evaluated_at=watch.evaluated_at if watch else None,
        beyond=watch.beyond if watch else 0,
        back=watch.back if watch else 0,
        raised_at=alert.raised_at if alert else None,
        told_at=alert.told_at if alert else None,
        is_acknowledged=alert is not None and alert.acknowledged_at is not None,
    )


def _keep(rule: AlertRule, state: State, found: Found, at: datetime) -> None:
    seen = found.reading
    Watch.objects.update_or_create(
        rule=rule,
        defaults={
            "evaluated_at": at, "beyond": state.beyond, "back": state.back, "value": seen.value,
            "sample": max(seen.sample, 0), "is_enough": seen.is_enough(rule.minimum),
        },
    )  # fmt: skip


def _carry_out(rule: AlertRule, alert: Alert | None, happened: Happened, found: Found, at: datetime) -> None:
    """Write down what happened, and tell it; the mails are queued in the same transaction."""
    if happened == "raised":
        alert = Alert.objects.create(
            rule=rule, raised_at=at, value=found.reading.value, threshold=rule.threshold,
            first_day=found.days.first_day, end_day=found.days.end_day, link=rows_behind(rule, found), told_at=at,
        )  # fmt: skip
    elif alert is not None and happened == "reminded":
        alert.told_at = at
        alert.save(update_fields=["told_at"])
    elif alert is not None:
        _end(alert, Alert.PASSED, at, found)
    if alert is not None and (happened != "cleared" or rule.tells_cleared):
        _tell(rule, alert, happened, found, at)


def _end(alert: Alert, reason: str, at: datetime, found: Found | None = None) -> None:
    alert.cleared_at, alert.cleared_by = at, reason
    alert.cleared_value = found.reading.value if found else None
    alert.save(update_fields=["cleared_at", "cleared_by", "cleared_value"])


def _tell(rule: AlertRule, alert: Alert, happened: Happened, found: Found, at: datetime) -> None:
    text = mail_text(rule, happened, found, alert)
    occasion = f"reminded:{at:%Y-%m-%d}" if happened == "reminded" else happened
    for person in told_of(rule):
        queue(f"alert:{alert.pk}:{occasion}:{person.pk}", person, text.subject, text.body, at=at)


def mail_text(rule: AlertRule, happened: Happened, found: Found, alert: Alert | None = None) -> Text:
    """Return the mail about a reading; without an alert, as a preview shows it."""
    anchor = f"#alert-{alert.pk}" if alert else ""
    return mail_of(
        said_of(rule, found.provider),
        happened,
        value=found.reading.value,
        first_day=found.days.first_day,
        end_day=found.days.end_day,
        rows=f"{settings.PUBLIC_URL}{rows_behind(rule, found)}",
        alert=f"{settings.PUBLIC_URL}{reverse('alerts')}{anchor}",
    )


@transaction.atomic
def save_rule(*, rule: AlertRule, people: Iterable[User], at: datetime) -> AlertRule:
    """Write a rule, new or changed. When it watches something else now, what it had raised ends, and it begins anew."""
    before = AlertRule.objects.select_for_update().filter(pk=rule.pk).first()
    if before is not None and any(getattr(before, name) != getattr(rule, name) for name in _WATCHED):
        _begin_anew(before, Alert.CHANGED, at)
    rule.save()
    wanted = {person.pk for person in people}
    rule.recipients.exclude(person_id__in=wanted).delete()
    known = set(rule.recipients.values_list("person_id", flat=True))
    AlertRecipient.objects.bulk_create(AlertRecipient(rule=rule, person_id=pk) for pk in sorted(wanted - known))
    return rule


@transaction.atomic
def switch_rule(*, rule: AlertRule, is_active: bool, at: datetime) -> None:
    """Switch a rule on or off; off, what it had raised ends."""
    found = AlertRule.objects.select_for_update().get(pk=rule.pk)
    if not is_active:
        _begin_anew(found, Alert.OFF, at)
    found.is_active = is_active
    found.save(update_fields=["is_active"])


def _begin_anew(rule: AlertRule, reason: str, at: datetime) -> None:
    for alert in rule.alerts.filter(cleared_at=None):
        _end(alert, reason, at)
    Watch.objects.filter(rule=rule).delete()


@transaction.atomic
def acknowledge(*, alert: Alert, note: str, by: User, at: datetime) -> bool:
    """Say that somebody looks after it: reminders end. Return False where somebody else was first."""
    found = Alert.objects.select_for_update().get(pk=alert.pk)
    if found.acknowledged_at is not None:
        return False
    found.acknowledged_at, found.acknowledged_by, found.note = at, by, note
    found.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
    return True


@dataclass(frozen=True)
class Preview:
    """What a rule would have done over the last half year, and what it reads now. `days`: what it read on each.

    `mail` is that of the latest time it would have been raised; without one, its figure is left open.
    """

    days: dict[date, Found]
    spells: list[Spell]
    now: Found
    mail: Text


def preview(*, rule: AlertRule, at: datetime) -> Preview:
    """Evaluate a rule, saved or not, for each of the days before now, by what is known now."""
    bring_up_to_date(at=at)
    today = reporting_day(at)
    days = readings(rule, [today - timedelta(days=back) for back in reversed(range(DAYS_PREVIEWED))])
    found = spells({day: each.reading for day, each in days.items()}, limits_of(rule))
    now = days[today]
    example = days[found[-1].raised_on] if found else replace(now, reading=NOTHING)
    return Preview(days, found, now, mail_text(rule, "raised", example))
