"""Whole small organisations for property tests: valid facts without conflicts, made to hit what is easily got wrong.

Teams and tiers whose names sort by code point only, models of one name with two providers, prices and tiers that
change on the days around which the calls lie (month ends and clock changes), zones far from UTC.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle import Facts

ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]
# Month ends in and out of UTC, and the clock changes of New York (8 March) and Auckland (5 April) of 2026.
ANCHORS = [datetime(2026, *when, tzinfo=UTC) for when in ((3, 1), (3, 8, 7), (4, 1), (4, 4, 14))]
CHANGES = [date(2026, 3, 1), date(2026, 3, 8), date(2026, 4, 1), date(2026, 4, 5)]
START = date(2026, 1, 1)
TEAMS = ["Zoo", "ants", "Bees"]
TIERS = ["commodity", "Mid", "frontier", "local"]
TYPES = ["claim", "Ticket"]
ACTIVITIES = ["review", "fix", "redo", "apology", "support", "prompting", "upkeep", "repair"]
ROLES = ["clerk", "expert"]
MODELS = [("acme", "alpha"), ("acme", "beta"), ("other", "beta"), ("other", "gamma"), ("", "delta")]
TASKS = [f"{letter}{n}" for n in range(4) for letter in "tU"]
MONTHS = ["2026-02", "2026-03", "2026-04", "2026-05"]
DIMENSIONS = ["tier", "model", "team", "task_type", "route", "month"]
MODEL_NAMES = [*(f"{provider}/{name}" for provider, name in MODELS[:4]), "delta", "beta", "nobody", "other/nobody"]

money = st.integers(0, 9_999_999_999).map(lambda nanos: f"{nanos // 10**9}.{nanos % 10**9:09}")
small_money = st.integers(0, 9).map(lambda nanos: f"0.00000000{nanos}")
prices = st.sampled_from([0, 0.1375, 0.0005, 1.1, 3, 15.75])
minutes = st.sampled_from([0, 1, 7, 12.5, 33.3333, 0.25, 480])
tokens = st.one_of(st.none(), st.integers(0, 9), st.integers(0, 2_000_000))


def sometimes(strategy: Any) -> Any:
    return st.one_of(st.none(), strategy)


def stated(**fields: Any) -> dict[str, Any]:
    """A wire record without the fields that are not stated."""
    return {name: value for name, value in fields.items() if value is not None}


# -- reference data -------------------------------------------------------------------------------------------------


@st.composite
def price_rows(draw: Any) -> list[dict[str, Any]]:
    rows = {}
    for _ in range(draw(st.integers(0, 3))):
        start, service = draw(st.sampled_from([START, START, *CHANGES])), draw(st.sampled_from(["standard", "batch"]))
        rows[start, service] = stated(**{
            "from": start, "service_tier": service, "input": draw(prices), "output": draw(prices),
            "cache_read": draw(sometimes(prices)), "cache_write": draw(sometimes(prices)),
            "free": draw(sometimes(st.just(True))) if service == "standard" else None,
        })  # fmt: skip
    for row in rows.values():
        if row.get("free"):  # a free model costs nothing
            row.update(dict.fromkeys(("input", "output", "cache_read", "cache_write"), 0))
    return list(rows.values())


@st.composite
def tier_of_model(draw: Any, tiers: list[str]) -> Any:
    kind = draw(st.sampled_from(["plain", "dated", "none"]))
    if kind == "none":
        return None
    if kind == "plain":
        return draw(st.sampled_from(tiers))
    starts = draw(st.lists(st.sampled_from([START, *CHANGES]), min_size=1, max_size=2, unique=True))
    return [{"tier": draw(st.sampled_from(tiers)), "from": start} for start in sorted(starts)]


@st.composite
def references(draw: Any, teams: list[str]) -> dict[str, Any]:
    tiers = TIERS[: draw(st.integers(1, 4))]
    models = []
    for provider, name in MODELS[: draw(st.integers(1, 4))]:
        aliases = [f"{name}-latest"] if draw(st.booleans()) else None
        tier, rows = draw(tier_of_model(tiers)), draw(price_rows())
        models.append(stated(provider=provider, name=name, aliases=aliases, tier=tier, prices=rows))
    rates = [{"role": role, "hourly": draw(st.sampled_from([60, 68.5, 41.37])), "from": START} for role in ROLES]
    if draw(st.booleans()):
        rates.append({"role": "clerk", "salary": 150000, "overhead": 0.3, "productive_hours": 1700,
                      "from": draw(st.sampled_from(CHANGES))})  # fmt: skip
    types = [
        stated(
            name=name,
            manual_minutes=draw(sometimes(minutes)),
            role="expert",
            value=draw(sometimes(st.just(12.5))),
            acceptance_days=draw(sometimes(st.integers(0, 30))),
        )
        for name in TYPES
    ]
    return {
        "teams": [{"name": team} for team in teams],
        "labour_rates": rates,
        "tiers": [{"name": name, "from_blended": place} for place, name in enumerate(tiers)],
        "models": models,
        "task_types": types,
        "fixed_costs": draw(fixed_costs(teams, tiers, period_models(models))),
    }


def period_models(models: list[dict[str, Any]]) -> list[str]:
    """Names that mean one model without a provider."""
    names = Counter(model["name"] for model in models)
    return [name for name, providers in names.items() if providers == 1]


@st.composite
def fixed_costs(draw: Any, teams: list[str], tiers: list[str], models: list[str]) -> list[dict[str, Any]]:
    costs = []
    for number in range(draw(st.integers(0, 2))):
        start = date(2026, 2, 20) + timedelta(days=draw(st.integers(0, 50)))
        days = draw(st.integers(1, 60))
        gone = draw(sometimes(st.integers(0, days - 1)))
        scopes = [{}, {"team": draw(st.sampled_from(teams))}, {"tier": draw(st.sampled_from(tiers))}]
        if models:
            scopes.append({"model": draw(st.sampled_from(models))})
        costs.append(stated(**{
            "name": f"cost {number}", "from": start, "to": start + timedelta(days=days),
            **draw(st.sampled_from([
                *({"amount": amount} for amount in (0.000000005, 31, 4500.01, 99.999999999)),
                {"hours": 12.25, "role": ROLES[0]},
            ])),
            "kind": draw(st.sampled_from(["compute", "prevention"])),
            "abandoned_on": None if gone is None else start + timedelta(days=gone),
            **draw(st.sampled_from(scopes)),
        }))  # fmt: skip
    return costs


# -- facts ----------------------------------------------------------------------------------------------------------


@st.composite
def call_records(draw: Any, teams: list[str]) -> list[dict[str, Any]]:
    calls: dict[tuple[str, str], dict[str, Any]] = {}
    for number in range(draw(st.integers(0, 25))):
        at = draw(st.sampled_from(ANCHORS)) + timedelta(minutes=draw(st.integers(-30 * 60, 30 * 60)))
        provider, name = draw(st.sampled_from(MODELS))
        call = stated(
            team=draw(st.sampled_from(teams)),
            id=draw(st.sampled_from("aBc")) + str(number % 15),
            occurred_at=at.isoformat(),
            provider=draw(st.sampled_from([provider, provider, ""])) or None,
            model=draw(st.sampled_from([name, name, f"{name}-latest"])),
            task=draw(sometimes(st.sampled_from(TASKS))),
            task_type=draw(sometimes(st.sampled_from(TYPES))),
            input_tokens=draw(tokens),
            output_tokens=draw(tokens),
            cache_read_tokens=draw(sometimes(tokens)),
            cache_write_tokens=draw(sometimes(tokens)),
            cost_usd=draw(st.one_of(st.none(), st.none(), money, st.just(0))),
            latency_ms=draw(sometimes(st.integers(0, 90_000))),
            status=draw(st.sampled_from([None, "ok", "error", "timeout", "refused"])),
            final=draw(st.sampled_from([None, None, None, False, True])),
            purpose=draw(st.sampled_from([None, None, "attempt", "triage", "judge", "guardrail", "embedding"])),
            service_tier=draw(st.sampled_from([None, None, "standard", "batch"])),
            environment=draw(st.sampled_from([None, None, "production", "staging"])),
        )
        calls.setdefault((call["team"], call["id"]), call)
    return list(calls.values())


class Names:
    """What records may name, and whether a team must be said with it."""

    def __init__(self, calls: list[dict[str, Any]], teams: list[str], reference: dict[str, Any]):
        self.teams = teams
        self.tiers = [tier["name"] for tier in reference["tiers"]]
        self.models = period_models(reference["models"])
        self.tasks = [*sorted({(call["team"], call["task"]) for call in calls if "task" in call}), (teams[0], "ghost")]
        self.calls = [*sorted({(call["team"], call["id"]) for call in calls}), (teams[0], "ghost")]
        staging = [call for call in calls if call.get("environment") == "staging"]
        self.unsure = {call.get("task") for call in staging} | {call["id"] for call in staging}

    def may_omit_team(self, named: list[tuple[str, str]], of: list[tuple[str, str]]) -> bool:
        """One team only has each of the names, and it is not all staging."""
        teams_by_name = Counter(name for _, name in of)
        return all(teams_by_name[name] == 1 and name not in self.unsure for _, name in named)


@st.composite
def owner(draw: Any, names: Names, named: list[tuple[str, str]], of: list[tuple[str, str]]) -> str | None:
    """The team a record states: that of what it names, another (it never links), or none."""
    if names.may_omit_team(named, of) and draw(st.booleans()):
        return None
    return draw(st.sampled_from([named[0][0], named[0][0], named[0][0], *names.teams])) if named else None


@st.composite
def versions(draw: Any, make: Any) -> list[dict[str, Any]]:
    """One to three versions of a record, in any order; all keep the team and id of the first."""
    first = draw(make)
    records = [first]
    for number in range(2, 2 + draw(st.sampled_from([0, 0, 0, 1, 2]))):
        withdrawn = draw(sometimes(st.just(True)))
        again = first if withdrawn else {**first, **draw(st.sampled_from([{}, first.get("_later", {})]))}
        records.append(stated(**{**again, "version": number, "withdrawn": withdrawn}))
    return draw(st.permutations([{key: value for key, value in row.items() if key != "_later"} for row in records]))


@st.composite
def outcome_records(draw: Any, names: Names) -> list[dict[str, Any]]:
    records = []
    for team, task in draw(st.lists(st.sampled_from(names.tasks), max_size=6, unique=True)):
        result = st.sampled_from(["success", "failure"])
        said = draw(owner(names, [(team, task)], names.tasks))
        if any(row["task"] == task for row in records):  # nothing is said twice of one task
            continue
        make = st.just(stated(
            team=said, task=task, outcome=draw(result), task_type=draw(sometimes(st.sampled_from(TYPES))),
            value_usd=draw(sometimes(money)), complexity=draw(sometimes(st.sampled_from(["low", "medium", "high"]))),
            _later={"outcome": draw(result)},
        ))  # fmt: skip
        records += draw(versions(make))
    return records


@st.composite
def human_records(draw: Any, names: Names, kind: str) -> list[dict[str, Any]]:
    records = []
    make = correction if kind == "correction" else incident
    for number in range(draw(st.integers(0, 5))):
        records += draw(versions(make(names, f"{kind[0]}{number}")))
    return records


@st.composite
def scope(draw: Any, names: Names) -> dict[str, Any]:
    """What a period entry names."""
    scopes: list[dict[str, Any]] = [{}, {"tier": draw(st.sampled_from(names.tiers))}]
    if names.models:
        scopes.append({"model": draw(st.sampled_from(names.models))})
    return {"team": draw(sometimes(st.sampled_from(names.teams))), **draw(st.sampled_from(scopes))}


@st.composite
def correction(draw: Any, names: Names, id: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(["task", "task", "call", "period"]))
    if kind == "period":
        target = draw(scope(names))
    else:
        known = names.tasks if kind == "task" else names.calls
        named = draw(st.sampled_from(known))
        target = {"team": draw(owner(names, [named], known)), kind: named[1]}
    return stated(
        id=id, worked_on=str(date(2026, 2, 20) + timedelta(days=draw(st.integers(0, 60)))), minutes=draw(minutes),
        role=draw(st.sampled_from(ROLES)),
        activity=draw(st.sampled_from(ACTIVITIES)),
        verdict=draw(sometimes(st.sampled_from(["accepted", "amended", "rejected"]))),
        _later={"minutes": draw(minutes), "verdict": draw(st.sampled_from(["accepted", "rejected"]))}, **target,
    )  # fmt: skip


@st.composite
def incident(draw: Any, names: Names, id: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(["task", "task", "call", "period"]))
    if kind == "period":
        target = draw(scope(names))
    else:
        known = names.tasks if kind == "task" else names.calls
        named = draw(st.lists(st.sampled_from(known), min_size=1, max_size=4, unique_by=lambda pair: pair[1]))
        weights = draw(st.lists(st.sampled_from([None, 0, 1, 2, 0.3333, 7]), min_size=4, max_size=4))[: len(named)]
        weights[0] = weights[0] or 3  # not all 0
        links = [stated(**{kind: name, "weight": weight}) for (_, name), weight in zip(named, weights, strict=True)]
        target = {"team": draw(owner(names, named, known)), f"{kind}s": links}
    loss = draw(st.one_of(money, small_money))
    spent = draw(sometimes(minutes))
    return stated(
        id=id, title="An incident", severity="high",
        occurred_on=str(date(2026, 2, 20) + timedelta(days=draw(st.integers(0, 60)))), loss_usd=loss,
        recovered_usd=draw(st.sampled_from([None, None, "0.000000000", loss])), response_minutes=spent,
        role=None if spent is None else draw(st.sampled_from(ROLES)),
        status=draw(st.sampled_from([None, None, "confirmed", "open", "dismissed"])),
        invalidates_output=draw(sometimes(st.booleans())),
        _later={"status": draw(st.sampled_from(["open", "confirmed"])), "loss_usd": loss}, **target,
    )  # fmt: skip


@st.composite
def organisations(draw: Any) -> Facts:
    """A whole organisation: at most 25 calls, 3 teams, 4 tiers, facts of February to May 2026."""
    teams = TEAMS[: draw(st.integers(1, 3))]
    reference = draw(references(teams))
    calls = draw(call_records(teams))
    names = Names(calls, teams, reference)
    as_of = date(2026, 4, 10) + timedelta(days=draw(st.integers(0, 50)))
    return Facts(
        calls=calls,
        outcomes=draw(outcome_records(names)),
        corrections=[not_after(as_of, "worked_on", row) for row in draw(human_records(names, "correction"))],
        incidents=[not_after(as_of, "occurred_on", row) for row in draw(human_records(names, "incident"))],
        reference=reference,
        zone=draw(st.sampled_from(ZONES)),
        as_of=as_of,
        policy=draw(st.sampled_from(["deciding", "deciding", "pro_rata"])),
    )


def not_after(as_of: date, name: str, record: dict[str, Any]) -> dict[str, Any]:
    """What lies in the future is refused."""
    return {**record, name: min(record[name], str(as_of))}


@st.composite
def queries(draw: Any) -> dict[str, Any]:
    """A question: months, one or two dimensions, a lens, sometimes filters."""
    first, last = sorted(draw(st.tuples(st.sampled_from(MONTHS), st.sampled_from(MONTHS))))
    by = draw(st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=2, unique=True))
    values = {
        "tier": [*TIERS, None],
        "team": [*TEAMS, None],
        "model": [*MODEL_NAMES, None],
        "task_type": [*TYPES, None],
    }
    filtered = draw(st.lists(st.sampled_from(list(values)), max_size=2, unique=True))
    return {
        "first": first, "last": last, "by": tuple(by), "lens": draw(st.sampled_from(["responsible", "route"])),
        "success": draw(st.sampled_from(["final", "final", "first_pass", "judged"])),
        "filters": {name: draw(st.sampled_from(values[name])) for name in filtered},
    }  # fmt: skip


def shuffled_batches(facts: Facts, seed: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """The same facts as a network would deliver them: (kind, batch) in any order and size, some of it twice."""
    chance = random.Random(seed)
    batches = []
    for kind in ("calls", "outcomes", "corrections", "incidents"):
        records = list(getattr(facts, kind))
        records += chance.sample(records, len(records) // 3)
        chance.shuffle(records)
        while records:
            size = chance.randint(1, 6)
            batches.append((kind, records[:size]))
            records = records[size:]
    chance.shuffle(batches)
    return batches
