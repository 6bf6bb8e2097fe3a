"""What a list is asked for: the words of a report, and for each kind of list some of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args
from uuid import UUID

from audits.domain.sources import CATEGORY_OF_ACTIVITY, CATEGORY_OF_KIND, EXTERNAL_FAILURE
from audits.models.ledger import SOURCE_KINDS
from audits.queries.asking import BASES, LENSES, BadQuery, choice_of, filters_of, month_of
from audits.queries.sums import FILTERS
from spend.domain.periods import Period
from spend.ingest.records import Cause
from spend.models import Tier

BY_LINK, BY_INTEGRATION = "link", "integration"  # who recorded something besides people
NO_ROUTE = "none"  # of a task without attempts; a route of the unknown tier alone reads `unattributed`
_YES_NO = ("yes", "no")
_STATES = ("success", "failure", "pending")
ANY: tuple[str, ...] = ()  # a word that takes any text

# The words of each list besides those of a report, with what they may say.
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "calls": {
        "q": ANY,
        "task": ANY,
        "state": _STATES,
        "purpose": ("attempt", "triage", "judge", "guardrail", "embedding"),
        "status": ("ok", "error", "timeout", "refused"),
        "priced": _YES_NO,
        "named": _YES_NO,
        "judged": _YES_NO,
        "source": ANY,
        "since": ANY,
        "wasted": _YES_NO,
        "other_months": _YES_NO,
        "counted": (*_YES_NO, "all"),
        "late": _YES_NO,
    },
    "tasks": {
        "q": ANY,
        "task": ANY,
        "state": _STATES,
        "decided_by": ("incident", "verdict", "outcome", "window", "none"),
        "first_pass": _YES_NO,
        "judged": _YES_NO,
        "tried": ("all", "escalated", "failed"),
        "tries_of": ("tier", "model"),
    },
    "entries": {
        "q": ANY,
        "task": ANY,
        "state": _STATES,
        "category": tuple(sorted({*CATEGORY_OF_ACTIVITY.values(), *CATEGORY_OF_KIND.values(), EXTERNAL_FAILURE})),
        "source": SOURCE_KINDS,
        "nature": ("cash", "labour"),
        "rule": ("explicit", "deciding", "pro_rata", "scope", "unattributed"),
        "traced": _YES_NO,
        "reversals": _YES_NO,
        "late": _YES_NO,
    },
    "corrections": {
        "q": ANY,
        "task": ANY,
        "activity": tuple(sorted(CATEGORY_OF_ACTIVITY)),
        "verdict": ("accepted", "amended", "rejected"),
        "cause": get_args(Cause),
        "who": ANY,
        "provenance": ("measured", "self_reported", "estimated"),
        "linked": _YES_NO,
    },
    "incidents": {
        "severity": ("low", "medium", "high", "critical"),
        "status": ("open", "confirmed", "dismissed"),
        "q": ANY,
    },
}
REPORT_WORDS = ("from", "to", "lens", "basis", "route", *FILTERS)


@dataclass(frozen=True)
class Listing:
    """Which rows are wanted: `filters` as in a report's Query, `routes` as daily rows spell them, `only` by word.

    `teams` are the ids of the teams whose rows may be seen, None for all. No period: of all times. `task_key`: of that
    task alone; `source`: entries of that record alone. `reader` is the id of the person who reads, None for an
    integration.
    """

    kind: str
    period: Period | None = None
    lens: str = "responsible"
    basis: str = "restated"
    filters: dict[str, tuple[int | None, ...]] = field(default_factory=dict)
    routes: tuple[str, ...] = ()
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)
    teams: frozenset[int] | None = None
    task_key: UUID | None = None
    source: UUID | None = None
    reader: int | None = None


def parse_listing(
    words: Mapping[str, Sequence[str]], *, kind: str, teams: frozenset[int] | None, reader: int | None = None
) -> Listing:
    """Return what `words` (parameter -> values given) ask for. Raises BadQuery naming every bad one."""
    own = WORDS[kind]
    known = {*own, *REPORT_WORDS, "cursor"}
    errors: dict[str, list[str]] = {name: ["is not a parameter"] for name in words if name not in known}
    period = _period(words, errors)
    lens, basis = choice_of(words, "lens", LENSES, errors), choice_of(words, "basis", BASES, errors)
    filters = filters_of(words, errors)
    routes = _routes(words, errors)
    only = {name: _said(words, name, options, errors) for name, options in own.items()}
    if errors:
        raise BadQuery(errors)
    said = {name: values for name, values in only.items() if values}
    return Listing(kind, period, lens, basis, filters, routes, said, teams, reader=reader)


def _period(words: Mapping[str, Sequence[str]], errors: dict[str, list[str]]) -> Period | None:
    first = month_of(words, "from", None, errors)
    last = month_of(words, "to", first, errors)
    if last and not first and "from" not in errors:
        errors["from"] = ["is needed with to"]
    if not first or not last:
        return None
    if last < first:
        errors["to"] = ["is before from"]
        return None
    return Period(first, last)


def _said(
    words: Mapping[str, Sequence[str]], name: str, options: tuple[str, ...], errors: dict[str, list[str]]
) -> tuple[str, ...]:
    given = tuple(value for value in words.get(name, ()) if value)
    if options and any(value not in options for value in given):
        errors[name] = [f"must be one of: {', '.join(options)}"]
    if any("\x00" in value for value in given):
        errors[name] = ["must not contain NUL"]
    if not options and (fault := _FAULTS.get(name, _none)(given)):
        errors[name] = [fault]
    return given


def _none(given: tuple[str, ...]) -> str:
    return ""


def _fault_of_ids(given: tuple[str, ...]) -> str:
    is_good = all(value.isascii() and value.isdecimal() and len(value) < 19 for value in given)
    return "" if is_good else "must be the number of a source"


def _fault_of_day(given: tuple[str, ...]) -> str:
    try:
        return "" if all(_is_day(value) for value in given) else _NO_DAY
    except ValueError:
        return _NO_DAY


def _is_day(text: str) -> bool:
    day = date.fromisoformat(text)
    return str(day) == text and 2000 <= day.year < 3000


_NO_DAY = "must be a day like 2026-10-05"
_FAULTS: dict[str, Callable[[tuple[str, ...]], str]] = {"source": _fault_of_ids, "since": _fault_of_day}


def _routes(words: Mapping[str, Sequence[str]], errors: dict[str, list[str]]) -> tuple[str, ...]:
    """Turn `commodity>frontier` into the route that daily rows have, ids joined by `>`."""
    given = [value for value in words.get("route", ()) if value]
    if not given:
        return ()
    ids = {name: str(pk) for pk, name in Tier.objects.values_list("id", "name")} | {"unattributed": "0"}
    routes = []
    for value in given:
        parts = [] if value == NO_ROUTE else value.split(">")
        if unknown := [part for part in parts if part not in ids]:
            errors["route"] = [f"no such tier: {unknown[0]!r}"]
            return ()
        routes.append(">".join(ids[part] for part in parts))
    return tuple(routes)
