"""What people say of switches is written: one of each team, task type and month."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from audits.models import Switch


def save_switch(said: Switch) -> Switch:
    """Save what somebody says; what was said of the same month before is replaced, and kept by the audit trail."""
    try:
        return _save(said)
    except IntegrityError:  # somebody said the first of this month at the same time: replace that
        return _save(said)


@transaction.atomic
def _save(said: Switch) -> Switch:
    same = (
        Switch.objects.order_by()
        .select_for_update()
        .filter(team=said.team, task_type=said.task_type, month=said.month, llm_after__isnull=said.by == "tier")
    )
    former = same.exclude(pk=said.pk).first()
    if former is not None and said._state.adding:
        said.pk = former.pk
    elif former is not None:
        former.delete()
    said.save()
    return said
