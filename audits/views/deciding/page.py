"""What the pages of decisions have in common: what is asked, the form that asks it, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.queries import reach_of
from audits.exports.deciding import QUESTIONS, Question
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import BY, Asked, parse_decision
from audits.queries.choices import choices
from audits.queries.reports import UNATTRIBUTED
from audits.views.controls import picks
from audits.views.links import Words, given, link
from audits.views.wording import period_name
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day

FILTERS = ("team", "task_type")  # of whom the work is; tiers and models are what is compared

Show = Callable[[Any, Words], dict[str, Any]]


def answered(request: HttpRequest, question: str, show: Show, *, template: str = "") -> HttpResponse:
    """Answer `question` on its page, decisions/<question>.html unless `template` says otherwise.

    `show` makes of the answer what else is on it.
    """
    at, words, one = timezone.now(), given(request), QUESTIONS[question]
    context: dict[str, Any] = {"as_of": at, "question": question}
    status = 200
    try:
        asked = _asked(request, words, one, at)
        found = _found(one, asked, at)
        context |= {"headlines": one.sentences(found), "found": found, **show(found, words)}
    except BadQuery as problem:
        asked, status = _usual(request, one, at), 400
        context["errors"] = problem.errors
    context["controls"] = _controls(request, question, asked, words, at)
    context["period_name"] = period_name(asked.query.period)
    template = template or f"decisions/{question.replace('-', '_')}.html"
    return render(request, template, context, status=status)


def _found(question: Question, asked: Asked, at: datetime) -> Any:
    """Answer; a word that only fits what was asked before, as the form still holds it, is passed over."""
    try:
        return question.answer(asked, at=at)
    except BadQuery as problem:
        rest = {name: value for name, value in asked.own.items() if name not in problem.errors}
        if rest == asked.own:
            raise
        return question.answer(replace(asked, own=rest), at=at)


def _asked(request: HttpRequest, words: Words, question: Question, at: datetime) -> Asked:
    latest = Month.of(reporting_day(at)).previous
    return parse_decision(words, teams=reach_of(request).team_ids, latest=latest, own=question.own, span=question.span)


def _usual(request: HttpRequest, question: Question, at: datetime) -> Asked:
    latest = Month.of(reporting_day(at)).previous
    return parse_decision({}, teams=reach_of(request).team_ids, latest=latest, span=question.span)


def _controls(request: HttpRequest, question: str, asked: Asked, words: Words, at: datetime) -> dict[str, Any]:
    page, period = f"decide-{question}", asked.query.period
    rest = {name: values for name, values in words.items() if name not in ("from", "to")}
    names = choices(reach_of(request).team_ids).names
    return {
        "action": reverse(page),
        "first": str(period.first),
        "last": str(period.last),
        "by": [(name, name == asked.query.by[0]) for name in BY],
        "filters": [
            {"name": name, "options": [*names[name], UNATTRIBUTED], "chosen": list(words.get(name, ()))}
            for name in FILTERS
        ],
        "picks": [
            {"label": label, "href": link(page, _months(picked) | rest), "is_current": picked == period}
            for label, picked in picks(Month.of(reporting_day(at))).items()
        ],
    }


def _months(period: Period) -> Words:
    return {"from": [str(period.first)], "to": [str(period.last)]}
