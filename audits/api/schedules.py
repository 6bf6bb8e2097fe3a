"""JSON: reports that go out by mail, when each goes next, and how its mails fared. For those who see all teams."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsAllTeams
from audits.actions.schedules import next_of
from audits.api.described import FLAG, INSTANT, REFUSED, TEXT, WHOLE, described_object, maybe
from audits.domain.occasions import KINDS
from audits.models import Mail, Schedule
from audits.queries.mails import counts_by_state
from spend.ingest.schemas import Schema, ref

_NAMES: Schema = {"type": "array", "items": TEXT}
COMPONENTS: dict[str, Schema] = {
    "Schedule": described_object(
        {
            "id": WHOLE, "name": TEXT, "kind": {**TEXT, "enum": list(KINDS)}, "team": maybe(TEXT), "roles": _NAMES,
            "people": _NAMES, "is_active": FLAG, "next_at": maybe(INSTANT),
            "mails": described_object(dict.fromkeys(Mail.State.values, WHOLE)),
        }
    )
}  # fmt: skip


class Schedules(APIView):
    """Reports that go out by themselves."""

    permission_classes = [NeedsAllTeams]

    @extend_schema(
        operation_id="list_schedules",
        summary="List scheduled reports",
        description=(
            "What goes out by mail, to whom, when next, and how many of its mails wait, left or failed "
            "(docs/schedules.md). They are made on their page. For those who see all teams, keys too."
        ),
        responses={
            200: OpenApiResponse(described_object({"schedules": {"type": "array", "items": ref("Schedule")}})),
            401: REFUSED[401],
            403: REFUSED[403],
            503: REFUSED[503],
        },
    )
    def get(self, request: Request) -> Response:
        at = timezone.now()
        found = Schedule.objects.select_related("team").prefetch_related("people")
        return Response({"schedules": [_told(schedule, at) for schedule in found]})


def _told(schedule: Schedule, at: datetime) -> dict[str, Any]:
    return {
        "id": schedule.pk,
        "name": schedule.name,
        "kind": schedule.kind,
        "team": schedule.team.name if schedule.team else None,
        "roles": schedule.roles,
        "people": sorted(person.username for person in schedule.people.all()),
        "is_active": schedule.is_active,
        "next_at": next_of(schedule, at=at).moment if schedule.is_active else None,
        "mails": counts_by_state(schedule),
    }
