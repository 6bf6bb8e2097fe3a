"""JSON in and out: saved policies, held against what came."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.actions.deciding.routing import OWN as TERM_NAMES
from audits.actions.scenarios import save_scenario
from audits.api.alerts import MISSING, PATH_ID, WRITING
from audits.api.deciding.base import SHARE, Decision, answers, parameters
from audits.api.deciding.routing import POLICY, TERMS
from audits.api.described import DOLLARS, INSTANT, MONTH, TEXT, WHOLE, described_object, maybe
from audits.exports.deciding.scenarios import VERDICTS, told_scenario
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import parse_decision
from audits.queries.scenarios import may_remove, may_save, scenarios_in
from spend.domain.periods import Month
from spend.ingest.fields import UNSTORABLE
from spend.ingest.schemas import Schema, ref
from spend.queries.zone import reporting_day

_NAME: Schema = {**TEXT, "minLength": 1, "maxLength": 100, "pattern": "^[^\\u0000]*$"}
_KEPT: dict[str, Schema] = {
    "id": WHOLE, "name": TEXT, "note": TEXT, "owner": maybe(TEXT), "team": maybe(TEXT), "task_type": maybe(TEXT),
    "policy": POLICY, "from": MONTH, "to": MONTH, "made_at": INSTANT,
}  # fmt: skip
_OF_A_TASK: dict[str, Schema] = {
    "success": SHARE, **{f"cost_per_task{end}_usd": DOLLARS for end in ("", "_low", "_high")},
}  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "ScenarioRequest": {
        **described_object(
            {
                "name": _NAME, "note": {**_NAME, "minLength": 0, "maxLength": 500}, "policy": POLICY,
                **dict.fromkeys(("task_type", "team"), _NAME), "from": MONTH, "to": MONTH,
                **{name: {**TEXT, "maxLength": 40, "description": what} for name, what in TERMS.items()},
            }
        ),
        "required": ["name", "policy", "task_type"],
        "additionalProperties": False,
    },
    "ScenarioRecord": described_object(_KEPT),
    "Scenario": described_object(
        {
            **_KEPT, "sentence": TEXT, "failure_usd": DOLLARS, "review_usd": DOLLARS,
            "expected": described_object({**_OF_A_TASK, "success_low": SHARE, "success_high": SHARE}),
            "actual": {"oneOf": [ref("ScenarioActual"), {"type": "null"}]},
        }
    ),
    "ScenarioActual": described_object(
        {"tasks": WHOLE, **_OF_A_TASK, "followed": SHARE, "verdict": {**TEXT, "enum": list(VERDICTS)}}
    ),
}  # fmt: skip
_FIELDS = ("name", "note", "policy", "task_type", "team", "from", "to", *TERM_NAMES)


class DecideScenarios(Decision):
    """Saved policies, and saving one."""

    question = "scenarios"
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="decide_scenarios",
        summary="Hold what was expected of saved policies against what came",
        description="Of these months, the last full one unless said otherwise (docs/method.md, 22).",
        parameters=parameters(),
        responses=answers(scenarios={"type": "array", "items": ref("Scenario")}),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="save_scenario",
        summary="Save a policy with what is expected of it",
        description=(
            "It is worked out as `GET /api/v1/decisions/routing` does, from the months `from` to `to`, and kept. For"
            " finance and administrators, and for those who record rework of a team."
        ),
        request={"application/json": ref("ScenarioRequest")},
        responses={201: OpenApiResponse(ref("ScenarioRecord")), **WRITING},
    )
    def post(self, request: Request) -> Response:
        at, reach = timezone.now(), reach_of(request)
        if not may_save(reach):
            raise PermissionDenied
        body, policy = _body(request.data)
        words = {name: [value] for name, value in body.items() if name not in ("name", "note")}
        try:
            asked = parse_decision(
                words, teams=reach.team_ids, latest=Month.of(reporting_day(at)).previous, own=TERM_NAMES
            )
            saved = save_scenario(
                asked, policy, name=body["name"].strip(), note=body.get("note", ""), reach=reach,
                owner=getattr(request.user, "pk", None), at=at,
            )  # fmt: skip
        except BadQuery as problem:
            raise ValidationError(problem.errors) from problem
        return Response(told_scenario(saved), status=201)


class OneScenario(APIView):
    """One of them."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="remove_scenario",
        summary="Remove a saved policy",
        description="For its owner, finance and administrators.",
        parameters=[PATH_ID],
        responses={204: None, 404: MISSING, **{code: said for code, said in WRITING.items() if code != 400}},
    )
    def delete(self, request: Request, pk: int) -> Response:
        reach = reach_of(request)
        found = scenarios_in(reach.team_ids).filter(pk=pk).first()
        if found is None:
            raise NotFound
        if not may_remove(reach, found, getattr(request.user, "pk", None)):
            raise PermissionDenied
        found.delete()
        return Response(status=204)


def _body(data: Any) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the texts of a body and the policy in it. Raises ValidationError by field."""
    if not isinstance(data, dict):
        raise ValidationError({"record": ["must be an object"]})
    errors: dict[str, list[str]] = {name: ["is not a field"] for name in data if name not in _FIELDS}
    policy: Any = data.get("policy")
    if not (isinstance(policy, list) and 1 <= len(policy) <= 3 and all(_is_text(each) for each in policy)):
        errors["policy"] = ["must be the names of one to three tiers"]
    texts = {name: value for name, value in data.items() if name in _FIELDS and name != "policy"}
    errors |= {name: ["must be a text"] for name, value in texts.items() if not _is_text(value)}
    for name in ("name", "task_type"):
        if name not in errors and not str(texts.get(name, "")).strip():
            errors[name] = ["is missing"]
    errors |= {
        name: [f"has more than {most} characters"]
        for name, most in (("name", 100), ("note", 500))
        if name not in errors and len(texts.get(name, "")) > most
    }
    if errors:
        raise ValidationError(errors)
    return texts, tuple(policy)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not UNSTORABLE.search(value)
