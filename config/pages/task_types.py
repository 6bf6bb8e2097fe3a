"""Settings: kinds of work, what a person would need for them, what they are worth."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_reference
from audits.models import LabourRate, TaskState
from config.pages.forms import TaskTypeForm
from config.pages.revising import revising
from spend.models import TaskType
from spend.queries.reference import task_type_record


@require_safe
@needs_reference
def task_types(request: HttpRequest) -> HttpResponse:
    tasks = dict(TaskState.objects.order_by().values_list("task_type_id").annotate(Count("pk")))
    rows = [(kind, tasks.get(kind.pk, 0)) for kind in TaskType.objects.all()]
    return render(request, "config/task_types.html", {"rows": rows, "default_days": settings.ACCEPTANCE_DAYS})


@needs_reference
def task_type_new(request: HttpRequest) -> HttpResponse:
    form = TaskTypeForm(request.POST or None, roles=_roles())
    return revising(request, form, title="A new task type", back=reverse("settings-task-types"))


@needs_reference
def task_type(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(TaskType, pk=pk)
    form = TaskTypeForm(request.POST or None, record=task_type_record(found), roles=_roles())
    return revising(
        request, form, title=f"Task type {found.name}", back=reverse("settings-task-types"), of="task type", row=found
    )


def _roles() -> list[str]:
    return list(LabourRate.objects.order_by("role").values_list("role", flat=True).distinct())
