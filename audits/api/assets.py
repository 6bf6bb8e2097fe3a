"""JSON out: fixed costs as assets."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.actions.reports import bring_up_to_date
from audits.api.described import DAY, DECIMAL, DOLLARS, KEY, MONTH, REFUSED, TEXT, WHOLE, described_object, maybe
from audits.api.reports import words_of
from audits.domain.sources import CATEGORY_OF_KIND
from audits.exports.assets import ASSET_NAMES, MONTH_COLUMNS, told
from audits.queries.asking import BadQuery
from audits.queries.asking_assets import parse_assets
from audits.queries.assets import assets
from spend.domain.periods import Month
from spend.ingest.schemas import Schema, ref
from spend.queries.zone import reporting_day

_PER_SUCCESS = ("charged", "fixed", "running", "true_cost")
COMPONENTS: dict[str, Schema] = {
    "Asset": described_object(
        {
            "identity": KEY, "name": TEXT, "asset": {**TEXT, "enum": list(ASSET_NAMES)},
            "kind": {**TEXT, "enum": list(CATEGORY_OF_KIND)},
            **{name: maybe(TEXT) for name in ("team", "tier", "model")}, "from": DAY, "to": DAY,
            "abandoned_on": maybe(DAY), "hours": maybe(DECIMAL), "role": maybe(TEXT), "hourly_usd": maybe(DOLLARS),
            "amount_usd": DOLLARS, "per_day_usd": DOLLARS, "per_month_usd": DOLLARS, "amortised_usd": DOLLARS,
            "written_off_usd": DOLLARS, "book_value_usd": DOLLARS,
            "period": described_object(
                {
                    "charged_usd": DOLLARS, "written_off_usd": DOLLARS, "successes": WHOLE, "running_usd": DOLLARS,
                    "fixed_usd": DOLLARS, **{f"{name}_per_success_usd": maybe(DOLLARS) for name in _PER_SUCCESS},
                }
            ),
            "months": {"type": "array", "items": described_object(
                {"month": MONTH, **dict.fromkeys(MONTH_COLUMNS[1:], DOLLARS)}
            )},
        }
    )
}  # fmt: skip
_ANSWER = described_object(
    {"period": described_object({"from": MONTH, "to": MONTH}), "as_of": DAY,
     "assets": {"type": "array", "items": ref("Asset")}}
)  # fmt: skip


class Assets(APIView):
    """Fixed costs as assets."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="list_assets",
        summary="List assets",
        description=(
            "Fixed costs of the teams one sees, those of no team for who sees all: amortised, written off and on the "
            "books at the end of today, month by month, and what each success of their scope cost in the months asked "
            "for, fixed cost apart from running cost (docs/assets.md)."
        ),
        parameters=[
            OpenApiParameter("from", MONTH, description="First month; default: `to`."),
            OpenApiParameter("to", MONTH, description="Last month, included; default: the last full one."),
        ],
        responses={200: OpenApiResponse(_ANSWER), **REFUSED},
    )
    def get(self, request: Request) -> Response:
        at = timezone.now()
        today = reporting_day(at)
        try:
            period = parse_assets(words_of(request), latest=Month.of(today).previous)
        except BadQuery as problem:
            raise ValidationError(problem.errors) from problem
        bring_up_to_date(at=at)
        found = assets(period, teams=reach_of(request).team_ids, today=today, as_of=at)
        told_all = [told(each, today + timedelta(days=1)) for each in found]
        months = {"from": str(period.first), "to": str(period.last)}
        return Response({"period": months, "as_of": today, "assets": told_all})
