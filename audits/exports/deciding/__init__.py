"""The questions that decide, as plain values and sentences; the same for page, API and command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audits.actions.deciding import break_even as asking_break_even
from audits.actions.deciding import claims as asking_claims
from audits.actions.deciding import compare as asking_compare
from audits.actions.deciding import incidents as asking_incidents
from audits.actions.deciding import routing as asking_routing
from audits.actions.deciding import scenarios as asking_scenarios
from audits.actions.deciding import silent_failures as asking_silent_failures
from audits.actions.deciding import switches as asking_switches
from audits.actions.deciding import value as asking_value
from audits.exports.deciding import (
    break_even,
    claims,
    compare,
    incidents,
    routing,
    scenarios,
    silent_failures,
    switches,
    value,
)
from audits.queries.asking_decisions import Asked


@dataclass(frozen=True)
class Question:
    """`own`: words only it knows; `span`: of how many months it is asked without any.

    `answer` takes what is asked and the instant, the others take its answer.
    """

    summary: str
    own: Sequence[str]
    answer: Callable[..., Any]
    told: Callable[[Any], dict[str, Any]]
    sentences: Callable[[Any], list[str]]
    span: int = 1


QUESTIONS: Mapping[str, Question] = {
    "compare": Question(
        "Compare tiers or models on the same mix of work",
        asking_compare.OWN, asking_compare.answer, compare.told, compare.sentences,
    ),
    "break-even": Question(
        "From which cost of a failure on the dearer tier pays off",
        asking_break_even.OWN, asking_break_even.answer, break_even.told, break_even.sentences,
    ),
    "claims": Question(
        "Say whether tiers fail as often as they claim to",
        asking_claims.OWN, asking_claims.answer, claims.told, claims.sentences,
    ),
    "incidents": Question(
        "Say what incidents are to be expected to cost, and how far one of them carries",
        asking_incidents.OWN, asking_incidents.answer, incidents.told, incidents.sentences,
    ),
    "routing": Question(
        "Say what each way to send work to tiers would cost, and which is advised",
        asking_routing.OWN, asking_routing.answer, routing.told, routing.sentences,
    ),
    "scenarios": Question(
        "Hold what was expected of saved policies against what came",
        asking_scenarios.OWN, asking_scenarios.answer, scenarios.told, scenarios.sentences,
    ),
    "silent-failures": Question(
        "Say how many successes failed in silence, and what that does to each tier",
        asking_silent_failures.OWN, asking_silent_failures.answer, silent_failures.told, silent_failures.sentences,
    ),
    "switches": Question(
        "Say what switches of tier or model saved and cost a month",
        asking_switches.OWN, asking_switches.answer, switches.told, switches.sentences, asking_switches.SPAN,
    ),
    "value": Question(
        "Say whether work is worth what it truly costs, and cheaper than by hand",
        asking_value.OWN, asking_value.answer, value.told, value.sentences,
    ),
}  # fmt: skip


def told(question: str, asked: Asked, *, at: datetime) -> dict[str, Any]:
    """Answer a question as plain values: what was asked, what it says in words, and its figures."""
    one, query = QUESTIONS[question], asked.query
    found = one.answer(asked, at=at)
    return {
        "question": question,
        "period": {"from": str(query.period.first), "to": str(query.period.last)},
        "currency": "USD",
        "by": query.by[0],
        "as_of": at.isoformat(),
        "sentences": one.sentences(found),
        **one.told(found),
    }
