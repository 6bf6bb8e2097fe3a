"""JSON: signed links that log rework on one task without a login, for integrations that open tickets."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.domain.reach import Reach
from accounts.queries import reach_of
from audits.actions.links import DAYS, MOST_DAYS, link_address, make_link
from audits.api.described import REFUSED
from spend.domain.owners import NoOwner, owner_of
from spend.ingest import fields
from spend.ingest.schemas import REFUSALS, ref
from spend.queries.book import book
from spend.queries.owners import task_owners

_READERS = {"task": fields.name, "team": fields.name, "days": fields.whole(least=1, most=MOST_DAYS)}


class LogLinks(APIView):
    """A link for one task, to be put into a ticket or a pull request. Nothing is stored: the link is its own proof."""

    permission_classes = [NeedsScope("audit")]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="make_log_link",
        summary="Make a link that logs rework",
        description="Who holds it can judge this one task without a login, until it expires.",
        request={"application/json": ref("LogLinkRequest")},
        responses={
            200: OpenApiResponse(ref("LogLink")),
            **REFUSED,
            400: OpenApiResponse({"oneOf": [ref("Faults"), ref("Refusal")]}, "What was asked makes no sense."),
            415: OpenApiResponse(ref("Refusal"), REFUSALS[415]),
        },
    )
    def post(self, request: Request) -> Response:
        asked = _asked(request.data)
        team = _team(asked, reach_of(request))
        text, expires_at = make_link(team=team, task=asked["task"], at=timezone.now(), days=asked.get("days", DAYS))
        return Response({"url": request.build_absolute_uri(link_address(text)), "expires_at": expires_at.isoformat()})


def _asked(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValidationError({"record": ["must be an object"]})
    errors: dict[str, list[str]] = {name: ["is not a field"] for name in body if name not in _READERS}
    asked: dict[str, Any] = {}
    for name, reader in _READERS.items():
        if body.get(name) is None:
            continue
        try:
            asked[name] = reader(body[name], timezone.now())
        except ValueError as problem:
            errors[name] = [str(problem)]
    if "task" not in asked and "task" not in errors:
        errors["task"] = ["is required"]
    if errors:
        raise ValidationError(errors)
    return asked


def _team(asked: dict[str, Any], reach: Reach) -> int:
    """The team named, the writer's only one, or the only one within reach that has the task (R12)."""
    try:
        team = owner_of(asked.get("team"), reach.team_ids, book().teams)
    except NoOwner as problem:
        raise ValidationError({"team": [str(problem)]}) from problem
    if team is not None:
        return team
    owners = task_owners([asked["task"]], reach.team_ids).get(asked["task"], [])
    if len(owners) != 1:
        who = "several teams have" if owners else "no team has yet"
        raise ValidationError({"team": [f"is required: {who} a task of this name"]})
    return owners[0]
