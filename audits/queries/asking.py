"""A report's query from the words of an address or a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audits.queries.reports import UnknownName, ids_of_filters
from audits.queries.sums import DIMENSIONS, FILTERS, Query
from spend.domain.periods import Month, Period

LENSES = ("responsible", "route")
BASES = ("restated", "reported")
SUCCESSES = ("final", "first_pass", "judged")
BILLS = ("computed", "billed")
PARAMETERS = ("from", "to", "by", "lens", "basis", "success", "bill", *FILTERS)


class BadQuery(Exception):
    """What was asked cannot be answered; `errors` maps each parameter to the reason."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(reasons)}" for name, reasons in errors.items()))
        self.errors = errors


def parse_query(words: Mapping[str, Sequence[str]], *, teams: frozenset[int] | None, latest: Month) -> Query:
    """Return the query that `words` (parameter -> values given) ask for; `latest` is the month when none is given.

    `teams` are the ids of the teams whose figures may be seen, None for all. Raises BadQuery naming every bad one.
    """
    errors: dict[str, list[str]] = {name: ["is not a parameter"] for name in words if name not in PARAMETERS}
    first = month_of(words, "from", latest, errors)
    last = month_of(words, "to", first or latest, errors)
    if first and last and last < first:
        errors["to"] = ["is before from"]
    by = _dimensions(words, errors)
    lens = choice_of(words, "lens", LENSES, errors)
    basis = choice_of(words, "basis", BASES, errors)
    success = choice_of(words, "success", SUCCESSES, errors)
    bill = choice_of(words, "bill", BILLS, errors)
    filters = filters_of(words, errors)
    if errors or first is None or last is None:
        raise BadQuery(errors)
    return Query(Period(first, last), by, lens, basis, success, bill, filters, teams)


def filters_of(words: Mapping[str, Sequence[str]], errors: dict[str, list[str]]) -> dict[str, tuple[int | None, ...]]:
    """Return the ids wanted of each dimension that `words` filter by."""
    filters: dict[str, tuple[int | None, ...]] = {}
    for name in FILTERS:
        wanted = [value for value in words.get(name, ()) if value]
        try:
            filters |= ids_of_filters({name: wanted} if wanted else {})
        except UnknownName as problem:
            errors[name] = [str(problem)]
    return filters


def month_of(
    words: Mapping[str, Sequence[str]], name: str, default: Month | None, errors: dict[str, list[str]]
) -> Month | None:
    """Return the month that a word gives, `default` without it."""
    given = [value for value in words.get(name, ()) if value]
    if not given:
        return default
    try:
        return Month.parse(given[-1])
    except ValueError:
        errors[name] = ["must be a month like 2026-10"]
        return None


def _dimensions(words: Mapping[str, Sequence[str]], errors: dict[str, list[str]]) -> tuple[str, ...]:
    given = [part.strip() for value in words.get("by", ()) for part in value.split(",") if part.strip()]
    if unknown := [part for part in given if part not in DIMENSIONS]:
        errors["by"] = [f"{unknown[0]!r} is not one of: {', '.join(DIMENSIONS)}"]
    elif len(given) > 2 or len(set(given)) != len(given):
        errors["by"] = ["takes one dimension, or two different ones"]
    return tuple(given) or ("tier",)


def choice_of(
    words: Mapping[str, Sequence[str]], name: str, options: tuple[str, ...], errors: dict[str, list[str]]
) -> str:
    """Return what a word says, the first of `options` without it."""
    given = [value for value in words.get(name, ()) if value]
    if given and given[-1] not in options:
        errors[name] = [f"must be one of: {', '.join(options)}"]
    return given[-1] if given else options[0]
