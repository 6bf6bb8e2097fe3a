"""What a Langfuse SDK asks for beside its traces: scores in, and whether its keys are good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.domain.reach import Reach
from accounts.queries import reach_of
from audits.api.described import REFUSED
from audits.api.judged import record_judged
from spend.batches import IngestView, RawParser
from spend.ingest.evaluations import record_of
from spend.ingest.langfuse import WORDS, Scores, read_scores
from spend.ingest.native import Decoded
from spend.ingest.receipt import CONFLICT, Receipt
from spend.ingest.records import Item, Problem
from spend.ingest.schemas import REFUSALS, ref
from spend.queries.book import book
from spend.queries.mappings import mapping_of
from spend.queries.zone import reporting_zone


class LangfuseScores(IngestView):
    """Scores become outcomes, verdicts and corrections where the mapping says so; any other is taken and not kept."""

    permission_classes = [NeedsScope("ingest")]
    parser_classes = [RawParser]
    source = "langfuse"
    scores: Scores

    @extend_schema(
        operation_id="post_langfuse_scores",
        summary="Send Langfuse scores",
        description=(
            "One score or a list, as the Langfuse SDKs post them. Which are outcomes of tasks or verdicts of people "
            "the mapping says; `metadata.rework_minutes` makes a correction, which needs the scope `audit`. Of a list "
            "each score is taken or refused by itself."
        ),
        request={"application/json": {"oneOf": [ref("Score"), {"type": "array", "items": ref("Score")}]}},
        responses={
            200: OpenApiResponse(ref("ScoreTaken"), "The one score is stored, or nothing for us."),
            202: OpenApiResponse(ref("ScoresTaken"), "All of the list."),
            207: OpenApiResponse(ref("ScoresRefused"), "Some of the list were refused; the others are stored."),
            400: OpenApiResponse(
                {"oneOf": [ref("ScoreRefused"), ref("Refusal")]}, "The one score, or the body, cannot be taken."
            ),
            **{code: OpenApiResponse(ref("Refusal"), why) for code, why in REFUSALS.items() if code != 400},
        },
    )
    def post(self, request: Request) -> Response:
        return super().post(request)

    def decode(self, body: bytes, request: Request, at: datetime) -> Decoded:
        self.scores = read_scores(body, at)
        mapping = mapping_of("langfuse", reach_of(request).team_ids)
        zone = reporting_zone()
        decoded = Decoded([], list(self.scores.problems))
        for evaluation in self.scores.evaluations:
            read = record_of(evaluation, mapping, at=at, zone=zone)
            if isinstance(read, Item):
                decoded.items.append(read)
            elif isinstance(read, Problem):
                decoded.problems.append(read)
        return decoded

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_judged(items, reach, at, by=self.request.user.pk)

    def answer(self, receipt: Receipt, request: Request) -> Response:
        errors = [_told(problem) for problem in receipt.rejected]
        if self.scores.is_list:
            return _of_a_list(self.scores.number, errors)
        if errors:
            return Response(errors[0], status=status.HTTP_400_BAD_REQUEST)
        return Response({"id": self.scores.evaluations[0].id})


class LangfuseProjects(APIView):
    """The project that a pair of keys is of: its team. Langfuse's SDK asks for it to check its keys."""

    permission_classes = [NeedsScope("ingest")]

    @extend_schema(
        operation_id="list_langfuse_projects",
        summary="Check Langfuse keys",
        description="What `auth_check` of the Langfuse SDK asks for: the team of the key, or all teams, as a project.",
        responses={200: OpenApiResponse(ref("LangfuseProjects")), **REFUSED},
    )
    def get(self, request: Request) -> Response:
        reach = reach_of(request)
        teams = sorted((name, pk) for name, pk in book().teams.items() if pk in (reach.team_ids or ()))
        projects = [(str(pk), name) for name, pk in teams] or [("all", "All teams")]
        organization = {"id": "truecost", "name": "Truecost"}
        return Response(
            {"data": [{"id": pk, "name": name, "organization": organization, "metadata": {}} for pk, name in projects]}
        )


def _of_a_list(number: int, errors: list[dict[str, Any]]) -> Response:
    if not errors:
        return Response({"message": "Accepted"}, status=status.HTTP_202_ACCEPTED)
    refused = {"accepted": number - len(errors), "rejected": len(errors), "errors": errors}
    return Response(refused, status=status.HTTP_207_MULTI_STATUS)


def _told(problem: Problem) -> dict[str, Any]:
    """Say what is wrong in the words of a score; the SDK logs `message` and nothing else.

    A conflict is of the timestamp: with a later one another value would be the next version.
    """
    errors = {
        "timestamp" if CONFLICT in sentences else WORDS.get(name, name): sentences
        for name, sentences in problem.errors.items()
    }
    sentences = "; ".join(f"{name} {', '.join(said)}" for name, said in errors.items())
    message = f"score {problem.index}{f' ({problem.id})' if problem.id else ''}: {sentences}"
    return {"index": problem.index, "id": problem.id, "message": message, "errors": errors}
