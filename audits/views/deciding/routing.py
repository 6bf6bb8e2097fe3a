"""Routing what-if: policies of each task type by what they cost and how often they succeed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.deciding.routing import OWN, Routed, Routing
from audits.domain.decisions.routing import Outlook
from audits.exports.deciding.routing import headline, policy_name, sentence
from audits.queries.reports import UNATTRIBUTED
from audits.queries.scenarios import may_save
from audits.views.chart import dollars
from audits.views.deciding.page import answered
from audits.views.links import Words, link, words_of


@dataclass(frozen=True)
class PolicyLine:
    outlook: Outlook
    is_efficient: bool
    is_advised: bool
    may_be_as_good: bool
    save_href: str

    @property
    def name(self) -> str:
        return policy_name(self.outlook.policy)

    @property
    def seconds(self) -> float | None:
        return None if self.outlook.latency_ms is None else self.outlook.latency_ms / 1000

    @property
    def mark(self) -> str:
        if self.is_advised:
            return "advised"
        if self.may_be_as_good:
            return "may be as good"
        return "efficient" if self.is_efficient else ""


@dataclass(frozen=True)
class Shown:
    """A task type as the page shows it."""

    routed: Routed
    lines: list[PolicyLine]
    sentence: str
    report_href: str
    href: str

    @property
    def name(self) -> str:
        return self.routed.task_type or UNATTRIBUTED

    @property
    def covered(self) -> float:
        return float(self.routed.covered)

    @property
    def has_worth(self) -> bool:
        return self.routed.terms.value is not None


@require_safe
@needs_scope("read")
def routing(request: HttpRequest) -> HttpResponse:
    may = may_save(reach_of(request))

    def shown(found: Routing, asked: Words) -> dict[str, Any]:
        words = words_of(found.asked.query, asked) | {name: asked[name] for name in OWN if name in asked}
        kinds = [_shown(kind, words, may_write=may) for kind in found.kinds]
        first = next(iter([*(kind for kind in kinds if kind.routed.advice), *kinds]), None)
        return {
            "headlines": _headlines(kinds),
            "kinds": kinds,
            "first": first,
            "chart_data": _chart_data(first.routed) if first else None,
            "terms": {
                "failure": "" if found.failure is None else f"{dollars(found.failure):g}",
                "review": f"{dollars(found.review):g}" if found.review else "",
                "detection": asked.get("detection", [""])[-1],
                "false_alarms": f"{100 * found.false_alarms:g}" if found.false_alarms else "",
            },
            "scenarios_href": reverse("decide-scenarios"),
        }

    return answered(request, "routing", shown)


def _headlines(kinds: list[Shown]) -> list[str]:
    told = [kind for kind in kinds if kind.routed.advice] or kinds
    said = [f"{kind.name}: {headline(kind.routed) if at else kind.sentence}" for at, kind in enumerate(told[:3])]
    return said or ["No task type has a tier with 30 tries: there is nothing to route."]


def _shown(routed: Routed, words: Words, *, may_write: bool) -> Shown:
    name = routed.task_type or UNATTRIBUTED
    of_kind = words | {"task_type": [name]}
    plain = {key: values for key, values in of_kind.items() if key not in OWN}
    lines = [_line(routed, each, of_kind, may_write=may_write) for each in routed.outlooks]
    return Shown(routed, lines, sentence(routed), link("report", plain), link("decide-routing", of_kind))


def _line(routed: Routed, each: Outlook, words: Words, *, may_write: bool) -> PolicyLine:
    return PolicyLine(
        each,
        each in routed.efficient,
        routed.advice is not None and routed.advice.best is each,
        routed.advice is not None and each.policy in routed.advice.overlapping,
        link("scenario-new", words | {"policy": list(each.policy)}) if may_write else "",
    )


def _chart_data(routed: Routed) -> dict[str, Any]:
    """Return what the script draws: dollars a task, and shares."""
    return {
        "points": [
            {
                "label": policy_name(each.policy),
                "cost": dollars(each.cost),
                "costLow": dollars(each.cost_ends[0]),
                "costHigh": dollars(each.cost_ends[1]),
                "success": each.success,
                "low": each.success_ends[0],
                "high": each.success_ends[1],
                "efficient": each in routed.efficient,
                "advised": routed.advice is not None and routed.advice.best is each,
            }
            for each in routed.outlooks
        ],
        "today": {"cost": dollars(routed.today.cost), "success": routed.today.success} if routed.today.tasks else None,
    }
