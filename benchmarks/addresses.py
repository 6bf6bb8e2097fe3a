"""Every page of the product, found by the names of its addresses: a new one is measured without being listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from benchmarks.pages import MONTH, YEAR, Asked
from benchmarks.said import BIG_TASK

# What a page is asked besides: its default answer alone would not show what is dear.
MORE: dict[str, list[tuple[str, str]]] = {
    "report": [
        ("a month by tier", MONTH),
        ("a year by team and model", f"{YEAR}&by=team,model"),
        ("a year by month, as routes", f"{YEAR}&by=month&lens=route"),
    ],
    "explore": [
        ("a month", MONTH),
        ("a year, models of a tier", f"{YEAR}&tier=commodity"),
        ("a month's tasks of a tier", f"{MONTH}&tier=commodity&by=tasks"),
    ],
    "rejected": [("a reason", "reason=id: was sent before with other content")],
    "my-team": [("a month", "month=2026-05&team=Claims")],
    **{name: [("a month", MONTH), ("a year", YEAR)] for name in ("tasks", "calls", "corrections", "entries")},
}
DEEP = ("calls", "tasks", "corrections", "entries")
# Addresses that no browser asks for as a page, with the reason.
OTHERS = {
    "schema": "the API's description", "healthz": "a probe",
    **dict.fromkeys(
        (
            "incident-decide", "incident-edit-preview", "log-link", "logged-withdraw", "logout", "settings-key-revoke",
            "rejected-dismiss", "rejected-retry", "settings-person-link", "settings-person-second-factor",
        ),
        "only posted to",
    ),
    **dict.fromkeys(("email-confirm", "password-set"), "opened by a token sent by mail"),
}  # fmt: skip


def pages_and_others() -> tuple[list[Asked], list[str]]:
    """Return the pages to ask for, and the addresses that are none with the reason."""
    pages: list[Asked] = []
    others: list[str] = []
    for pattern in sorted(_patterns(get_resolver().url_patterns), key=lambda found: found.name or ""):
        name = pattern.name or str(pattern.pattern)
        reason = "the API" if name.startswith("api-") else OTHERS.get(name, "")
        wanted = tuple(pattern.pattern.converters)
        if reason:
            others.append(f"{name} ({reason})")
        elif not wanted:
            pages += _without_arguments(name)
        elif name in OBJECTS:
            pages += [Asked(f"{name}: {label}", found) for label, found in OBJECTS[name]]
        else:
            others.append(f"{name} (no {', '.join(wanted)} known to this benchmark: add it to OBJECTS)")
    return pages, others


def _patterns(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif pattern.namespace != "admin":
            yield from _patterns(pattern.url_patterns)


def _without_arguments(name: str) -> list[Asked]:
    address = reverse(name)
    asked = [Asked(name, lambda: address)]
    for label, words in MORE.get(name, ()):
        asked.append(Asked(f"{name}: {label}", lambda words=words: f"{address}?{words}"))  # type: ignore[misc]
    if name in DEEP:
        asked.append(Asked(f"{name}: deep in a year", lambda: f"{address}?{YEAR}&cursor={_deep(name)}"))
    return asked


def _deep(kind: str) -> str:
    """A cursor from the middle of the year."""
    from audits.queries import lists
    from audits.queries.lists import parse_listing

    half = {"from": ["2025-10"], "to": ["2026-03"]}
    page = getattr(lists, kind)(parse_listing(half, kind=kind, teams=None), limit=1)
    return str(page.cursor)


def _task(**wanted: Any) -> str:
    from spend.models import Task

    return reverse("task", kwargs={"key": Task.objects.filter(**wanted).order_by("id")[:1].get().pk})


def _row(name: str, app: str, model: str) -> str:
    from django.apps import apps

    return reverse(name, kwargs={"pk": apps.get_model(app, model).objects.order_by("pk")[:1].get().pk})


def _busiest_model(name: str) -> str:
    from django.db.models import Sum

    from audits.models import MonthlyCalls

    most = MonthlyCalls.objects.values("llm_id").annotate(all=Sum("calls")).order_by("-all")[0]
    return reverse(name, kwargs={"pk": most["llm_id"]})


def _record(name: str, model: str) -> str:
    from django.apps import apps

    identity = apps.get_model("audits", model).objects.order_by("id")[:1].get().identity
    return reverse(name, kwargs={"identity": identity})


OBJECTS: dict[str, list[tuple[str, Callable[[], str]]]] = {
    "connector": [("one", lambda: _row("connector", "spend", "source"))],
    "task": [
        ("an ordinary one", lambda: _task(external_id__startswith="pages-task-0")),
        ("one with a tenth of all calls", lambda: _task(external_id=BIG_TASK)),
    ],
    "settings-team": [("one", lambda: _row("settings-team", "accounts", "team"))],
    "settings-person": [("one", lambda: _row("settings-person", "accounts", "user"))],
    **{
        name: [("of most calls", lambda name=name: _busiest_model(name))]
        for name in ("settings-model", "settings-model-edit", "settings-model-tier", "settings-model-price")
    },
    "settings-tier": [("one", lambda: _row("settings-tier", "spend", "tier"))],
    "settings-rate": [("one", lambda: _row("settings-rate", "audits", "labourrate"))],
    "settings-task-type": [("one", lambda: _row("settings-task-type", "spend", "tasktype"))],
    "logged": [("one correction", lambda: _record("logged", "correction"))],
    "incident": [("of one task", lambda: _record("incident", "incident"))],
    "incident-edit": [("of one task", lambda: _record("incident-edit", "incident"))],
}
