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
    span: int = 1,
) -> Asked:
    """Return what is asked; `own` are the words only this question knows.

    Without months it is asked of the `span` that ends with `latest`; a question of one month takes the first as the
    last one.     `teams`: ids of those whose figures may be seen, None for all. Raises BadQuery naming every bad word.
    """
    known = {*PARAMETERS, *own}
    errors: dict[str, list[str]] = {name: ["is not a parameter"] for name in words if name not in known}
    stated = month_of(words, "to", None, errors)
    first = month_of(words, "from", _before(stated or latest, span - 1), errors)
    last = stated or (first if first is None or span == 1 else max(first, latest))
    if first and last and last < first:
        errors["to"] = ["is before from"]
    by = choice_of(words, "by", BY, errors)
    filters = filters_of(words, errors)
    if by == "tier" and "model" in filters:
        errors["model"] = ["can only be chosen by model: tiers are told by all of their models"]
    if errors or first is None or last is None:
        raise BadQuery(errors)
    query = Query(Period(first, last), (by,), filters=filters, teams=teams)
    return Asked(query, {name: given[-1] for name in own if (given := [v for v in words.get(name, ()) if v])})


def refuse_who(asked: Asked) -> None:
    """Raise BadQuery for a tier or model that is chosen where work is asked about, whoever did it."""
    if chosen := [name for name in ("tier", "model") if name in asked.query.filters]:
        raise BadQuery({name: ["cannot be chosen here: it is asked of work, whoever did it"] for name in chosen})


def _before(month: Month, count: int) -> Month:
    for _ in range(count):
        month = month.previous
    return month
