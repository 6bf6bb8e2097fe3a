"""The text of a reference file as records, with every problem found. An unknown key is one: a slip is not a wish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from spend.domain.names import provider_of
from spend.domain.pricing import service_tier_of
from spend.domain.reference.reading import Item, Limits, Problem, load, text_objection
from spend.domain.reference.records import (
    ALWAYS,
    ASSETS,
    CATALOGUE,
    CONTRACT,
    OTHER,
    FixedCost,
    LabourRate,
    Model,
    ModelPrice,
    ModelTier,
    Record,
    Reference,
    TaskType,
    Team,
    Tier,
    hourly_of,
)
from spend.domain.reference.rules import problems_of

MONEY = Limits(Decimal("999999999.999999999"), 9)
SHARE = Limits(Decimal(1), 5)
OVERHEAD = Limits(Decimal("999.999999"), 6)
HOURS = Limits(Decimal("9999999.99"), 2, least=Decimal("0.01"))
MINUTES = Limits(Decimal("99999.9999"), 4)
MOST_TOKENS = 10**12
MOST_DAYS = 3_650
BUCKETS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")


def parse(text: str) -> tuple[Reference, list[Problem]]:
    """Return the records of the file, or an empty Reference and what is wrong with it."""
    raw, problems = load(text)
    return (Reference(), problems) if problems else parse_sections(raw)


def parse_sections(raw: dict[str, Any]) -> tuple[Reference, list[Problem]]:
    """Return the records of sections whose values are text, lists and mappings."""
    unknown = [name for name in raw if name not in READERS]
    problems = [Problem(name, f"is not a section; there are {', '.join(READERS)}") for name in unknown]
    records: list[Record] = []
    for section, read in READERS.items():
        records += _read_section(section, raw.get(section), read, problems)
    problems += _repeats(records)
    return (Reference(), problems) if problems else (_reference_of(records), [])


def _read_section(
    section: str, raw: Any, read: Callable[[Item], Iterator[Record]], problems: list[Problem]
) -> Iterator[Record]:
    if raw is not None and not isinstance(raw, list):
        problems.append(Problem(section, "must be a list"))
        return
    for number, each in enumerate(raw or (), 1):
        item = Item(f"{section}, item {number}{_called(each)}", each, problems)
        found = list(read(item))
        if item.is_good():
            yield from found
            problems += [Problem(item.where, message) for record in found for message in problems_of(record)]


def _called(raw: Any) -> str:
    """Return what an item calls itself, for messages."""
    names = [raw.get(key) for key in ("provider", "name", "role")] if isinstance(raw, dict) else []
    called = "/".join(name[:80] for name in names if isinstance(name, str))
    return f" ({called})" if called else ""


def _repeats(records: list[Record]) -> Iterator[Problem]:
    seen = set()
    for record in records:
        key = (type(record), *record.key)
        if key in seen:
            yield Problem(record.section, f"{record.label} is given twice")
        seen.add(key)


def _reference_of(records: list[Record]) -> Reference:
    def of(kind: type) -> tuple[Any, ...]:
        return tuple(record for record in records if type(record) is kind)

    return Reference(
        of(Team), of(LabourRate), of(Tier), of(Model), of(ModelTier), of(ModelPrice), of(TaskType), of(FixedCost)
    )


def _team(item: Item) -> Iterator[Record]:
    yield Team(item.text("name", required=True), item.text("cost_centre", longest=100))


def _labour_rate(item: Item) -> Iterator[Record]:
    role, starts_on = item.text("role", required=True), item.day("from")
    if item.has("salary"):
        salary, hours = item.number("salary", MONEY), item.number("productive_hours", HOURS)
        overhead = item.number_or_none("overhead", OVERHEAD)
        if item.has("hourly"):
            item.objection("hourly", "stands beside a salary; give one of them")
        item.raw("hourly")
        hourly = hourly_of(salary, overhead or Decimal(0), hours) if hours > 0 else Decimal(0)
        if MONEY.objection(hourly):
            item.objection("salary", f"makes {hourly} an hour, which is too much")
        yield LabourRate(role, starts_on, hourly, salary, overhead, hours)
    else:
        yield LabourRate(role, starts_on, item.number("hourly", MONEY))


def _tier(item: Item) -> Iterator[Record]:
    name, start = item.text("name", longest=100, required=True), item.number("from_blended", MONEY)
    yield Tier(name, start, item.number_or_none("claimed_fail_rate", SHARE))


def _model(item: Item) -> Iterator[Record]:
    provider, name = provider_of(item.text("provider", longest=100)) or "", item.text("name", required=True)
    if "/" in provider:
        item.objection("provider", "must not hold a slash")
    yield Model(
        provider,
        name,
        aliases=_aliases(item),
        weights=item.choice("weights", ("open", "closed"), None),
        hosting=item.choice("hosting", ("api", "self_hosted"), None),
        free=item.flag("free"),
    )
    yield from _tiers_of_model(item, provider, name)
    for price in item.items("prices"):
        found = _price(price, provider, name)
        if price.is_good():
            yield found


def _aliases(item: Item) -> tuple[str, ...] | None:
    aliases = item.entries("aliases")
    for alias in aliases:
        if not isinstance(alias, str) or not alias or text_objection(alias):
            item.objection("aliases", "must be a list of names")
    return tuple(dict.fromkeys(map(str, aliases))) if item.has("aliases") else None


def _tiers_of_model(item: Item, provider: str, name: str) -> Iterator[Record]:
    """A tier is a name, in force always, or a list of names each from a day on."""
    raw = item.raw("tier")
    if isinstance(raw, str):
        if not raw or text_objection(raw, 100):
            item.objection("tier", "must be the name of a tier")
        yield ModelTier(provider, name, ALWAYS, raw)
    elif raw is not None:
        for each in item.items("tier"):
            found = ModelTier(provider, name, each.day("from"), each.text("tier", longest=100, required=True))
            if each.is_good():
                yield found


def _price(item: Item, provider: str, name: str) -> ModelPrice:
    source, reference = _source_of(item.text("source"))
    return ModelPrice(
        provider,
        name,
        item.day("from"),
        source,
        service_tier_of(item.text("service_tier", longest=50)),
        item.whole_or_none("context_over", MOST_TOKENS) or 0,
        item.day_or_none("to"),
        **{bucket: item.number_or_none(bucket, MONEY) for bucket in BUCKETS},
        free=item.flag("free") or False,
        reference=reference,
    )


def _source_of(text: str) -> tuple[str, str]:
    """A price in the file is a contract price; other text than the two sources says where it was read."""
    if text in ("", CONTRACT):
        return CONTRACT, ""
    return (CATALOGUE, "") if text == CATALOGUE else (CONTRACT, text)


def _task_type(item: Item) -> Iterator[Record]:
    yield TaskType(
        item.text("name", required=True),
        manual_minutes=item.number_or_none("manual_minutes", MINUTES),
        role=item.text("role"),
        value=item.number_or_none("value", MONEY),
        acceptance_days=item.whole_or_none("acceptance_days", MOST_DAYS),
        complexity_at_intake=item.flag("complexity_at_intake") or False,
    )


def _fixed_cost(item: Item) -> Iterator[Record]:
    of_hours = item.has("hours")
    if of_hours and item.has("amount"):
        item.objection("amount", "stands beside hours; give one of them")
    yield FixedCost(
        item.text("name", required=True),
        item.day("from"),
        item.day("to"),
        (item.number_or_none("amount", MONEY) if of_hours else item.number("amount", MONEY)) or Decimal(0),
        kind=item.choice("kind", ("compute", "prevention"), "compute") or "compute",
        abandoned_on=item.day_or_none("abandoned_on"),
        team=item.text("team"),
        tier=item.text("tier", longest=100),
        model=item.text("model", longest=301),
        asset=item.choice("asset", ASSETS, OTHER) or OTHER,
        hours=item.number_or_none("hours", HOURS),
        role=item.text("role", required=of_hours),
    )


READERS: dict[str, Callable[[Item], Iterator[Record]]] = {
    "teams": _team,
    "labour_rates": _labour_rate,
    "tiers": _tier,
    "models": _model,
    "task_types": _task_type,
    "fixed_costs": _fixed_cost,
}
