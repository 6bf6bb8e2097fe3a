"""What must hold of a record by itself (for files and pages alike), and between records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from spend.domain.names import provider_of
from spend.domain.reference.reading import Problem
from spend.domain.reference.records import (
    CATALOGUE,
    CONTRACT,
    FixedCost,
    Model,
    ModelPrice,
    Record,
    Reference,
    amount_of,
    full_name,
    name_of,
)

MOST_DOLLARS = 10**9


def problems_of(record: Record) -> Iterator[str]:
    """Yield what is wrong with one record."""
    if isinstance(record, ModelPrice):
        yield from _problems_of_price(record)
    elif isinstance(record, FixedCost):
        yield from _problems_of_fixed_cost(record)
    elif isinstance(record, Model) and record.name in (record.aliases or ()):
        yield "a model cannot be an alias of itself"


def _problems_of_price(price: ModelPrice) -> Iterator[str]:
    """An all-zero or empty price is no problem: it says that the price is not known (R10)."""
    if price.ends_on is not None and price.ends_on <= price.starts_on:
        yield f"the price from {price.starts_on} must end after it starts (`to` is the first day it no longer holds)"
    rates = (price.input, price.cache_read, price.cache_write, price.cache_write_1h, price.output)
    if any(rates) and price.free:
        yield f"the price from {price.starts_on} cannot be free and cost something"
    if price.reference in (CONTRACT, CATALOGUE):
        yield "where a price was read cannot be called contract or catalogue"


def _problems_of_fixed_cost(cost: FixedCost) -> Iterator[str]:
    if cost.ends_on <= cost.starts_on:
        yield "must end after it starts (`to` is the day after the last)"
    elif cost.abandoned_on is not None and not cost.starts_on <= cost.abandoned_on < cost.ends_on:
        yield "must be abandoned on a day of its period"
    if cost.role and cost.hours is None:
        yield "names a role without hours of it"
    if cost.tier and cost.model:
        yield "names a tier or a model, not both"


def resolve(current: Reference, wanted: Reference) -> tuple[Reference, list[Problem]]:
    """Return `wanted` with its fixed costs naming models in full and hours valued, and what names something that is
    nowhere.
    """
    problems = [
        *_unknown_tiers(current, wanted),
        *_roles_without_rate(current, wanted),
        *_unknown_scopes(current, wanted),
        *_useless_aliases(current, wanted),
    ]
    found = {*_model_names(current), *_model_names(wanted)}
    by_name: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for provider, name in found:
        by_name[name].add((provider, name))
    costs = []
    for cost in wanted.fixed_costs:
        meant = _meant(cost.model, found, by_name) if cost.model else []
        if cost.model and len(meant) != 1:
            problems.append(Problem(f"fixed_costs ({cost.name}), model", _doubt(cost.model, meant)))
        costs.append(replace(cost, model=full_name(*meant[0])) if len(meant) == 1 else cost)
    costs = list(_valued(costs, current, wanted, problems))
    named = {cost.name for cost in costs}
    list(_valued((cost for cost in current.fixed_costs if cost.name not in named), current, wanted, problems))
    return replace(wanted, fixed_costs=tuple(costs)), problems


def _valued(
    costs: Iterable[FixedCost], current: Reference, wanted: Reference, problems: list[Problem]
) -> Iterator[FixedCost]:
    """Yield fixed costs, those of hours with the loaded rate of their first day and what the hours cost at it."""
    rates = {rate.key: rate for rate in (*current.labour_rates, *wanted.labour_rates)}
    for cost in costs:
        if cost.hours is None:
            yield cost
            continue
        in_force = [r for r in rates.values() if r.role == cost.role and r.starts_on <= cost.starts_on]
        if not in_force:
            problem = f"there is no labour rate for {cost.role!r} on {cost.starts_on}"
            problems.append(Problem(f"fixed_costs ({cost.name}), role", problem))
            continue
        hourly = max(in_force, key=lambda rate: rate.starts_on).hourly
        amount = amount_of(cost.hours, hourly)
        if amount >= MOST_DOLLARS:
            problems.append(Problem(f"fixed_costs ({cost.name}), hours", f"cost {amount:,.2f} USD, which is too much"))
        yield replace(cost, hourly=hourly, amount=amount)


def _meant(text: str, found: set[tuple[str, str]], by_name: dict[str, set[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Return the models that `provider/name`, else a bare name, can mean."""
    provider, slash, name = text.partition("/")
    named = (provider_of(provider) or "", name)
    if slash and named in found:
        return [named]
    return sorted(by_name.get(text, ()))


def _doubt(text: str, meant: list[tuple[str, str]]) -> str:
    if not meant:
        return f"there is no model {text!r}"
    return f"{text!r} may be {' or '.join(name_of(*model) for model in meant)}; name the provider too"


def _model_names(reference: Reference) -> Iterator[tuple[str, str]]:
    return ((model.provider, model.name) for model in reference.models)


def _unknown_tiers(current: Reference, wanted: Reference) -> Iterator[Problem]:
    known = _names(current.tiers, wanted.tiers)
    for row in wanted.model_tiers:
        if row.tier not in known:
            yield Problem(f"models ({name_of(row.provider, row.name)}), tier", f"there is no tier {row.tier!r}")


def _roles_without_rate(current: Reference, wanted: Reference) -> Iterator[Problem]:
    """A missing rate is an error where it is named, not a zero later (DESIGN 3.2)."""
    known = {rate.role for rate in (*current.labour_rates, *wanted.labour_rates)}
    for row in wanted.task_types:
        if row.role and row.role not in known:
            yield Problem(f"task_types ({row.name}), role", f"there is no labour rate for {row.role!r}")


def _unknown_scopes(current: Reference, wanted: Reference) -> Iterator[Problem]:
    teams, tiers = _names(current.teams, wanted.teams), _names(current.tiers, wanted.tiers)
    for cost in wanted.fixed_costs:
        if cost.team and cost.team not in teams:
            yield Problem(f"fixed_costs ({cost.name}), team", f"there is no team {cost.team!r}")
        if cost.tier and cost.tier not in tiers:
            yield Problem(f"fixed_costs ({cost.name}), tier", f"there is no tier {cost.tier!r}")


def _useless_aliases(current: Reference, wanted: Reference) -> Iterator[Problem]:
    """A name that is a model of its own already, or the alias of another, cannot come to mean this one."""
    taken = {model: model for model in (*_model_names(current), *_model_names(wanted))}
    for model in (*current.models, *wanted.models):
        for alias in model.aliases or ():
            taken.setdefault((model.provider, alias), (model.provider, model.name))
    for model in wanted.models:
        for alias in model.aliases or ():
            owner = taken[model.provider, alias]
            if owner != (model.provider, model.name):
                where = f"models ({name_of(model.provider, model.name)}), aliases"
                yield Problem(where, f"{alias!r} already means {name_of(*owner)}")


def _names(*groups: Iterable[Record]) -> set[str]:
    return {str(getattr(record, "name", "")) for group in groups for record in group}
