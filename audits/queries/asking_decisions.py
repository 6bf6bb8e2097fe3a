"""What the words of an address or a command line ask of a decision: months, whose work, and words of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from audits.queries.asking import BadQuery, choice_of, filters_of, month_of
from audits.queries.sums import FILTERS, Query
from spend.domain.periods import Month, Period

PARAMETERS = ("from", "to", "by", *FILTERS)
BY = ("tier", "model")


@dataclass(frozen=True)
class Asked:
    """`query`: months, filters and reach, by tier or model. `own`: the last value of each word only it knows."""

    query: Query
    own: Mapping[str, str] = field(default_factory=dict)


def parse_decision(
    words: Mapping[str, Sequence[str]],
    *,
    teams: frozenset[int] | None,
    latest: Month,
    own: Collection[str] = (),
) -> Asked:
    """Return what is asked; `latest` is the month when none is given, `own` the words only this question knows.

    `teams`: ids of those whose figures may be seen, None for all. Raises BadQuery naming every bad word.
    """
    known = {*PARAMETERS, *own}
    errors: dict[str, list[str]] = {name: ["is not a parameter"] for name in words if name not in known}
    first = month_of(words, "from", latest, errors)
    last = month_of(words, "to", first or latest, errors)
    if first and last and last < first:
        errors["to"] = ["is before from"]
    by = choice_of(words, "by", BY, errors)
    filters = filters_of(words, errors)
    if errors or first is None or last is None:
        raise BadQuery(errors)
    query = Query(Period(first, last), (by,), filters=filters, teams=teams)
    return Asked(query, {name: given[-1] for name in own if (given := [v for v in words.get(name, ()) if v])})
